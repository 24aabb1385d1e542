import type { GapFrame, RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import type { PictureGap } from '../../src-preload/contract/drawing/gapPainter.ts'
import { PictureAxes } from '../../src-preload/contract/drawing/pictureAxes.ts'
import { RowRing, slotsPerBlock } from './rowRing.ts'
import type { ViewportBounds } from './viewport.ts'

const mebibyte = 1024 * 1024
/**
 * Bytes of the newest rows that are kept in memory for one picture (and as many again in its texture): more than ten minutes
 * of 2 222 channels at 8 rows/s. Older ones come from the core's history. Wide pictures get more, for a screen of rows.
 */
const ringBytes = { usual: 48 * mebibyte, most: 160 * mebibyte, slotsWanted: 640 }
const gapsMost = 1000
const minuteNs = 60e9

export interface WaterfallLimits {
  /** Largest width and height of a texture; a wider row is folded. */
  textureSize: number
  /** Largest number of slots of a ring whose rows fit into a texture's width. */
  slotsMost: number
  /** Instead of the usual ones, for tests. */
  ringBytes?: number
}

function slotsThatFit(columns: number, limits: WaterfallLimits): number {
  const bytes =
    limits.ringBytes ?? Math.min(ringBytes.most, Math.max(ringBytes.usual, columns * 4 * ringBytes.slotsWanted))
  const affordable = Math.max(slotsPerBlock * 2, Math.floor(bytes / (columns * 4)))
  const inTexture = Math.floor(limits.slotsMost / Math.ceil(columns / limits.textureSize))
  return Math.floor(Math.min(affordable, inTexture) / slotsPerBlock) * slotsPerBlock
}

const sameGrid = (a: ViewDescription, b: ViewDescription): boolean =>
  a.jobId === b.jobId &&
  a.epoch === b.epoch &&
  a.originNs === b.originNs &&
  a.rowIntervalNs === b.rowIntervalNs &&
  a.columns.count === b.columns.count

function gapLabel(missingMs: number, reason: string): string {
  const seconds = missingMs / 1000
  const length = seconds < 1 ? `${Math.round(missingMs)} ms` : `${seconds.toFixed(seconds < 100 ? 1 : 0)} s`
  return reason ? `gap ${length} · ${reason}` : `gap ${length}`
}

type GapSpan = Pick<GapFrame, 'firstRow' | 'rowCount' | 'missingMs' | 'reason'>

/** One picture's data: axes, rows, gaps. Knows neither screen nor connection. */
export class WaterfallModel {
  description: ViewDescription | null = null
  /** By row, whatever the ring's slots are. */
  axes: PictureAxes | null = null
  ring: RowRing | null = null
  readonly gaps: PictureGap[] = []
  gapsDropped = 0
  shedRows = 0
  /** Oldest row that the core's history still has; null where that is not known. */
  oldestKeptRow: number | null = null
  private readonly limits: WaterfallLimits

  constructor(limits: WaterfallLimits) {
    this.limits = limits
  }

  /** True when a new picture begins; false where the same one goes on (its rows and gaps stay). */
  describe(description: ViewDescription): boolean {
    const isSame = this.description !== null && sameGrid(this.description, description)
    this.description = description
    if (isSame) return false
    const columns = Math.max(1, description.columns.count)
    const slotsMost = slotsThatFit(columns, this.limits)
    const expected = description.live ? null : description.expectedRows
    const rowsPerSlot = expected === null ? 1 : Math.max(1, Math.ceil(expected / slotsMost))
    const capacity = expected === null ? slotsMost : Math.min(slotsMost, Math.ceil(expected / rowsPerSlot))
    this.axes = new PictureAxes(description, 1)
    this.ring = new RowRing({ columns, capacity, rowsPerSlot, textureSize: this.limits.textureSize })
    this.oldestKeptRow = null
    this.gaps.length = 0
    this.gapsDropped = 0
    this.shedRows = 0
    return true
  }

  /** False where the frame does not belong to this picture. */
  writeRows(frame: RowsFrame): boolean {
    const { ring, description } = this
    if (!ring || frame.epoch !== description?.epoch || frame.columnCount !== ring.columns) return false
    for (let row = 0; row < frame.rowCount; row++) {
      ring.writeRow(frame.firstRow + row, frame.values, row * frame.columnCount)
    }
    this.shedRows += frame.shedRows
    return true
  }

  writeGap(frame: GapFrame): boolean {
    const { ring, description } = this
    if (!ring || frame.epoch !== description?.epoch) return false
    if (this.addGap(frame) && frame.rowCount > 0) ring.advanceTo(frame.firstRow + frame.rowCount - 1)
    return true
  }

  /** Gaps of the history; those that are known are passed over. */
  addGaps(gaps: readonly GapSpan[]): void {
    for (const gap of gaps) this.addGap(gap)
  }

  /** The gap that covers a row, else null. */
  gapAt(row: number): PictureGap | null {
    for (const gap of this.gaps) if (row >= gap.firstRow && row < gap.firstRow + gap.rowCount) return gap
    return null
  }

  /** What may be looked at, in rows. `liveEdge`: the newest edge of a live picture, which runs a little ahead of its rows. */
  bounds(into: ViewportBounds, liveEdge: number): ViewportBounds {
    const { ring, description } = this
    if (!ring || !description) {
      into.columns = 1
      into.rowFirst = 0
      into.rowEnd = 1
      into.rowsMost = slotsPerBlock
      into.isLive = false
      return into
    }
    const ringFirst = ring.first * ring.rowsPerSlot
    const ringEnd = ring.end * ring.rowsPerSlot
    into.columns = ring.columns
    into.isLive = description.live
    const expected = description.live ? null : description.expectedRows
    if (expected === null) {
      into.rowFirst = ring.isEmpty ? 0 : Math.min(ringFirst, this.oldestKeptRow ?? Infinity)
      into.rowEnd = description.live ? Math.max(liveEdge, ringEnd) : Math.max(1, ringEnd)
      const held = into.rowEnd - into.rowFirst
      // A minute, too, where rows are so frequent that the ring holds less: the history has them.
      const liveMost = Math.max(ring.capacity * ring.rowsPerSlot, held, minuteNs / description.rowIntervalNs)
      into.rowsMost = description.live ? liveMost : Math.max(1, held)
    } else {
      into.rowFirst = 0
      into.rowEnd = Math.max(1, expected)
      into.rowsMost = into.rowEnd
    }
    return into
  }

  /** False where it is known: rows are sent again after a window was hidden, and the history tells of the same gaps. */
  private addGap({ firstRow, rowCount, missingMs, reason }: GapSpan): boolean {
    if (this.gaps.some((gap) => gap.firstRow === firstRow && gap.rowCount === rowCount)) return false
    this.gaps.push({ firstRow, rowCount, missingMs, reason, label: gapLabel(missingMs, reason) })
    this.gaps.sort((a, b) => a.firstRow - b.firstRow)
    this.forgetOldGaps()
    return true
  }

  private forgetOldGaps(): void {
    const { ring } = this
    const oldestRow = ring ? Math.min(ring.first * ring.rowsPerSlot, this.oldestKeptRow ?? Infinity) : 0
    while (this.gaps.length > 0 && this.gaps[0]!.firstRow + this.gaps[0]!.rowCount < oldestRow) this.gaps.shift()
    while (this.gaps.length > gapsMost) {
      this.gaps.shift()
      this.gapsDropped++
    }
  }
}
