import { describe, expect, test } from 'vitest'
import { annotationsAsCoco, annotationsFromCoco } from '../../../src-preload/contract/annotationCoco.ts'
import { annotationsAsCsv, annotationsFromCsv } from '../../../src-preload/contract/annotationCsv.ts'
import type { AnnotationAxes, NewAnnotation } from '../../../src-preload/contract/annotationExchange.ts'
import { annotation, type Annotation } from '../../../src-preload/contract/annotations.ts'
import { nanosecondsFromIso } from '../../../src-preload/contract/units.ts'

const at = (iso: string): string => nanosecondsFromIso(iso)!.toString()
const axes: AnnotationAxes = {
  firstChannel: 100,
  channelStep: 2,
  channelCount: 50,
  firstDistanceM: 500,
  channelSpacingM: 10,
  startNs: nanosecondsFromIso('1969-12-31T23:59:50Z')!,
  endNs: nanosecondsFromIso('1970-01-01T00:00:10Z')!,
  rowIntervalNs: 1e8
}
let made = 0
const fresh: NewAnnotation = { id: () => `new-${++made}`, nowNs: 7n }

const mark = (fields: Partial<Annotation>): Annotation => ({
  id: 'a',
  kind: 'point',
  points: [{ timeNs: at('1970-01-01T00:00:00.000000001Z'), channel: 120 }],
  band: null,
  label: '',
  colour: 'blue',
  note: '',
  measured: null,
  createdAtNs: '7',
  changedAtNs: '7',
  ...fields
})

const marks = [
  mark({ id: 'point', label: 'digging, "loud"; near the road', note: 'two\nlines', colour: 'orange' }),
  mark({
    id: 'box',
    kind: 'box',
    points: [
      { timeNs: at('1969-12-31T23:59:51.123456789Z'), channel: 110 },
      { timeNs: at('1970-01-01T00:00:05.987654321Z'), channel: 130 }
    ],
    band: { lowHz: 0.5, highHz: 80.25 },
    label: ' leading space'
  }),
  mark({
    id: 'line',
    kind: 'line',
    points: [
      { timeNs: at('1970-01-01T00:00:01Z'), channel: 198.25 },
      { timeNs: at('1970-01-01T00:00:02Z'), channel: 150 },
      { timeNs: at('1970-01-01T00:00:03.5Z'), channel: 100.5 }
    ],
    measured: { velocityMps: -123.456789, rSquared: 0.998 },
    label: 'vehicle'
  })
]

describe('CSV', () => {
  test('what was written is read again, mark for mark', () => {
    const read = annotationsFromCsv(annotationsAsCsv(marks, axes), axes, fresh)
    expect(read.problems).toEqual([])
    // Leading spaces of a field are kept inside quotes and taken off by readers; all else is exact.
    expect(read.annotations).toEqual(marks.map((one) => ({ ...one, label: one.label.trim() })))
  })

  test('distances are those of the channels', () => {
    // Channel 110 is the sixth of every second from 100 on, 10 m apart: 500 + 5 · 10.
    expect(annotationsAsCsv([marks[1]!], axes)).toContain(',110,130,550,650,')
  })

  test("another program's columns, semicolons, byte order mark, seconds and distances", () => {
    const text =
      '\uFEFFEvent;Start Time;Stop;Distance;comment\r\ncar;1.5;3;600;"a; b"\r\ntruck;1970-01-01 00:00:01;;650;\r\n'
    const { annotations, problems } = annotationsFromCsv(text, axes, fresh)
    expect(problems).toEqual([])
    expect(annotations.map(({ kind, label, note }) => ({ kind, label, note }))).toEqual([
      { kind: 'box', label: 'car', note: 'a; b' },
      { kind: 'point', label: 'truck', note: '' }
    ])
    expect(annotations[0]!.points).toEqual([
      { timeNs: (axes.startNs + 1_500_000_000n).toString(), channel: 120 },
      { timeNs: (axes.startNs + 3_000_000_000n).toString(), channel: 120 }
    ])
    expect(annotations[1]!.points).toEqual([{ timeNs: '1000000000', channel: 130 }])
  })

  test('lines that make no sense are named; the others are read', () => {
    const text = 'start_utc,end_utc,channel_from\nyesterday,,1\n2,,5\n3,1,5\n4,,\n'
    const { annotations, problems } = annotationsFromCsv(text, axes, fresh)
    expect(annotations).toHaveLength(1)
    expect(problems).toEqual([
      'Line 2: start time "yesterday" is no UTC time and no number of seconds.',
      'Line 4: it ends before it starts.',
      'Line 5: neither a channel nor a distance that can be turned into one.'
    ])
  })

  test.each([
    ['', 'The first line must name the columns'],
    ['{"images": []}', 'The first line must name the columns'],
    ['start_utc,channel\n"never closed,1', 'A quotation mark is never closed']
  ])('%j is refused with a sentence', (text, sentence) => {
    const { annotations, problems } = annotationsFromCsv(text, axes, fresh)
    expect(annotations).toEqual([])
    expect(problems[0]).toContain(sentence)
  })

  test('a thousand bad lines are twenty sentences and one', () => {
    const { problems } = annotationsFromCsv(`start_utc,channel\n${'x,1\n'.repeat(1000)}`, axes, fresh)
    expect(problems).toHaveLength(21)
  })
})

describe('COCO', () => {
  test('what was written is read again, mark for mark', () => {
    const read = annotationsFromCoco(annotationsAsCoco(marks, axes, 'a.png'), axes, fresh)
    expect(read).toEqual({ annotations: marks, problems: [] })
  })

  test('boxes are pixels of one image: a pixel a channel and a row', () => {
    const file = JSON.parse(annotationsAsCoco([marks[1]!], axes, 'a.png')) as {
      images: { width: number; height: number }[]
      annotations: { bbox: number[]; category_id: number }[]
      categories: { id: number; name: string }[]
    }
    expect(file.images[0]).toMatchObject({ width: 50, height: 200 })
    // Channels 110 to 130 are indices 5 to 15; 1.123456789 s and 15.987654321 s after the start at 10 rows/s.
    const [x, y, width, height] = file.annotations[0]!.bbox
    expect([x, width]).toEqual([5, 11])
    expect(y).toBeCloseTo(11.23456789, 9)
    expect(height).toBeCloseTo(148.64197532, 8)
    expect(file.categories).toEqual([{ id: 1, name: ' leading space', supercategory: 'event' }])
  })

  test("this program's marks without their attributes come back from their pixels", () => {
    const file = JSON.parse(annotationsAsCoco(marks, axes, 'a.png')) as { annotations: Record<string, unknown>[] }
    for (const one of file.annotations) delete one.attributes
    const read = annotationsFromCoco(JSON.stringify(file), axes, fresh)
    expect(read.problems).toEqual([])
    expect(read.annotations.map(({ kind }) => kind)).toEqual(['point', 'box', 'line'])
    const [point, box] = read.annotations
    expect(point!.points[0]!.channel).toBeCloseTo(120, 9)
    expect(box!.points.map(({ channel }) => channel)).toEqual([110, 130])
    expect(Number(BigInt(box!.points[1]!.timeNs) - BigInt(marks[1]!.points[1]!.timeNs))).toBeLessThan(1000)
  })

  test('images of another program are laid over what is shown, and that is said', () => {
    const text = JSON.stringify({
      images: [{ id: 'p', width: 25, height: 20 }],
      categories: [{ id: 3, name: 'whale' }],
      annotations: [{ image_id: 'p', category_id: 3, bbox: [5, 10, 1, 2], segmentation: [[1, 2, 3, 4, 5, 6]] }]
    })
    const { annotations, problems } = annotationsFromCoco(text, axes, fresh)
    expect(problems).toEqual([
      'The file does not say which times and channels its images show: they were laid over what is shown now.'
    ])
    // 25 pixels over 50 channels: pixel 5 covers the channels of index 10 and 11, numbers 120 and 122.
    expect(annotations[0]).toMatchObject({ kind: 'box', label: 'whale' })
    for (const { channel } of annotations[0]!.points) {
      expect(channel).toBeGreaterThanOrEqual(119)
      expect(channel).toBeLessThanOrEqual(123)
    }
    expect(annotations[0]!.points.map(({ timeNs }) => timeNs)).toEqual(['0', '2000000000'])
  })

  test.each([
    ['not json', 'This is no JSON'],
    ['{"a":1}', 'no COCO file'],
    ['{"images":[{"id":1,"width":0,"height":2}],"annotations":[{"image_id":1,"bbox":[0,0,1,1]}]}', 'Image 1'],
    ['{"images":[],"annotations":[{"image_id":9,"bbox":[0,0,1,1]}]}', 'there is no image 9'],
    ['{"images":[{"id":1,"width":2,"height":2}],"annotations":[{"image_id":1}]}', 'neither a bbox nor key points']
  ])('%s is refused with a sentence', (text, sentence) => {
    const { annotations, problems } = annotationsFromCoco(text, axes, fresh)
    expect(annotations).toEqual([])
    expect(problems.join(' ')).toContain(sentence)
  })
})

test('a kind and its number of points must fit', () => {
  const two = marks[1]!.points
  expect(annotation.safeParse(mark({ kind: 'point', points: two })).success).toBe(false)
  expect(annotation.safeParse(mark({ kind: 'box', points: two })).success).toBe(true)
  expect(annotation.safeParse(mark({ kind: 'line', points: [two[0]!] })).success).toBe(false)
})
