import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { Hdf5Problem } from '../hdf5/hdf5Library.ts'
import { type Attributes, textOf } from '../hdf5/hdf5Values.ts'
import { durationNs, evenTimeAxis, intervalFromRate, type TimeAxis, TimeStampScan } from '../timeAxis.ts'

const blockRows = 1 << 18
const microsecond = 1000n

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
  const isUsable = dataset?.element === 'int64' && dataset.shape.length === 1 && count > 0
  const warnings: string[] = []
  if (!isUsable) {
    const start = firstTime([data, times], ['PartStartTime', 'StartTime'], warnings)
    const fallback = start ?? firstTime([acquisition], ['MeasurementStartTime'], warnings)
    if (dataset && count > 0) warnings.push(`${name} does not hold 64-bit integers and was left out.`)
    warnings.push(
      fallback
        ? `There are no row times (${name}): the start is ${fallback.name}, and the rows were taken as even.`
        : `There are no row times (${name}) and no start time: when this was recorded is not known.`
    )
    const axis = evenTimeAxis(fallback?.time ?? null, rateHz, rows)
    return { ...axis, warnings }
  }
  const scan = new TimeStampScan(microsecond, intervalFromRate(rateHz))
  const usedRows = Math.min(count, rows)
  for (let from = 0; from < usedRows; from += blockRows) {
    const block = reader.slab(timePath, 'int64', [from], [Math.min(blockRows, usedRows - from)], [1])
    if (!(block instanceof BigInt64Array)) throw new Hdf5Problem(`${timePath} is not made of 64-bit integers`)
    scan.add(block)
  }
  const axis = scan.axis(name)
  if (count !== rows) {
    warnings.push(`${name} has ${count} entries for ${rows} rows.`)
    if (count < rows && axis.endTimeNs !== null && axis.sampleIntervalNs !== null)
      axis.endTimeNs += durationNs(rows - count, axis.sampleIntervalNs)
  }
  warnings.push(...axis.warnings, ...disagreements(name, axis, [data, times], count === rows))
  return { ...axis, warnings }
}

/** Start and end by attribute against the stored times, which win. */
function disagreements(
  name: string,
  axis: TimeAxis & { lastTimeNs: Nanoseconds | null },
  layers: Attributes[],
  isComplete: boolean
): string[] {
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
