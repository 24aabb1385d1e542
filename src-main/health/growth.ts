import { robustSlope, type Slope } from '../robustSlope.ts'
import type { ReadingPoint } from './readings.ts'

/** How a reading moves over a window of time. */
export interface Growth {
  /** Units a second, with its 95 % interval. */
  perS: Slope
  /** Rise over the window, parts of the value at its beginning; negative: it falls. */
  ratio: number
  /** It rises (falls) all along, not in one step: what a leak does and a job that was opened does not. */
  isSteady: boolean
  first: number
  last: number
  spanS: number
}

const parts = 10
/** So much of the window must be covered before anything is said. */
const coveredLeast = 0.9

type Envelope = 'floor' | 'ceiling' | 'median'

const pick = (values: number[], envelope: Envelope): number => {
  if (envelope === 'floor') return Math.min(...values)
  if (envelope === 'ceiling') return Math.max(...values)
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

/**
 * Looks at an envelope of the series in ten equal parts of the window. The floor of memory is what garbage collection left: a
 * healthy saw-tooth has a level floor however high its teeth are. Null while the window is not covered.
 */
export function growthOf(
  points: readonly ReadingPoint[],
  windowS: number,
  nowMs: number,
  envelope: Envelope
): Growth | null {
  const fromMs = nowMs - windowS * 1000
  const within = points.filter(({ atMs }) => atMs >= fromMs && atMs <= nowMs)
  if (within.length < 2 * parts) return null
  const spanMs = within.at(-1)!.atMs - within[0]!.atMs
  if (spanMs < coveredLeast * windowS * 1000) return null
  const values: number[] = []
  const times: number[] = []
  for (let part = 0; part < parts; part++) {
    const low = within[0]!.atMs + (spanMs * part) / parts
    const high = within[0]!.atMs + (spanMs * (part + 1)) / parts
    const inPart = within.filter(({ atMs }) => atMs >= low && (atMs < high || part === parts - 1))
    if (inPart.length === 0) return null
    values.push(
      pick(
        inPart.map(({ value }) => value),
        envelope
      )
    )
    times.push((low + high) / 2000)
  }
  const perS = robustSlope(
    times.map((time) => time - times[0]!),
    values
  )
  if (!perS) return null
  const first = values[0]!
  const last = values.at(-1)!
  const rise = last - first
  const [begin, middle, end] = [values.slice(0, 3), values.slice(4, 7), values.slice(-3)].map((part) =>
    pick(part, 'median')
  ) as [number, number, number]
  // A line has half of its rise behind it in the middle; a step has none or all, warming up most.
  const share = (middle - begin) / (end - begin)
  return {
    perS,
    ratio: first === 0 ? 0 : rise / Math.abs(first),
    isSteady: perS.isTrend && rise * perS.perUnit > 0 && share >= 0.2 && share <= 0.8,
    first,
    last,
    spanS: spanMs / 1000
  }
}
