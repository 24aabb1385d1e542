import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import { exportOf, gapsOf, type SourceOptions, sourceOf, temporaryFolder } from './exportFixtures.ts'

interface Described {
  left_px: number
  top_px: number
  width_px: number
  height_px: number
  rows: number
  channels: number
  low_db: number | null
  high_db: number | null
  band_hz: [number, number] | null
}

async function picture(source: SourceOptions, selection: Partial<ExportSelection> = {}) {
  const target = join(await temporaryFolder(), 'picture.png')
  const outcome = await exportOf(sourceOf(source), target, 'png', selection)
  const image = PNG.sync.read(await readFile(target))
  const sidecar = JSON.parse(await readFile(`${target}.json`, 'utf8')) as { picture: Described }
  const { left_px: left, top_px: top, width_px: width, height_px: height } = sidecar.picture
  /** Colour at a part of the picture's width and height. */
  const at = (x: number, y: number): string => {
    const index = ((top + Math.floor(y * height)) * image.width + left + Math.floor(x * width)) * 4
    return image.data.subarray(index, index + 3).toString('hex')
  }
  return { outcome, image, described: sidecar.picture, at }
}

const greys = ['4a4f57', '9aa1ab']
const hatching = ['171c25', '39424f']
const noise = (row: number, channel: number): number =>
  ((Math.imul(row * 2003 + channel, 2_654_435_761) >>> 8) % 2001) / 1000 - 1

describe('an export as a picture', () => {
  test('says in the file beside it where what is', async () => {
    const valueAt = (row: number, channel: number): number => 1000 + (channel < 20 ? 1 : 30) * noise(row, channel)
    const { described, image, at, outcome } = await picture({ rows: 4000, channels: 40, dtype: 'float32', valueAt })
    expect([image.width, image.height, described.channels]).toEqual([1600, 1000, 40])
    expect(described.rows).toBeGreaterThan(100)
    // The power of even noise in [−1, 1) is a third; nothing is left of the offset of 1000.
    expect(described.low_db).toBeGreaterThan(-9)
    expect(described.high_db).toBeLessThan(28)
    expect(at(0.2, 0.5)).not.toBe(at(0.8, 0.5))
    expect(outcome.warnings).toContain(
      'A picture holds no samples: each point is the band energy of its rows and channels, without what is constant, in dB.'
    )
  })

  test('gaps are hatched', async () => {
    const time = { fromNs: '1682525689042000000', toNs: '1682525691742000000' }
    const { at, outcome } = await picture({ ...gapsOf(1_000_000), channels: 12 }, { time })
    expect(hatching).toContain(at(0.3, 0.3))
    expect(hatching).toContain(at(0.9, 0.8))
    expect(hatching).not.toContain(at(0.5, 0.005))
    expect(outcome.warnings.join(' ')).not.toMatch(/filled/)
  })

  test('what is no number is chequered grey', async () => {
    const { at, described } = await picture({ rows: 50, channels: 20, dtype: 'float32', valueAt: () => NaN })
    for (const place of [0.01, 0.5, 0.99]) expect(greys).toContain(at(place, place))
    expect(described.band_hz).not.toBeNull()
  })

  test('band energy is drawn as it was recorded, of the band that is chosen', async () => {
    const bands = [
      { lowHz: 1, highHz: 2 },
      { lowHz: 2, highHz: 10 }
    ]
    const valueAt = (row: number, channel: number, band: number): number => 10 ** (band + (row + channel) / 40)
    const { described } = await picture({ rows: 40, channels: 20, bands, dtype: 'float64', valueAt }, { band: 1 })
    expect(described.band_hz).toEqual([2, 10])
    expect([described.rows, described.channels]).toEqual([40, 20])
    expect(described.low_db).toBeCloseTo(10, -1)
    expect(described.high_db).toBeLessThanOrEqual(10 * (1 + 58 / 40) + 0.01)
  })
})
