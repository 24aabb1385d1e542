import { describe, expect, it } from 'vitest'
import { LayerRows } from '../../../src-renderer/render/spectraRows.ts'
import { SpectraTileModel } from '../../../src-renderer/render/spectraTileModel.ts'
import {
  bandPower,
  emptySpectrum,
  MaxHold,
  nearestBin,
  SpectrumReader,
  storedLevelAt
} from '../../../src-renderer/render/spectrumModel.ts'
import { SpectrumState, spectrumAtFirst, linearUnit, sampleUnit } from '../../../src-renderer/render/spectrumState.ts'
import { rowsFrame, spectraDescription } from '../../support/layerFixture.ts'

const rateHz = 1000
const nfft = 256
const binCount = nfft / 2 + 1
const stepHz = rateHz / nfft

/**
 * One-sided density of Hann-windowed samples by a direct DFT, unit²/Hz, as the contract defines it: |X|² · 2 / (rate · Σw²),
 * without the 2 at 0 Hz and at half the rate. Independent of the program's own transforms.
 */
function densities(samples: Float64Array): number[] {
  const weights = Float64Array.from(samples, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples.length))
  const power = weights.reduce((sum, weight) => sum + weight * weight, 0)
  return Array.from({ length: samples.length / 2 + 1 }, (_, bin) => {
    let [re, im] = [0, 0]
    samples.forEach((sample, n) => {
      const angle = (-2 * Math.PI * ((bin * n) % samples.length)) / samples.length
      re += sample * weights[n]! * Math.cos(angle)
      im += sample * weights[n]! * Math.sin(angle)
    })
    const sides = bin === 0 || bin === samples.length / 2 ? 1 : 2
    return (sides * (re * re + im * im)) / (rateHz * power)
  })
}

const decibels = (values: number[]): number[] => values.map((value) => 10 * Math.log10(value))

function layerOf(rows: number[][]): { rows: LayerRows; history: null } {
  const layer = new LayerRows(1 << 22)
  const description = spectraDescription(1, binCount, {
    bins: { count: binCount, firstHz: 0, stepHz },
    analysis: { nfft, hopSamples: nfft / 2, window: 'hann', binWidthHz: stepHz, noiseBandwidthBins: 1.5 }
  })
  layer.describe(description, null)
  layer.writeRows(rowsFrame(binCount, 0, rows.length, (row, bin) => rows[row]![bin]!))
  return { rows: layer, history: null }
}

const amplitude = 3.7
const toneBin = 40
const tone = Float64Array.from(
  { length: nfft },
  (_, n) => amplitude * Math.cos((2 * Math.PI * toneBin * n) / nfft + 0.3)
)

describe('spectrum of a known tone', () => {
  // A²/2 in a noise bandwidth of 1.5 bins: what a density says at the centre of a Hann window's bin.
  const known = 10 * Math.log10(amplitude ** 2 / 2 / (1.5 * stepHz))

  it('is read at the bin centre within 0.05 dB, with its frequency and time', () => {
    const layer = layerOf([decibels(densities(tone))])
    const model = new SpectraTileModel()
    model.addLayer(layer)
    model.described(layer, true)
    const state = new SpectrumState(model, layer)
    state.update(layer.rows.description!.bins!, 0)
    const reading = state.read(layer.rows.description!.bins!, toneBin * stepHz + 0.4 * stepHz, Date.now())!
    expect(Number(reading.value.replace('−', '-'))).toBeCloseTo(known, 1)
    expect(Math.abs(Number(reading.value.replace('−', '-')) - known)).toBeLessThan(0.05)
    expect(reading.frequency).toBe('156.25 Hz')
    expect(reading.unit).toBe('dB re (rad)²/Hz')
    expect(reading.channel).toBe('32\u202f900')
    expect(reading.timeIso).toBe('2023-11-14T22:13:20.000000000Z')
  })

  it('adds up to the power of the tone, whatever part of the band is asked', () => {
    const levels = Float32Array.from(decibels(densities(tone)))
    const bins = { count: binCount, firstHz: 0, stepHz }
    expect(bandPower(levels, bins, 0, rateHz / 2)).toBeCloseTo(amplitude ** 2 / 2, 4)
    expect(bandPower(levels, bins, (toneBin - 2) * stepHz, (toneBin + 2) * stepHz)).toBeCloseTo(amplitude ** 2 / 2, 4)
    expect(bandPower(levels, bins, 300, 400)).toBeLessThan(1e-9)
  })
})

describe('Parseval', () => {
  it('holds from the trace to the density that is shown: band power is the variance of the samples', () => {
    // Noise whose windowed mean power is known exactly: the variance is weighted by the window as the density is.
    const samples = Float64Array.from(
      { length: nfft },
      (_, n) => Math.sin(n * 12.9898) * 43.7 + Math.cos(n * n * 0.013)
    )
    const weights = samples.map((_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / nfft))
    let [power, weight] = [0, 0]
    samples.forEach((sample, n) => {
      power += (sample * weights[n]!) ** 2
      weight += weights[n]! ** 2
    })
    const levels = Float32Array.from(decibels(densities(samples)))
    const found = bandPower(levels, { count: binCount, firstHz: 0, stepHz }, 0, rateHz / 2)!
    expect(found / (power / weight)).toBeCloseTo(1, 5)
  })

  it('has nothing to add up where no bin holds a value', () => {
    const levels = new Float32Array(binCount).fill(Number.NaN)
    expect(bandPower(levels, { count: binCount, firstHz: 0, stepHz }, 0, 500)).toBeNull()
  })
})

describe('mean, max-hold and stored spectra', () => {
  const rows = [10, 20, 30, 40].map((level) => new Array<number>(binCount).fill(level))

  it('averages power, not decibels, and leaves invalid cells out', () => {
    const layer = layerOf([...rows, rows[3]!.map((level, bin) => (bin === 5 ? Number.NaN : level))])
    const reader = new SpectrumReader(layer.rows, null)
    const spectrum = emptySpectrum()
    expect(reader.mean(0, 3, 4, spectrum)).toBe(true)
    expect(spectrum.rows).toBe(4)
    expect(spectrum.levels[7]).toBeCloseTo(10 * Math.log10((10 + 100 + 1000 + 10_000) / 4), 4)
    reader.mean(0, 4, 2, spectrum)
    expect(spectrum.levels[5]).toBeCloseTo(40, 4)
    expect(reader.newestRow(0)).toBe(4)
  })

  it('holds the greatest since it was begun, each row once', () => {
    const layer = layerOf(rows)
    const hold = new MaxHold()
    hold.add(layer.rows, 0)
    expect([hold.rows, hold.levels[3]]).toEqual([1, 40])
    layer.rows.writeRows(rowsFrame(binCount, 4, 3, (row) => (row === 5 ? 55 : 1)))
    hold.add(layer.rows, 0)
    hold.add(layer.rows, 0)
    expect([hold.rows, hold.levels[3]]).toEqual([4, 55])
    hold.reset()
    layer.rows.writeRows(rowsFrame(binCount, 7, 1, () => 12))
    hold.add(layer.rows, 0)
    expect([hold.rows, hold.levels[3]]).toEqual([1, 12])
  })

  it('says how far the stored spectrum is away, at the same frequency with other bins', () => {
    const layer = layerOf(rows)
    const model = new SpectraTileModel()
    model.addLayer(layer)
    model.described(layer, true)
    const state = new SpectrumState(model, layer)
    state.setOptions({ ...spectrumAtFirst, hasMaxHold: true })
    state.rowsCame()
    const bins = layer.rows.description!.bins!
    state.update(bins, 0)
    const stored = state.toReference('before')!
    expect(stored.of).toContain('32\u202f900 · 33.60 km')
    state.reference = { ...stored, stepHz: stepHz / 2, levels: new Array<number>(binCount * 2).fill(37.5) }
    expect(state.comparisons(bins, 20)).toEqual(['max 40.00 dB', '+2.50 dB to before'])
    expect(storedLevelAt(stored, 1e6)).toBeNaN()
  })

  it('shows the spectrum of the chosen time', () => {
    const layer = layerOf(rows)
    const model = new SpectraTileModel()
    model.addLayer(layer)
    model.described(layer, true)
    const state = new SpectrumState(model, layer)
    const bins = layer.rows.description!.bins!
    model.select(layer.rows.msFromCell(1.5))
    state.update(bins, 0)
    expect(state.spectrum.levels[9]).toBeCloseTo(20, 5)
    model.select(null)
    state.update(bins, 0)
    expect(state.spectrum.levels[9]).toBeCloseTo(40, 5)
  })

  it('knows its units and its bins', () => {
    expect(linearUnit('dB re (nm/m/s)²/Hz')).toBe('(nm/m/s)²/Hz')
    expect(sampleUnit('dB re (nm/m/s)²/Hz')).toBe('nm/m/s')
    expect(nearestBin({ count: 10, firstHz: 5, stepHz: 2 }, 8.9)).toBe(2)
    expect(nearestBin({ count: 10, firstHz: 5, stepHz: 2 }, 1e9)).toBe(9)
  })
})
