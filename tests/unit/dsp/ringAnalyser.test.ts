import { describe, expect, it } from 'vitest'
import { createFftRingKernel } from '../../../src-main/dsp/fftKernel.ts'
import { createRingAnalyser, ringKernelPlan, type RingAnalyserPlan } from '../../../src-main/dsp/ringAnalyser.ts'
import { createRowAnalyser } from '../../../src-main/dsp/rowAnalyser.ts'
import { noise, timeMajor } from './reference.ts'

const channelCount = 5
const capacitySamples = 200
const mirrorSamples = 127
const byteOffset = 64

const plan = (changes: Partial<RingAnalyserPlan> = {}): RingAnalyserPlan => ({
  channelCount,
  channelsPerColumn: 1,
  sampleIntervalNs: 1e6,
  scale: 0.5,
  nfft: 64,
  rowIntervalS: 0.0333,
  lowHz: 0,
  highHz: 500,
  output: 'bandEnergy',
  ...changes
})

function startRing(p: RingAnalyserPlan) {
  const buffer = new SharedArrayBuffer(byteOffset + (capacitySamples + mirrorSamples) * channelCount * 2)
  const ring = { byteOffset, capacitySamples, mirrorSamples, elementType: 'int16', channelCount } as const
  const kernel = createFftRingKernel(buffer, ringKernelPlan(p, channelCount))
  const values = new Int16Array(buffer, byteOffset)
  return {
    analyser: createRingAnalyser({ plan: p, ring, kernel }),
    store(samples: Int16Array, position: number, sampleCount: number) {
      for (let index = 0; index < sampleCount * channelCount; index++) {
        const slot = (position * channelCount + index) % (capacitySamples * channelCount)
        values[slot] = samples[index]!
        if (slot < mirrorSamples * channelCount) values[slot + capacitySamples * channelCount] = samples[index]!
      }
    }
  }
}

const samples = (() => {
  const random = noise(11)
  return timeMajor(new Int16Array(1000 * channelCount), channelCount, (channel) => 3000 * (channel + 1) * random())
})()

/** Plays blocks [first, end) of the samples through the ring, never over what is still needed. */
function play(p: RingAnalyserPlan, blocks: (readonly [number, number])[]): Map<number, Float32Array> {
  const { analyser, store } = startRing(p)
  const rows = new Map<number, Float32Array>()
  let position = 0
  for (const [first, end] of blocks) {
    store(samples.subarray(first * channelCount), position, end - first)
    expect(position + end - first - analyser.neededPosition).toBeLessThanOrEqual(capacitySamples)
    analyser.provide(first, position, end - first)
    position += end - first
    while (analyser.hasRow) {
      const row = new Float32Array(analyser.valuesPerRow)
      rows.set(analyser.nextRow(row), row)
    }
    expect(analyser.nextRow(new Float32Array(analyser.valuesPerRow))).toBe(-1)
  }
  return rows
}

function expected(p: RingAnalyserPlan, blocks: (readonly [number, number])[]): Map<number, Float32Array> {
  const rows = new Map<number, Float32Array>()
  const analyser = createRowAnalyser(p)
  for (const [first, end] of blocks) {
    const block = samples.subarray(first * channelCount, end * channelCount)
    analyser.push(block, first, end - first, (index, row) => rows.set(index, row.slice()))
  }
  return rows
}

describe('ring analyser', () => {
  const blocks = Array.from({ length: 27 }, (_, index) => [index * 37, (index + 1) * 37] as const)

  it('gives the rows of the row analyser, from windows that lie over the end of the ring too', () => {
    const rows = play(plan(), blocks)
    expect(rows.size).toBe(Math.floor((999 - 64) / 33.3) + 1)
    expect(rows).toEqual(expected(plan(), blocks))
    const spectra = plan({ output: 'spectra', channelsPerColumn: 2, window: 'blackmanHarris' })
    expect(play(spectra, blocks)).toEqual(expected(spectra, blocks))
  })

  it('leaves out the rows that a hole costs, and goes on where it ends', () => {
    const holed = blocks.filter((_, index) => index < 9 || index > 12)
    expect(play(plan(), holed)).toEqual(expected(plan(), holed))
  })

  it('covers some of the channels', () => {
    const whole = play(plan(), blocks)
    const part = play(plan({ channelCount: 2, firstChannel: 2 }), blocks)
    for (const [index, row] of whole) {
      part.get(index)!.forEach((value, channel) => {
        expect(value).toBeCloseTo(row[channel + 2]!, 3)
      })
    }
  })

  it('combines transforms into one row', () => {
    for (const mode of ['mean', 'maximum'] as const) {
      const p = plan({ nfft: 32, combination: { mode, transforms: 3, hopSamples: 16 } })
      expect(play(p, blocks)).toEqual(expected(p, blocks))
    }
  })

  it('skips samples that came already and refuses to jump over rows that wait', () => {
    const { analyser, store } = startRing(plan())
    store(samples, 0, 100)
    analyser.provide(0, 0, 100)
    analyser.provide(0, 0, 50)
    expect(analyser.expectedSample).toBe(100)
    expect(() => {
      analyser.skipTo(200)
    }).toThrow('row 0 was not taken')
    const row = new Float32Array(channelCount)
    expect([analyser.nextRow(row), analyser.nextRow(row), analyser.nextRow(row)]).toEqual([0, 1, -1])
    expect(analyser.neededPosition).toBe(67)
    analyser.skipTo(200)
    expect(analyser.neededPosition).toBe(100)
    // The hole took no place in the ring: sample 200 lies where 100 would have.
    analyser.provide(200, 100, 64)
    expect(analyser.neededPosition).toBe(100)
    expect(analyser.nextRow(row)).toBe(6) // begins at round(6 · 33.3) = 200
    expect(analyser.nextRow(row)).toBe(-1)
    expect(analyser.neededPosition).toBe(133)
  })

  it('refuses windows that are longer than the mirror allows', () => {
    expect(() => startRing(plan({ nfft: 256 }))).toThrow(RangeError)
  })
})
