import { metresPer } from './lengthUnit.ts'
import type { RecordingInfo } from './recording.ts'

export type DistanceAxis = Pick<RecordingInfo, 'channelSpacingM' | 'firstDistanceM' | 'distancesM'>

const unknown: DistanceAxis = { channelSpacingM: null, firstDistanceM: null, distancesM: null }
/** Of the spacing: distances that were rounded to centimetres are even distances. */
const evenTolerance = 1e-2
const float32Rounding = 2 ** -23

/** The largest distance from `first + i · step`. */
function worstMisfit(values: number[], step: number): number {
  let worst = 0
  for (let i = 0; i < values.length; i++) worst = Math.max(worst, Math.abs(values[i]! - (values[0]! + i * step)))
  return worst
}

/** 4.079999999999998 is a rounding of 4.08 where 4.08 gives every stored distance to its last digits. */
function shortStep(values: number[], step: number): number {
  const short = Number(step.toPrecision(9))
  const largest = Math.max(Math.abs(values[0]!), Math.abs(values.at(-1)!))
  return worstMisfit(values, short) <= largest * 2 ** -50 ? short : step
}

/**
 * Where channels lie, from a stored coordinate in `unit` (null: metres): first distance and spacing where they are even, the
 * list in metres where they are not. A coordinate that is missing, of another length, not all numbers, or the same
 * everywhere says nothing.
 */
export function distanceAxis(
  stored: number[] | null,
  channels: number,
  warnings: string[],
  unit: string | null = null
): DistanceAxis {
  if (stored === null) return unknown
  if (stored.length !== channels) {
    warnings.push(`There are ${stored.length} distances for ${channels} channels; they were left out.`)
    return unknown
  }
  if (!stored.every(Number.isFinite)) {
    warnings.push('Some distances are not numbers; none is given.')
    return unknown
  }
  const factor = unit === null ? 1 : metresPer(unit)
  if (factor === null) warnings.push(`Distances are in "${unit}", which is not known here; m was assumed.`)
  const values = factor === null || factor === 1 ? stored : stored.map((value) => value * factor)
  const [first] = values
  if (values.length === 1) return { ...unknown, firstDistanceM: first! }
  const last = values.at(-1)!
  const step = (last - first!) / (values.length - 1)
  const tolerance = Math.max(step * evenTolerance, Math.max(Math.abs(first!), Math.abs(last)) * float32Rounding)
  if (step > 0 && worstMisfit(values, step) <= tolerance)
    return { channelSpacingM: shortStep(values, step), firstDistanceM: first!, distancesM: null }
  if (values.every((value) => value === first)) {
    warnings.push('All distances are the same; none is given.')
    return unknown
  }
  warnings.push('The channels are not evenly spaced; each has its own distance.')
  return { channelSpacingM: null, firstDistanceM: first!, distancesM: values }
}
