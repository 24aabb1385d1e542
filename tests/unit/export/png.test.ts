import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { interpolateViridis } from 'd3-scale-chromatic'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import { createContent } from '../../../src-main/sessions/export/exportContent.ts'
import { glyphOf } from '../../../src-main/sessions/export/picture/bitmapFont.ts'
import { pictureCells } from '../../../src-main/sessions/export/picture/pictureCells.ts'
import { pictureLayout } from '../../../src-main/sessions/export/picture/pictureLayout.ts'
import {
  clockText,
  durationText,
  multiples,
  niceStep,
  niceTimeStepNs,
  numberText
} from '../../../src-main/sessions/export/picture/pictureTicks.ts'
import { png } from '../../../src-main/sessions/export/png.ts'
import {
  exportOf,
  gapsOf,
  type SourceOptions,
  sourceOf,
  startNs,
  temporaryFolder,
  wholeSelection
} from './exportFixtures.ts'

interface Described {
  left_px: number
  top_px: number
  columns: number
  lines: number
  channels_per_column: number
  rows_per_line: number
  low_db: number | null
  high_db: number | null
}

type Rgb = [number, number, number]

async function picture(source: SourceOptions, selection: Partial<ExportSelection> = {}) {
  const target = join(await temporaryFolder(), 'picture.png')
  const outcome = await exportOf(sourceOf(source), target, 'png', selection)
  const image = PNG.sync.read(await readFile(target))
  const sidecar = JSON.parse(await readFile(`${target}.json`, 'utf8')) as { picture: Described }
  const described = sidecar.picture
  const pixel = (x: number, y: number): Rgb => {
    const at = (y * image.width + x) * 4
    return [image.data[at]!, image.data[at + 1]!, image.data[at + 2]!]
  }
  return {
    outcome,
    image,
    described,
    pixel,
    cell: (column: number, line: number) => pixel(described.left_px + column, described.top_px + line),
    /** Pixels in a rectangle that are not white. */
    inked(left: number, top: number, right: number, bottom: number): number {
      let count = 0
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) if (pixel(x, y).some((value) => value < 255)) count++
      return count
    }
  }
}

const viridisAt = (share: number): Rgb => {
  const hex = interpolateViridis(Math.max(0, Math.min(1, share))).slice(1)
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb
}

function expectColour(found: Rgb, expected: Rgb): void {
  // One step of the map of 256 colours.
  for (const [index, value] of found.entries()) expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(5)
}

const shareOf = (levelDb: number, { low_db: low, high_db: high }: Described): number =>
  (levelDb - low!) / (high! - low!)

/** By the plain definition, sample by sample. */
function levelOfCell(
  valueAt: (row: number, channel: number) => number,
  rows: [number, number],
  channels: [number, number]
): number {
  const squares: number[] = []
  for (let channel = channels[0]; channel < channels[1]; channel++) {
    const values = Array.from({ length: rows[1] - rows[0] }, (_, i) => valueAt(rows[0] + i, channel)).filter(
      Number.isFinite
    )
    if (values.length === 0 || (values.length === 1 && rows[1] - rows[0] > 1)) continue
    const mean = values.length > 1 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0
    squares.push(...values.map((value) => (value - mean) ** 2))
  }
  return 20 * Math.log10(Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length))
}

const grey = (colour: Rgb): boolean =>
  [
    [0x4a, 0x4f, 0x57],
    [0x9a, 0xa1, 0xab]
  ].some((known) => known.every((value, index) => value === colour[index]))
const hatched = (colour: Rgb): boolean =>
  [
    [0x17, 0x1c, 0x25],
    [0x39, 0x42, 0x4f]
  ].some((known) => known.every((value, index) => value === colour[index]))

/** Noise that is the same every time, around an offset of 1000 × the channel; loud in some channels, and at some rows. */
const rows = 8000
const channels = 2000
const isLoudChannel = (channel: number): boolean => channel >= 600 && channel < 700
const isLoudRow = (row: number): boolean => row >= 5000 && row < 5400
const noise = (row: number, channel: number): number =>
  ((Math.imul(row * 2003 + channel, 2_654_435_761) >>> 8) % 2001) / 1000 - 1
const loudValue = (row: number, channel: number): number => {
  if (channel < 4 && row < 40) return NaN
  const amplitude = isLoudChannel(channel) ? 30 : isLoudRow(row) ? 8 : 1
  return Math.fround(1000 * channel + amplitude * noise(row, channel))
}

describe('a picture that is smaller than its data', () => {
  test('colours are those of the level of each cell, computed sample by sample', async () => {
    const shown = await picture({ rows, channels, valueAt: loudValue, dtype: 'float32' })
    const { described, image } = shown
    const { rows_per_line: perLine, channels_per_column: perColumn } = described
    expect(perLine).toBeGreaterThan(1)
    expect(perColumn).toBe(2)
    expect([described.columns, described.lines]).toEqual([channels / 2, Math.ceil(rows / perLine)])
    expect(Math.max(image.width, image.height)).toBeLessThanOrEqual(2048)
    const places = [
      [400, 100],
      [320, 700],
      [349, 20],
      [350, 20],
      [700, Math.floor(5200 / perLine)],
      [999, described.lines - 1],
      [0, Math.ceil(60 / perLine)]
    ] as const
    for (const [column, line] of places) {
      const level = levelOfCell(
        loudValue,
        [line * perLine, Math.min(rows, (line + 1) * perLine)],
        [column * perColumn, (column + 1) * perColumn]
      )
      expectColour(shown.cell(column, line), viridisAt(shareOf(level, described)))
    }
    // Quiet, loud by time, loud by channel: −5, 13 and 25 dB or so.
    expect(described.low_db).toBeGreaterThan(-10)
    expect(described.high_db).toBeGreaterThan(15)
    expect(described.high_db).toBeLessThan(32)
    expect(grey(shown.cell(0, 0))).toBe(true)
    expect(grey(shown.cell(1, Math.floor(20 / perLine)))).toBe(true)
    expect(grey(shown.cell(2, 0))).toBe(false)
    // Times to the left, distances above, the colour bar to the right.
    const { left_px: left, top_px: top, columns, lines } = described
    expect(shown.inked(0, top, left - 2, top + lines)).toBeGreaterThan(500)
    expect(shown.inked(left, 30, left + columns, top - 2)).toBeGreaterThan(300)
    expectColour(shown.pixel(left + columns + 30, top), viridisAt(1))
    expectColour(shown.pixel(left + columns + 30, top + lines - 1), viridisAt(0))
    expect(shown.inked(left + columns + 50, top, image.width, top + lines)).toBeGreaterThan(300)
  })

  test('beyond the budget the middle of each line is read, and the others are not', async () => {
    const read: number[] = []
    const source = sourceOf({
      rows: 40_000,
      channels: 3,
      dtype: 'float32',
      valueAt: (row) => (read.push(row), row % 2 === 0 ? 1 : -1)
    })
    const content = createContent(source, wholeSelection, png)
    const layout = pictureLayout(content, 40_000 * 3 * 4 * 0.8)
    expect([layout.rowsPerLine, layout.readRowsPerLine]).toEqual([21, 16])
    read.length = 0
    const cells = await pictureCells(content, layout, new AbortController().signal, () => undefined)
    const wholeLines = read.filter((row) => row < (layout.lines - 1) * 21)
    expect(new Set(wholeLines.map((row) => row % 21))).toEqual(new Set(Array.from({ length: 16 }, (_, i) => i + 2)))
    expect(wholeLines.length).toBe((layout.lines - 1) * 16 * 3)
    expect(cells.every((level) => Math.abs(level) < 0.1)).toBe(true)
  })

  test('huge recordings say how much of them is read', () => {
    const source = sourceOf({ rows: 50_000_000, channels: 1000 })
    const { limits } = png.check(createContent(source, wholeSelection, png))
    expect(limits.join(' ')).toMatch(/more than 2 GB: \d+ of every \d+ rows are read/)
  })
})

describe('gaps and values that are none', () => {
  test('one point for one row and channel; gaps are hatched and follow the rows before them', async () => {
    const shown = await picture({ ...gapsOf(1_000_000), channels: 120 })
    const { described, cell } = shown
    expect([described.rows_per_line, described.channels_per_column, described.columns]).toEqual([1, 1, 120])
    expect(described.lines).toBe(300 + 2 * 48)
    expect(hatched(cell(5, 99))).toBe(false)
    for (const line of [100, 101, 146, 147]) expect(hatched(cell(0, line))).toBe(true)
    expect(hatched(cell(5, 148))).toBe(false)
    expect(hatched(cell(119, 250))).toBe(true)
    expect(hatched(cell(119, 395))).toBe(false)
    expect(shown.outcome.warnings).toContain('2 gaps drawn shorter than in time.')
    // Row 130 of the content is the 30th after the first gap.
    const level = 20 * Math.log10(Math.abs(((130 * 7919 + 7 * 104_729) % 60_001) - 30_000))
    expectColour(cell(7, 148 + 30), viridisAt(shareOf(level, described)))
  })

  test('a short gap is seen all the same, and thousands of gaps leave room for the data', () => {
    const many = 5000
    const segments = Array.from({ length: many }, (_, i) => ({
      firstIndex: i * 2,
      startTimeNs: startNs + BigInt(i) * 10_000_000n
    }))
    const gaps = segments
      .slice(1)
      .map(({ startTimeNs }) => ({ startTimeNs: startTimeNs - 8_000_000n, endTimeNs: startTimeNs }))
    const layout = pictureLayout(createContent(sourceOf({ rows: many * 2, segments, gaps }), wholeSelection, png))
    expect(layout.lines).toBeLessThanOrEqual(2048)
    expect(layout.hiddenGaps).toBe(many - 1 - 100)
    const drawn = layout.stretches.filter(({ kind }) => kind === 'gap')
    expect(drawn.every(({ lines }) => lines >= 3)).toBe(true)
    const shown = layout.stretches.flatMap((stretch) => (stretch.kind === 'rows' ? [stretch.rows] : []))
    expect(shown.reduce((sum, count) => sum + count, 0)).toBe(many * 2)
  })

  test('all NaN: grey, and the bar says that there is no level', async () => {
    const shown = await picture({ rows: 50, channels: 20, dtype: 'float32', valueAt: () => NaN })
    expect([shown.described.low_db, shown.described.high_db]).toEqual([null, null])
    for (const place of [0, 10, 19]) expect(grey(shown.cell(place, place))).toBe(true)
  })

  test('all zero: the lowest colour', async () => {
    const shown = await picture({ rows: 50, channels: 20, valueAt: () => 0 })
    expect(shown.described.low_db).toBeNull()
    expectColour(shown.cell(3, 3), viridisAt(0))
  })

  test('dead channels do not move the levels', async () => {
    const valueAt = (row: number, channel: number): number => (channel < 5 ? 0 : 100 + (row % 50))
    const { described, cell } = await picture({ rows: 100, channels: 20, valueAt })
    expect(described.low_db).toBeGreaterThan(39)
    expectColour(cell(0, 0), viridisAt(0))
  })
})

describe('small and unusual contents', () => {
  test.each([
    ['one channel', { rows: 300, channels: 1 }, [1, 300]],
    ['one row', { rows: 1, channels: 300 }, [300, 1]],
    ['one sample', { rows: 1, channels: 1 }, [1, 1]],
    ['no times', { rows: 30, channels: 7, startTimeNs: null, sampleIntervalNs: null, sampleRateHz: null }, [7, 30]],
    ['no start', { rows: 30, channels: 7, startTimeNs: null }, [7, 30]],
    ['no distances', { rows: 30, channels: 400, firstDistanceM: null, channelSpacingM: null }, [400, 30]],
    ['distances that turn back', { rows: 30, channels: 3, distancesM: [1, 5, 2] }, [3, 30]],
    ['falling distances', { rows: 30, channels: 400, channelSpacingM: -2 }, [400, 30]]
  ] as [string, SourceOptions, [number, number]][])('%s', async (_, source, [columns, lines]) => {
    const shown = await picture(source)
    expect([shown.described.columns, shown.described.lines]).toEqual([columns, lines])
    const { left_px: left, top_px: top } = shown.described
    expect(shown.inked(0, top - 20, left - 2, top + lines + 10)).toBeGreaterThan(50)
    expect(shown.inked(left, 20, left + 100, top - 2)).toBeGreaterThan(50)
    for (const found of [shown.cell(0, 0), shown.cell(columns - 1, lines - 1)])
      expect(hatched(found) || grey(found)).toBe(false)
  })

  test('band energy is power: 10·log10 of its mean, of the band that is chosen', async () => {
    const bands = [
      { lowHz: 1, highHz: 2 },
      { lowHz: 2, highHz: 10 }
    ]
    const valueAt = (row: number, channel: number, band: number): number => 10 ** (band + (row + channel) / 40)
    const { described, cell } = await picture({ rows: 40, channels: 20, bands, dtype: 'float64', valueAt }, { band: 1 })
    expectColour(cell(10, 20), viridisAt(shareOf(10 * (1 + 30 / 40), described)))
    expect(described.low_db).toBeCloseTo(10, -1)
  })

  test('a large offset costs no digits', async () => {
    const valueAt = (row: number): number => 1e9 + (row % 2 === 0 ? 1 : -1)
    const source = sourceOf({ rows: 6000, channels: 1, dtype: 'int32', valueAt })
    const content = createContent(source, wholeSelection, png)
    const cells = await pictureCells(content, pictureLayout(content), new AbortController().signal, () => undefined)
    for (const level of cells) expect(Math.abs(level)).toBeLessThan(0.6)
  })
})

describe('ticks and letters', () => {
  test('steps are round', () => {
    expect([0.3, 1, 1.2, 30, 51, 0.02].map(niceStep)).toEqual([0.5, 1, 2, 50, 100, 0.02])
    expect([3, 3e5, 6e8, 4e9, 7e10, 9e12, 1e14].map((leastNs) => Number(niceTimeStepNs(leastNs)) / 1e9)).toEqual([
      5e-9, 5e-4, 1, 5, 120, 10_800, 172_800
    ])
    expect(multiples(-11, 22, 10)).toEqual([-10, 0, 10, 20])
    expect(multiples(22, -11, 10)).toEqual([-10, 0, 10, 20])
  })

  test('labels say as much as the step needs', () => {
    const noon = 1_700_049_600_000_000_000n
    expect(clockText(noon, 1_000_000_000n)).toBe('12:00:00')
    expect(clockText(noon + 250_000_000n, 50_000_000n)).toBe('12:00:00.25')
    expect(clockText(1_700_006_400_000_000_000n, 1_000_000_000n)).toBe('2023-11-15')
    expect([numberText(-3, 1), numberText(0.25, 0.05), numberText(-0.001, 1)]).toEqual(['−3', '0.25', '0'])
    expect([2_500_000_000n, 103_000_000_000n, 3_600_000_000_000n].map(durationText)).toEqual([
      '2.5 s',
      '1 m 43 s',
      '1 h 00 m'
    ])
  })

  test('every character of ASCII but the blank has a glyph of its own', () => {
    const glyphs = Array.from({ length: 94 }, (_, i) => glyphOf(String.fromCharCode(33 + i)).join())
    expect(new Set(glyphs).size).toBe(94)
    expect(glyphOf('L')).toEqual([0x7f, 0x40, 0x40, 0x40, 0x40])
    expect(glyphOf('語')).toEqual(glyphOf('?'))
    expect(glyphOf('é')).toEqual(glyphOf('?'))
  })
})
