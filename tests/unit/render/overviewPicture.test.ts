import { expect, test } from 'vitest'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import type { RecordingOverview } from '../../../src-preload/contract/overview.ts'
import { loudestAt, overviewPictureFrom, paintOverview } from '../../../src-renderer/render/overviewPicture.ts'

const base64 = (values: readonly number[]): string =>
  Buffer.from(new Float32Array(values).buffer as ArrayBuffer).toString('base64')

const overviewOf = (values: readonly number[], columns: number): RecordingOverview => ({
  ...{ startNs: '-5000000000', endNs: '5000000000', rows: values.length / columns, columns },
  ...{ firstChannel: 1, channelStep: 1, channelsPerColumn: 1, unit: 'dB re 1', sampled: 1 },
  gaps: [{ startNs: '-1000000000', endNs: '1000000000' }],
  ...{ mean: base64(values), minimum: base64(values), maximum: base64(values) }
})

const colours = { nothing: 0x010203, invalidDark: 0x101010, invalidLight: 0xf0f0f0 }
const rgb = (word: number): number => ((word & 0xff) << 16) | (word & 0xff00) | ((word >> 16) & 0xff)

test('time goes to the right, channels down; what was never there and what is broken are no levels', () => {
  // Three rows of two columns.
  const picture = overviewPictureFrom(overviewOf([0, 10, -Infinity, -Infinity, Number.NaN, 20], 2))
  expect(picture).toMatchObject({ rows: 3, columns: 2, startNs: -5_000_000_000n, unit: 'dB re 1' })
  expect(picture.gaps).toEqual([{ startNs: -1_000_000_000n, endNs: 1_000_000_000n }])
  const map = colourMapFromName('viridis').rgba
  const pixels = new Uint32Array(3 * 2)
  paintOverview(pixels, 3, 2, picture, map, colours)
  const entry = (level: number): number => {
    const { lowDb, highDb } = picture.levels
    const index = Math.min(255, Math.max(0, Math.floor(((level - lowDb) / (highDb - lowDb)) * 255 + 0.5)))
    return (map[4 * index]! << 16) | (map[4 * index + 1]! << 8) | map[4 * index + 2]!
  }
  const painted = [...pixels].map(rgb)
  expect([painted[0], painted[3], painted[5]]).toEqual([entry(0), entry(10), entry(20)])
  expect([painted[1], painted[4]]).toEqual([colours.nothing, colours.nothing])
  expect([colours.invalidDark, colours.invalidLight]).toContain(painted[2])
  expect([loudestAt(picture, 0.1), loudestAt(picture, 0.5), loudestAt(picture, 1)]).toEqual([10, null, 20])
})

test('a burst of one cell is seen however narrow the strip, and one giant does not blank the rest', () => {
  const values = Array.from({ length: 1000 }, (_, row) => (row === 777 ? 400 : row === 300 ? 60 : (row % 500) / 50))
  const picture = overviewPictureFrom(overviewOf(values, 1))
  expect(picture.levels.highDb).toBeLessThan(90)
  const pixels = new Uint32Array(50)
  const map = colourMapFromName('viridis').rgba
  paintOverview(pixels, 50, 1, picture, map, colours)
  const top = (map[1020]! << 16) | (map[1021]! << 8) | map[1022]!
  const bright = [...pixels].flatMap((word, x) => (rgb(word) === top ? [x] : []))
  // 20 rows to a pixel; the quiet ones keep colours of their own.
  expect(bright).toEqual(expect.arrayContaining([15, 38]))
  expect(new Set(pixels).size).toBeGreaterThan(20)
})
