import { PNG } from 'pngjs'
import type { ExportContent } from './exportContent.ts'
import { ExportCancelled, type ExportFormat, type FormatCheck } from './exportFormat.ts'
import { pictureCells, pictureLevels } from './picture/pictureCells.ts'
import { largestSide, margins, mostReadBytes, pictureLayout } from './picture/pictureLayout.ts'
import { paintPicture } from './picture/paintPicture.ts'
import { SequentialFile } from './sequentialFile.ts'

const round = (value: number): number => Number(value.toFixed(2))

function check(content: ExportContent): FormatCheck {
  const layout = pictureLayout(content)
  const { rowsPerLine, channelsPerColumn, readRowsPerLine, shortenedGaps, hiddenGaps } = layout
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`
  const limits = [
    content.bands.length > 0
      ? 'A picture holds no samples: each point is the mean energy of its rows and channels in dB.'
      : 'A picture holds no samples: each point is the RMS of its rows and channels in dB.',
    `It is ${layout.columns} × ${layout.lines} points of ${count(rowsPerLine, 'row')} × ${count(channelsPerColumn, 'channel')} each.`
  ]
  if (readRowsPerLine < rowsPerLine)
    limits.push(
      `Reading all of it takes more than ${mostReadBytes / 1e9} GB: ${readRowsPerLine} of every ${rowsPerLine} rows are read, and short events between them are not seen.`
    )
  if (shortenedGaps > 0) limits.push(`${count(shortenedGaps, 'gap')} drawn shorter than in time.`)
  if (hiddenGaps > 0) limits.push(`${count(hiddenGaps, 'gap')} not drawn: only the longest are.`)
  return { limits, refusal: null }
}

/**
 * Picture of a waterfall: channels to the right, time downwards, the colour map viridis from the 2nd to the 98th percentile,
 * with axes and a colour bar. What a point shows is said at `pictureCells`. Gaps are hatched, values that are no numbers are
 * chequered grey. At most 2048 × 2048 pixels with its margins; one point for one row and one channel at the finest.
 */
export const png: ExportFormat = {
  name: 'png',
  title: 'Picture (PNG)',
  endings: ['.png'],
  gaps: 'kept',
  holdsBands: false,
  check,
  estimateBytes(content) {
    const { columns, lines } = pictureLayout(content)
    // Noise hardly shrinks; axes and captions do.
    return Math.min(3 * columns * lines + 100_000, 3 * largestSide ** 2)
  },
  async write(content, { path, signal, onRows, describe }) {
    const layout = pictureLayout(content)
    const cells = await pictureCells(content, layout, signal, onRows)
    const levels = pictureLevels(cells)
    const canvas = paintPicture(content, layout, cells, levels)
    if (signal.aborted) throw new ExportCancelled()
    const picture = new PNG({ width: canvas.width, height: canvas.height })
    picture.data = Buffer.from(canvas.pixels.buffer)
    const bytes = PNG.sync.write(picture, { colorType: 2, deflateLevel: 6, filterType: 0 })
    describe({
      picture: {
        left_px: margins.left,
        top_px: margins.top,
        columns: layout.columns,
        lines: layout.lines,
        channels_per_column: layout.channelsPerColumn,
        rows_per_line: layout.rowsPerLine,
        rows_read_per_line: layout.readRowsPerLine,
        first_channel: content.channelNumber(0),
        channel_step: content.channelStep,
        colour_map: 'viridis',
        level_unit: `dB re ${content.unit ?? '1'}`,
        low_db: levels === null ? null : round(levels.lowDb),
        high_db: levels === null ? null : round(levels.highDb)
      }
    })
    await SequentialFile.make(path, (file) => file.append(bytes))
  }
}
