import { describe, expect, it } from 'vitest'
import { loadEstimate, type LoadLimits } from '../../../src-main/jobs/loadScore.ts'
import { validateJobRequest, type JobLimits } from '../../../src-main/jobs/validation.ts'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'

const limits: JobLimits = {
  channelLowest: 1,
  channelHighest: 2222,
  frequencyMinHz: 0,
  frequencyMaxHz: 1000,
  frequencyRangeMinHz: 1,
  prrHz: 2000,
  nfftMin: 128,
  nfftMaxMany: 2048,
  nfftMaxSingle: 65536,
  rowIntervalMinS: 0.005
}
const nowNs = 1_700_000_000_000_000_000n

const good: JobRequest = {
  view: 'waterfall',
  channels: { min: 1, max: 2222 },
  band: { minHz: 0, maxHz: 1000 },
  nfft: 1024,
  rowIntervalS: 0.05,
  timeRange: null,
  recording: null
}

const check = (change: Partial<JobRequest>, more: Partial<JobLimits> = {}): string[] =>
  validateJobRequest({ ...good, ...change }, { ...limits, ...more }, nowNs).map(
    ({ path, message }) => `${path}: ${message}`
  )

const range = (startS: number, endS: number): JobRequest['timeRange'] => ({
  startNs: String(nowNs + BigInt(Math.round(startS * 1e9))),
  endNs: String(nowNs + BigInt(Math.round(endS * 1e9)))
})

describe('validation (J3)', () => {
  it('takes the extremes that are allowed', () => {
    expect(check({})).toEqual([])
    expect(check({ band: null, nfft: 128 })).toEqual([])
    expect(check({ view: 'single', channels: { min: 2222, max: 2222 }, nfft: 65536 })).toEqual([])
    expect(check({ view: 'multi', nfft: 2048 })).toEqual([])
    expect(check({ timeRange: range(-10, 0) })).toEqual([])
  })

  it.each([
    [{ channels: { min: 0, max: 5 } }, ['channels.min: 0 is below 1']],
    [{ channels: { min: 1, max: 2223 } }, ['channels.max: 2223 is above 2222, the last channel']],
    [{ channels: { min: 9, max: 8 } }, ['channels.min: 9 is above the last channel asked for, 8']],
    [{ channels: { min: 1.5, max: 8 } }, ['channels.min: 1.5 is not a whole number']],
    [{ view: 'single' as const }, ['channels.max: SingleChannel shows one channel: 2222 is not 1']],
    [{ band: { minHz: -1, maxHz: 10 } }, ['band.minHz: -1 Hz is below 0 Hz']],
    [{ band: { minHz: 0, maxHz: 1001 } }, ['band.maxHz: 1001 Hz is above PRR/2: sampled at 2000 Hz, at most 1000 Hz']],
    [{ band: { minHz: 10, maxHz: 10 } }, ['band.minHz: 10 Hz is not below the upper end, 10 Hz']],
    [{ band: { minHz: 10, maxHz: 10.5 } }, ['band.maxHz: the band is narrower than 1 Hz']],
    [{ band: { minHz: Number.NaN, maxHz: 10 } }, ['band.minHz: NaN is not a frequency']],
    [{ nfft: 1000 }, ['nfft: 1000 is not a power of two from 128 to 2048 for many channels']],
    [{ nfft: 64 }, ['nfft: 64 is not a power of two from 128 to 2048 for many channels']],
    [{ nfft: 4096 }, ['nfft: 4096 is not a power of two from 128 to 2048 for many channels']],
    [{ rowIntervalS: 0.004 }, ['rowIntervalS: 0.004 s between rows is below 0.005 s']],
    [{ timeRange: range(-1, -2) }, ['timeRange.endNs: the end is not after the start']],
    [{ timeRange: range(5, 9) }, ['timeRange.startNs: 2023-11-14T22:13:25.000000000Z is in the future']],
    [{ timeRange: range(-5, 9) }, ['timeRange.endNs: 2023-11-14T22:13:29.000000000Z is in the future']]
  ])('%j → %j', (change, messages) => {
    expect(check(change)).toEqual(messages)
  })

  it('names every wrong field at once', () => {
    expect(check({ channels: { min: 0, max: 5000 }, nfft: 3, band: { minHz: 5, maxHz: 1 } })).toHaveLength(4)
  })

  it('checks the band against the rate of what is opened, and not at all while that is unknown', () => {
    expect(check({ band: { minHz: 0, maxHz: 300 } }, { prrHz: 500 })).toHaveLength(1)
    expect(check({ band: { minHz: 0, maxHz: 300 } }, { prrHz: null })).toEqual([])
  })
})

describe('load (J4)', () => {
  const load: LoadLimits = { scoreLimit: 1e8, memoryLimitBytes: 1e9, nyquistHz: 1000, nfftMin: 128 }

  it('is channels · band · log2(nfft) · view multiplier, and channels · nfft · 8 bytes', () => {
    expect(loadEstimate(good, load)).toMatchObject({
      score: 2222 * 1000 * 10 * 2,
      memoryBytes: 2222 * 1024 * 8,
      fits: true
    })
    expect(loadEstimate({ ...good, view: 'multi', band: { minHz: 100, maxHz: 300 } }, load).score).toBe(
      2222 * 200 * 10 * 1.5
    )
    expect(loadEstimate({ ...good, view: 'single', channels: { min: 3, max: 3 }, band: null }, load).score).toBe(
      1000 * 10
    )
  })

  it('refuses 2000 channels × 65536 and says what fits', () => {
    const estimate = loadEstimate(
      { ...good, channels: { min: 1, max: 2000 }, nfft: 65536 },
      { ...load, scoreLimit: 1e12 }
    )
    expect(estimate.fits).toBe(false)
    expect(estimate.suggestion).toBe('At most NFFT 32 768 with 2 000 channels, or 1 907 channels with NFFT 65 536 fit.')
    expect(2000 * 32768 * 8).toBeLessThanOrEqual(1e9)
    expect(1907 * 65536 * 8).toBeLessThanOrEqual(1e9)
    expect(1908 * 65536 * 8).toBeGreaterThan(1e9)
  })

  it('suggests a change that fits when the score is too high', () => {
    const tight = { ...load, scoreLimit: 1e7 }
    const estimate = loadEstimate(good, tight)
    expect(estimate.fits).toBe(false)
    const channels = Number(/at most (\d+) channels/.exec(estimate.suggestion)?.[1])
    expect(loadEstimate({ ...good, channels: { min: 1, max: channels } }, tight).fits).toBe(true)
    const hertz = Number(/band of at most (\d+) Hz/.exec(estimate.suggestion)?.[1])
    expect(loadEstimate({ ...good, band: { minHz: 0, maxHz: hertz } }, tight).fits).toBe(true)
  })
})
