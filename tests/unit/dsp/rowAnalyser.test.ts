import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createBandEnergyAnalyser,
  createRowAnalyser as createRowAnalyserWith,
  type RowAnalyserPlan
} from '../../../src-main/dsp/rowAnalyser.ts'
import { testedKernels } from './kernels.ts'
import { channelOf, directBandEnergy, directPsd, noise, timeMajor } from './reference.ts'

const plan = (changes: Partial<RowAnalyserPlan> = {}): RowAnalyserPlan => ({
  channelCount: 5,
  channelsPerColumn: 1,
  sampleIntervalNs: 1e6,
  scale: 0.25,
  nfft: 64,
  rowIntervalS: 0.032,
  lowHz: 0,
  highHz: 500,
  output: 'bandEnergy',
  ...changes
})

function noisySamples(channelCount: number, sampleCount: number, seed = 7): Int16Array {
  const random = noise(seed)
  return timeMajor(
    new Int16Array(channelCount * sampleCount),
    channelCount,
    (channel) => 3000 * (channel + 1) * random()
  )
}

const linear = (decibels: number): number => 10 ** (decibels / 10)

describe.each(await testedKernels())('$name', ({ createKernel }) => {
  const createRowAnalyser = (p: RowAnalyserPlan) => createRowAnalyserWith(p, createKernel)

  function analyse(p: RowAnalyserPlan, samples: Int16Array | Float32Array, firstSample = 0): Map<number, Float32Array> {
    const rows = new Map<number, Float32Array>()
    createRowAnalyser(p).push(samples, firstSample, samples.length / p.channelCount, (k, row) =>
      rows.set(k, row.slice())
    )
    return rows
  }

  describe('row analyser against the definition', () => {
    it.each([8, 64, 128, 512, 1024])('gives the spectra of every channel, nfft %i', (nfft) => {
      const channelCount = 19 // more than a tile, and odd
      const samples = noisySamples(channelCount, nfft)
      const p = plan({ channelCount, nfft, output: 'spectra' })
      const rows = analyse(p, samples)
      const row = rows.get(0)!
      const linearRow = analyse({ ...p, level: 'linear' }, samples).get(0)!
      const bins = nfft / 2 + 1
      expect(row.length).toBe(channelCount * bins)
      for (let channel = 0; channel < channelCount; channel++) {
        const expected = directPsd(
          channelOf(samples, channelCount, channel, 0, nfft).map((v) => v * p.scale),
          1000
        )
        const peak = Math.max(...expected)
        expected.forEach((power, bin) => {
          expect(Math.abs(linearRow[channel * bins + bin]! - power)).toBeLessThan(1e-6 * peak)
          expect(Math.abs(row[channel * bins + bin]! - 10 * Math.log10(power))).toBeLessThan(0.002)
        })
      }
    })

    it('sums the bins of a band, both ends in, within 0.1 %', () => {
      const samples = noisySamples(5, 64)
      // Bins lie 15.625 Hz apart: 62.5 and 125 are bins themselves.
      for (const [lowHz, highHz] of [
        [62.5, 125],
        [60, 130],
        [0, 500],
        [63, 124],
        [0, 0],
        [500, 500]
      ] as const) {
        const row = analyse(plan({ lowHz, highHz }), samples).get(0)!
        row.forEach((value, channel) => {
          const scaled = channelOf(samples, 5, channel, 0, 64).map((v) => v * 0.25)
          const expected = directBandEnergy(scaled, 1000, lowHz, highHz)
          expect(Math.abs(linear(value) / expected - 1)).toBeLessThan(0.001)
        })
      }
    })

    it('reads float32 like int16', () => {
      const samples = noisySamples(5, 640)
      expect(analyse(plan(), Float32Array.from(samples))).toEqual(analyse(plan(), samples))
    })

    it('averages the power of the channels of a column, the last column what is left', () => {
      const samples = noisySamples(5, 64)
      const each = analyse(plan(), samples).get(0)!
      const [first, last] = analyse(plan({ channelsPerColumn: 3 }), samples).get(0)!
      expect(linear(first!) / ((linear(each[0]!) + linear(each[1]!) + linear(each[2]!)) / 3)).toBeCloseTo(1, 3)
      expect(linear(last!) / ((linear(each[3]!) + linear(each[4]!)) / 2)).toBeCloseTo(1, 3)
    })

    it('averages spectra bin by bin', () => {
      const samples = noisySamples(4, 64)
      const p = plan({ channelCount: 4, output: 'spectra', lowHz: 100, highHz: 200 })
      const each = analyse(p, samples).get(0)!
      const pairs = analyse({ ...p, channelsPerColumn: 2 }, samples).get(0)!
      const bins = createRowAnalyser(p).frequenciesHz.length
      expect(pairs.length).toBe(2 * bins)
      for (let bin = 0; bin < bins; bin++) {
        const mean = (linear(each[2 * bins + bin]!) + linear(each[3 * bins + bin]!)) / 2
        expect(linear(pairs[bins + bin]!) / mean).toBeCloseTo(1, 3)
      }
    })
  })

  describe('row analyser on known signals', () => {
    it('shows a sine as its power: amplitude²/2 in its band, and the PSD of a tone on a bin', () => {
      const amplitude = 8000
      const samples = timeMajor(
        new Float32Array(256),
        1,
        (_, t) => amplitude * Math.sin((2 * Math.PI * 125 * t) / 1000)
      )
      const p = plan({ channelCount: 1, nfft: 256, scale: 1, lowHz: 100, highHz: 150 })
      expect(analyse(p, samples).get(0)![0]).toBeCloseTo(10 * Math.log10(amplitude ** 2 / 2), 2)
      const row = analyse({ ...p, output: 'spectra' }, samples).get(0)!
      const at = createRowAnalyser({ ...p, output: 'spectra' }).frequenciesHz.indexOf(125)
      // A²/2 spread over the noise bandwidth of the window: 1.5 bins for Hann.
      expect(row[at]).toBeCloseTo(10 * Math.log10(amplitude ** 2 / 2 / (1.5 * (1000 / 256))), 2)
    })

    it('does not double DC and Nyquist', () => {
      const constant = new Float32Array(64).fill(100)
      const alternating = timeMajor(new Float32Array(64), 1, (_, t) => (t % 2 === 0 ? 100 : -100))
      const p = plan({ channelCount: 1, scale: 1, output: 'spectra' })
      // |Σw·100|² / (fs·Σw²) with Σw = n/2, Σw² = 3n/8.
      const expected = 10 * Math.log10((32 * 100) ** 2 / (1000 * 24))
      expect(analyse(p, constant).get(0)![0]).toBeCloseTo(expected, 2)
      expect(analyse(p, alternating).get(0)![32]).toBeCloseTo(expected, 2)
    })

    it('keeps the energy: all bins together hold the windowed mean square (Parseval)', () => {
      const samples = noisySamples(1, 512)
      const row = analyse(plan({ channelCount: 1, nfft: 512, scale: 1 }), samples).get(0)!
      let windowed = 0
      let weights = 0
      samples.forEach((value, t) => {
        const weight = Math.sin((Math.PI * t) / 512) ** 2
        windowed += (value * weight) ** 2
        weights += weight ** 2
      })
      expect(linear(row[0]!) / (windowed / weights)).toBeCloseTo(1, 3)
    })

    it('shows silence as the floor', () => {
      expect(analyse(plan(), new Int16Array(320)).get(0)).toEqual(new Float32Array(5).fill(-300))
      expect(analyse(plan(), new Float32Array(320)).get(0)).toEqual(new Float32Array(5).fill(-300))
    })

    it('gives the floor for a band between two bins, not an error', () => {
      const analyser = createRowAnalyser(plan({ lowHz: 16, highHz: 17 }))
      expect(analyser.frequenciesHz.length).toBe(0)
      analyser.push(noisySamples(5, 64), 0, 64, (_, row) => {
        expect(row).toEqual(new Float32Array(5).fill(-300))
      })
    })
  })

  describe('row grid', () => {
    it('puts each row where its index says, for a row interval that is no whole number of samples', () => {
      const sampleCount = 2000
      const samples = noisySamples(2, sampleCount)
      const p = plan({ channelCount: 2, rowIntervalS: 0.0333333, nfft: 32 })
      const rows = analyse(p, samples)
      expect(rows.size).toBe(Math.floor((sampleCount - 32) / 33.3333) + 1)
      for (const [k, row] of rows) {
        const first = Math.round(k * 33.3333)
        const alone = analyse(p, samples.slice(first * 2, (first + 32) * 2)).get(0)
        expect(row).toEqual(alone)
      }
    })

    it('takes windows that are further apart than they are long', () => {
      const samples = noisySamples(3, 3000)
      const p = plan({ channelCount: 3, nfft: 16, rowIntervalS: 0.5 })
      const rows = analyse(p, samples)
      expect([...rows.keys()]).toEqual([0, 1, 2, 3, 4, 5])
      expect(rows.get(4)).toEqual(analyse(p, samples.slice(2000 * 3, 2016 * 3)).get(0))
    })

    it('gives the same rows however the samples are cut into blocks', () => {
      const samples = noisySamples(3, 1200)
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 1, max: 333 }), { minLength: 1, maxLength: 40 }),
          fc.constantFrom(0.001, 0.0047, 0.016, 0.032, 0.0505, 0.2),
          fc.constantFrom(16, 64, 256),
          (blocks, rowIntervalS, nfft) => {
            const p = plan({ channelCount: 3, rowIntervalS, nfft })
            const analyser = createRowAnalyser(p)
            const rows = new Map<number, Float32Array>()
            let first = 0
            for (const size of [...blocks, 1200]) {
              const count = Math.min(size, 1200 - first)
              if (count <= 0) break
              analyser.push(samples.subarray(first * 3, (first + count) * 3), first, count, (k, row) =>
                rows.set(k, row.slice())
              )
              first += count
            }
            expect(rows).toEqual(analyse(p, samples))
          }
        ),
        { numRuns: 60 }
      )
    })
  })

  describe('holes', () => {
    const p = plan({ channelCount: 2 })
    const samples = noisySamples(2, 1000)
    const whole = analyse(p, samples)

    it('leaves out exactly the rows that need a missing sample', () => {
      const analyser = createRowAnalyser(p)
      const rows = new Map<number, Float32Array>()
      const keep = (k: number, row: Float32Array): unknown => rows.set(k, row.slice())
      analyser.push(samples.subarray(0, 300 * 2), 0, 300, keep)
      analyser.push(samples.subarray(417 * 2), 417, 583, keep)
      for (const [k, row] of whole) {
        const needsHole = k * 32 + 64 > 300 && k * 32 < 417
        expect(rows.get(k)).toEqual(needsHole ? undefined : row)
      }
    })

    it('does the same when told beforehand', () => {
      const analyser = createRowAnalyser(p)
      const indices: number[] = []
      analyser.skipTo(100)
      expect(analyser.expectedSample).toBe(100)
      analyser.push(samples.subarray(200), 100, 900, (k) => indices.push(k))
      expect(indices[0]).toBe(4) // 4 · 32 = 128 is the first window start from 100 on
      expect(indices.length).toBe(26)
    })

    it('skips what came already', () => {
      const analyser = createRowAnalyser(p)
      const rows = new Map<number, Float32Array>()
      const keep = (k: number, row: Float32Array): unknown => rows.set(k, row.slice())
      analyser.push(samples.subarray(0, 600 * 2), 0, 600, keep)
      analyser.push(samples.subarray(0, 400 * 2), 0, 400, keep)
      analyser.push(samples.subarray(500 * 2), 500, 500, keep)
      expect(rows).toEqual(whole)
    })
  })

  describe('broken values', () => {
    it('invalidates the rows of the channel alone, and counts', () => {
      for (const broken of [Number.NaN, Infinity, -Infinity]) {
        const samples = Float32Array.from(noisySamples(5, 256))
        const clean = analyse(plan(), samples)
        samples[100 * 5 + 2] = broken
        const analyser = createRowAnalyser(plan())
        let nan = 0
        analyser.push(samples, 0, 256, (k, row) => {
          row.forEach((value, channel) => {
            const isBroken = channel === 2 && k * 32 <= 100 && k * 32 + 64 > 100
            if (isBroken) nan++
            // Its neighbour is transformed alone then: equal up to the last bits.
            if (isBroken) expect(value).toBeNaN()
            else expect(value).toBeCloseTo(clean.get(k)![channel]!, 3)
          })
        })
        expect(nan).toBe(2)
        expect(analyser.invalidValues).toBe(2)
      }
    })

    it('takes the mean over the valid channels of a column', () => {
      const samples = Float32Array.from(noisySamples(5, 64))
      const each = analyse(plan(), samples).get(0)!
      samples[5] = Number.NaN
      const row = analyse(plan({ channelsPerColumn: 5 }), samples).get(0)!
      const mean = (linear(each[1]!) + linear(each[2]!) + linear(each[3]!) + linear(each[4]!)) / 4
      expect(linear(row[0]!) / mean).toBeCloseTo(1, 3)
    })

    it('does not let a channel of garbage leak into its neighbour', () => {
      const samples = timeMajor(new Float32Array(2 * 64), 2, (channel, t) =>
        channel === 0 ? 1e25 * Math.sin(t * t) : Math.sin(t)
      )
      const p = plan({ channelCount: 2, scale: 1 })
      const expected = directBandEnergy(channelOf(samples, 2, 1, 0, 64), 1000, 0, 500)
      expect(linear(analyse(p, samples).get(0)![1]!) / expected).toBeCloseTo(1, 3)
    })
  })
})

describe('band energy that was computed elsewhere', () => {
  it('turns each sample into a row in dB', () => {
    const analyser = createBandEnergyAnalyser({ channelCount: 4, channelsPerColumn: 1, scale: 2 })
    const rows: [number, number[]][] = []
    const samples = Float32Array.of(5, 0.5, 0, -1, Number.NaN, 500, 50, Infinity)
    analyser.push(samples, 10, 2, (k, row) => rows.push([k, [...row]]))
    expect(rows.map(([k]) => k)).toEqual([10, 11])
    const [first, second] = rows.map(([, row]) => row)
    expect(first![0]).toBeCloseTo(10, 2)
    expect(first![1]).toBeCloseTo(0, 2)
    expect(first![2]).toBe(-300)
    expect(first![3]).toBeNaN()
    expect(second![0]).toBeNaN()
    expect(second![1]).toBeCloseTo(30, 2)
    expect(second![2]).toBeCloseTo(20, 2)
    expect(second![3]).toBeNaN()
    expect(analyser.invalidValues).toBe(3)
  })
})
