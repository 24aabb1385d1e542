import type { ExportContent } from '../exportContent.ts'
import { fittingText, type PictureCanvas, textHeight, textWidth } from './pictureCanvas.ts'
import { margins, type PictureLayout, type Stretch } from './pictureLayout.ts'
import { clockText, multiples, niceStep, niceTimeStepNs, numberText } from './pictureTicks.ts'

export const ink = 0x1b2028
const tickLength = 8
const space = 6
/** Between two labels, pixels. */
const timeRoom = 50
const distanceRoom = 110

/** What the horizontal axis counts, and where a channel of the content is on it. */
interface ChannelAxis {
  name: string
  /** Null for numbers. */
  unit: string | null
  unitValue: number
  values: Float64Array
}

function isMonotonic(values: Float64Array): boolean {
  const sign = Math.sign(values.at(-1)! - values[0]!)
  return values.every((value, index) => index === 0 || Math.sign(value - values[index - 1]!) === sign)
}

/** Distance where every channel has one and they go one way along the fibre, else the channels' own numbers. */
function channelAxis(content: ExportContent): ChannelAxis {
  const { channels } = content
  const distances = Float64Array.from({ length: channels }, (_, channel) => content.distanceM(channel) ?? NaN)
  if (distances.every(Number.isFinite) && isMonotonic(distances)) {
    const isFar = Math.max(Math.abs(distances[0]!), Math.abs(distances[channels - 1]!)) >= 10_000
    return { name: 'Distance', unit: isFar ? 'km' : 'm', unitValue: isFar ? 1000 : 1, values: distances }
  }
  const values = Float64Array.from({ length: channels }, (_, channel) => content.channelNumber(channel))
  return { name: 'Channel', unit: null, unitValue: 1, values }
}

/** Index, with a fraction, of a value between values that rise or fall. */
function indexOfValue(values: Float64Array, value: number): number {
  const sign = values.at(-1)! < values[0]! ? -1 : 1
  let low = 0
  let high = values.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((values[middle]! - value) * sign <= 0) low = middle
    else high = middle
  }
  const span = values[high]! - values[low]!
  return span === 0 ? low : low + (value - values[low]!) / span
}

export function paintChannelAxis(canvas: PictureCanvas, content: ExportContent, layout: PictureLayout): void {
  const { name, unit, unitValue, values } = channelAxis(content)
  const { left, top } = margins
  const captionTop = top - tickLength - 2 * (textHeight + space)
  const first = values[0]! / unitValue
  const last = values.at(-1)! / unitValue
  const isNumber = unit === null
  const tickAt = (value: number): number => {
    const index = values.length === 1 ? 0 : indexOfValue(values, value * unitValue)
    const x = left + Math.min(layout.columns - 1, Math.floor((index + 0.5) / layout.channelsPerColumn))
    canvas.fill(x, top - 1 - tickLength, 1, tickLength, ink)
    return x
  }
  if (layout.columns < 2 * distanceRoom) {
    // No room for labels side by side: both ends in words.
    const decimals = isNumber ? 1 : Math.min(0.1, niceStep(Math.abs(last - first) / 100 || 0.1))
    const ends = [...new Set([first, last])].map((value) => numberText(value, decimals)).join(' to ')
    canvas.text(fittingText(`${name} ${ends} ${unit ?? ''}`.trim(), canvas.width - left), left, captionTop, ink)
    tickAt(first)
    tickAt(last)
    return
  }
  canvas.text(isNumber ? name : `${name}, ${unit}`, left, captionTop, ink)
  const least = Math.abs(last - first) / Math.floor(layout.columns / distanceRoom)
  const step = niceStep(isNumber ? Math.max(1, least) : least)
  for (const tick of multiples(first, last, step)) {
    const text = numberText(tick, step)
    canvas.text(text, tickAt(tick) - (textWidth(text) >> 1), top - tickLength - space - textHeight, ink)
  }
}

type RowStretch = Extract<Stretch, { kind: 'rows' }>

/** Row of the content, with a fraction, at a time within a stretch; rows that follow each other rise in time. */
function rowAtTime(content: ExportContent, stretch: RowStretch, timeNs: bigint): number {
  let low = stretch.firstRow
  let high = stretch.firstRow + stretch.rows - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (content.timeNs(middle) <= timeNs) low = middle
    else high = middle - 1
  }
  return low + Math.min(1, Number(timeNs - content.timeNs(low)) / content.sampleIntervalNs!)
}

interface TimeTick {
  y: number
  text: string
}

function timeTicks(content: ExportContent, layout: PictureLayout, stretch: RowStretch, stepNs: bigint): TimeTick[] {
  const startNs = content.timeNs(stretch.firstRow)
  const endNs = content.timeNs(stretch.firstRow + stretch.rows - 1)
  const ticks: TimeTick[] = []
  const firstNs = ((startNs + stepNs - 1n) / stepNs) * stepNs
  for (let timeNs = firstNs; timeNs <= endNs; timeNs += stepNs) {
    const line = Math.floor((rowAtTime(content, stretch, timeNs) - stretch.firstRow) / layout.rowsPerLine)
    const y = stretch.line + Math.min(stretch.lines - 1, line)
    // Hidden gaps may hold many steps: one tick a line.
    if (ticks.at(-1)?.y === y) {
      const nextLine = Math.min(stretch.rows - 1, (line + 1) * layout.rowsPerLine)
      const skippedNs = content.timeNs(stretch.firstRow + nextLine) - timeNs
      if (skippedNs > stepNs) timeNs += (skippedNs / stepNs - 1n) * stepNs
      continue
    }
    ticks.push({ y, text: timeText(content, timeNs, stepNs) })
  }
  return ticks
}

const timeText = (content: ExportContent, timeNs: bigint, stepNs: bigint): string =>
  content.hasStartTime
    ? clockText(timeNs, stepNs)
    : numberText(Number(timeNs - content.startTimeNs) / 1e9, Number(stepNs) / 1e9)

/** Where no round time lies in a stretch: when it begins. */
function beginning(content: ExportContent, { line, firstRow }: RowStretch): TimeTick {
  const timeNs = content.timeNs(firstRow)
  return { y: line, text: timeText(content, timeNs, 1_000_000n) }
}

function rowTicks(layout: PictureLayout, { rows, line, lines }: RowStretch): TimeTick[] {
  const step = niceStep(Math.max(1, rows / Math.max(1, lines / timeRoom)))
  return multiples(0, rows - 1, step).map((row) => ({
    y: line + Math.min(lines - 1, Math.floor(row / layout.rowsPerLine)),
    text: numberText(row, 1)
  }))
}

export function paintTimeAxis(canvas: PictureCanvas, content: ExportContent, layout: PictureLayout): void {
  const { left, top } = margins
  const intervalNs = content.sampleIntervalNs
  const caption = intervalNs === null ? 'Row' : content.hasStartTime ? 'UTC' : 'Time, s'
  const right = left - 1 - tickLength - space
  // Beside the first label of the other axis, which may reach over its end.
  canvas.text(caption, right - textWidth(caption) - 44, top - tickLength - space - textHeight, ink)
  const stepNs = niceTimeStepNs((intervalNs ?? 0) * layout.rowsPerLine * timeRoom)
  let lastLabel = -Infinity
  for (const stretch of layout.stretches) {
    if (stretch.kind === 'gap') continue
    const round = intervalNs === null ? rowTicks(layout, stretch) : timeTicks(content, layout, stretch, stepNs)
    for (const { y, text } of round.length > 0 ? round : [beginning(content, stretch)]) {
      canvas.fill(left - 1 - tickLength, top + y, tickLength, 1, ink)
      if (y - lastLabel < textHeight + space) continue
      lastLabel = y
      const shown = fittingText(text, right - 2)
      canvas.text(shown, right - textWidth(shown), Math.max(0, top + y - (textHeight >> 1)), ink)
    }
  }
}
