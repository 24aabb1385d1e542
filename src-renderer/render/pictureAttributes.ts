import { isoFromNanoseconds, nanosecondsFromMilliseconds } from '../../src-preload/contract/units.ts'
import { processingText } from './cursorReading.ts'
import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { columnFromPixel, slotFromPixel } from '../../src-preload/contract/drawing/pictureView.ts'
import type { Viewport } from './viewport.ts'
import type { ShownRows } from './shownRows.ts'
import type { WaterfallModel } from './waterfallModel.ts'

interface PictureState {
  model: WaterfallModel
  view: PictureView
  viewport: Viewport
  drawnFrames: number
  jobState: string
  colourMap: string
  renderer: string
  shown: ShownRows
  uploadedValues: number
}

/**
 * What the picture shows, as `data-` attributes of its canvas: for tests, and for whoever looks at the page's inspector.
 * Times are those of the picture's edges. Written a few times a second, and at once for a view that stands still.
 */
export function describePicture(canvas: HTMLCanvasElement, state: PictureState): void {
  const { model, view } = state
  const { dataset } = canvas
  dataset.renderer = state.renderer
  dataset.jobState = state.jobState
  dataset.drawnFrames = String(state.drawnFrames)
  dataset.colourMap = state.colourMap
  dataset.following = String(state.viewport.isFollowing)
  dataset.newestAt = state.viewport.isNewestAtTop ? 'top' : 'bottom'
  dataset.lowDb = view.lowDb.toFixed(3)
  dataset.highDb = view.highDb.toFixed(3)
  const { ring, axes, description } = model
  if (!ring || !axes || !description) return
  dataset.epoch = String(description.epoch)
  dataset.jobId = description.jobId
  dataset.rows = String(ring.rowsWritten)
  dataset.gaps = String(model.gaps.length)
  dataset.columns = String(ring.columns)
  if (!ring.isEmpty) {
    dataset.firstRowTime = isoFromNanoseconds(axes.rowTimeNs(ring.first * ring.rowsPerSlot))
    dataset.lastRowTime = isoFromNanoseconds(axes.rowTimeNs(ring.end * ring.rowsPerSlot - 1))
  }
  dataset.uploadedValues = String(state.uploadedValues)
  dataset.rowsTogether = String(state.shown.rowsTogether)
  dataset.loading = state.shown.loading ?? ''
  dataset.processing = processingText(state.shown, { ring: null }) ?? ''
  dataset.scale = view.isLinear ? 'linear' : 'dB'
  const edgeTime = (y: number): string =>
    isoFromNanoseconds(nanosecondsFromMilliseconds(axes.timeFromSlot(slotFromPixel(view, y))))
  dataset.topTime = edgeTime(0)
  dataset.bottomTime = edgeTime(view.height)
  dataset.leftChannel = axes.channelFromColumn(columnFromPixel(view, 0)).toFixed(3)
  dataset.rightChannel = axes.channelFromColumn(columnFromPixel(view, view.width)).toFixed(3)
  if (axes.hasDistance) {
    dataset.leftDistance = axes.distanceFromColumn(columnFromPixel(view, 0)).toFixed(3)
    dataset.rightDistance = axes.distanceFromColumn(columnFromPixel(view, view.width)).toFixed(3)
  }
}
