import { distanceAxis } from '../distanceAxis.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { numberOf, positiveOf, type Hdf5Value } from '../hdf5/hdf5Values.ts'
import type { RecordingInfo } from '../recording.ts'

type Channels = Pick<
  RecordingInfo,
  'channelSpacingM' | 'firstChannel' | 'channelStep' | 'firstDistanceM' | 'distancesM'
>

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
 * interest are decimated each in its own way; where that leaves no single spacing, every channel has its own distance.
 */
export function optodasChannels(reader: Hdf5Reader, count: number, warnings: string[]): Channels {
  const regions = regionsOf(reader)
  const dx = positiveOf(reader.value('/header/dx'))
  const ids = channelIds(reader, regions, count, warnings)
  if (ids === null) return fromDistances(reader, count, warnings)
  const step = count === 1 ? 1 : evenStep(ids)
  const firstDistanceM = dx === null ? null : ids[0]! * dx
  if (dx === null) warnings.push('header/dx is missing: distances are not known.')
  checkDistances(reader, ids, dx, warnings)
  if (step === null) {
    const places = regions.map(({ start, end, step: of }) => `${start} to ${end ?? '?'} step ${of ?? '?'}`).join(', ')
    warnings.push(
      `The channel ids are not evenly spaced${regions.length > 1 ? ` (regions of interest: ${places})` : ''}: there is no channel spacing, every channel has its own distance, and channels count from 0.`
    )
    const distancesM = dx === null ? null : ids.map((id) => id * dx)
    return { channelSpacingM: null, firstChannel: null, channelStep: 1, firstDistanceM, distancesM }
  }
  const spacing = dx === null || count === 1 ? null : step * dx
  return { channelSpacingM: spacing, firstChannel: ids[0]!, channelStep: step, firstDistanceM, distancesM: null }
}

interface Region {
  start: number
  end: number | undefined
  step: number | undefined
}

function regionsOf(reader: Hdf5Reader): Region[] {
  const [starts, ends, steps] = ['roiStart', 'roiEnd', 'roiDec'].map((name) =>
    numbersOf(reader.value(`/demodSpec/${name}`))
  ) as [number[], number[], number[]]
  return starts.map((start, i) => ({ start, end: ends[i], step: steps[i] }))
}

/** The listed ids; without a list those of the regions of interest, where they are as many as there are channels. */
function channelIds(reader: Hdf5Reader, regions: Region[], count: number, warnings: string[]): number[] | null {
  const listed = numbersOf(reader.value('/header/channels'))
  if (listed.length > 0) return listed
  const numberIn = ({ start, end, step }: Region): number =>
    end !== undefined && step !== undefined && step >= 1 && end >= start ? Math.floor((end - start) / step) + 1 : 0
  if (regions.length === 0 || regions.reduce((sum, region) => sum + numberIn(region), 0) !== count) return null
  warnings.push('header/channels is missing: the channels are those of the regions of interest in demodSpec.')
  return regions.flatMap((region) =>
    Array.from({ length: numberIn(region) }, (_, i) => region.start + i * region.step!)
  )
}

function fromDistances(reader: Hdf5Reader, count: number, warnings: string[]): Channels {
  if (reader.dataset('/cableSpec/sensorDistances')?.shape[0] === count) {
    warnings.push('header/channels is missing: distances are cableSpec/sensorDistances, and channels count from 0.')
    const distances = distanceAxis(numbersOf(reader.value('/cableSpec/sensorDistances')), count, warnings)
    return { ...distances, firstChannel: null, channelStep: 1 }
  }
  const range = '/header/dimensionRanges/dimension1'
  const first = numberOf(reader.value(`${range}/min`))
  const scale = positiveOf(reader.value(`${range}/unitScale`))
  warnings.push('header/channels is missing: the channel spacing is not known, and channels count from 0.')
  const firstDistanceM = first !== null && scale !== null ? first * scale : null
  return { channelSpacingM: null, firstChannel: null, channelStep: 1, firstDistanceM, distancesM: null }
}

/** The list of distances covers the channels before a later selection; only where it is as long does it say the same. */
function checkDistances(reader: Hdf5Reader, ids: number[], dx: number | null, warnings: string[]): void {
  if (dx === null || reader.dataset('/cableSpec/sensorDistances')?.shape[0] !== ids.length) return
  const distances = numbersOf(reader.value('/cableSpec/sensorDistances'))
  const worst = ids.reduce((most, id, i) => Math.max(most, Math.abs(id * dx - distances[i]!)), 0)
  if (worst > dx)
    warnings.push(
      `cableSpec/sensorDistances differs by up to ${worst.toFixed(1)} m from channel id × dx, which was taken.`
    )
}
