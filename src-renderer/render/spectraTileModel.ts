import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import { isoFromNanoseconds, nanosecondsFromMilliseconds } from '../../src-preload/contract/units.ts'
import { durationText } from '../../src-preload/contract/drawing/ticks.ts'
import { FrequencyBand } from './spectraBand.ts'
import { LiveEdge } from './liveEdge.ts'
import type { LayerHistory } from './spectraHistory.ts'
import type { LayerRows } from './spectraRows.ts'
import { TimeWindow, type TimeBounds } from './spectraTimeWindow.ts'

/** Where the pointer is in a tile; every pane marks what it shows of it. */
export interface TilePointer {
  ms: number
  hertz: number | null
  /** Index of the channel's column. */
  channel: number | null
}

export interface TileLayer {
  rows: LayerRows
  history: LayerHistory | null
}

/** Part of a live picture that is shown at first, milliseconds; more where rows are rare. */
const liveSpanMs = 60_000
const liveRowsLeast = 60
const fewestRows = 8
const gestureMs = 700
const stepsMost = 50

interface ViewStep {
  startMs: number
  endMs: number
  isFollowing: boolean
  lowHz: number
  highHz: number
}

/**
 * What the panes of one tile share: time and frequencies in view, the edge that moves, the pointer, the chosen time. Layers come and go; the base
 * time is that of the first one. Knows no pixels; panes listen and draw.
 */
export class SpectraTileModel {
  readonly window = new TimeWindow()
  readonly band = new FrequencyBand()
  /** Milliseconds since the epoch that all times of the tile count from; null before the first description. */
  baseMs: number | null = null
  pointer: TilePointer | null = null
  /** Pointer of a tile that this one is linked with. */
  linkedMs: number | null = null
  /** What is in view was changed by the operator since this was last looked at. */
  isByHand = false
  /** The time whose spectrum is shown instead of the newest. */
  selectedMs: number | null = null
  private readonly layers = new Set<TileLayer>()
  private readonly listeners = new Set<() => void>()
  private readonly edge = new LiveEdge()
  private readonly boundsNow: TimeBounds = { firstMs: 0, endMs: 1, isLive: false, leastMs: 1 }
  private hasView = false
  private readonly steps: ViewStep[] = []
  private rememberedAtMs = -Infinity
  /** Each layer counts its own pictures. */
  private readonly epochs = new Map<TileLayer, number>()

  listen(changed: () => void): () => void {
    this.listeners.add(changed)
    return () => this.listeners.delete(changed)
  }

  changed(): void {
    for (const listener of this.listeners) listener()
  }

  addLayer(layer: TileLayer): () => void {
    this.layers.add(layer)
    return () => {
      this.layers.delete(layer)
      this.epochs.delete(layer)
    }
  }

  /** Something has come. */
  get hasRows(): boolean {
    for (const { rows } of this.layers) if (rows.ring && !rows.ring.isEmpty) return true
    return false
  }

  /** Channels of the first layer that is described. */
  get columns(): ViewDescription['columns'] | null {
    for (const { rows } of this.layers) if (rows.description) return rows.description.columns
    return null
  }

  get isLive(): boolean {
    for (const { rows } of this.layers) if (rows.description) return rows.description.live
    return false
  }

  /** A layer was described; call after its rows were. */
  described(layer: TileLayer, isNew: boolean): void {
    const { description } = layer.rows
    if (!description || !isNew) return
    this.baseMs ??= layer.rows.baseMs
    if (description.bins) this.band.setBins(description.bins)
    const before = this.epochs.get(layer)
    this.epochs.set(layer, description.epoch)
    if (before !== undefined && before !== description.epoch) {
      this.edge.reset()
      this.hasView = false
      this.selectedMs = null
      this.pointer = null
      this.steps.length = 0
    }
    if (!this.hasView) this.reset()
    this.changed()
  }

  /** Rows came to a layer. */
  arrived(): void {
    let end = -Infinity
    for (const { rows } of this.layers) end = Math.max(end, rows.endMs ?? -Infinity)
    if (end > -Infinity && this.isLive) this.edge.arrived(end, 1, performance.now())
    if (!this.hasView) this.reset()
    this.changed()
  }

  bounds(nowMs = performance.now()): TimeBounds {
    const bounds = this.boundsNow
    let [firstMs, endMs, leastMs] = [Infinity, -Infinity, Infinity]
    let isLive = false
    for (const { rows, history } of this.layers) {
      const { description, ring } = rows
      if (!description || !ring) continue
      leastMs = Math.min(leastMs, fewestRows * rows.rowMs)
      isLive = description.live
      const oldest = history?.oldestRow ?? null
      const heldMs = rows.firstMs
      if (oldest !== null) firstMs = Math.min(firstMs, rows.msFromCell(oldest))
      if (heldMs !== null) firstMs = Math.min(firstMs, heldMs)
      if (rows.endMs !== null) endMs = Math.max(endMs, rows.endMs)
      if (description.live || description.expectedRows === null) continue
      firstMs = Math.min(firstMs, rows.msFromCell(0))
      endMs = Math.max(endMs, rows.msFromCell(description.expectedRows))
    }
    bounds.isLive = isLive
    bounds.leastMs = Number.isFinite(leastMs) ? leastMs : 1
    bounds.firstMs = Number.isFinite(firstMs) ? firstMs : 0
    bounds.endMs = Number.isFinite(endMs) ? endMs : bounds.firstMs + 1
    if (isLive && Number.isFinite(endMs)) bounds.endMs = Math.max(endMs, this.edge.at(1, nowMs))
    return bounds
  }

  /** The whole of a recording, or the newest part of a live job. */
  reset(): void {
    const bounds = this.bounds()
    this.window.hasChosenSpan = false
    if (bounds.isLive) {
      let rowMs = 0
      for (const { rows } of this.layers) if (rows.description) rowMs = Math.max(rowMs, rows.rowMs)
      this.window.follow(bounds, Math.max(liveSpanMs, liveRowsLeast * rowMs))
    } else this.window.showAll(bounds)
    for (const { rows } of this.layers) if (rows.ring && !rows.ring.isEmpty) this.hasView = true
    this.changed()
  }

  /** Before a zoom or a jump by hand: one that follows soon belongs to the same gesture. */
  remember(nowMs = performance.now()): void {
    const isSameGesture = nowMs - this.rememberedAtMs < gestureMs
    this.rememberedAtMs = nowMs
    this.isByHand = true
    if (isSameGesture) return
    const { startMs, endMs, isFollowing } = this.window
    const { lowHz, highHz } = this.band
    this.steps.push({ startMs, endMs, isFollowing, lowHz, highHz })
    if (this.steps.length > stepsMost) this.steps.shift()
  }

  get backSteps(): number {
    return this.steps.length
  }

  back(): void {
    const step = this.steps.pop()
    if (!step) return
    this.rememberedAtMs = -Infinity
    this.band.show(step.lowHz, step.highHz)
    if (step.isFollowing) this.window.follow(this.bounds(), step.endMs - step.startMs)
    else this.window.show(this.bounds(), step.startMs, step.endMs)
    this.changed()
  }

  goLive(): void {
    const bounds = this.bounds()
    if (bounds.isLive) this.window.follow(bounds)
    else this.window.showAll(bounds)
    this.changed()
  }

  /** Milliseconds between the newest edge in view and the newest there is. */
  behindMs(): number {
    return this.window.isFollowing ? 0 : Math.max(0, this.bounds().endMs - this.window.endMs)
  }

  setPointer(pointer: TilePointer | null): void {
    if (pointer === null && this.pointer === null) return
    this.pointer = pointer
    this.changed()
  }

  select(ms: number | null): void {
    if (ms === this.selectedMs) return
    this.selectedMs = ms
    this.changed()
  }

  /** `2023-10-27T14:23:41.200000000Z`. */
  isoAt(ms: number): string {
    return isoFromNanoseconds(nanosecondsFromMilliseconds((this.baseMs ?? 0) + ms))
  }

  /** `1 m 43 s ago` for a live job, `12.3 s from the start` for a recording. */
  relativeText(ms: number, coreNowMs: number): string {
    if (!this.isLive) return `${durationText(ms - this.bounds().firstMs)} from the start`
    const ago = coreNowMs - ((this.baseMs ?? 0) + ms)
    return ago >= 0 ? `${durationText(ago)} ago` : 'not yet'
  }
}
