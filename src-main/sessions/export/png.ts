import { loadCanvasLibrary } from '../pictures/canvasLibrary.ts'
import { type PictureDocument, defaultPictureRequest, type PictureRequest } from '../pictures/pictureRequest.ts'
import { leastSpectralSamples } from '../pictures/rowPlan.ts'
import { waterfallPicture } from '../pictures/waterfallPicture.ts'
import type { ExportContent } from './exportContent.ts'
import { ExportCancelled, type ExportFormat, type FormatCheck } from './exportFormat.ts'
import { SequentialFile } from './sequentialFile.ts'

/** For paper and documents: on a light ground, larger than a tile. */
const request: PictureRequest = { ...defaultPictureRequest, theme: 'light', width: 1600, height: 1000 }

function check(content: ExportContent): FormatCheck {
  const what =
    content.bands.length > 0
      ? 'its recorded energy'
      : content.rows < leastSpectralSamples
        ? 'the level of its samples'
        : 'the band energy of its rows and channels, without what is constant'
  return { limits: [`A picture holds no samples: each point is ${what}, in dB.`], refusal: null }
}

const round = (value: number): number => Number(value.toFixed(2))

function described({ plot, cells, colourMap, unit, levels, bandHz, nfft, hop }: PictureDocument): object {
  return {
    left_px: plot.left,
    top_px: plot.top,
    width_px: plot.width,
    height_px: plot.height,
    rows: cells.rows,
    channels: cells.columns,
    colour_map: colourMap,
    level_unit: unit,
    low_db: levels === null ? null : round(levels.low),
    high_db: levels === null ? null : round(levels.high),
    band_hz: bandHz === null ? null : [bandHz.low, bandHz.high],
    nfft,
    hop
  }
}

/**
 * Picture of a waterfall as a window shows it, made by the same drawing code: distance to the right, time downwards, automatic
 * levels, with axes and a colour bar. Gaps are hatched, values that are no numbers are chequered grey.
 */
export const png: ExportFormat = {
  name: 'png',
  title: 'Picture (PNG)',
  endings: ['.png'],
  gaps: 'NaN',
  holdsBands: false,
  check,
  // Noise hardly shrinks.
  estimateBytes: () => 3 * request.width * request.height,
  async write(content, { path, signal, onRows, describe }) {
    const library = await loadCanvasLibrary()
    const { canvas, document } = await waterfallPicture(library, content, request, {
      signal,
      onProgress: (done, total) => onRows(Math.floor((done / total) * content.rows))
    })
    const bytes = await canvas.toPng()
    if (signal.aborted) throw new ExportCancelled()
    describe({ picture: described(document) })
    await SequentialFile.make(path, (file) => file.append(bytes))
  }
}
