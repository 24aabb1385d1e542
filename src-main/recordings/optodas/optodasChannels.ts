import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { numberOf, positiveOf, type Hdf5Value } from '../hdf5/hdf5Values.ts'
import type { RecordingInfo } from '../recording.ts'

type Channels = Pick<RecordingInfo, 'channelSpacingM' | 'firstChannel' | 'channelStep' | 'firstDistanceM'>

const numbersOf = (value: Hdf5Value): number[] =>
  value === null ? [] : (Array.isArray(value) ? value : [value]).map(Number)

/** The common step of a rising list, or null; a list of one has none. */
function evenStep(values: number[]): number | null {
  const step = values.length > 1 ? values[1]! - values[0]! : null
  if (step === null || !(step > 0)) return null
  const isEven = values.every((value, i) => Math.abs(value - (values[0]! + i * step)) <= step * 1e-6)
  return isEven ? step : null
}

/**
 * Channels by their ids: an id counts the sensor positions of the whole fibre, so id · `dx` is a distance. Regions of
 * interest are decimated each in its own way; where that leaves no single spacing, none is given.
 */
export function optodasChannels(reader: Hdf5Reader, count: number, warnings: string[]): Channels {
  const ids = numbersOf(reader.value('/header/channels'))
  const dx = positiveOf(reader.value('/header/dx'))
  const regions = regionsOf(reader)
  if (ids.length === 0) return fromRanges(reader, warnings)
  const step = count === 1 ? 1 : evenStep(ids)
  const firstDistanceM = dx === null ? null : ids[0]! * dx
  if (dx === null) warnings.push('header/dx is missing: distances are not known.')
  checkDistances(reader, ids, dx, warnings)
  if (step === null) {
    warnings.push(
      `The channel ids are not evenly spaced${regions ? ` (regions of interest: ${regions})` : ''}: no channel spacing is given, and channels count from 0.`
    )
    return { channelSpacingM: null, firstChannel: null, channelStep: 1, firstDistanceM }
  }
  const spacing = dx === null || count === 1 ? null : step * dx
  return { channelSpacingM: spacing, firstChannel: ids[0]!, channelStep: step, firstDistanceM }
}

function regionsOf(reader: Hdf5Reader): string | null {
  const [starts, ends, steps] = ['roiStart', 'roiEnd', 'roiDec'].map((name) =>
    numbersOf(reader.value(`/demodSpec/${name}`))
  ) as [number[], number[], number[]]
  if (starts.length < 2) return null
  return starts.map((start, i) => `${start} to ${ends[i] ?? '?'} step ${steps[i] ?? '?'}`).join(', ')
}

function fromRanges(reader: Hdf5Reader, warnings: string[]): Channels {
  const range = '/header/dimensionRanges/dimension1'
  const first = numberOf(reader.value(`${range}/min`))
  const scale = positiveOf(reader.value(`${range}/unitScale`))
  warnings.push('header/channels is missing: the channel spacing is not known, and channels count from 0.')
  const firstDistanceM = first !== null && scale !== null ? first * scale : null
  return { channelSpacingM: null, firstChannel: null, channelStep: 1, firstDistanceM }
}

/** The list of distances covers the channels before a later selection; only where it is as long does it say the same. */
function checkDistances(reader: Hdf5Reader, ids: number[], dx: number | null, warnings: string[]): void {
  if (dx === null || reader.dataset('/cableSpec/sensorDistances')?.shape[0] !== ids.length) return
  const distances = numbersOf(reader.value('/cableSpec/sensorDistances'))
  const worst = Math.max(...ids.slice(0, 100_000).map((id, i) => Math.abs(id * dx - distances[i]!)))
  if (worst > dx)
    warnings.push(
      `cableSpec/sensorDistances differs by up to ${worst.toFixed(1)} m from channel id × dx, which was taken.`
    )
}
