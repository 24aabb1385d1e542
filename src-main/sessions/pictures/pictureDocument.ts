import type { ExportContent } from '../export/exportContent.ts'
import type { PngCanvas } from './canvasLibrary.ts'
import { endOf, type PictureFrame, timeScaleOf } from './pictureFrame.ts'
import type { PictureDocument, PictureRequest } from './pictureRequest.ts'

export interface Painted {
  canvas: PngCanvas
  document: PictureDocument
}

type Shown = Pick<PictureDocument, 'cells' | 'unit' | 'bandHz' | 'levels' | 'nfft' | 'hop' | 'warnings'>

/** What is said of a picture of a content. */
export function documentOf(
  content: ExportContent,
  { view, width, height, colourMap }: PictureRequest,
  { plot }: PictureFrame,
  shown: Shown
): PictureDocument {
  const isOnClock = timeScaleOf(content) === 'utc'
  return {
    ...{ view, width, height, plot, colourMap },
    ...shown,
    quantity: content.quantity,
    startTimeNs: isOnClock ? String(content.startTimeNs) : null,
    endTimeNs: isOnClock ? String(endOf(content)) : null,
    channels: {
      first: content.channelNumber(0),
      last: content.channelNumber(content.channels - 1),
      count: content.channels
    },
    gaps: content.gaps.length,
    warnings: [...shown.warnings, ...content.source.warnings]
  }
}
