import { describe, expect, test } from 'vitest'
import type { ExportFormatName, ExportSelection } from '../../../src-preload/contract/tasks.ts'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import { checkExport } from '../../../src-main/sessions/export/checkExport.ts'
import { blockRows, contentBlocks } from '../../../src-main/sessions/export/contentBlocks.ts'
import { createContent, type ExportContent } from '../../../src-main/sessions/export/exportContent.ts'
import { ExportError } from '../../../src-main/sessions/export/exportFormat.ts'
import { exportFormats, formatOfName } from '../../../src-main/sessions/export/exportFormats.ts'
import { rateFactor } from '../../../src-main/sessions/export/sampleRateFactor.ts'
import { gapsOf, type SourceOptions, sourceOf, startNs, valueAt, wholeSelection } from './exportFixtures.ts'

const kept = { gaps: 'kept', holdsBands: false } as const
const content = (
  source: SourceOptions,
  selection: Partial<ExportSelection> = {},
  gaps: 'kept' | 'NaN' | 'zero' = 'kept'
) => createContent(sourceOf(source), { ...wholeSelection, ...selection }, { gaps, holdsBands: false })
const all = async (made: ExportContent): Promise<number[]> => Array.from(await made.read(0, made.rows))
const limitsOf = (format: ExportFormatName, source: SourceOptions, selection: Partial<ExportSelection> = {}) =>
  checkExport(
    exportFormats[format],
    createContent(sourceOf(source), { ...wholeSelection, ...selection }, exportFormats[format])
  )

describe('the part that is chosen', () => {
  test('times are half-open, channels go by their own numbers with both ends in', async () => {
    const time = { fromNs: String(startNs + 10_000_000n), toNs: String(startNs + 13_000_000n) }
    const made = content({}, { time, channels: { from: 22, to: 23 } })
    expect([made.rows, made.channels, made.channelNumber(0)]).toEqual([3, 2, 22])
    expect(made.startTimeNs).toBe(startNs + 10_000_000n)
    expect(made.distanceM(0)).toBeCloseTo(22 * 1.02095, 9)
    expect(await all(made)).toEqual([10, 11, 12].flatMap((row) => [valueAt(row, 2), valueAt(row, 3)]))
  })

  test('a time between two rows takes the later one', () => {
    const time = { fromNs: String(startNs + 10_000_001n), toNs: String(startNs + 12_000_001n) }
    expect(content({}, { time }).startTimeNs).toBe(startNs + 11_000_000n)
    expect(content({}, { time }).rows).toBe(2)
  })

  test('channels in steps, and channels without numbers', () => {
    expect(content({ channelStep: 50, firstChannel: 100 }, { channels: { from: 120, to: 220 } }).channelNumber(0)).toBe(
      150
    )
    expect(content({ firstChannel: null }, { channels: { from: 0, to: 2 } }).channels).toBe(3)
  })

  test.each([
    [{ time: { fromNs: '0', toNs: '5' } }, 'no samples lie between'],
    [{ channels: { from: 20, to: 30 } }, 'channels 20 to 30 are not all there; it has 20 to 26'],
    [{ channels: { from: 25, to: 24 } }, 'are not all there'],
    [{ band: 2 }, 'it holds samples, not band energy']
  ] as [Partial<ExportSelection>, string][])('%j is refused with a sentence', (selection, sentence) => {
    expect(() => content({}, selection)).toThrow(ExportError)
    expect(() => content({}, selection)).toThrow(sentence)
  })

  test('an empty recording is refused', () => {
    expect(() => content({ rows: 0 })).toThrow('it holds no samples')
  })

  test('a selection across gaps keeps the runs it touches', () => {
    const gaps = gapsOf(1_000_000)
    const [, second, third] = gaps.segments!
    const time = { fromNs: String(startNs + 50_000_000n), toNs: String(second!.startTimeNs + 20_000_000n) }
    const made = content(gaps, { time })
    expect(made.runs).toEqual([
      { firstRow: 0, rows: 50, startTimeNs: startNs + 50_000_000n },
      { firstRow: 50, rows: 20, startTimeNs: second!.startTimeNs }
    ])
    expect(made.gaps).toEqual([gaps.gaps[0]])
    expect(made.timeNs(69)).toBe(second!.startTimeNs + 19_000_000n)
    expect(content(gaps, { time: { fromNs: time.fromNs, toNs: String(third!.startTimeNs + 1n) } }).rows).toBe(151)
  })
})

describe('values', () => {
  test('a scale of 1 keeps the type; another makes physical values of them', async () => {
    expect(content({}).element).toBe('int16')
    const scaled = content({ scale: 1.5e-9 })
    expect(scaled.element).toBe('float32')
    expect((await all(scaled))[3]).toBe(Math.fround(valueAt(0, 3) * 1.5e-9))
    expect(content({ dtype: 'int32', scale: 2 }).element).toBe('float64')
  })

  test('gaps are filled on an even grid, also in blocks that lie across them', async () => {
    const { segments, gaps } = gapsOf(1_000_000)
    const made = content({ rows: 200, segments: segments!.slice(0, 2), gaps: gaps.slice(0, 1) }, {}, 'NaN')
    expect([made.rows, made.filledRows, made.element, made.runs.length]).toEqual([2700, 2500, 'float32', 1])
    const found: number[] = []
    for await (const { values } of contentBlocks(made, new AbortController().signal, { from: 0, to: 2700, rows: 77 }))
      found.push(...values)
    expect(found.slice(99 * 7, 100 * 7)).toEqual(Array.from({ length: 7 }, (_, i) => valueAt(99, i)))
    expect(found.slice(100 * 7, 2600 * 7).every(Number.isNaN)).toBe(true)
    expect(found.slice(2600 * 7)).toEqual(
      Array.from({ length: 700 }, (_, i) => valueAt(100 + Math.floor(i / 7), i % 7))
    )
    const silent = content({ rows: 200, segments: segments!.slice(0, 2), gaps: gaps.slice(0, 1) }, {}, 'zero')
    expect(silent.element).toBe('int16')
    expect((await silent.read(1000, 1001))[0]).toBe(0)
  })

  test('decimated rows lie on rows of the source, and no filter looks across a gap', async () => {
    const value = (row: number): number => (row < 100 ? 1000 : -1000)
    const made = content({ ...gapsOf(1_000_000), valueAt: value }, { decimate: 4 })
    expect(made.rows).toBe(75)
    expect(made.sampleRateHz).toBe(250)
    expect(made.timeNs(1)).toBe(startNs + 4_000_000n)
    expect(made.timeNs(25)).toBe(gapsOf(1_000_000).segments![1]!.startTimeNs)
    const found = await all(made)
    expect(found.slice(0, 25 * 7).every((one) => Math.abs(one - 1000) < 1e-3)).toBe(true)
    expect(found.slice(25 * 7).every((one) => Math.abs(one + 1000) < 1e-3)).toBe(true)
  })

  test('a part is filtered as the whole is: what lies before and after it is looked at', async () => {
    const whole = await all(content({ rows: 3000 }, { decimate: 5 }))
    const time = { fromNs: String(startNs + 1_000_000_000n), toNs: String(startNs + 1_500_000_000n) }
    expect(await all(content({ rows: 3000 }, { decimate: 5, time }))).toEqual(whole.slice(200 * 7, 300 * 7))
  })

  test('blocks are a multiple of what is asked for and never empty', () => {
    const wide = content({ channels: 7 })
    expect(blockRows(wide, 100) % 100).toBe(0)
    expect(blockRows(wide, 1, 1)).toBe(1)
  })
})

describe('what a format cannot hold is said', () => {
  const says = (sentences: string[], words: string): boolean => sentences.some((sentence) => sentence.includes(words))

  test('nanoseconds, gaps, distances, unknown times', () => {
    expect(says(limitsOf('prodml', { startTimeNs: startNs + 1n }).limits, 'microsecond')).toBe(true)
    expect(says(limitsOf('segy', { startTimeNs: startNs + 1000n }).limits, 'millisecond')).toBe(true)
    expect(says(limitsOf('segy', gapsOf(1_000_000)).limits, 'filled with NaN')).toBe(true)
    expect(says(limitsOf('segy', gapsOf(1_000_000)).limits, 'Integers become float32')).toBe(true)
    expect(says(limitsOf('zarr', gapsOf(1_000_000)).limits, 'filled')).toBe(false)
    expect(says(limitsOf('zarr', { startTimeNs: null }).limits, 'not known')).toBe(true)
    expect(says(limitsOf('prodml', { channelSpacingM: null, firstDistanceM: null }).limits, '1 m is written')).toBe(
      true
    )
    expect(says(limitsOf('segy', { rows: 70_000, channels: 1 }).limits, '65 535')).toBe(true)
    expect(says(limitsOf('mseed', { firstChannel: -260 }).limits, 'named by their place')).toBe(true)
    expect(limitsOf('dasdae', {}).limits).toEqual([])
  })

  test('and what it cannot hold at all is refused', () => {
    expect(limitsOf('wav', {}).refusal).toContain('one channel')
    expect(limitsOf('zarr', { sampleIntervalNs: null, sampleRateHz: null }).refusal).toContain('sample rate')
    expect(limitsOf('npy', { sampleIntervalNs: null, sampleRateHz: null }).refusal).toBeNull()
    const days = { startTimeNs: startNs, endTimeNs: startNs + 10n ** 15n }
    const far = { segments: [...gapsOf(1e6).segments!.slice(0, 2), { firstIndex: 200, startTimeNs: days.endTimeNs }] }
    expect(limitsOf('npy', far).refusal).toContain('times as long as its data')
    expect(limitsOf('npz', far).refusal).toBeNull()
  })
})

test('endings say the format, the longest one first', () => {
  expect(formatOfName('A.B.H5')?.name).toBe('prodml')
  expect(formatOfName('a.dasdae.h5')?.name).toBe('dasdae')
  expect(formatOfName('out/a.zarr/')?.name).toBe('zarr')
  expect(formatOfName('a.xyz')).toBeNull()
})

test('rates as two 16-bit numbers, or as a 32-bit float where those do not do', () => {
  expect(rateFactor(1000)).toMatchObject({ factor: 1000, multiplier: 1, actualHz: null })
  expect(rateFactor(0.1953125)).toMatchObject({ rateHz: 0.1953125, actualHz: null })
  expect(rateFactor(1 / 3)).toMatchObject({ factor: 1, multiplier: -3, actualHz: null })
  expect(rateFactor(1999.98)).toMatchObject({ actualHz: 1999.98, rateHz: Math.fround(1999.98) })
  expect(rateFactor(100_000)).toMatchObject({ actualHz: 100_000, rateHz: 100_000 })
})

test('the fixture and timeOfRow agree', () => {
  const { info } = sourceOf(gapsOf(1_000_000))
  expect(timeOfRow(info, 100)).toBe(createContent(sourceOf(gapsOf(1_000_000)), wholeSelection, kept).timeNs(100))
})
