import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Recording } from '../../../src-main/recordings/recording.ts'
import {
  type SpectraOutcome,
  type SpectraTarget,
  writeSpectra
} from '../../../src-main/sessions/spectra/writeSpectra.ts'
import { directBandEnergy, directPsd } from '../dsp/reference.ts'
import { gapsOf, sourceOf, startNs, temporaryFolder, valueAt, wholeSelection } from '../export/exportFixtures.ts'

const psd: SpectraTarget['request'] = {
  output: 'spectra',
  nfft: 64,
  overlap: 0.5,
  window: 'hann',
  scaling: 'psd',
  isDecibels: false,
  band: { lowHz: 0, highHz: null }
}

interface Written extends SpectraOutcome {
  values: Float32Array
  stored: Record<string, unknown>
  header: string
}

async function write(
  recording: Recording,
  request: Partial<SpectraTarget['request']> = {},
  more: Partial<SpectraTarget> = {}
): Promise<Written> {
  const target = more.target ?? join(await temporaryFolder(), 'result.npy')
  const outcome = await writeSpectra({
    source: recording.info.file,
    overwrite: false,
    signal: new AbortController().signal,
    open: () => Promise.resolve(recording),
    selection: () => wholeSelection,
    ...more,
    target,
    request: { ...psd, ...request }
  })
  const bytes = await readFile(outcome.files[0])
  return {
    ...outcome,
    header: bytes.subarray(10, 128).toString('latin1').trim(),
    values: new Float32Array(bytes.buffer.slice(bytes.byteOffset + 128, bytes.byteOffset + bytes.length)),
    stored: JSON.parse(await readFile(outcome.files[1], 'utf8')) as Record<string, unknown>
  }
}

const samplesOf = (channel: number, from: number, count: number, scale = 1): number[] =>
  Array.from({ length: count }, (_, n) => valueAt(from + n, channel) * scale)

const channelRange = (from: number, to: number) => () => ({ ...wholeSelection, channels: { from, to } })

function expectNear(actual: Float32Array, expected: number[]): void {
  const peak = Math.max(...expected)
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, index) => {
    expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(1e-7 * peak)
  })
}

describe('spectra as an array', () => {
  test('frames from the first sample on, scaled, with exactly the keys that were agreed on', async () => {
    const source = sourceOf({ rows: 300, dtype: 'int16', scale: 1e-9 })
    const written = await write(source, {}, { selection: channelRange(22, 22) })
    expect(written.header).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (8, 33), }")
    expect(written.stored).toEqual({
      nfft: 64,
      hop: 32,
      window: 'hann',
      scaling: 'psd',
      db: false,
      sampleRateHz: 1000,
      startTimeNs: String(startNs),
      rowIntervalNs: '32000000',
      frequenciesHz: Array.from({ length: 33 }, (_, bin) => (bin * 1000) / 64),
      shape: [8, 33]
    })
    for (let row = 0; row < 8; row++)
      expectNear(written.values.subarray(row * 33, row * 33 + 33), directPsd(samplesOf(2, row * 32, 64, 1e-9), 1000))
  })

  test('in dB, zero at the floor', async () => {
    const isDecibels = true
    const { values } = await write(sourceOf({ rows: 64 }), { isDecibels }, { selection: channelRange(20, 20) })
    directPsd(samplesOf(0, 0, 64), 1000).forEach((power, bin) => {
      expect(values[bin]).toBeCloseTo(10 * Math.log10(power), 4)
    })
    const silent = await write(sourceOf({ rows: 64, valueAt: () => 0 }), { isDecibels })
    expect([...new Set(silent.values)]).toEqual([-300])
  })

  test('band energy of all channels, both ends of the band in', async () => {
    const request = { output: 'bandEnergy' as const, band: { lowHz: 125, highHz: 250 } }
    const { values, stored } = await write(sourceOf({ rows: 200 }), request)
    expect(stored).toMatchObject({ shape: [5, 7], scaling: 'psd' })
    expect(stored.frequenciesHz).toEqual([125, 140.625, 156.25, 171.875, 187.5, 203.125, 218.75, 234.375, 250])
    for (let row = 0; row < 5; row++)
      for (let channel = 0; channel < 7; channel++) {
        const expected = directBandEnergy(samplesOf(channel, row * 32, 64), 1000, 125, 250)
        expect(values[row * 7 + channel]! / expected).toBeCloseTo(1, 6)
      }
  })

  test('channels that do not fit into memory together give the same', async () => {
    const nfft = 65_536
    const source = sourceOf({ rows: nfft + 100, channels: 40 })
    const request = { nfft, output: 'bandEnergy' as const, band: { lowHz: 100, highHz: 110 } }
    const { values } = await write(source, request)
    const [alone] = (await write(source, request, { selection: channelRange(55, 55) })).values
    expect(values).toHaveLength(40)
    expect(values[35]).toBe(alone)
    expect(new Set(values).size).toBe(40)
  })

  test('rows keep their time over gaps, and those that touch one are NaN', async () => {
    const source = sourceOf({ rows: 300, ...gapsOf(1_000_000) })
    const time = { fromNs: String(startNs), toNs: String(startNs + 10_000_000_000n) }
    const selection = () => ({ ...wholeSelection, channels: { from: 20, to: 20 }, time })
    const { values, stored, warnings } = await write(source, { overlap: 0 }, { selection })
    // 100 samples, 2500 missing, 100 samples.
    expect(stored.shape).toEqual([42, 33])
    const valid = Array.from({ length: 42 }, (_, row) => row).filter((row) => !Number.isNaN(values[row * 33]))
    expect(valid).toEqual([0, 41])
    expectNear(values.subarray(41 * 33), directPsd(samplesOf(0, 100 + (41 * 64 - 2600), 64), 1000))
    expect(warnings.join(' ')).toMatch(/A gap of 2500 samples: rows keep their time/)
  })

  test.each([
    [{ nfft: 512 }, /has 300 samples, fewer than one frame of 512/],
    [{ band: { lowHz: 501, highHz: 600 } }, /begins at 501 Hz, but its samples reach only to 500 Hz/],
    [{ band: { lowHz: 1, highHz: 2 } }, /no bin lies in the band from 1 to 2 Hz/]
  ])('%j is refused with a sentence, and nothing is left', async (request, sentence) => {
    const folder = await temporaryFolder()
    await expect(write(sourceOf(), request, { target: join(folder, 'result.npy') })).rejects.toThrow(sentence)
    expect(await readdir(folder)).toEqual([])
  })

  test('band energy has no samples to transform', async () => {
    const source = sourceOf({ bands: [{ lowHz: 5, highHz: 10 }] })
    await expect(write(source)).rejects.toThrow(/holds band energy \(5–10 Hz\)/)
  })

  test('without a sample rate it says how to state it', async () => {
    const source = sourceOf({ sampleIntervalNs: null, sampleRateHz: null })
    await expect(write(source)).rejects.toThrow(/sample rate is not known; state it with --rate/)
  })

  test('its own result is made again, what is another file is not', async () => {
    const target = join(await temporaryFolder(), 'result.npy')
    await write(sourceOf(), {}, { target })
    expect((await write(sourceOf(), { overlap: 0 }, { target })).stored.shape).toEqual([4, 33])
    await writeFile(target.replace('.npy', '.json'), '{"name":"another program"}')
    await expect(write(sourceOf(), {}, { target })).rejects.toThrow(/exists already/)
    await write(sourceOf(), {}, { target, overwrite: true })
  })

  test('a cancelled one leaves nothing', async () => {
    const folder = await temporaryFolder()
    const signal = AbortSignal.abort()
    const cancelled = write(sourceOf(), {}, { target: join(folder, 'result.npy'), signal })
    await expect(cancelled).rejects.toThrow(/cancelled/)
    expect(await readdir(folder)).toEqual([])
  })
})
