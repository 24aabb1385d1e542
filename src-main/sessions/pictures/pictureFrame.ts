import { basename } from 'node:path'
import type { AxesDescription, TimeScale } from '../../../src-preload/contract/drawing/pictureAxes.ts'
import { paintTitle, titleHeight } from '../../../src-preload/contract/drawing/framePainter.ts'
import { timeSpanText } from '../../../src-preload/contract/drawing/plotAxes.ts'
import { drawingThemes } from '../../../src-preload/contract/drawing/themes.ts'
import { TileGeometry } from '../../../src-preload/contract/drawing/tileGeometry.ts'
import type { TileTheme } from '../../../src-preload/contract/drawing/tileTheme.ts'
import {
  isoFromNanoseconds,
  millisecondsFromNanoseconds,
  type Nanoseconds
} from '../../../src-preload/contract/units.ts'
import { durationNs } from '../../recordings/timeAxis.ts'
import type { ExportContent } from '../export/exportContent.ts'
import type { CanvasLibrary, PngCanvas } from './canvasLibrary.ts'
import type { PictureRequest } from './pictureRequest.ts'

/** The canvas of a picture, its title painted, and its context moved below it: what follows is drawn as in a tile. */
export interface PictureFrame {
  canvas: PngCanvas
  geometry: TileGeometry
  theme: TileTheme
  /** Of the whole picture, pixels. */
  plot: { left: number; top: number; width: number; height: number }
}

/** Text of 11 pixels is not to be read on a picture for a wall. */
function textScale({ width, height }: { width: number; height: number }): number {
  const wished = Math.min(width / 1600, height / 1000)
  return Math.min(4, Math.max(1, Math.floor(wished * 4) / 4))
}

/** Geometry of a picture of that size, before anything is painted: its rows and columns depend on it. */
export function pictureGeometry(size: { width: number; height: number }): TileGeometry {
  const scale = textScale(size)
  const geometry = new TileGeometry()
  geometry.resize(size.width, size.height - Math.round(titleHeight * scale), scale)
  return geometry
}

export function makeFrame(
  library: CanvasLibrary,
  request: PictureRequest,
  title: { name: string; details: string }
): PictureFrame {
  const { width, height } = request
  const geometry = pictureGeometry(request)
  const { scale } = geometry
  const theme: TileTheme = { ...drawingThemes[request.theme], fontFamily: library.fontFamily }
  const canvas = library.make(width, height)
  paintTitle(canvas.context, title, { width, height, scale }, theme)
  const moved = Math.round(titleHeight * scale)
  canvas.context.translate(0, moved)
  return {
    canvas,
    geometry,
    theme,
    plot: {
      left: geometry.left,
      top: geometry.top + moved,
      width: geometry.pictureWidth,
      height: geometry.pictureHeight
    }
  }
}

/** Rows that are not on a clock count in seconds, or as rows where not even the interval is known. */
export const timeScaleOf = ({ hasStartTime, sampleIntervalNs }: ExportContent): TimeScale =>
  sampleIntervalNs === null ? 'rows' : hasStartTime ? 'utc' : 'seconds'

/** An interval of a second stands for a row where none is known. */
const intervalOf = ({ sampleIntervalNs }: ExportContent): number => sampleIntervalNs ?? 1e9

/** Time at a place between samples; sample k is at its own time. */
export function timeOfSample(content: ExportContent, sample: number): Nanoseconds {
  const startNs = content.sampleIntervalNs === null ? 0n : content.startTimeNs
  return startNs + durationNs(1, Math.round(sample * intervalOf(content)))
}

/** Axes of rows that are centred at samples `firstCentre` + k · `samplesPerRow` of a content. */
export function axesDescription(
  content: ExportContent,
  rows: { firstCentre: number; samplesPerRow: number }
): AxesDescription {
  return {
    columns: {
      count: content.channels,
      firstChannel: content.channelNumber(0),
      channelStep: content.channelStep,
      channelsPerColumn: 1,
      firstDistanceM: content.distanceM(0),
      channelSpacingM: content.channelSpacingM === 0 ? null : content.channelSpacingM
    },
    originNs: String(timeOfSample(content, rows.firstCentre)),
    rowIntervalNs: rows.samplesPerRow * intervalOf(content),
    timeScale: timeScaleOf(content)
  }
}

export const squareUnit = (unit: string | null): string => (unit === null || unit === '' ? 'unit²' : `(${unit})²`)

/** The end of a content: its last sample's time and one interval. */
export const endOf = (content: ExportContent): Nanoseconds => timeOfSample(content, content.rows)

export function spanText(content: ExportContent): string {
  if (timeScaleOf(content) !== 'utc') return ''
  return timeSpanText(millisecondsFromNanoseconds(content.startTimeNs), millisecondsFromNanoseconds(endOf(content)))
}

export const isoOrNull = (content: ExportContent, timeNs: Nanoseconds): string | null =>
  timeScaleOf(content) === 'utc' ? isoFromNanoseconds(timeNs) : null

const frequency = (hz: number): string => String(Number(hz.toPrecision(4)))

/** `5–40 Hz`. */
export const bandText = (lowHz: number, highHz: number): string => `${frequency(lowHz)} – ${frequency(highHz)} Hz`

/** File, what is shown, where and when. */
export function titleOf(content: ExportContent, shown: string[]): { name: string; details: string } {
  return {
    name: basename(content.source.file),
    details: [...shown, spanText(content)].filter((text) => text !== '').join('  ·  ')
  }
}
