/** One figure of `npm run bench`. */
export interface BenchEntry {
  name: string
  value: number
  unit: string
  /** What it is compared with in the same run, and value ÷ (that one's value) or its inverse: larger is better. */
  against: string | null
  ratio: number | null
  /** In words or numbers with its direction, e.g. `≤ 0.2`. */
  target: string | null
  meets: boolean | null
  min: number
  max: number
  rounds: number
  /** Why it could not be measured here; null when it was. */
  skipped: string | null
}

/** One figure; several values become their median, with the least and the greatest of them. */
export function figure(
  name: string,
  values: number | readonly number[],
  unit: string,
  more: Partial<BenchEntry> = {}
): BenchEntry {
  const sorted = [values].flat().toSorted((a, b) => a - b)
  return {
    name,
    value: sorted[sorted.length >> 1] ?? 0,
    unit,
    against: null,
    ratio: null,
    target: null,
    meets: null,
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    rounds: sorted.length,
    skipped: null,
    ...more
  }
}

export const skippedFigure = (name: string, unit: string, why: string): BenchEntry =>
  figure(name, [], unit, { skipped: why })
