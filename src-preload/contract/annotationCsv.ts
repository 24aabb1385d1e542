import {
  channelAtDistance,
  distanceOfChannel,
  extentOf,
  type AnnotationAxes,
  type NewAnnotation,
  type ReadAnnotations
} from './annotationExchange.ts'
import { annotation, annotationColours, annotationKinds, type Annotation, type AnnotationPoint } from './annotations.ts'
import { isoFromNanoseconds, nanosecondsFromIso } from './units.ts'

const columns = [
  'id',
  'kind',
  'label',
  'colour',
  'note',
  'start_utc',
  'end_utc',
  'channel_from',
  'channel_to',
  'distance_from_m',
  'distance_to_m',
  'low_hz',
  'high_hz',
  'velocity_m_per_s',
  'r_squared',
  'points'
] as const
type Column = (typeof columns)[number]

/** What other programs call these columns. */
const otherNames: Partial<Record<Column, string[]>> = {
  kind: ['type', 'shape'],
  label: ['name', 'class', 'category', 'event', 'event_type'],
  colour: ['color'],
  note: ['notes', 'comment', 'description', 'remarks'],
  start_utc: [
    'start',
    'start_time',
    'starttime',
    'time',
    'time_utc',
    'utc',
    'datetime',
    'timestamp',
    'time_min',
    'onset'
  ],
  end_utc: ['end', 'end_time', 'endtime', 'stop', 'time_max', 'offset'],
  channel_from: ['channel', 'channel_min', 'first_channel', 'start_channel', 'channel_start', 'locus'],
  channel_to: ['channel_max', 'last_channel', 'end_channel', 'channel_end', 'stop_channel'],
  distance_from_m: ['distance', 'distance_m', 'distance_min', 'start_distance'],
  distance_to_m: ['distance_max', 'end_distance'],
  low_hz: ['frequency_low', 'low_freq', 'fmin'],
  high_hz: ['frequency_high', 'high_freq', 'fmax']
}

const problemsMost = 20

const quoted = (text: string): string => (/[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/**
 * One line a mark, RFC 4180, UTF-8. Times with all nine decimals, so that reading it again gives the same marks; a line's
 * points are one field, `time channel; time channel`.
 */
export function annotationsAsCsv(annotations: readonly Annotation[], axes: AnnotationAxes | null): string {
  const rows = annotations.map((one) => {
    const { startNs, endNs, channelFrom, channelTo } = extentOf(one.points)
    const distance = (channel: number): string => (axes === null ? '' : String(distanceOfChannel(axes, channel) ?? ''))
    const fields: Record<Column, string> = {
      id: one.id,
      kind: one.kind,
      label: one.label,
      colour: one.colour,
      note: one.note,
      start_utc: isoFromNanoseconds(startNs),
      end_utc: isoFromNanoseconds(endNs),
      channel_from: String(channelFrom),
      channel_to: String(channelTo),
      distance_from_m: distance(channelFrom),
      distance_to_m: distance(channelTo),
      low_hz: String(one.band?.lowHz ?? ''),
      high_hz: String(one.band?.highHz ?? ''),
      velocity_m_per_s: String(one.measured?.velocityMps ?? ''),
      r_squared: String(one.measured?.rSquared ?? ''),
      points: one.points.map(({ timeNs, channel }) => `${isoFromNanoseconds(BigInt(timeNs))} ${channel}`).join('; ')
    }
    return columns.map((column) => quoted(fields[column])).join(',')
  })
  return `${[columns.join(','), ...rows].join('\r\n')}\r\n`
}

/** Lines of fields; quotes may hold delimiters and line ends. Null where a quote is never closed. */
function splitCsv(text: string, delimiter: string): string[][] | null {
  const rows: string[][] = [[]]
  let field = ''
  let isQuoted = false
  const endField = (): void => {
    rows.at(-1)!.push(field)
    field = ''
  }
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    if (isQuoted) {
      if (letter !== '"') field += letter
      else if (text[at + 1] === '"') field += text[++at]!
      else isQuoted = false
    } else if (letter === '"' && field === '') isQuoted = true
    else if (letter === delimiter) endField()
    else if (letter === '\n') {
      endField()
      rows.push([])
    } else if (letter !== '\r') field += letter
  }
  endField()
  return isQuoted ? null : rows.filter((row) => row.some((one) => one.trim() !== ''))
}

const delimiterOf = (head: string): string =>
  [',', ';', '\t'].map((one) => ({ one, count: head.split(one).length })).sort((a, b) => b.count - a.count)[0]!.one

function columnsOf(head: string[]): Map<Column, number> {
  const names = head.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_')
  )
  const found = new Map<Column, number>()
  for (const column of columns) {
    const at = [column, ...(otherNames[column] ?? [])].map((name) => names.indexOf(name)).find((index) => index >= 0)
    if (at !== undefined) found.set(column, at)
  }
  return found
}

/** A time, or a number of seconds from the start of what is shown. */
function timeOf(text: string, axes: AnnotationAxes): bigint | null {
  const iso = nanosecondsFromIso(text)
  if (iso !== null) return iso
  if (text.trim() === '' || !Number.isFinite(Number(text))) return null
  return axes.startNs + BigInt(Math.round(Number(text) * 1e9))
}

function pointsOf(text: string): AnnotationPoint[] | string {
  const points: AnnotationPoint[] = []
  for (const part of text.split(';')) {
    const [time = '', channel = ''] = part.trim().split(/\s+/)
    const timeNs = nanosecondsFromIso(time)
    if (timeNs === null || channel === '' || !Number.isFinite(Number(channel)))
      return `"${part.trim()}" is not a time and a channel`
    points.push({ timeNs: timeNs.toString(), channel: Number(channel) })
  }
  return points
}

/** One line as an annotation, or a sentence. */
function readRow(
  row: string[],
  found: Map<Column, number>,
  axes: AnnotationAxes,
  made: NewAnnotation
): Annotation | string {
  const field = (column: Column): string => row[found.get(column) ?? -1]?.trim() ?? ''
  const number = (column: Column): number | null => {
    const text = field(column)
    return text === '' || !Number.isFinite(Number(text)) ? null : Number(text)
  }
  const channel = (byNumber: Column, byDistance: Column): number | null => {
    const distance = number(byDistance)
    return number(byNumber) ?? (distance === null ? null : channelAtDistance(axes, distance))
  }
  let points: AnnotationPoint[] | string
  if (field('points') !== '') points = pointsOf(field('points'))
  else {
    const startNs = timeOf(field('start_utc'), axes)
    if (startNs === null) return `start time "${field('start_utc')}" is no UTC time and no number of seconds`
    const from = channel('channel_from', 'distance_from_m')
    if (from === null) return 'neither a channel nor a distance that can be turned into one'
    const endNs = field('end_utc') === '' ? startNs : timeOf(field('end_utc'), axes)
    if (endNs === null) return `end time "${field('end_utc')}" is no UTC time and no number of seconds`
    if (endNs < startNs) return 'it ends before it starts'
    const to = channel('channel_to', 'distance_to_m') ?? from
    const first = { timeNs: startNs.toString(), channel: Math.min(from, to) }
    points =
      endNs === startNs && from === to ? [first] : [first, { timeNs: endNs.toString(), channel: Math.max(from, to) }]
  }
  if (typeof points === 'string') return points
  const kind = annotationKinds.find((one) => one === field('kind').toLowerCase())
  const lowHz = number('low_hz')
  const highHz = number('high_hz')
  const velocityMps = number('velocity_m_per_s')
  const parsed = annotation.safeParse({
    id: field('id') || made.id(),
    kind: kind ?? (points.length === 1 ? 'point' : points.length === 2 ? 'box' : 'line'),
    points,
    band: lowHz === null || highHz === null ? null : { lowHz, highHz },
    label: field('label').slice(0, 200),
    colour: annotationColours.find((one) => one === field('colour').toLowerCase()) ?? 'blue',
    note: field('note'),
    measured: velocityMps === null ? null : { velocityMps, rSquared: number('r_squared') },
    createdAtNs: made.nowNs.toString(),
    changedAtNs: made.nowNs.toString()
  })
  return parsed.success ? parsed.data : (parsed.error.issues[0]?.message ?? 'it is no annotation')
}

/**
 * Reads this program's files and those of others: comma, semicolon or tab; a head line that names at least a start time and
 * a channel or distance. Lines that make no sense are told with their number; the others are read.
 */
export function annotationsFromCsv(text: string, axes: AnnotationAxes, made: NewAnnotation): ReadAnnotations {
  const clean = text.replace(/^\uFEFF/, '')
  const rows = splitCsv(clean, delimiterOf(clean.split('\n', 1)[0]!))
  if (rows === null) return { annotations: [], problems: ['A quotation mark is never closed, so no line can be read.'] }
  const [head, ...lines] = rows
  const found = columnsOf(head ?? [])
  const hasPlace = found.has('channel_from') || found.has('distance_from_m')
  if (!found.has('points') && !(found.has('start_utc') && hasPlace))
    return {
      annotations: [],
      problems: [
        `The first line must name the columns, at least "start_utc" and "channel_from"; it says "${(head ?? []).join(', ').slice(0, 200)}".`
      ]
    }
  const annotations: Annotation[] = []
  const problems: string[] = []
  lines.forEach((row, index) => {
    const read = readRow(row, found, axes, made)
    if (typeof read !== 'string') annotations.push(read)
    else if (problems.length < problemsMost) problems.push(`Line ${index + 2}: ${read}.`)
    else if (problems.length === problemsMost) problems.push('More lines could not be read.')
  })
  return { annotations, problems }
}
