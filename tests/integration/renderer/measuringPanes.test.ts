import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RowsFrame } from '../../../src-preload/contract/frames.ts'
import { differenceOf } from '../../../src-renderer/render/measure/apparentVelocity.ts'
import type { MeasuredPoint } from '../../../src-renderer/render/measure/measuredPlace.ts'
import { spectraProjection } from '../../../src-renderer/render/measure/spectraProjection.ts'
import { tracesProjection } from '../../../src-renderer/render/measure/tracesProjection.ts'
import { FrequencyLines, SpectraPlane } from '../../../src-renderer/render/spectraPlane.ts'
import { measureSpectra } from '../../../src-renderer/render/spectraReading.ts'
import { LayerRows } from '../../../src-renderer/render/spectraRows.ts'
import { SpectraTileGeometry } from '../../../src-renderer/render/spectraTileGeometry.ts'
import { SpectraTileModel, type TileLayer } from '../../../src-renderer/render/spectraTileModel.ts'
import { pixelFromTimeMs, type TimePixels } from '../../../src-renderer/render/spectraTimeWindow.ts'
import { SpectrumReader } from '../../../src-renderer/render/spectrumModel.ts'
import { SpectrumState } from '../../../src-renderer/render/spectrumState.ts'
import { TracePlane } from '../../../src-renderer/render/tracePlane.ts'
import { measureTrace } from '../../../src-renderer/render/traceReading.ts'
import { stackAtFirst } from '../../../src-renderer/render/traceStack.ts'
import { eventually } from '../../support/eventually.ts'
import { layerPipeline, type SeenLayer } from '../../support/layerPipeline.ts'

const rateHz = 1000
const sampleIntervalNs = 1e6
const startNs = 1_700_000_000_123_456_789n
const nfft = 256
const stepHz = rateHz / nfft
const totalSamples = 6000
const channelCount = 3
/** A tone in the middle of a bin for each channel, each of its own strength; and one sample that stands out. */
const toneBins = [20, 47, 90]
const amplitudes = [3, 0.5, 12]
const pulse = { channel: 1, sample: 4321, value: -77 }

const valueAt = (sample: number, channel: number): number =>
  sample === pulse.sample && channel === pulse.channel
    ? pulse.value
    : amplitudes[channel]! * Math.cos((2 * Math.PI * toneBins[channel]! * sample) / nfft)

/** Of a Hann window at the middle of a bin: half the square of the amplitude, over 1.5 bins. */
const knownLevel = (channel: number): number => 10 * Math.log10(amplitudes[channel]! ** 2 / 2 / (1.5 * stepHz))

const never = (): boolean => false
let built: ReturnType<typeof layerPipeline>
const model = new SpectraTileModel()
let spectra: TileLayer
let samples: TileLayer

function layerOf(seen: SeenLayer): TileLayer {
  const layer = { rows: new LayerRows(1 << 26), history: null }
  model.addLayer(layer)
  const description = seen.description()
  model.described(layer, layer.rows.describe(description, model.baseMs))
  for (const frame of seen.frames) {
    if (frame.kind === 'rows') layer.rows.writeRows({ ...frame, epoch: description.epoch } satisfies RowsFrame)
  }
  model.arrived()
  return layer
}

beforeAll(async () => {
  built = layerPipeline({
    request: { nfft, rowIntervalS: 0.05 },
    ...{ channelCount, sampleIntervalNs, startNs, totalSamples, valueAt }
  })
  await built.stream(100).push(0, totalSamples)
  await built.pipeline.finish()
  await eventually('all rows', () => built.picture.rows.size === built.picture.description().expectedRows)
  await eventually('all samples', () => built.trace.rows.size === totalSamples)
  spectra = layerOf(built.picture)
  samples = layerOf(built.trace)
})
afterAll(() => built.dispose())

/** Pixels whose left edge is so many seconds after the start. */
const pixelsFrom = (fromS: number, spanS: number, width: number): TimePixels => {
  const msPerPixel = (spanS * 1000) / width
  const startMs = Number(startNs) / 1e6 - model.baseMs!
  return { msPerPixel, pixelAtLeft: Math.floor((startMs + fromS * 1000) / msPerPixel), width }
}

/** What a pane of spectrograms measures at a time and a frequency that a hand points at. */
function spectrogramAt(pixels: TimePixels, height: number, column: number, timeMs: number, hertz: number) {
  const { lowHz, highHz } = model.band
  const lines = new FrequencyLines()
  lines.place(spectra.rows.description!.bins!, lowHz, highHz, height)
  const plane = new SpectraPlane()
  plane.update(pixels, lines, [2, 0, 1], { ...spectra, isTimeUp: never })
  const where = { model, rows: spectra.rows, reader: new SpectrumReader(spectra.rows, null), plane, lines, pixels }
  const x = pixelFromTimeMs(pixels, timeMs - model.baseMs!)
  return measureSpectra(where, [2, 0, 1].indexOf(column), column, x, ((highHz - hertz) / (highHz - lowHz)) * height)!
}

function traceAt(pixels: TimePixels, column: number, timeMs: number, value: number) {
  const plane = new TracePlane()
  plane.update(pixels, [column], { ...samples, isTimeUp: never })
  const x = pixelFromTimeMs(pixels, timeMs - model.baseMs!)
  return measureTrace({ model, layer: samples, plane, pixels }, 0, column, x, value)!
}

const startMs = Number(startNs) / 1e6
const pointOf = (point: MeasuredPoint) => ({ ...point, timeNs: BigInt(point.timeNs) })

describe('what cursors measure of a known recording, at every zoom', () => {
  test.each([
    ['a row over many pixels', 0.4, 900, 600],
    ['a pixel a row', 4.5, 90, 129],
    ['many rows and bins a pixel', 5.5, 30, 24]
  ])('spectrograms, %s: bin, row and level', (_name, spanS, width, height) => {
    const points = toneBins.map((bin, column) => {
      const pointedMs = startMs + 250 + spanS * 400
      const pixels = pixelsFrom(0.2, spanS, width)
      const place = spectrogramAt(pixels, height, column, pointedMs, bin * stepHz)
      const { point } = place
      expect(point.channel).toBe(column + 1)
      expect(point.distanceM).toBe(column)
      expect(point.hertz).toBe(bin * stepHz)
      expect(place.bin).toEqual({ lowHz: (bin - 0.5) * stepHz, highHz: (bin + 0.5) * stepHz })
      expect(Math.abs(point.value! - knownLevel(column))).toBeLessThan(0.05)
      expect(point.unit).toBe('dB re (rad)²/Hz')
      // Within a row, or within the pixel where rows share one.
      expect(Math.abs(point.timeMs - pointedMs)).toBeLessThanOrEqual(Math.max(50, pixels.msPerPixel))
      // A row's own time, to the nanosecond: rows are 50 ms apart, and the first is centred half a window after the start.
      const { originNs } = built.picture.description()
      expect((BigInt(point.timeNs) - BigInt(originNs)) % 50_000_000n).toBe(0n)
      return pointOf(point)
    })
    const difference = differenceOf(points[0]!, points[2]!)
    expect(difference.deltaHz).toBe(70 * stepHz)
    expect(difference.deltaChannels).toBe(2)
    expect(Math.abs(difference.deltaValue! - (knownLevel(2) - knownLevel(0)))).toBeLessThan(0.05)
  })

  test.each([
    ['samples apart', 0.05, 800],
    ['a few samples a pixel', 2, 700],
    ['many samples a pixel', 6, 40]
  ])('traces, %s: the pulse to the sample, with its value', (_name, spanS, width) => {
    const pulseMs = startMs + pulse.sample
    const pixels = pixelsFrom(Math.max(0, pulse.sample / 1000 - spanS / 2), spanS, width)
    // At the left edge of the pixel that has it: other samples of the pixel are nearer to the pointer.
    const pixel = Math.floor((pulseMs - model.baseMs!) / pixels.msPerPixel)
    const edgeMs = model.baseMs! + (pixel + 0.01) * pixels.msPerPixel
    const { point } = traceAt(pixels, pulse.channel, edgeMs, pulse.value * 0.8)
    expect(BigInt(point.timeNs)).toBe(startNs + BigInt(pulse.sample * sampleIntervalNs))
    expect(point).toMatchObject({ pane: 'trace', channel: 2, value: pulse.value, unit: 'rad', hertz: null })
    // Away from it: the sample under the pointer, or of its pixel, the one nearer to the pointer's height.
    const awayMs = pulseMs - 3 * Math.max(1, pixels.msPerPixel)
    const away = traceAt(pixels, pulse.channel, awayMs, 10)
    expect(Math.abs(away.point.timeMs - awayMs)).toBeLessThanOrEqual(Math.max(1, pixels.msPerPixel))
    const sample = Number((BigInt(away.point.timeNs) - startNs) / BigInt(sampleIntervalNs))
    expect(away.point.value).toBe(Math.fround(valueAt(sample, pulse.channel)))
    const difference = differenceOf(pointOf(away.point), pointOf(point))
    expect(difference.deltaTimeNs).toBe(BigInt((pulse.sample - sample) * sampleIntervalNs))
    expect(difference.repeatHz).toBeCloseTo(1000 / (pulse.sample - sample), 9)
  })

  test('a spectrum: the nearest bin and its level; a level and a sample have no difference', () => {
    const state = new SpectrumState(model, spectra)
    state.channel = 2
    model.select(startMs + 1000 - model.baseMs!)
    state.update(spectra.rows.description!.bins!, 0)
    const bins = spectra.rows.description!.bins!
    const tone = state.measure(bins, toneBins[2]! * stepHz + 0.4 * stepHz)!
    expect(tone.point).toMatchObject({ pane: 'spectrum', channel: 3, hertz: toneBins[2]! * stepHz })
    expect(Math.abs(tone.point.value! - knownLevel(2))).toBeLessThan(0.05)
    expect(Math.abs(tone.point.timeMs - (startMs + 1000))).toBeLessThanOrEqual(25)
    // Later, when another spectrum is shown: the first cursor is read of that one too.
    model.select(startMs + 2000 - model.baseMs!)
    state.update(bins, 1000)
    const other = state.measure(bins, 30 * stepHz)!
    expect(other.again!(tone.point)).toMatchObject({ hertz: tone.point.hertz, timeNs: other.point.timeNs })
    expect(other.again!({ ...tone.point, channel: 1 }).timeNs).toBe(tone.point.timeNs)
    const { from, to } = state.shownMs()!
    expect(to - from).toBeCloseTo(50, 6)
    const sample = traceAt(pixelsFrom(0, 6, 600), 0, startMs + 1000, 0)
    expect(differenceOf(pointOf(sample.point), pointOf(tone.point)).deltaValue).toBeNull()
    model.select(null)
  })

  test('a point is drawn where it was measured, in each kind of pane', () => {
    const pixels = pixelsFrom(0, 6, 640)
    const geometry = new SpectraTileGeometry()
    geometry.resize(800, 500, 1.25)
    geometry.arrange(2)
    pixels.width = geometry.pictureWidth
    pixels.msPerPixel = 6000 / pixels.width
    pixels.pixelAtLeft = Math.floor((startMs - model.baseMs!) / pixels.msPerPixel)
    const pulseMs = startMs + pulse.sample
    const cursor = { name: 'A', timeMs: pulseMs, channel: 2, hertz: toneBins[1]! * stepHz, value: -7, unit: 'rad' }
    const inSpectra = spectraProjection({ model, rows: spectra.rows, pixels, geometry, channels: [0, 1] })!
    const crosses = inSpectra.crosses(cursor)
    expect(crosses.map(({ isNamed, y }) => [isNamed, y !== null])).toEqual([
      [false, false],
      [true, true]
    ])
    const { left, top } = geometry.places[1]!
    const x = (geometry.left + left + pixelFromTimeMs(pixels, pulseMs - model.baseMs!)) / 1.25
    const { lowHz, highHz } = model.band
    const down = ((highHz - cursor.hertz) / (highHz - lowHz)) * geometry.pictureHeight
    expect(crosses[1]!.x).toBeCloseTo(x, 9)
    expect(crosses[1]!.y).toBeCloseTo((geometry.top + top + down) / 1.25, 9)

    const area = { left: 100, top: 8, width: pixels.width, height: 300 }
    const traces = tracesProjection({
      ...{ model, rows: samples.rows, pixels, area, channels: [0, 1, 2] },
      scales: [1, 2, 3].map(() => ({ middle: 0, amplitude: 10 })),
      stack: { ...stackAtFirst, isClipped: false }
    })!
    const inTrace = traces.crosses(cursor)
    expect(inTrace).toHaveLength(3)
    expect(inTrace[1]).toMatchObject({ isNamed: true })
    // The second of three: 100 high, in its middle 158; −7 of 10 is 0.9 · 50 · 0.7 below.
    expect(inTrace[1]!.y).toBeCloseTo(158 + 31.5, 9)
    expect(traces.crosses({ ...cursor, unit: 'dB re (rad)²/Hz' })[1]!.y).toBeNull()
  })
})
