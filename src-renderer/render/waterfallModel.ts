import type { GapFrame, RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import type { PictureGap } from '../../src-preload/contract/drawing/gapPainter.ts'
import { PictureAxes } from '../../src-preload/contract/drawing/pictureAxes.ts'
import { RowRing, slotsPerBlock } from './rowRing.ts'
import type { ViewportBounds } from './viewport.ts'

/** Bytes of rows kept in memory for one picture (and as many again in its texture). */
export const ringBytesMost = 64 * 1024 * 1024
const gapsMost = 1000

export interface WaterfallLimits {
  ringBytes: number
  /** Largest number of slots a texture can have. */
  slotsMost: number
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

/** One picture's data: axes, rows, gaps. Knows neither screen nor connection. */
export class WaterfallModel {
  description: ViewDescription | null = null
  axes: PictureAxes | null = null
  ring: RowRing | null = null
  readonly gaps: PictureGap[] = []
  gapsDropped = 0
  shedRows = 0
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
    const affordable = Math.max(slotsPerBlock * 2, Math.floor(this.limits.ringBytes / (columns * 4)))
    const slotsMost = Math.floor(Math.min(affordable, this.limits.slotsMost) / slotsPerBlock) * slotsPerBlock
    const expected = description.live ? null : description.expectedRows
    const rowsPerSlot = expected === null ? 1 : Math.max(1, Math.ceil(expected / slotsMost))
    const capacity = expected === null ? slotsMost : Math.min(slotsMost, Math.ceil(expected / rowsPerSlot))
    this.axes = new PictureAxes(description, rowsPerSlot)
    this.ring = new RowRing({ columns, capacity, rowsPerSlot })
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
    // History is sent again after a window was hidden.
    const isKnown = this.gaps.some((gap) => gap.firstRow === frame.firstRow && gap.rowCount === frame.rowCount)
    if (isKnown) return true
    if (frame.rowCount > 0) ring.advanceTo(frame.firstRow + frame.rowCount - 1)
    const { firstRow, rowCount, missingMs, reason } = frame
    this.gaps.push({ firstRow, rowCount, missingMs, reason, label: gapLabel(missingMs, reason) })
    this.gaps.sort((a, b) => a.firstRow - b.firstRow)
    this.forgetOldGaps(ring)
    return true
  }

  /** The gap that covers a row, else null. */
  gapAt(row: number): PictureGap | null {
    for (const gap of this.gaps) if (row >= gap.firstRow && row < gap.firstRow + gap.rowCount) return gap
    return null
  }

  /** What may be looked at. `liveEdge`: the newest edge of a live picture, which runs a little ahead of its rows. */
  bounds(into: ViewportBounds, liveEdge: number): ViewportBounds {
    const { ring, description } = this
    if (!ring || !description) {
      into.columns = 1
      into.slotFirst = 0
      into.slotEnd = 1
      into.slotsMost = slotsPerBlock
      into.isLive = false
      return into
    }
    into.columns = ring.columns
    into.isLive = description.live
    const expected = description.live ? null : description.expectedRows
    if (expected === null) {
      into.slotFirst = ring.first
      into.slotEnd = description.live ? Math.max(liveEdge, ring.end) : Math.max(1, ring.end)
      into.slotsMost = description.live ? ring.capacity : Math.max(1, ring.end - ring.first)
    } else {
      into.slotFirst = 0
      into.slotEnd = Math.max(1, Math.ceil(expected / ring.rowsPerSlot))
      into.slotsMost = into.slotEnd
    }
    return into
  }

  private forgetOldGaps(ring: RowRing): void {
    const oldestRow = ring.first * ring.rowsPerSlot
    while (this.gaps.length > 0 && this.gaps[0]!.firstRow + this.gaps[0]!.rowCount < oldestRow) this.gaps.shift()
    while (this.gaps.length > gapsMost) {
      this.gaps.shift()
      this.gapsDropped++
    }
  }
}
