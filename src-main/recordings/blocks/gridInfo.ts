import { basename } from 'node:path'
import { axisOfRuns } from '../binary/runAxis.ts'
import type { RecordingInfo } from '../recording.ts'
import { snapped } from '../timeAxis.ts'
import type { BlockList } from './blockList.ts'
import type { ChannelGrid } from './channelGrid.ts'
import { elementOfGrid } from './gridReader.ts'

const named = (names: string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')

/** `shape`, `dtype`, times, names and warnings of a grid. */
export function gridInfo(
  grid: ChannelGrid
): Pick<RecordingInfo, 'shape' | 'dtype' | 'channelNames' | 'warnings'> & ReturnType<typeof axisOfRuns> {
  const { originNs, rateHz } = grid
  const intervalNs = snapped(1e9 / rateHz)
  const runs = grid.stretches.map(({ firstRow, exactStart }) => ({
    firstIndex: firstRow,
    startTimeNs: originNs + BigInt(Math.round(exactStart * intervalNs))
  }))
  const axis = axisOfRuns(runs, grid.rows, intervalNs, rateHz)
  const names = grid.channels.map(({ list }) => list.name)
  const dtype = elementOfGrid(grid)
  const warnings = [...axis.warnings]
  if (grid.hasMissing) {
    const short = grid.channels.filter(({ covered }) => covered < grid.rows)
    warnings.push(
      `The channels do not cover the same time: rows are those that any channel has, what a channel lacks is NaN (values are ${dtype} for that). Short: ${named(short.map(({ list, covered }) => `${list.name} by ${grid.rows - covered} of ${grid.rows} samples`))}.`
    )
  }
  if (grid.overlaps > 0)
    warnings.push(`${grid.overlaps} blocks overlap the one before in time: the earlier samples were kept.`)
  if (grid.channels.length > 1 && grid.offGrid > 0.01)
    warnings.push(
      `The channels do not share one grid of times: they were moved by up to ${Math.round(grid.offGrid * 1000) / 1000} of a sample.`
    )
  return {
    ...axis,
    shape: { time: grid.rows, channel: grid.channels.length },
    dtype,
    channelNames: names,
    warnings
  }
}

/**
 * Channels of one rate, by name: those with the most samples. The others are named in a warning, or, where they come from
 * several files, in the refusal of a folder that is no single acquisition.
 */
export function listsOfOneRate(
  lists: BlockList[],
  warnings: string[],
  refuse: ((other: BlockList, taken: BlockList) => never) | null
): BlockList[] {
  const byRate = new Map<string, { lists: BlockList[]; samples: number }>()
  for (const list of lists) {
    if (list.count === 0) continue
    const key = list.rateHz.toPrecision(7)
    const group = byRate.get(key) ?? { lists: [], samples: 0 }
    group.lists.push(list)
    for (let i = 0; i < list.count; i++) group.samples += list.samples(i)
    byRate.set(key, group)
  }
  const [most, ...others] = [...byRate.values()].sort((a, b) => b.samples - a.samples)
  if (!most) return []
  const left = others.flatMap((group) => group.lists)
  const [other] = left
  if (other && refuse) refuse(other, most.lists[0]!)
  if (left.length > 0)
    warnings.push(
      `Only channels of ${most.lists[0]!.rateHz} Hz were taken; left out: ${named(left.map(({ name, rateHz }) => `${name} (${rateHz} Hz)`))}.`
    )
  return most.lists.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Why channels of two rates are no single acquisition, with the file that has the other one. */
export const differentRates = (other: BlockList, taken: BlockList, pathOf: (file: number) => string): string =>
  `is a folder whose files are not of one acquisition: ${basename(pathOf(other.block(0).file))} has ${other.name} at ${other.rateHz} Hz, ${basename(pathOf(taken.block(0).file))} ${taken.name} at ${taken.rateHz} Hz`
