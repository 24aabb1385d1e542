import { expect, test } from 'vitest'
import { overviewOf, type OverviewOptions } from '../../../src-main/sessions/overview.ts'
import { createMemoryRecording } from '../sources/memoryRecording.ts'

const startNs = -5_000_000_000n
const second = 1_000_000_000n

/** Channel c swings with amplitude c + 1 at 100 Hz; from sample 20 000 on ten times as much; channel 3 is broken. */
const valueAt = (row: number, channel: number): number =>
  channel === 3
    ? Number.NaN
    : 1000 + (channel + 1) * (row >= 20_000 ? 10 : 1) * Math.SQRT2 * Math.sin((2 * Math.PI * row) / 10)

const recording = () =>
  createMemoryRecording(
    { time: 40_000, channel: 8 },
    {
      ...{ dtype: 'float32', scale: 2, startTimeNs: startNs, firstChannel: 1, valueAt },
      // Ten seconds are missing in the middle; all before and after is from before 1970 on.
      segments: [
        { firstIndex: 0, startTimeNs: startNs },
        { firstIndex: 20_000, startTimeNs: startNs + 30n * second }
      ],
      gaps: [{ startTimeNs: startNs + 20n * second, endTimeNs: startNs + 30n * second }]
    }
  )

const options = (change: Partial<OverviewOptions> = {}): OverviewOptions => ({
  range: null,
  rows: 50,
  columns: 8,
  band: null,
  signal: new AbortController().signal,
  progress: () => undefined,
  ...change
})

const plane = (text: string): Float32Array => {
  const bytes = Buffer.from(text, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

test.each([
  ['all frequencies', null],
  ['a band', { minHz: 50, maxHz: 200 }]
])('levels, gaps and broken channels of a whole recording by few reads, before 1970 (%s)', async (_, band) => {
  const file = recording()
  const told: number[] = []
  const overview = await overviewOf(file, options({ band, progress: (fraction) => told.push(fraction) }))
  expect(overview).toMatchObject({
    ...{ startNs: String(startNs), endNs: String(startNs + 50n * second), rows: 50, columns: 8, channelsPerColumn: 1 },
    unit: 'dB re (nm/m/s)²',
    gaps: [{ startNs: String(startNs + 20n * second), endNs: String(startNs + 30n * second) }]
  })
  const [mean, minimum, maximum] = [overview.mean, overview.minimum, overview.maximum].map(plane)
  for (let row = 0; row < 50; row++)
    for (let channel = 0; channel < 8; channel++) {
      const at = row * 8 + channel
      if (row >= 20 && row < 30) expect([mean![at], maximum![at]]).toEqual([-Infinity, -Infinity])
      else if (channel === 3) expect([mean![at], minimum![at]]).toEqual([Number.NaN, Number.NaN])
      else {
        // Amplitude A·√2: power A², times the scale squared.
        const level = 20 * Math.log10(2 * (channel + 1) * (row >= 30 ? 10 : 1))
        for (const values of [mean!, minimum!, maximum!]) expect(Math.abs(values[at]! - level)).toBeLessThan(0.1)
      }
    }
  expect(file.reads.length).toBeLessThanOrEqual(80)
  expect(overview.sampled).toBeLessThan(0.6)
  expect(told.at(-1)).toBeGreaterThan(0.9)
})

test('columns of several channels are power means with their extremes; a part of a recording is asked for by time', async () => {
  const range = { startNs: startNs + 2n * second, endNs: startNs + 4n * second }
  const overview = await overviewOf(recording(), options({ range, rows: 4, columns: 2 }))
  expect(overview).toMatchObject({ columns: 2, channelsPerColumn: 4, rows: 4, firstChannel: 1 })
  const [mean, minimum, maximum] = [overview.mean, overview.minimum, overview.maximum].map(plane)
  // Channels 0, 1 and 2 (3 is broken); 4 to 7.
  const power = (channels: number[]): number =>
    10 * Math.log10(channels.reduce((sum, channel) => sum + 4 * (channel + 1) ** 2, 0) / channels.length)
  for (let row = 0; row < 4; row++) {
    expect(mean![2 * row]).toBeCloseTo(power([0, 1, 2]), 1)
    expect(mean![2 * row + 1]).toBeCloseTo(power([4, 5, 6, 7]), 1)
    expect([minimum![2 * row], maximum![2 * row]].map((level) => Math.round(level!))).toEqual([6, 16])
  }
})

test('it ends when it is cancelled, and refuses what has no times or no frequency in the band', async () => {
  const stop = new AbortController()
  const cancelled = overviewOf(recording(), options({ signal: stop.signal, progress: () => stop.abort() }))
  await expect(cancelled).rejects.toThrow(/cancelled/)
  const timeless = createMemoryRecording({ time: 100, channel: 2 }, { startTimeNs: null, sampleIntervalNs: null })
  await expect(overviewOf(timeless, options())).rejects.toThrow(/does not say when/)
  await expect(overviewOf(recording(), options({ band: { minHz: 1, maxHz: 2 } }))).rejects.toThrow(/No frequency/)
})
