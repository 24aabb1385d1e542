import type { LayerRows } from './spectraRows.ts'
import { channelNumber } from './spectraChannelNames.ts'
import type { SpectraStatus } from './spectraOptions.ts'
import { picturesThatFit, type SpectraTileGeometry } from './spectraTileGeometry.ts'
import type { SpectraTileModel } from './spectraTileModel.ts'
import { timeMsFromPixel, type TimePixels } from './spectraTimeWindow.ts'

interface ShownSpectra {
  rows: LayerRows
  model: SpectraTileModel
  geometry: SpectraTileGeometry
  pixels: TimePixels
  view: { lowDb: number; highDb: number }
  renderer: SpectraStatus['renderer']
  isLoading: boolean
}

interface SpectraState extends ShownSpectra {
  channels: readonly number[]
  drawnFrames: number
  jobState: string
  colourMap: string
}

/** What the tile around spectrograms shows of them. */
export function spectraStatus({
  rows,
  model,
  geometry,
  pixels,
  view,
  renderer,
  isLoading,
  areLevelsAutomatic
}: ShownSpectra & { areLevelsAutomatic: boolean }): SpectraStatus {
  const { lowHz, highHz } = model.band
  const bins = rows.description?.bins ?? null
  return {
    areLevelsAutomatic,
    lowDb: view.lowDb,
    highDb: view.highDb,
    lowHz,
    highHz,
    frequencies: model.band.all,
    rowsPerPixel: pixels.msPerPixel / rows.rowMs,
    binsPerPixel: bins ? (highHz - lowHz) / bins.stepHz / geometry.pictureHeight : 1,
    renderer,
    fits: picturesThatFit(geometry.width / geometry.scale, geometry.height / geometry.scale),
    isLoading
  }
}

/** What both kinds of panes say of their time, as `data-` attributes. */
export function describeTime(canvas: HTMLElement, rows: LayerRows, model: SpectraTileModel, pixels: TimePixels): void {
  const { dataset } = canvas
  const { ring, description } = rows
  dataset.following = String(model.window.isFollowing)
  if (!ring || !description) return
  dataset.epoch = String(description.epoch)
  dataset.jobId = description.jobId
  dataset.rows = String(ring.rowsWritten)
  dataset.gaps = String(rows.gaps.length)
  dataset.unit = description.value.unit
  dataset.leftTime = model.isoAt(timeMsFromPixel(pixels, 0))
  dataset.rightTime = model.isoAt(timeMsFromPixel(pixels, pixels.width))
}

/**
 * What the spectrograms show, as `data-` attributes of their canvas: for tests, and for whoever looks at the page's inspector.
 * Places of the pictures are device pixels on the canvas. Written a few times a second, and at once for a view that stands still.
 */
export function describeSpectra(canvas: HTMLCanvasElement, state: SpectraState): void {
  const { rows, model, geometry, pixels } = state
  const { dataset } = canvas
  dataset.renderer = state.renderer
  dataset.jobState = state.jobState
  dataset.drawnFrames = String(state.drawnFrames)
  dataset.colourMap = state.colourMap
  dataset.lowDb = state.view.lowDb.toFixed(3)
  dataset.highDb = state.view.highDb.toFixed(3)
  dataset.lowHz = model.band.lowHz.toFixed(4)
  dataset.highHz = model.band.highHz.toFixed(4)
  dataset.loading = String(state.isLoading)
  describeTime(canvas, rows, model, pixels)
  const columns = rows.description?.columns
  if (!columns) return
  dataset.channels = state.channels.map((index) => channelNumber(columns, index)).join(' ')
  dataset.places = geometry.places.map(({ left, top }) => `${left},${top}`).join(' ')
  dataset.pictureSize = `${geometry.pictureWidth},${geometry.pictureHeight}`
}
