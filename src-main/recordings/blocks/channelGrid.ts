import type { BlockList } from './blockList.ts'

/** Grid points `from` to `to` (excluded), and the exact start in samples, which may lie off the grid. */
interface Stretch {
  from: number
  to: number
  exactStart: number
}

/** What rows and channels a set of blocks makes: the union of the time that any channel covers. */
export interface ChannelGrid {
  originNs: bigint
  rateHz: number
  channels: GridChannel[]
  /** Stretches of rows without a gap, ascending. */
  stretches: (Stretch & { firstRow: number })[]
  rows: number
  /** Some channel has no sample in some row. */
  hasMissing: boolean
  /** Blocks of which some or all samples were there already. */
  overlaps: number
  /** The farthest that a block lies from its grid point, in samples. */
  offGrid: number
}

export interface GridChannel {
  list: BlockList
  /** Grid point from which on a block gives the samples: its start, or the end of the block before. */
  covers: Float64Array
  /** Grid point of a block's first sample. */
  grids: Float64Array
  covered: number
}

/** A block that begins within half a sample of the end of the one before continues it: clocks drift and are steered. */
const tolerance = 0.5

/** Grid point 0 is the origin of the first list. All lists have its rate. */
export function buildGrid(lists: BlockList[], toleranceSamples = tolerance): ChannelGrid {
  const [{ originNs, rateHz }] = lists as [BlockList]
  const grid: ChannelGrid = {
    originNs,
    rateHz,
    channels: [],
    stretches: [],
    rows: 0,
    hasMissing: false,
    overlaps: 0,
    offGrid: 0
  }
  const all: Stretch[] = []
  for (const list of lists) {
    list.sort()
    const { channel, stretches } = placeBlocks(list, toleranceSamples, grid)
    grid.channels.push(channel)
    for (const stretch of stretches) all.push(stretch)
  }
  all.sort((a, b) => a.from - b.from)
  for (const stretch of all) {
    const last = grid.stretches.at(-1)
    if (last && stretch.from <= last.to) last.to = Math.max(last.to, stretch.to)
    else grid.stretches.push({ ...stretch, firstRow: 0 })
  }
  for (const stretch of grid.stretches) {
    stretch.firstRow = grid.rows
    grid.rows += stretch.to - stretch.from
  }
  grid.hasMissing = grid.channels.some(({ covered }) => covered < grid.rows)
  return grid
}

function placeBlocks(
  list: BlockList,
  toleranceSamples: number,
  grid: ChannelGrid
): { channel: GridChannel; stretches: Stretch[] } {
  const channel: GridChannel = {
    list,
    covers: new Float64Array(list.count),
    grids: new Float64Array(list.count),
    covered: 0
  }
  const shift = (Number(list.originNs - grid.originNs) / 1e9) * grid.rateHz
  const stretches: Stretch[] = []
  let expected = Number.NaN
  let nextGrid = 0
  let end = -Infinity
  for (let i = 0; i < list.count; i++) {
    const start = list.start(i) + shift
    const samples = list.samples(i)
    const continues = Math.abs(start - expected) <= toleranceSamples
    const from = continues ? nextGrid : Math.round(start)
    if (!continues) grid.offGrid = Math.max(grid.offGrid, Math.abs(start - from))
    const to = from + samples
    const cover = Math.max(from, end)
    if (from < end) grid.overlaps += 1
    channel.grids[i] = from
    channel.covers[i] = Math.min(cover, Math.max(to, end))
    channel.covered += Math.max(0, to - cover)
    const last = stretches.at(-1)
    if (last && from <= end) last.to = Math.max(last.to, to)
    else stretches.push({ from, to, exactStart: start })
    end = Math.max(end, to)
    expected = start + samples
    nextGrid = to
  }
  return { channel, stretches }
}

/** The last block whose cover is at or before a grid point; −1 before the first. */
export function blockAt({ covers }: GridChannel, point: number): number {
  let low = -1
  let high = covers.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (covers[middle]! <= point) low = middle
    else high = middle - 1
  }
  return low
}
