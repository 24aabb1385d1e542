import type { RecordingInfo } from '../recording.ts'
import type { SegyLayout } from './segyLayout.ts'
import type { TraceHeader } from './segyHeaders.ts'

type Distances = Pick<RecordingInfo, 'channelSpacingM' | 'firstDistanceM' | 'distancesM'>

const unknown: Distances = { channelSpacingM: null, firstDistanceM: null, distancesM: null }
const metresPerFoot = 0.3048
const length = 1
/** With so many traces every header is read where the probes are not evenly spaced. */
const mostRead = 20_000

/**
 * Where channels lie, from the receivers' X where X alone changes along the file and is a length: SEG-Y has no field for
 * the distance along a fibre, and this is where writers put it. `headerAt` reads one trace header.
 */
export function segyDistances(
  layout: SegyLayout,
  headerAt: (trace: number) => TraceHeader,
  warnings: string[]
): Distances {
  const { probes, traces, binary } = layout
  const factor = binary.isInFeet ? metresPerFoot : 1
  const first = probes[0]!
  const last = probes.at(-1)!
  const isAlongX = probes.every(
    ({ header }) =>
      header.groupY === first.header.groupY && (header.coordinateUnits === length || header.coordinateUnits === 0)
  )
  if (!isAlongX || traces < 2 || last.header.groupX === first.header.groupX) return unknown
  const firstDistanceM = first.header.groupX * factor
  const spacing = (last.header.groupX - first.header.groupX) / (traces - 1)
  // Coordinates are rounded to the scalar of the header: a hundredth of the spacing is no unevenness.
  const isEven = (x: number, trace: number): boolean =>
    Math.abs(x - first.header.groupX - trace * spacing) <= Math.abs(spacing) * 0.01 + 1e-9
  if (spacing > 0 && probes.every(({ trace, header }) => isEven(header.groupX, trace)))
    return { channelSpacingM: Number((spacing * factor).toPrecision(9)), firstDistanceM, distancesM: null }
  if (traces > mostRead) {
    warnings.push('The receivers are not evenly spaced, and there are too many of them to list their distances.')
    return unknown
  }
  const distancesM = Array.from({ length: traces }, (_, trace) => headerAt(trace).groupX * factor)
  warnings.push('The channels are not evenly spaced; each has its own distance.')
  return { channelSpacingM: null, firstDistanceM, distancesM }
}
