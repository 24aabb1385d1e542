import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ExportFormatName } from '../../../src-preload/contract/tasks.ts'
import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import type { Recording } from '../../../src-main/recordings/recording.ts'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import { exportFormats } from '../../../src-main/sessions/export/exportFormats.ts'
import { exportOf, fraction, gapsOf, sourceOf, startNs, temporaryFolder, valueAt } from './exportFixtures.ts'

/** Formats that our readers open with their times. */
const timed = ['prodml', 'dasdae', 'zarr', 'segy', 'mseed'] as const

async function reopened(source: Recording, format: ExportFormatName): Promise<Recording> {
  const target = join(await temporaryFolder(), `export${exportFormats[format].endings[0]}`)
  await exportOf(source, target, format)
  return openRecordingHere(target)
}

async function physical(recording: Recording): Promise<number[]> {
  const { time, channel } = recording.info.shape
  const values = await recording.read({ time: { from: 0, to: time }, channel: { from: 0, to: channel } })
  return Array.from(values, (value) => value * recording.info.scale)
}

const expected = (rows: number, channels: number, value = valueAt): number[] =>
  Array.from({ length: rows * channels }, (_, i) => value(Math.floor(i / channels), i % channels))

describe('what our readers find in an export', () => {
  test.each([...timed, 'npz' as const])('%s: 16-bit integers stay what they are, with their times', async (format) => {
    const recording = await reopened(sourceOf(), format)
    try {
      const { info } = recording
      expect(info.shape).toEqual({ time: 300, channel: 7 })
      if (format !== 'mseed') expect(info.dtype).toBe('int16')
      expect(info.scale).toBe(1)
      expect(await physical(recording)).toEqual(expected(300, 7))
      expect(info.startTimeNs).toBe(startNs)
      expect(info.sampleIntervalNs).toBe(1_000_000)
      expect(info.gaps).toEqual([])
    } finally {
      await recording.close()
    }
  })

  test.each([...timed, 'npz' as const])('%s: 32-bit floating-point numbers, bit for bit', async (format) => {
    const recording = await reopened(sourceOf({ dtype: 'float32', valueAt: fraction }), format)
    try {
      expect(recording.info.dtype).toBe('float32')
      expect(await physical(recording)).toEqual(expected(300, 7, fraction))
    } finally {
      await recording.close()
    }
  })

  test.each(['prodml', 'dasdae', 'zarr', 'mseed', 'npz'] as const)('%s: gaps', async (format) => {
    const gaps = gapsOf(1_000_000)
    const recording = await reopened(sourceOf(gaps), format)
    try {
      const { info } = recording
      expect(info.shape).toEqual({ time: 300, channel: 7 })
      expect(await physical(recording)).toEqual(expected(300, 7))
      expect(info.gaps).toEqual(gaps.gaps)
      for (const row of [0, 99, 100, 199, 200, 299]) {
        const run = gaps.segments![Math.floor(row / 100)]!
        expect(timeOfRow(info, row)).toBe(run.startTimeNs + BigInt(row - run.firstIndex) * 1_000_000n)
      }
    } finally {
      await recording.close()
    }
  })

  test.each(['dasdae', 'zarr', 'prodml', 'segy', 'mseed'] as const)(
    '%s: a rate of 1999.98 Hz does not drift',
    async (format) => {
      const sampleIntervalNs = 1e9 / 1999.98
      const rows = 20_000
      const recording = await reopened(sourceOf({ rows, channels: 2, sampleIntervalNs, sampleRateHz: 1999.98 }), format)
      try {
        const { info } = recording
        expect(info.sampleRateHz).toBeCloseTo(1999.98, 4)
        const last = startNs + BigInt(Math.round((rows - 1) * sampleIntervalNs))
        expect(Math.abs(Number(timeOfRow(info, rows - 1)! - last))).toBeLessThan(2000)
      } finally {
        await recording.close()
      }
    }
  )

  test.each(['prodml', 'dasdae', 'zarr', 'segy'] as const)('%s: place and spacing', async (format) => {
    const recording = await reopened(sourceOf(), format)
    try {
      const { firstDistanceM, channelSpacingM, distancesM } = recording.info
      const places = distancesM ?? Array.from({ length: 7 }, (_, i) => firstDistanceM! + i * channelSpacingM!)
      places.forEach((place, i) => expect(place).toBeCloseTo((20 + i) * 1.02095, 3))
    } finally {
      await recording.close()
    }
  })

  test('band energy keeps all its bands in PRODML', async () => {
    const bands = [
      { lowHz: 1, highHz: 10 },
      { lowHz: 10, highHz: 50 }
    ]
    const energy = (row: number, channel: number, band: number): number => Math.fround(row + channel / 8 + band * 1000)
    const source = sourceOf({ dtype: 'float32', bands, quantity: 'band energy', valueAt: energy })
    const recording = await reopened(source, 'prodml')
    try {
      expect(recording.info.bands).toEqual(bands)
      const values = await recording.read({ time: { from: 5, to: 6 }, channel: { from: 2, to: 3 }, band: 1 })
      expect(values[0]).toBe(energy(5, 2, 1))
    } finally {
      await recording.close()
    }
  })
})

describe('the file beside an export', () => {
  test('says what the format may not hold', async () => {
    const target = join(await temporaryFolder(), 'export.npy')
    const gaps = gapsOf(1_000_000)
    await exportOf(sourceOf({ ...gaps, startTimeNs: startNs }), target, 'npy')
    const sidecar = JSON.parse(await readFile(`${target}.json`, 'utf8')) as Record<string, unknown>
    expect(Object.keys(sidecar)).toEqual([
      'start_time',
      'sample_interval_s',
      'channel_spacing_m',
      'first_channel_distance_m',
      'unit',
      'quantity',
      'gauge_length_m',
      'gaps',
      'das_metadata'
    ])
    expect(sidecar).toMatchObject({
      start_time: '2023-04-26T16:14:49.042000000Z',
      sample_interval_s: 0.001,
      channel_spacing_m: 1.02095,
      first_channel_distance_m: 20 * 1.02095,
      unit: 'nm/m/s',
      quantity: 'strain rate',
      gauge_length_m: 10,
      gaps: gaps.gaps.map(({ startTimeNs, endTimeNs }) => ({
        start_time: isoFromNanoseconds(startTimeNs),
        end_time: isoFromNanoseconds(endTimeNs)
      }))
    })
  })
})
