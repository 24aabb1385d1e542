import { channelsOfColumn } from '../spectraChannelNames.ts'
import type { LayerRows } from '../spectraRows.ts'
import type { SpectraTileGeometry } from '../spectraTileGeometry.ts'
import type { SpectraTileModel } from '../spectraTileModel.ts'
import { pixelFromTimeMs, type TimePixels } from '../spectraTimeWindow.ts'
import { PaneProjection } from './paneProjection.ts'

interface Spectrograms {
  model: SpectraTileModel
  rows: LayerRows
  pixels: TimePixels
  geometry: SpectraTileGeometry
  /** Columns of the pictures, in their order. */
  channels: readonly number[]
}

/** Part of the width at which a time lies, for panes of a tile with a time axis. */
export const timeAcross = (model: SpectraTileModel, pixels: TimePixels) => {
  const baseMs = model.baseMs ?? 0
  return (timeMs: number): number => pixelFromTimeMs(pixels, timeMs - baseMs) / pixels.width
}

/** Where times, channels and frequencies lie in the pictures of a pane of spectrograms; null before there are any. */
export function spectraProjection({ model, rows, pixels, geometry, channels }: Spectrograms): PaneProjection | null {
  const { description } = rows
  if (!description || model.baseMs === null) return null
  const { scale, left, top, innerWidth, innerHeight, pictureWidth, pictureHeight, places } = geometry
  const { lowHz, highHz } = model.band
  const lanes = channels.slice(0, places.length).map((column, index) => ({
    area: {
      left: (left + places[index]!.left) / scale,
      top: (top + places[index]!.top) / scale,
      width: pictureWidth / scale,
      height: pictureHeight / scale
    },
    ...channelsOfColumn(description.columns, column)
  }))
  const area = { left: left / scale, top: top / scale, width: innerWidth / scale, height: innerHeight / scale }
  return new PaneProjection(area, lanes, {
    xFromTime: timeAcross(model, pixels),
    xFromHertz: null,
    yFromHertz: (hertz) => (highHz - hertz) / (highHz - lowHz),
    yFromValue: null,
    shownMs: null
  })
}
