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
