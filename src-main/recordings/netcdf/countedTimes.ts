import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { NumberArray } from '../hdf5/hdf5File.ts'
import { type RowTimeAxis, rowTimeAxis, type TimeStore } from '../hdf5/rowTimes.ts'
import type { TimeAxis } from '../timeAxis.ts'
import { type CfTime, timeOfStored } from './cfTime.ts'

/** Farther from where they count, numbers are too large for the search of row times, which thinks of 1970. */
const farNs = 7e18

/**
 * The axis of a coordinate that counts from a date of its own. Null where there is none. Throws `Hdf5Problem` where it
 * cannot be read.
 */
export function countedTimeAxis(
  store: TimeStore,
  { path, name, rows }: { path: string; name: string; rows: number },
  count: CfTime
): RowTimeAxis | null {
  const dataset = store.dataset(path)
  // A vector may be kept as a row or a column.
  if (!dataset?.element || dataset.shape.filter((length) => length !== 1).length > 1 || dataset.shape.includes(0))
    return null
  const { shape, element } = dataset
  const [zeros, counts, ones] = [shape.map(() => 0), shape.map((length) => Math.min(2, length)), shape.map(() => 1)]
  const first = store.slab(path, element, zeros, counts, ones)
  const isNear = Math.abs(Number(first[0])) * count.unitNs < farNs && Number(first.at(-1)) > 0
  const times = { path, name, rows, nominalIntervalNs: null }
  if (isNear) {
    const axis = rowTimeAxis(store, { ...times, unitNs: count.unitNs })
    return axis && shiftedAxis(axis, count.epochNs)
  }
  return rowTimeAxis(absolute(store, count), { ...times, unitNs: 1 })
}

/** The same times as nanoseconds since 1970; what is no time is 0, as in rows that were never written. */
const absolute = (store: TimeStore, count: CfTime): TimeStore => ({
  dataset(path) {
    const dataset = store.dataset(path)
    return dataset && { ...dataset, element: 'int64' }
  },
  slab(path, _element, from, lengths, stride) {
    const values: NumberArray = store.slab(path, store.dataset(path)!.element!, from, lengths, stride)
    return BigInt64Array.from({ length: values.length }, (_, i) => timeOfStored(values[i]!, count) ?? 0n)
  }
})

function shiftedAxis<Axis extends TimeAxis>(axis: Axis, epochNs: Nanoseconds): Axis {
  const shifted = <T extends Nanoseconds | null>(time: T): T => (time === null ? time : ((time + epochNs) as T))
  return {
    ...axis,
    startTimeNs: shifted(axis.startTimeNs),
    endTimeNs: shifted(axis.endTimeNs),
    gaps: axis.gaps.map((gap) => ({ startTimeNs: shifted(gap.startTimeNs), endTimeNs: shifted(gap.endTimeNs) })),
    segments:
      axis.segments?.map((run) => ({ firstIndex: run.firstIndex, startTimeNs: shifted(run.startTimeNs) })) ?? null
  }
}
