import { sampleArrays } from '../contentReader.ts'
import type { ExportContent } from '../exportContent.ts'

/** Whole picture with its margins, pixels either way. */
export const largestSide = 2048

/** Room around the cells: captions above, times to the left, the colour bar to the right. */
export const margins = { left: 196, top: 88, right: 204, bottom: 20 }

const mostColumns = largestSide - margins.left - margins.right
const mostLines = largestSide - margins.top - margins.bottom

/** A gap is at least this high, so that it is seen, and at most this: a night without data must not squeeze the rest. */
const leastGapLines = 3
const mostGapLines = 48
/** All gaps together. */
const gapRoom = 480
/** The longest ones; more would leave no room for the data. */
const mostDrawnGaps = 100

/** Beyond this, not every row is read. */
export const mostReadBytes = 2e9
const leastSampledRows = 16

/** A stretch of picture lines, from above: rows of the content, or a gap between two of them. */
export type Stretch =
  | { kind: 'rows'; line: number; lines: number; firstRow: number; rows: number }
  | { kind: 'gap'; line: number; lines: number; durationNs: bigint; isShortened: boolean }

export interface PictureLayout {
  /** Cells side by side, and below each other with the gaps between them. */
  columns: number
  lines: number
  channelsPerColumn: number
  rowsPerLine: number
  /** Of each line's rows, from their middle; `rowsPerLine` where everything is read. */
  readRowsPerLine: number
  stretches: Stretch[]
  shortenedGaps: number
  hiddenGaps: number
}

/** The last line takes a row that is left alone: a single row has no mean of its own to be freed of. */
function linesOfRows(rows: number, rowsPerLine: number): number {
  const lines = Math.ceil(rows / rowsPerLine)
  return lines > 1 && rowsPerLine > 1 && rows % rowsPerLine === 1 ? lines - 1 : lines
}

/** Bytes that reading all of it takes; a decimated row needs all rows that it is made of. */
const readBytes = ({ rows, decimation, channels, source }: ExportContent): number =>
  rows * decimation * channels * sampleArrays[source.dtype].BYTES_PER_ELEMENT

interface DrawnGap {
  /** Row of the content that comes after it. */
  beforeRow: number
  durationNs: bigint
}

function drawnGaps({ gaps, runs, sampleIntervalNs }: ExportContent): DrawnGap[] {
  if (sampleIntervalNs === null) return []
  const all = gaps.map(({ startTimeNs, endTimeNs }, index) => ({
    beforeRow: runs[index + 1]!.firstRow,
    durationNs: endTimeNs - startTimeNs
  }))
  const longest = all.sort((a, b) => Number(b.durationNs - a.durationNs)).slice(0, mostDrawnGaps)
  return longest.sort((a, b) => a.beforeRow - b.beforeRow)
}

function place(content: ExportContent, gaps: DrawnGap[], rowsPerLine: number): Stretch[] {
  const stretches: Stretch[] = []
  const mostEach = Math.min(mostGapLines, Math.floor(gapRoom / Math.max(1, gaps.length)))
  let line = 0
  let firstRow = 0
  const addRows = (to: number): void => {
    const lines = linesOfRows(to - firstRow, rowsPerLine)
    stretches.push({ kind: 'rows', line, lines, firstRow, rows: to - firstRow })
    line += lines
    firstRow = to
  }
  for (const { beforeRow, durationNs } of gaps) {
    addRows(beforeRow)
    const wanted = Number(durationNs) / content.sampleIntervalNs! / rowsPerLine
    const lines = Math.min(mostEach, Math.max(leastGapLines, Math.round(wanted)))
    stretches.push({ kind: 'gap', line, lines, durationNs, isShortened: wanted > lines + 1 })
    line += lines
  }
  addRows(content.rows)
  return stretches
}

/**
 * Where the cells of a picture lie. All cells have the same number of rows and channels, the last ones of a stretch fewer (or
 * one row more), so that both axes are even; at least one row and one channel.
 */
export function pictureLayout(content: ExportContent, budgetBytes = mostReadBytes): PictureLayout {
  const gaps = drawnGaps(content)
  const channelsPerColumn = Math.ceil(content.channels / mostColumns)
  const linesOf = (stretches: Stretch[]): number => stretches.at(-1)!.line + stretches.at(-1)!.lines
  let rowsPerLine = Math.max(1, Math.ceil(content.rows / mostLines))
  let stretches = place(content, gaps, rowsPerLine)
  while (linesOf(stretches) > mostLines) {
    rowsPerLine = Math.max(rowsPerLine + 1, Math.floor((rowsPerLine * linesOf(stretches)) / mostLines))
    stretches = place(content, gaps, rowsPerLine)
  }
  const sampledRows = Math.max(leastSampledRows, Math.floor((rowsPerLine * budgetBytes) / readBytes(content)))
  return {
    columns: Math.ceil(content.channels / channelsPerColumn),
    lines: linesOf(stretches),
    channelsPerColumn,
    rowsPerLine,
    readRowsPerLine: Math.min(rowsPerLine, sampledRows),
    stretches,
    shortenedGaps: stretches.filter((stretch) => stretch.kind === 'gap' && stretch.isShortened).length,
    hiddenGaps: content.gaps.length - gaps.length
  }
}
