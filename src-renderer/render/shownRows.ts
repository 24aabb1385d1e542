import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { durationText } from '../../src-preload/contract/drawing/ticks.ts'
import { HistoryView } from './historyView.ts'
import type { HistoryPicture, HistorySource } from './historyPicture.ts'
import { PictureBands } from './pictureBands.ts'
import { heldRangeDb, RowProcessor, type ProcessingOptions } from './rowProcessor.ts'
import type { RowRing } from './rowRing.ts'
import type { WaterfallModel } from './waterfallModel.ts'

/** What is done to the rows before they are shown. */
export interface RowProcessing {
  meanRows: number
  maxHold: { decayDbPerS: number } | null
  background: { kind: 'median' | 'mean'; overS: number } | null
}

export interface ShownRowsLimits {
  textureSize: number
  slotsMost: number
}

/** Part of a frame that may go into rows whose processing changed, milliseconds. */
const processingMs = 8

const isPlain = ({ meanRows, maxHold, background }: RowProcessing): boolean => meanRows <= 1 && !maxHold && !background

/**
 * Where the rows in view come from: those of the live stream that are in memory, and a part of the history, at the
 * resolution that the view needs; both processed as the tile's display says.
 */
export class ShownRows {
  readonly bands = new PictureBands()
  readonly history: HistoryView
  processing: RowProcessing = { meanRows: 1, maxHold: null, background: null }
  private readonly model: WaterfallModel
  private readonly limits: () => ShownRowsLimits
  private readonly releaseRing: (ring: RowRing) => void
  private readonly processors = new Map<RowRing, RowProcessor>()
  private readonly rings: RowRing[] = []
  private ownRing: RowRing | null = null
  private isProcessing = false

  /** @param changed something came that is worth a frame */
  constructor(
    model: WaterfallModel,
    source: HistorySource,
    limits: () => ShownRowsLimits,
    changed: () => void,
    releaseRing: (ring: RowRing) => void
  ) {
    this.model = model
    this.limits = limits
    this.releaseRing = releaseRing
    this.history = new HistoryView(source, changed, (picture) => this.release(picture.ring))
  }

  /** Another picture begins. */
  reset(): void {
    if (this.ownRing) this.release(this.ownRing)
    this.ownRing = this.model.ring
    this.history.reset()
  }

  dispose(): void {
    this.history.dispose()
    this.processors.clear()
  }

  setProcessing(processing: RowProcessing): void {
    if (JSON.stringify(processing) === JSON.stringify(this.processing)) return
    const isOtherPlane = processing.meanRows > 1 !== this.processing.meanRows > 1
    this.processing = processing
    for (const [ring, { shown }] of this.processors) {
      this.releaseRing(shown)
      this.releaseRing(ring)
    }
    this.processors.clear()
    if (isOtherPlane) this.history.forget()
    else if (this.history.current) this.releaseRing(this.history.current.ring)
    if (this.ownRing) this.releaseRing(this.ownRing)
  }

  /** Arranges what the next frame shows. Returns after how many milliseconds another one is wanted, or null. */
  prepare(view: PictureView, nowMs: number): number | null {
    const needsHistory = this.needsHistory(view)
    if (this.ownRing && !this.ownRing.isEmpty) this.history.refreshExtent(nowMs, needsHistory)
    const again = needsHistory ? this.updateHistory(view, nowMs) : this.forgetHistory(view)
    this.rings.length = 0
    const own = this.ownRing
    const held = this.history.current
    const ownFirst = own !== null && own.rowsPerSlot <= 1
    if (ownFirst) this.rings.push(own)
    if (held) this.rings.push(held.ring)
    // Means of rows that were already folded into their greatest would be no means.
    if (own && !ownFirst && this.processing.meanRows <= 1) this.rings.push(own)
    this.isProcessing = false
    const viewStart = Math.min(view.slotAtTop, view.slotAtTop + view.slotsPerPixel * view.height)
    for (const [index, ring] of this.rings.entries()) this.rings[index] = this.process(ring, viewStart)
    this.bands.arrange(view, this.rings)
    return this.isProcessing ? 0 : again
  }

  /** Rows of which a slot of this ring shows the mean; 1 = none. */
  meanRowsOf(ring: RowRing): number {
    if (this.processing.meanRows <= 1) return 1
    return this.meanSlots(ring) * ring.rowsPerSlot
  }

  /** The ring that holds the values as they came, for one that is shown. */
  rawOf(shown: RowRing): RowRing {
    for (const [ring, processor] of this.processors) if (processor.shown === shown) return ring
    return shown
  }

  /** Rings in use whose slots are rows, the preferred one first. */
  ringsOfRows(isRaw: boolean): RowRing[] {
    return this.rings.filter(({ rowsPerSlot }) => rowsPerSlot === 1).map((ring) => (isRaw ? this.rawOf(ring) : ring))
  }

  /** What is awaited, in words; null when nothing is. */
  get loading(): string | null {
    if (this.isProcessing) return 'working out what is shown'
    const coming: HistoryPicture | null = this.history.loading
    const rowMs = this.model.axes?.slotMs ?? 0
    if (!coming || coming.hasView) return null
    const { first, end, factor } = coming.range
    return `loading ${durationText((end - first) * factor * rowMs)} at ${durationText(factor * rowMs)} a row`
  }

  get bytes(): { ring: number; history: number } {
    let ring = this.ownRing?.bytes ?? 0
    let history = this.history.bytes
    for (const [source, { shown }] of this.processors) {
      if (source === this.ownRing) ring += shown.bytes
      else history += shown.bytes
    }
    return { ring, history }
  }

  /** Rows that a slot of what is mostly in view stands for. */
  get rowsTogether(): number {
    let most: RowRing | null = null
    let lines = 0
    for (let index = 0; index < this.bands.count; index++) {
      const { ring, lineFirst, lineEnd } = this.bands.bands[index]!
      if (!ring || lineEnd - lineFirst <= lines) continue
      lines = lineEnd - lineFirst
      most = ring
    }
    return most?.rowsPerSlot ?? 1
  }

  private process(ring: RowRing, viewStart: number): RowRing {
    if (isPlain(this.processing)) return ring
    let processor = this.processors.get(ring)
    if (!processor) {
      processor = new RowProcessor(ring, this.optionsFor(ring), Math.floor(viewStart / ring.rowsPerSlot))
      this.processors.set(ring, processor)
    }
    if (processor.process(processingMs, performanceNow)) this.isProcessing = true
    return processor.shown
  }

  private optionsFor(ring: RowRing): ProcessingOptions {
    const { maxHold, background } = this.processing
    const slotS = (ring.rowsPerSlot * (this.model.axes?.slotMs ?? 1000)) / 1000
    return {
      meanSlots: this.meanSlots(ring),
      background: background && { kind: background.kind, slots: Math.max(1, Math.round(background.overS / slotS)) },
      holdDecayDbPerSlot: maxHold && maxHold.decayDbPerS * slotS
    }
  }

  private meanSlots(ring: RowRing): number {
    return Math.max(1, Math.ceil(this.processing.meanRows / ring.rowsPerSlot))
  }

  private needsHistory(view: PictureView): boolean {
    const own = this.ownRing
    if (!own || own.isEmpty) return false
    if (own.rowsPerSlot > 1) {
      return Math.abs(view.slotsPerPixel) < own.rowsPerSlot || this.processing.meanRows > 1
    }
    const start = Math.min(view.slotAtTop, view.slotAtTop + view.slotsPerPixel * view.height)
    return start < own.first
  }

  private forgetHistory(view: PictureView): null {
    // Kept for a screen's way, so that going to and fro does not load it again.
    const { current } = this.history
    const own = this.ownRing
    if (!current || !own) return null
    const span = Math.abs(view.slotsPerPixel) * view.height
    const start = Math.min(view.slotAtTop, view.slotAtTop + view.slotsPerPixel * view.height)
    if (own.rowsPerSlot > 1 || start - span > current.range.end * current.range.factor) this.history.forget()
    return null
  }

  private updateHistory(view: PictureView, nowMs: number): number | null {
    const own = this.ownRing!
    const { oldestRow } = this.history
    // Nothing is older than what is in memory.
    if (own.rowsPerSlot <= 1 && oldestRow !== null && oldestRow >= own.first) return null
    const a = view.slotAtTop
    const b = view.slotAtTop + view.slotsPerPixel * view.height
    const rowStart = Math.min(a, b)
    // What is in memory need not be fetched, but for some rows over which both are there.
    const overlap = Math.max(8, (Math.max(a, b) - rowStart) / 8)
    const rowEnd = own.rowsPerSlot > 1 ? Math.max(a, b) : Math.min(Math.max(a, b), own.first + overlap)
    const { textureSize, slotsMost } = this.limits()
    const linesPerSlot = Math.ceil(own.columns / textureSize)
    return this.history.update(
      {
        rowStart,
        rowEnd,
        lines: view.height,
        columns: own.columns,
        textureSize,
        slotsMost: Math.floor(slotsMost / linesPerSlot),
        plane: this.processing.meanRows > 1 ? 'mean' : 'maximum',
        rowsBefore: this.rowsBefore(rowEnd - rowStart)
      },
      nowMs
    )
  }

  /** Rows that the values of a view depend on before it begins, within reason. */
  private rowsBefore(span: number): number {
    const { maxHold, background } = this.processing
    const rowS = (this.model.axes?.slotMs ?? 1000) / 1000
    const heldS = maxHold ? heldRangeDb / Math.max(0.01, maxHold.decayDbPerS) : 0
    return Math.min(2 * span, (heldS + (background?.overS ?? 0)) / rowS)
  }

  private release(ring: RowRing): void {
    const processor = this.processors.get(ring)
    if (processor) this.releaseRing(processor.shown)
    this.processors.delete(ring)
    this.releaseRing(ring)
  }
}

const performanceNow = (): number => performance.now()
