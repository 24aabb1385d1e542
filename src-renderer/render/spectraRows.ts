import type { GapFrame, RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import { durationText } from '../../src-preload/contract/drawing/ticks.ts'
import { RowRing, slotsPerBlock } from './rowRing.ts'

export interface LayerGap {
  firstRow: number
  rowCount: number
  missingMs: number
  label: string
}

const gapsMost = 1000

const sameGrid = (a: ViewDescription, b: ViewDescription): boolean =>
  a.jobId === b.jobId &&
  a.epoch === b.epoch &&
  a.originNs === b.originNs &&
  a.rowIntervalNs === b.rowIntervalNs &&
  a.columns.count === b.columns.count &&
  valuesPerChannel(a) === valuesPerChannel(b)

/** Values that a row has for each channel: bins of a spectrum, one sample, or the least and the greatest of several. */
export const valuesPerChannel = (description: ViewDescription): number =>
  description.bins?.count ?? description.samples?.valuesPerColumn ?? 1

/**
 * The newest rows of one layer of a job and where they are in time. Row k spans the cell coordinates [k, k + 1), its own time is
 * that of its centre; times are milliseconds since `baseMs`, a whole number of milliseconds since the epoch.
 */
export class LayerRows {
  description: ViewDescription | null = null
  ring: RowRing | null = null
  readonly gaps: LayerGap[] = []
  baseMs = 0
  rowMs = 1
  channels = 0
  perChannel = 1
  private rowZeroMs = 0
  private readonly bytesMost: number

  /** `bytesMost`: memory for rows. */
  constructor(bytesMost: number) {
    this.bytesMost = bytesMost
  }

  /** True when a new picture begins. `baseMs`: shared by the layers of a tile; null: this layer's own origin. */
  describe(description: ViewDescription, baseMs: number | null): boolean {
    const isSame = this.description !== null && sameGrid(this.description, description)
    this.description = description
    if (isSame) return false
    const originNs = BigInt(description.originNs)
    this.baseMs = baseMs ?? Number(originNs / 1_000_000n)
    this.rowZeroMs = Number(originNs - BigInt(this.baseMs) * 1_000_000n) / 1e6
    this.rowMs = description.rowIntervalNs / 1e6
    this.channels = Math.max(1, description.columns.count)
    this.perChannel = valuesPerChannel(description)
    const columns = this.channels * this.perChannel
    const affordable = Math.floor(this.bytesMost / (columns * 4))
    const wanted = description.live ? affordable : Math.min(affordable, description.expectedRows ?? affordable)
    this.ring = new RowRing({ columns, capacity: Math.max(2 * slotsPerBlock, wanted), rowsPerSlot: 1 })
    this.gaps.length = 0
    return true
  }

  writeRows(frame: RowsFrame): boolean {
    const { ring, description } = this
    if (!ring || frame.epoch !== description?.epoch || frame.columnCount !== ring.columns) return false
    for (let row = 0; row < frame.rowCount; row++) {
      ring.writeRow(frame.firstRow + row, frame.values, row * frame.columnCount)
    }
    return true
  }

  writeGap(frame: Pick<GapFrame, 'firstRow' | 'rowCount' | 'missingMs' | 'reason'>, isOld = false): void {
    const { ring } = this
    if (!ring || this.gaps.some((gap) => gap.firstRow === frame.firstRow && gap.rowCount === frame.rowCount)) return
    if (frame.rowCount > 0 && !isOld) ring.advanceTo(frame.firstRow + frame.rowCount - 1)
    const { firstRow, rowCount, missingMs, reason } = frame
    const label = `gap ${missingMs < 1000 ? `${Math.round(missingMs)} ms` : durationText(missingMs)}`
    this.gaps.push({ firstRow, rowCount, missingMs, label: reason ? `${label} · ${reason}` : label })
    this.gaps.sort((a, b) => a.firstRow - b.firstRow)
    if (this.gaps.length > gapsMost) this.gaps.shift()
  }

  gapAt(row: number): LayerGap | null {
    for (const gap of this.gaps) if (row >= gap.firstRow && row < gap.firstRow + gap.rowCount) return gap
    return null
  }

  cellFromMs(ms: number): number {
    return (ms - this.rowZeroMs) / this.rowMs + 0.5
  }

  msFromCell(cell: number): number {
    return this.rowZeroMs + (cell - 0.5) * this.rowMs
  }

  /** Time of the end of the newest row, null without rows. */
  get endMs(): number | null {
    return this.ring && !this.ring.isEmpty ? this.msFromCell(this.ring.end) : null
  }

  get firstMs(): number | null {
    return this.ring && !this.ring.isEmpty ? this.msFromCell(this.ring.first) : null
  }

  /** Exact time of a row's centre, nanoseconds since the epoch. */
  rowTimeNs(row: number): bigint {
    const { description } = this
    if (!description) return 0n
    const whole = Math.floor(description.rowIntervalNs)
    const rest = Math.round(row * (description.rowIntervalNs - whole))
    return BigInt(description.originNs) + BigInt(row) * BigInt(whole) + BigInt(rest)
  }
}
