import { invalidValue, missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { ReducedFrame } from '../../src-preload/contract/frames.ts'
import type { ViewExtent } from '../../src-preload/contract/schemas.ts'

/** Rows of one level, [firstRow, firstRow + rowCount); where never a row was they hold the value of missing cells. */
export interface HistoryChunk {
  level: number
  firstRow: number
  rowCount: number
  /** One plane where the level holds rows as they are: then all three are the same array. */
  mean: Float32Array
  minimum: Float32Array
  maximum: Float32Array
  /** Rows up to here were there when it was asked for; what lies behind may have come since. */
  knownEnd: number
  bytes: number
  usedAt: number
}

/** Where kept rows come from; answers null where it could not be had now. */
export interface HistorySource {
  extent(): Promise<ViewExtent | null>
  history(level: number, firstRow: number, rowCount: number): Promise<readonly ReducedFrame[] | null>
}

const chunkBytes = 2 * 1024 * 1024
const chunkRowsMost = 1024
const requestsAtOnce = 2
const extentEveryMs = 2000
const retryAfterMs = 1000

/**
 * Rows that this window does not hold itself, fetched from the core by level and in chunks when a picture wants them. Bounded in
 * bytes, least recently used go first. `changed` is called when something came.
 */
export class LayerHistory {
  extent: ViewExtent | null = null
  bytes = 0
  private readonly source: HistorySource
  private readonly bytesMost: number
  private readonly changed: () => void
  private readonly now: () => number
  private readonly chunks = new Map<string, HistoryChunk>()
  private readonly wanted = new Map<string, { level: number; firstRow: number }>()
  private readonly notBefore = new Map<string, number>()
  private inFlight = 0
  private columns = 0
  private uses = 0
  private extentAtMs = -Infinity
  private isAskingExtent = false
  /** Rises with every new picture: answers for an older one are dropped. */
  private generation = 0

  constructor(source: HistorySource, bytesMost: number, changed: () => void, now = () => performance.now()) {
    this.source = source
    this.bytesMost = bytesMost
    this.changed = changed
    this.now = now
  }

  /** A new picture with rows of so many values. */
  reset(columns: number): void {
    this.generation++
    this.columns = columns
    this.extent = null
    this.extentAtMs = -Infinity
    this.chunks.clear()
    this.wanted.clear()
    this.notBefore.clear()
    this.bytes = 0
  }

  get isWaiting(): boolean {
    return this.inFlight > 0 || this.wanted.size > 0
  }

  rowsPerChunk(level: number): number {
    const rowBytes = this.columns * 4 * (level === 0 ? 1 : 3)
    const affordable = Math.max(1, Math.floor(chunkBytes / Math.max(1, rowBytes)))
    return Math.min(chunkRowsMost, 2 ** Math.floor(Math.log2(affordable)))
  }

  /** Asks what is kept, at most every two seconds. */
  refreshExtent(): void {
    if (this.isAskingExtent || this.columns === 0 || this.now() - this.extentAtMs < extentEveryMs) return
    this.extentAtMs = this.now()
    this.isAskingExtent = true
    const { generation } = this
    void this.source.extent().then((extent) => {
      this.isAskingExtent = false
      if (generation !== this.generation || !extent) return
      const hadOne = this.extent !== null
      const before = this.oldestRow
      this.extent = extent
      if (!hadOne || before !== this.oldestRow) this.changed()
    })
  }

  /** Oldest row of level 0 that any level still speaks of; null before it is known. */
  get oldestRow(): number | null {
    let oldest: number | null = null
    for (const { firstRow, endRow, factor } of this.extent?.levels ?? []) {
      if (endRow > firstRow && (oldest === null || firstRow * factor < oldest)) oldest = firstRow * factor
    }
    return oldest
  }

  /**
   * The coarsest level whose rows are not longer than a pixel and which still keeps `row` (of level 0); where only longer ones keep
   * it, the finest of those. Null where none does.
   */
  levelFor(rowsPerPixel: number, row: number): ViewExtent['levels'][number] | null {
    let best: ViewExtent['levels'][number] | null = null
    for (const one of this.extent?.levels ?? []) {
      if (row < one.firstRow * one.factor || row >= one.endRow * one.factor) continue
      const fits = one.factor <= Math.max(1, rowsPerPixel)
      const bestFits = best !== null && best.factor <= Math.max(1, rowsPerPixel)
      const isBetter =
        fits === bestFits ? (fits ? one.factor > best!.factor : one.factor < (best?.factor ?? Infinity)) : fits
      if (isBetter) best = one
    }
    return best
  }

  /** The chunk that holds a row of a level. Null: not here yet, and asked for. */
  chunkAt(level: number, row: number): HistoryChunk | null {
    const rows = this.rowsPerChunk(level)
    const firstRow = Math.floor(row / rows) * rows
    const key = `${level}:${firstRow}`
    const chunk = this.chunks.get(key)
    if (chunk) {
      chunk.usedAt = ++this.uses
      if (row < chunk.knownEnd) return chunk
    }
    if ((this.notBefore.get(key) ?? -Infinity) <= this.now()) this.wanted.set(key, { level, firstRow })
    return chunk ?? null
  }

  /** Sends what was asked for since the last call, the last asked first; the rest is forgotten, a picture asks again. */
  fetchWanted(): void {
    const keys = [...this.wanted.keys()].reverse()
    for (const key of keys) {
      if (this.inFlight >= requestsAtOnce) break
      const { level, firstRow } = this.wanted.get(key)!
      this.notBefore.set(key, Infinity)
      void this.fetch(key, level, firstRow)
    }
    this.wanted.clear()
  }

  private async fetch(key: string, level: number, firstRow: number): Promise<void> {
    const { generation } = this
    this.inFlight++
    const rowCount = this.rowsPerChunk(level)
    const frames = await this.source.history(level, firstRow, rowCount)
    this.inFlight--
    if (generation !== this.generation) return
    this.notBefore.set(key, this.now() + retryAfterMs)
    if (frames) this.keep(key, this.assemble(level, firstRow, rowCount, frames))
    this.changed()
  }

  private assemble(level: number, firstRow: number, rowCount: number, frames: readonly ReducedFrame[]): HistoryChunk {
    const { columns } = this
    const plane = (): Float32Array => new Float32Array(rowCount * columns).fill(missingValue)
    const mean = plane()
    const minimum = level === 0 ? mean : plane()
    const maximum = level === 0 ? mean : plane()
    let knownEnd = firstRow
    for (const frame of frames) {
      if (frame.columnCount !== columns || frame.level !== level) continue
      const from = Math.max(frame.firstRow, firstRow)
      const end = Math.min(frame.firstRow + frame.rowCount, firstRow + rowCount)
      if (end <= from) continue
      const source = (from - frame.firstRow) * columns
      const target = (from - firstRow) * columns
      const length = (end - from) * columns
      copyCells(frame.mean, source, mean, target, length)
      if (minimum !== mean) copyCells(frame.minimum, source, minimum, target, length)
      if (maximum !== mean) copyCells(frame.maximum, source, maximum, target, length)
      knownEnd = Math.max(knownEnd, end)
    }
    const kept = this.extent?.levels.find((one) => one.level === level)
    // The newest row of a coarse level still grows; what is older than the kept ones never comes.
    const settledEnd = kept ? Math.min(firstRow + rowCount, kept.endRow - (level === 0 ? 0 : 1)) : firstRow
    knownEnd = Math.max(settledEnd, level === 0 ? knownEnd : knownEnd - 1)
    const bytes = mean.byteLength * (level === 0 ? 1 : 3)
    return { level, firstRow, rowCount, mean, minimum, maximum, knownEnd, bytes, usedAt: ++this.uses }
  }

  private keep(key: string, chunk: HistoryChunk): void {
    this.bytes += chunk.bytes - (this.chunks.get(key)?.bytes ?? 0)
    this.chunks.set(key, chunk)
    while (this.bytes > this.bytesMost && this.chunks.size > 1) {
      let oldest = ''
      let oldestUse = Infinity
      for (const [name, { usedAt }] of this.chunks) {
        if (usedAt >= oldestUse) continue
        oldest = name
        oldestUse = usedAt
      }
      this.bytes -= this.chunks.get(oldest)!.bytes
      this.chunks.delete(oldest)
      this.notBefore.delete(oldest)
    }
  }
}

/** −Infinity: never there; anything else that is not finite: invalid. */
function copyCells(from: Float32Array, fromAt: number, to: Float32Array, toAt: number, length: number): void {
  for (let index = 0; index < length; index++) {
    const value = from[fromAt + index]!
    to[toAt + index] = value - value === 0 ? value : value === -Infinity ? missingValue : invalidValue
  }
}
