import { elementOf, type SampleDataset } from './hdf5Array.ts'
import type { ReadRange, RecordingInfo, SampleArray, TimeSegment } from '../recording.ts'
import { createSampleArray } from '../sampleArray.ts'

/** A dataset of one run of time, described as if it were the only one. */
export interface NamedDataset {
  name: string
  dataset: SampleDataset
  info: RecordingInfo
}

export interface Part {
  dataset: SampleDataset
  firstRow: number
}

export interface Joined {
  info: RecordingInfo
  parts: Part[]
}

/** What is told apart as time: a dataset that begins within so many intervals of the last one's end continues it. */
const sameTimeIntervals = 0.5

/**
 * Datasets of the same channels, type and rate one after the other are one recording with the gaps between them. Where they
 * are not, the first one is opened, and a warning names the others. `noun` is what the warnings call them, in the plural.
 */
export function joinDatasets(datasets: NamedDataset[], noun: string): Joined {
  const [only] = datasets
  if (datasets.length === 1) return { info: only!.info, parts: [{ dataset: only!.dataset, firstRow: 0 }] }
  const sorted = [...datasets].sort((a, b) => {
    const [x, y] = [a.info.startTimeNs ?? 0n, b.info.startTimeNs ?? 0n]
    return x < y ? -1 : x > y ? 1 : 0
  })
  const [first, ...others] = sorted as [NamedDataset, ...NamedDataset[]]
  const hindrance = whyNotJoined(sorted, noun)
  if (hindrance !== null) {
    const names = others.slice(0, 5).map(({ name }) => name)
    const more = others.length > names.length ? ` and ${others.length - names.length} more` : ''
    first.info.warnings.push(`Only ${first.name} was opened: ${hindrance}. Not opened: ${names.join(', ')}${more}.`)
    return { info: first.info, parts: [{ dataset: first.dataset, firstRow: 0 }] }
  }
  return join(sorted, noun)
}

function whyNotJoined(sorted: NamedDataset[], noun: string): string | null {
  const { info: like, dataset } = sorted[0]!
  const halfNs = BigInt(Math.round((like.sampleIntervalNs ?? 0) * sameTimeIntervals))
  for (let i = 1; i < sorted.length; i++) {
    const { info, dataset: own } = sorted[i]!
    const before = sorted[i - 1]!.info
    if (info.startTimeNs === null || before.endTimeNs === null) return `the ${noun} do not all say their times`
    if (info.shape.channel !== like.shape.channel) return `the ${noun} differ in their channels`
    if (own.element !== dataset.element || own.order !== dataset.order) return `the ${noun} differ in their type`
    if (info.firstDistanceM !== like.firstDistanceM || info.unit !== like.unit || info.quantity !== like.quantity)
      return `the ${noun} differ in what they measure or where`
    const [a, b] = [info.sampleIntervalNs, like.sampleIntervalNs]
    if (a === null || b === null || Math.abs(a - b) > b * 1e-6) return `the ${noun} differ in their sample rate`
    if (info.startTimeNs + halfNs < before.endTimeNs) return `the ${noun} overlap in time`
  }
  return null
}

function join(sorted: NamedDataset[], noun: string): Joined {
  const [first] = sorted
  const { info: like } = first!
  const interval = like.sampleIntervalNs!
  const parts: Part[] = []
  const gaps: RecordingInfo['gaps'] = []
  const segments: TimeSegment[] = []
  let rows = 0
  for (const [i, { info, dataset }] of sorted.entries()) {
    const before = sorted[i - 1]?.info.endTimeNs ?? null
    if (before !== null && Number(info.startTimeNs! - before) > interval * sameTimeIntervals)
      gaps.push({ startTimeNs: before, endTimeNs: info.startTimeNs! })
    gaps.push(...info.gaps)
    const own = info.segments ?? [{ firstIndex: 0, startTimeNs: info.startTimeNs! }]
    segments.push(...own.map((run) => ({ firstIndex: rows + run.firstIndex, startTimeNs: run.startTimeNs })))
    parts.push({ dataset, firstRow: rows })
    rows += info.shape.time
  }
  const warnings = [...new Set(sorted.flatMap(({ info }) => info.warnings))]
  warnings.push(`${sorted.length} ${noun} were joined, with ${gaps.length} gaps.`)
  return {
    parts,
    info: {
      ...like,
      shape: { time: rows, channel: like.shape.channel },
      endTimeNs: sorted.at(-1)!.info.endTimeNs,
      gaps,
      segments,
      warnings
    }
  }
}

/** Reads a range over several datasets, one after the other. */
export async function readJoined(
  parts: Part[],
  { time, channel }: ReadRange,
  read: (dataset: SampleDataset, range: ReadRange) => Promise<SampleArray>
): Promise<SampleArray> {
  const stride = time.stride ?? 1
  const columns = Math.ceil((channel.to - channel.from) / (channel.stride ?? 1))
  const rows = Math.ceil((time.to - time.from) / stride)
  const target = createSampleArray(elementOf(parts[0]!.dataset.element), rows * columns)
  for (const { dataset, firstRow } of parts) {
    const skipped = Math.max(0, Math.ceil((firstRow - time.from) / stride))
    const from = time.from + skipped * stride - firstRow
    const to = Math.min(time.to - firstRow, dataset.shape.time)
    if (from >= to) continue
    target.set(await read(dataset, { time: { from, to, stride }, channel }), skipped * columns)
  }
  return target
}
