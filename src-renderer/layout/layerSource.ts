import type { GapFrame, RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription, ViewLayer } from '../../src-preload/contract/schemas.ts'
import { LayerHistory } from '../render/spectraHistory.ts'
import { LayerRows } from '../render/spectraRows.ts'
import type { SpectraTileModel, TileLayer } from '../render/spectraTileModel.ts'
import { ViewFeed, type ViewSink } from '../stream/viewFeed.ts'
import type { WindowServices } from './windowContext.ts'

/** A part of a tile that shows a layer. */
export interface LayerPane {
  /** Another picture began. */
  layerBegan(): void
  layerChanged(hasRows: boolean): void
  historyChanged(): void
}

export interface LayerSourceOptions {
  services: WindowServices
  jobId: string
  layer: ViewLayer
  model: SpectraTileModel
  onDescription: (description: ViewDescription) => void
  /** Why there are no rows; null when they may come. */
  onProblem: (message: string | null) => void
}

/** Memory of a window for the rows of one layer, and for its older rows in view. */
const rowBytesMost: Record<ViewLayer, number> = { picture: 48 * 1024 * 1024, trace: 24 * 1024 * 1024 }
const historyBytesMost = 32 * 1024 * 1024
/** Spectra and samples are never put together by the window: the core has done so where there are too many. */
const columnsMax = 16_384

/** Rows of one layer of a job for the panes of one tile: subscription, what is held, what is fetched. Owned by the tile. */
export class LayerSource implements ViewSink {
  readonly layer: TileLayer
  private readonly options: LayerSourceOptions
  private readonly history: LayerHistory
  private readonly feed: ViewFeed
  private readonly panes = new Set<LayerPane>()
  private readonly removeFromModel: () => void
  private isShown = true

  constructor(options: LayerSourceOptions) {
    const { services, jobId, layer, model, onProblem } = options
    this.options = options
    // The feed exists only after its sink; nothing is asked of it before.
    const made: { feed: ViewFeed | null } = { feed: null }
    this.history = new LayerHistory(
      {
        extent: async () => (await made.feed?.extent()) ?? null,
        history: async (level, firstRow, rowCount) => (await made.feed?.history(level, firstRow, rowCount)) ?? null
      },
      historyBytesMost,
      this.historyChanged
    )
    this.layer = { rows: new LayerRows(rowBytesMost[layer]), history: this.history }
    this.removeFromModel = model.addLayer(this.layer)
    this.feed = new ViewFeed({
      connection: services.connection,
      router: services.router,
      jobId,
      layer,
      columnsMax,
      sink: this,
      coreNowMs: services.clock.nowMs,
      onProblem
    })
    made.feed = this.feed
    document.addEventListener('visibilitychange', this.visibilityChanged)
    this.visibilityChanged()
  }

  dispose(): void {
    document.removeEventListener('visibilitychange', this.visibilityChanged)
    this.removeFromModel()
    this.feed.dispose()
    this.panes.clear()
  }

  /** The returned function takes the pane away. */
  add(pane: LayerPane): () => void {
    this.panes.add(pane)
    if (this.layer.rows.description) pane.layerBegan()
    return () => this.panes.delete(pane)
  }

  /** A tile that cannot be seen gets nothing either. */
  setShown(isShown: boolean): void {
    this.isShown = isShown
    this.visibilityChanged()
  }

  /** A pane has drawn what came so far. */
  readonly drawn = (): void => this.feed.drawn()

  describe(description: ViewDescription): void {
    const { model, onDescription } = this.options
    const { rows } = this.layer
    const isNew = rows.describe(description, model.baseMs)
    if (isNew) this.history.reset(rows.channels * rows.perChannel)
    model.described(this.layer, isNew)
    onDescription(description)
    if (isNew) for (const pane of this.panes) pane.layerBegan()
  }

  rows(frame: RowsFrame): void {
    if (!this.layer.rows.writeRows(frame)) return
    this.options.model.arrived()
    for (const pane of this.panes) pane.layerChanged(true)
  }

  gap(frame: GapFrame): void {
    if (frame.epoch !== this.layer.rows.description?.epoch) return
    this.layer.rows.writeGap(frame)
    this.options.model.arrived()
    for (const pane of this.panes) pane.layerChanged(true)
  }

  private readonly historyChanged = (): void => {
    for (const gap of this.history.extent?.gaps ?? []) this.layer.rows.writeGap(gap, true)
    for (const pane of this.panes) pane.historyChanged()
  }

  /** A hidden window gets nothing; what it missed comes when it is seen again. */
  private readonly visibilityChanged = (): void => {
    if (document.hidden || !this.isShown) this.feed.pause()
    else this.feed.resume()
  }
}
