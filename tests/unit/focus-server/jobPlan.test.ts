import { describe, expect, it } from 'vitest'
import type { ConfigureRequest } from '../../../src-main/focus-server/configureRequest.ts'
import { bestBand, channelBlocks, planJob, waterfallNfft } from '../../../src-main/focus-server/jobPlan.ts'
import { countingSource, countingStartNs } from './countingSource.ts'

const request = (change: Partial<ConfigureRequest> = {}): ConfigureRequest => ({
  view: 'waterfall',
  rowIntervalS: 0.05,
  height: 200,
  nfft: null,
  channels: { min: 1, max: 12 },
  band: null,
  timeRange: null,
  recording: null,
  ...change
})

const nowNs = countingStartNs + 3_600_000_000_000n
const second = 1_000_000_000n

describe('blocks of the multi view', () => {
  it.each([
    [1, [1]],
    [2, [1, 1]],
    [3, [1, 1, 1]],
    [4, [2, 2]],
    [7, [3, 3, 1]],
    [2222, [741, 741, 740]]
  ])('of %i channels', (count, sizes) => {
    const blocks = channelBlocks(10, count, true)
    expect(blocks.map(({ channelCount }) => channelCount)).toEqual(sizes)
    expect(blocks[0]!.firstChannel).toBe(10)
  })
})

describe('the window of a waterfall', () => {
  it.each([
    [0.05, 2000, 1000, 256],
    [0.05, 200, 100, 128],
    [1, 2000, 1000, 2048],
    // A narrow band needs a longer window than the rows do.
    [0.05, 2000, 5, 1024],
    [0.05, 2000, 1, 2048]
  ])('for %d s between rows at %d Hz with a band of %d Hz is %i', (interval, rate, width, nfft) => {
    expect(waterfallNfft(interval, rate, width)).toBe(nfft)
  })

  it('is refused where no frequency lies in the band, instead of showing nothing', () => {
    const source = countingSource({ description: { sampleIntervalNs: 50_000, sampleRateHz: 20_000 } })
    const planned = planJob(request({ band: { min: 11, max: 12 } }), source, nowNs)
    expect(planned).toMatchObject({ ok: false, code: 'empty-band', reason: expect.stringContaining('Hz apart') })
  })
})

describe('the band of a recording of band energy', () => {
  const bands = [
    { lowHz: 1, highHz: 10 },
    { lowHz: 10, highHz: 100 },
    { lowHz: 100, highHz: 400 },
    { lowHz: 5, highHz: 25 }
  ]
  it.each([
    [{ min: 10, max: 100 }, 1],
    [{ min: 20, max: 90 }, 1],
    [{ min: 6, max: 24 }, 3],
    [{ min: 500, max: 900 }, 2],
    [null, 2]
  ])('for %j is number %i', (wish, index) => {
    expect(bestBand(bands, wish)).toBe(index)
  })

  it('gives its rows as they are: its interval, its limits, no FFT', () => {
    const source = countingSource({
      description: {
        content: 'bandEnergy',
        bands,
        elementType: 'float32',
        sampleIntervalNs: 500_000_000,
        sampleRateHz: 2
      }
    })
    const planned = planJob(request({ band: { min: 10, max: 100 } }), source, nowNs)
    expect(planned).toMatchObject({ ok: true, plan: { band: 1, rowIntervalS: 0.5, frequenciesHz: [10, 100], nfft: 1 } })
  })
})

describe('the range of a historic job', () => {
  const range = (startNs: bigint, endNs: bigint, source = countingSource()) =>
    planJob(request({ timeRange: { startNs, endNs } }), source, nowNs)

  it('is cut to what was recorded', () => {
    expect(range(countingStartNs - 5n * second, countingStartNs + 500_000_000n)).toMatchObject({
      plan: { range: { firstSample: 0, endSample: 500 } }
    })
    expect(range(countingStartNs + 9n * second, countingStartNs + 99n * second)).toMatchObject({
      plan: { range: { firstSample: 9000, endSample: 10_000 } }
    })
  })

  it('may lie in 1970', () => {
    const source = countingSource({ startNs: 0n, sampleCount: 300 })
    expect(range(0n, second, source)).toMatchObject({ plan: { range: { firstSample: 0, endSample: 300 } } })
  })

  it('is refused where nothing was recorded', () => {
    expect(range(0n, second)).toMatchObject({ ok: false, code: 'no-data' })
  })
})
