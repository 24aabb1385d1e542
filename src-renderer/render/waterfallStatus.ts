import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import type { PictureNavigation } from './pictureNavigation.ts'
import type { ShownRows } from './shownRows.ts'
import type { WaterfallModel } from './waterfallModel.ts'
import type { WaterfallProgress, WaterfallStatus } from './waterfallTypes.ts'

export const statusOf = (
  model: WaterfallModel,
  view: PictureView,
  navigation: PictureNavigation,
  areLevelsAutomatic: boolean,
  renderer: 'webgl2' | 'canvas2d'
): WaterfallStatus => ({
  hasPicture: model.ring !== null && !model.ring.isEmpty,
  isFollowing: navigation.viewport.isFollowing,
  behindMs: navigation.behindMs,
  areLevelsAutomatic,
  lowDb: view.lowDb,
  highDb: view.highDb,
  rowsPerPixel: Math.abs(view.slotsPerPixel),
  columnsPerPixel: view.columnsPerPixel,
  renderer,
  channelsPerColumn: model.description?.columns.channelsPerColumn ?? 1,
  backSteps: navigation.backSteps
})

export function progressOf(model: WaterfallModel, shown: ShownRows): WaterfallProgress {
  const { ring, history } = shown.bytes
  const rowMs = model.axes?.slotMs ?? 0
  const { extent, oldestRow } = shown.history
  const newestRow = Math.max(0, ...(extent?.levels.map(({ endRow, factor }) => endRow * factor) ?? []))
  const sum = (of: 'bytes' | 'bytesMost'): number => extent?.levels.reduce((total, level) => total + level[of], 0) ?? 0
  return {
    loading: shown.loading,
    ringBytes: ring,
    historyBytes: history,
    rowsTogether: shown.rowsTogether,
    rowMs,
    keptMs: oldestRow === null ? 0 : (newestRow - oldestRow) * rowMs,
    coreBytes: sum('bytes'),
    coreBytesMost: sum('bytesMost')
  }
}
