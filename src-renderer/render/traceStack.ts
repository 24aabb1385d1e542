import { isValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { TracePlane } from './tracePlane.ts'
import type { TimePixels } from './spectraTimeWindow.ts'

/** How stacked traces are drawn. Plain values. */
export interface StackOptions {
  /** Times what fills half the space of a trace. */
  gain: number
  /** Cut off at half way to the neighbours, or drawn over them. */
  isClipped: boolean
  /** One scale for all, so that channels can be compared, or each its own. */
  scale: 'common' | 'individual'
  isPolarityReversed: boolean
  /** Least space of a trace, CSS pixels; what does not fit goes to the next page. */
  spacing: number
}

export const stackAtFirst: StackOptions = {
  gain: 1,
  isClipped: true,
  scale: 'common',
  isPolarityReversed: false,
  spacing: 40
}

/** What of a trace reaches half way to its neighbour: the part of its pixels that are nearer to its middle. */
const amplitudePercentile = 0.995
/** Scales stay while the data asks for less than this change: traces must not breathe. */
const hysteresis = 0.2

/** Middle and amplitude of a trace in view, robust: one outlier does not flatten it. */
export interface TraceScale {
  middle: number
  amplitude: number
}

const percentile = (sorted: Float32Array, part: number): number => sorted[Math.ceil((sorted.length - 1) * part)] ?? 0

/** The scale of one trace of a plane, null where it has no value in view. */
export function traceScale(plane: TracePlane, index: number, pixels: TimePixels): TraceScale | null {
  const middles = new Float32Array(pixels.width)
  const reaches = new Float32Array(pixels.width)
  let count = 0
  for (let x = 0; x < pixels.width; x++) {
    const at = plane.placeOf(pixels.pixelAtLeft + x) * plane.count + index
    if (plane.least[at]! > plane.greatest[at]!) continue
    middles[count++] = (plane.least[at]! + plane.greatest[at]!) / 2
  }
  if (count === 0) return null
  const middle = percentile(middles.subarray(0, count).sort(), 0.5)
  count = 0
  for (let x = 0; x < pixels.width; x++) {
    const at = plane.placeOf(pixels.pixelAtLeft + x) * plane.count + index
    if (plane.least[at]! > plane.greatest[at]!) continue
    reaches[count++] = Math.max(plane.greatest[at]! - middle, middle - plane.least[at]!)
  }
  return { middle, amplitude: percentile(reaches.subarray(0, count).sort(), amplitudePercentile) }
}

/** Scales of all traces, kept steady while data comes in. */
export class StackScales {
  readonly scales: (TraceScale | null)[] = []
  /** Rises whenever they were looked at again. */
  revision = 0

  /** `isAsked`: the operator changed the view, so small changes count too. */
  update(plane: TracePlane, pixels: TimePixels, kind: StackOptions['scale'], isAsked: boolean): void {
    this.revision++
    this.scales.length = plane.count
    let most = 0
    for (let index = 0; index < plane.count; index++) {
      const scale = traceScale(plane, index, pixels)
      this.scales[index] = this.steady(this.scales[index] ?? null, scale, isAsked)
      most = Math.max(most, this.scales[index]?.amplitude ?? 0)
    }
    if (kind === 'individual') return
    for (const scale of this.scales) if (scale) scale.amplitude = most
  }

  private steady(before: TraceScale | null, now: TraceScale | null, isAsked: boolean): TraceScale | null {
    if (!before || !now || isAsked) return now
    const isNear =
      Math.abs(now.amplitude - before.amplitude) < hysteresis * before.amplitude &&
      Math.abs(now.middle - before.middle) < hysteresis * before.amplitude
    return isNear ? before : now
  }
}

/** Where a value of a trace is drawn, device pixels from the top. */
export function traceY(
  value: number,
  scale: TraceScale,
  centre: number,
  space: number,
  { gain, isClipped, isPolarityReversed }: StackOptions
): number {
  if (!isValue(value)) return Number.NaN
  const reach = scale.amplitude > 0 ? ((value - scale.middle) / scale.amplitude) * gain * (space / 2) * 0.9 : 0
  const up = isPolarityReversed ? -reach : reach
  const most = space / 2
  return centre - (isClipped ? Math.min(Math.max(up, -most), most) : up)
}

/** The value that is drawn at a height: the inverse of `traceY` where nothing is clipped. */
export function traceValue(
  y: number,
  scale: TraceScale,
  centre: number,
  space: number,
  { gain, isPolarityReversed }: StackOptions
): number {
  const up = isPolarityReversed ? y - centre : centre - y
  return scale.middle + (up / (gain * (space / 2) * 0.9)) * scale.amplitude
}
