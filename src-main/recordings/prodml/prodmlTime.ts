import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { Hdf5Reader, StoredElement } from '../hdf5/hdf5File.ts'
import { type Attributes, textOf } from '../hdf5/hdf5Values.ts'
import { continuedTo, nanosecondsFromStored, rowTimeAxis, type RowTimeAxis } from '../hdf5/rowTimes.ts'
import { evenTimeAxis, intervalFromRate, type TimeAxis } from '../timeAxis.ts'

const microsecondNs = 1000
const microsecond = 1000n
/** A day: clocks and zones differ, units differ by a factor of a thousand. */
const sameMomentNs = 86_400e9
/** Narrower numbers do not hold microseconds since 1970. */
const wideElements: (StoredElement | null)[] = ['int64', 'uint64', 'float64']

/** Attributes that may say when a part starts and ends, the most particular first. */
export interface TimeAttributes {
  data: Attributes
  times: Attributes
  acquisition: Attributes
}

function firstTime(
  layers: Attributes[],
  names: string[],
  warnings: string[]
): { name: string; time: Nanoseconds } | null {
  for (const layer of layers)
    for (const name of names) {
      const text = textOf(layer[name])
      if (text === null) continue
      const time = nanosecondsFromIso(text)
      if (time !== null) return { name, time }
      warnings.push(`${name} says "${text}", which is no time.`)
    }
  return null
}

/** The time axis of a part: the stored time of every row where there are any, else the attributes. */
export function prodmlTimeAxis(
  reader: Hdf5Reader,
  timePath: string,
  rows: number,
  rateHz: number | null,
  attributes: TimeAttributes
): TimeAxis {
  const { data, times, acquisition } = attributes
  const name = timePath.slice(timePath.lastIndexOf('/') + 1)
  const dataset = reader.dataset(timePath)
  const count = dataset?.shape[0] ?? 0
  const isUsable = dataset !== null && wideElements.includes(dataset.element) && dataset.shape.length === 1 && count > 0
  const warnings: string[] = []
  const byAttributes = (whyNot: string): TimeAxis => {
    const start = firstTime([data, times], ['PartStartTime', 'StartTime'], warnings)
    const fallback = start ?? firstTime([acquisition], ['MeasurementStartTime'], warnings)
    warnings.push(
      fallback
        ? `${whyNot}: the start is ${fallback.name}, and the rows were taken as even.`
        : `${whyNot} and no start time: when this was recorded is not known.`
    )
    return { ...evenTimeAxis(fallback?.time ?? null, rateHz, rows), warnings }
  }
  if (!isUsable) {
    if (dataset && count > 0) warnings.push(`${name} does not hold 64-bit integers and was left out.`)
    return byAttributes(`There are no row times (${name})`)
  }
  const unitNs = unitOfTimes(reader, timePath, dataset.element!, [data, times], warnings)
  const axis = rowTimeAxis(reader, { path: timePath, name, unitNs, rows, nominalIntervalNs: intervalFromRate(rateHz) })!
  if (axis.timedRows === 0) return byAttributes(`${name} holds no valid time`)
  if (count === rows && axis.timedRows < rows)
    warnings.push(`${name} is zero from row ${axis.timedRows} on; times there are those of an even grid.`)
  const isComplete = axis.timedRows === rows
  warnings.push(...axis.warnings, ...disagreements(name, axis, [data, times], isComplete))
  return { ...continuedTo(axis, rows), warnings }
}

/** RawDataTime counts µs; where PartStartTime is that moment in another unit, the writer meant that one. */
function unitOfTimes(
  reader: Hdf5Reader,
  timePath: string,
  element: StoredElement,
  layers: Attributes[],
  warnings: string[]
): number {
  const first = reader.slab(timePath, element, [0], [1], [1])[0]!
  const start = firstTime(layers, ['PartStartTime'], [])?.time
  const isStart = (unitNs: number): boolean => {
    const time = nanosecondsFromStored(first, unitNs)
    return time !== null && start !== undefined && Math.abs(Number(time - start)) < sameMomentNs
  }
  if (start === undefined || isStart(microsecondNs)) return microsecondNs
  const other = [1, 1e6, 1e9].find(isStart)
  if (other === undefined || first === 0n || first === 0) return microsecondNs
  warnings.push(`${timePath.slice(1)} counts ${other} ns instead of µs, by PartStartTime.`)
  return other
}

/** Start and end by attribute against the stored times, which win. */
function disagreements(name: string, axis: RowTimeAxis, layers: Attributes[], isComplete: boolean): string[] {
  const found: string[] = []
  const tolerance = BigInt(Math.round((axis.sampleIntervalNs ?? 0) * 1.5)) + microsecond
  const isFar = (a: Nanoseconds, b: Nanoseconds): boolean => (a > b ? a - b : b - a) > tolerance
  const start = firstTime(layers, ['PartStartTime'], found)
  if (start && axis.startTimeNs !== null && isFar(start.time, axis.startTimeNs))
    found.push(`PartStartTime is not the first ${name}, which was taken.`)
  const end = firstTime(layers, ['PartEndTime'], found)
  if (isComplete && end && axis.lastTimeNs !== null && isFar(end.time, axis.lastTimeNs))
    found.push(`PartEndTime is not the last ${name}, which was taken.`)
  return found
}
