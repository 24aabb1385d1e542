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

/** An attribute that stays the same is left alone: writing it would make the browser look for what depends on it. */
function write(dataset: DOMStringMap, name: string, value: string): void {
  if (dataset[name] !== value) dataset[name] = value
}

/**
 * What the picture shows, as `data-` attributes of its canvas: for tests, and for whoever looks at the page's inspector.
 * Times are those of the picture's edges. Written a few times a second, and at once for a view that stands still.
 */
export function describePicture(canvas: HTMLCanvasElement, state: PictureState): void {
  const { model, view } = state
  const { dataset } = canvas
  write(dataset, 'renderer', state.renderer)
  write(dataset, 'jobState', state.jobState)
  write(dataset, 'drawnFrames', String(state.drawnFrames))
  write(dataset, 'colourMap', state.colourMap)
  write(dataset, 'following', String(state.viewport.isFollowing))
  write(dataset, 'newestAt', state.viewport.isNewestAtTop ? 'top' : 'bottom')
  write(dataset, 'lowDb', view.lowDb.toFixed(3))
  write(dataset, 'highDb', view.highDb.toFixed(3))
  const { ring, axes, description } = model
  if (!ring || !axes || !description) return
  write(dataset, 'epoch', String(description.epoch))
  write(dataset, 'jobId', description.jobId)
  write(dataset, 'rows', String(ring.rowsWritten))
  write(dataset, 'gaps', String(model.gaps.length))
  write(dataset, 'columns', String(ring.columns))
  if (!ring.isEmpty) {
    write(dataset, 'firstRowTime', isoFromNanoseconds(axes.rowTimeNs(ring.first * ring.rowsPerSlot)))
    write(dataset, 'lastRowTime', isoFromNanoseconds(axes.rowTimeNs(ring.end * ring.rowsPerSlot - 1)))
  }
  write(dataset, 'uploadedValues', String(state.uploadedValues))
  write(dataset, 'rowsTogether', String(state.shown.rowsTogether))
  write(dataset, 'loading', state.shown.loading ?? '')
  write(dataset, 'processing', processingText(state.shown, { ring: null }) ?? '')
  write(dataset, 'scale', view.isLinear ? 'linear' : 'dB')
  const edgeTime = (y: number): string =>
    isoFromNanoseconds(nanosecondsFromMilliseconds(axes.timeFromSlot(slotFromPixel(view, y))))
  write(dataset, 'topTime', edgeTime(0))
  write(dataset, 'bottomTime', edgeTime(view.height))
  write(dataset, 'leftChannel', axes.channelFromColumn(columnFromPixel(view, 0)).toFixed(3))
  write(dataset, 'rightChannel', axes.channelFromColumn(columnFromPixel(view, view.width)).toFixed(3))
  if (axes.hasDistance) {
    write(dataset, 'leftDistance', axes.distanceFromColumn(columnFromPixel(view, 0)).toFixed(3))
    write(dataset, 'rightDistance', axes.distanceFromColumn(columnFromPixel(view, view.width)).toFixed(3))
  }
}
