import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import type { Band, Recording, RecordingInfo } from '../../recordings/recording.ts'
import { spectraContent } from '../spectra/spectraBlocks.ts'
import type { ExportContent } from '../export/exportContent.ts'
import { loadCanvasLibrary } from './canvasLibrary.ts'
import type { CellWork } from './pictureCells.ts'
import type { Painted } from './pictureDocument.ts'
import type { PictureRequest, RenderedPicture } from './pictureRequest.ts'
import { spectrogramPicture } from './spectrogramPicture.ts'
import { tracesPicture } from './tracesPicture.ts'
import { waterfallPicture } from './waterfallPicture.ts'

const painters = { waterfall: waterfallPicture, traces: tracesPicture, spectrogram: spectrogramPicture }

/** Of recorded bands the one that overlaps most with what was asked for, as overlap ÷ union; else the widest. */
export function recordedBand(bands: Band[], asked: PictureRequest['band']): number {
  const score = ({ lowHz, highHz }: Band): number => {
    if (asked === null) return highHz - lowHz
    const askedHigh = asked.highHz ?? Infinity
    const overlap = Math.min(highHz, askedHigh) - Math.max(lowHz, asked.lowHz)
    const union = Math.max(highHz, Math.min(askedHigh, Math.max(highHz, asked.lowHz))) - Math.min(lowHz, asked.lowHz)
    return union > 0 ? overlap / union : overlap
  }
  return bands.reduce((best, band, index) => (score(band) > score(bands[best]!) ? index : best), 0)
}

/** The part of a recording that a picture shows; a spectrogram is of one channel, the middle one unless one was chosen. */
function pictureContent(recording: Recording, selection: ExportSelection, request: PictureRequest): ExportContent {
  const { info } = recording
  const band = info.bands.length > 0 ? (selection.band ?? recordedBand(info.bands, request.band)) : null
  const content = spectraContent(recording, { ...selection, band })
  if (request.view !== 'spectrogram' || content.channels === 1) return content
  const middle = content.channelNumber(Math.floor((content.channels - 1) / 2))
  return spectraContent(recording, { ...selection, band, channels: { from: middle, to: middle } })
}

/**
 * Picture of a recording or a part of it, as PNG.
 *
 * @throws ExportError, ExportCancelled, RecordingError with one sentence each
 */
export async function renderPicture(
  recording: Recording,
  options: {
    request: PictureRequest
    selection: ExportSelection | ((info: RecordingInfo) => ExportSelection)
  } & CellWork
): Promise<RenderedPicture> {
  const { request, selection } = options
  const library = await loadCanvasLibrary()
  const chosen = typeof selection === 'function' ? selection(recording.info) : selection
  const content = pictureContent(recording, chosen, request)
  const painted: Painted = await painters[request.view](library, content, request, options)
  return { png: await painted.canvas.toPng(), document: painted.document }
}
