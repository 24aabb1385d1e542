import { afterEach, describe, expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { layerPipeline, type LayerSource } from '../../support/layerPipeline.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function begin(source: LayerSource) {
  const built = layerPipeline(source)
  cleanups.push(() => built.dispose())
  return built
}

/** The same for the same number: noise that any part of a test can compute again. */
function noiseAt(index: number): number {
  let hash = Math.imul(index + 1, 0x9e3779b1) >>> 0
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 - 0.5
}

const rateHz = 1000
const sampleIntervalNs = 1e6
const startNs = 1_700_000_000_123_456_789n

/** One-sided PSD by the definition, double precision: |Σ w·x·e^(−2πikn/N)|² · c / (fs · Σw²), c = 2 but for DC and Nyquist. */
function directPsd(samples: number[], bin: number): number {
  const { length } = samples
  let re = 0
  let im = 0
  let windowPower = 0
  for (let n = 0; n < length; n++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length)
    windowPower += weight * weight
    re += weight * samples[n]! * Math.cos((2 * Math.PI * bin * n) / length)
    im -= weight * samples[n]! * Math.sin((2 * Math.PI * bin * n) / length)
  }
  const factor = bin === 0 || bin === length / 2 ? 1 : 2
  return (factor * (re * re + im * im)) / (rateHz * windowPower)
}

const decibels = (power: number): number => 10 * Math.log10(power)

describe('spectra and samples of the same blocks', () => {
  const nfft = 256
  const channelCount = 3
  const toneBin = 20
  const amplitude = 3
  const totalSamples = 3000
  /** Channel 1: a tone on a bin and noise; 2: a constant and the Nyquist frequency; 3: noise alone. */
  const valueAt = (sample: number, channel: number): number => {
    const noise = noiseAt(sample * 8 + channel)
    if (channel === 0) return amplitude * Math.sin((2 * Math.PI * toneBin * sample) / nfft) + 0.1 * noise
    if (channel === 1) return 0.7 + (sample % 2 === 0 ? 0.3 : -0.3)
    return noise
  }
  const scale = 2
  const read = async () => {
    const built = begin({
      request: { nfft, rowIntervalS: 0.0333 },
      ...{ channelCount, sampleIntervalNs, startNs, totalSamples, valueAt, scale }
    })
    await built.stream(97).push(0, totalSamples)
    await built.pipeline.finish()
    const { bins } = built.picture.description()
    await eventually('all rows', () => built.picture.rows.size === built.picture.description().expectedRows)
    await eventually('all samples', () => built.trace.rows.size === totalSamples)
    const physical = (sample: number, channel: number): number => Math.fround(valueAt(sample, channel)) * scale
    const firstSample = (row: number): number => Math.round((row * 0.0333 * 1e9) / sampleIntervalNs)
    const windowOf = (row: number, channel: number): number[] =>
      Array.from({ length: nfft }, (_, n) => physical(firstSample(row) + n, channel))
    const psd = (row: number, channel: number, bin: number): number =>
      10 ** (built.picture.rows.get(row)![channel * bins!.count + bin]! / 10)
    return { ...built, bins: bins!, physical, windowOf, psd, firstSample }
  }

  test('are those of a direct transform, in every bin, with DC and Nyquist; every sample comes as it is', async () => {
    const { picture, trace, bins, physical, windowOf, psd, timeOf, firstSample } = await read()
    expect(bins).toEqual({ count: 129, firstHz: 0, stepHz: rateHz / nfft })
    expect(picture.description()).toMatchObject({
      layer: 'picture',
      content: 'spectra',
      columns: { count: 3, channelsPerColumn: 1 },
      samples: null,
      value: { unit: 'dB re (rad)²/Hz' },
      analysis: { nfft, window: 'hann', binWidthHz: rateHz / nfft }
    })
    expect(picture.description().analysis!.hopSamples).toBeCloseTo(33.3, 9)
    expect(picture.description().analysis!.noiseBandwidthBins).toBeCloseTo(1.5, 6)
    for (const row of [0, 7, picture.rows.size - 1]) {
      for (let channel = 0; channel < channelCount; channel++) {
        const direct = Array.from({ length: bins.count }, (_, bin) => directPsd(windowOf(row, channel), bin))
        const peak = Math.max(...direct)
        direct.forEach((power, bin) => {
          expect(Math.abs(psd(row, channel, bin) - power)).toBeLessThan(1e-4 * power + 1e-9 * peak)
        })
      }
      // Middle of the window, to a sample.
      const { originNs, rowIntervalNs } = picture.description()
      const centreNs = Number(BigInt(originNs) - startNs) + row * rowIntervalNs
      expect(Math.abs(centreNs - (firstSample(row) + nfft / 2) * sampleIntervalNs)).toBeLessThanOrEqual(
        sampleIntervalNs
      )
    }
    expect(trace.description()).toMatchObject({
      layer: 'trace',
      content: 'trace',
      bins: null,
      analysis: null,
      samples: { perRow: 1, valuesPerColumn: 1, sampleIntervalNs },
      originNs: timeOf(0).toString(),
      rowIntervalNs: sampleIntervalNs,
      value: { quantity: 'phase', unit: 'rad' }
    })
    for (const [row, values] of trace.rows)
      expect([...values]).toEqual([0, 1, 2].map((channel) => Math.fround(physical(row, channel))))
  })

  test('a tone, white noise, a constant and Nyquist have the levels that they must have', async () => {
    const { picture, psd, bins } = await read()
    const binWidthHz = bins.stepHz
    const rows = [...picture.rows.keys()]
    for (const row of rows) {
      // A²/2 = PSD · bin width · noise bandwidth of the window (1.5 bins); 0.05 dB with the noise beside it.
      const level = decibels(psd(row, 0, toneBin) * binWidthHz * 1.5)
      expect(Math.abs(level - decibels((amplitude * scale) ** 2 / 2))).toBeLessThan(0.05)
      // The constant: its power, once, not twice.
      expect(Math.abs(decibels(psd(row, 1, 0) * binWidthHz * 1.5) - decibels((0.7 * scale) ** 2))).toBeLessThan(0.01)
      expect(Math.abs(decibels(psd(row, 1, nfft / 2) * binWidthHz * 1.5) - decibels((0.3 * scale) ** 2))).toBeLessThan(
        0.01
      )
    }
    // White noise of variance 1/12: flat at 2 · variance / rate, whatever the window and the overlap.
    let sum = 0
    let count = 0
    for (const row of rows) for (let bin = 2; bin < nfft / 2 - 1; bin++, count++) sum += psd(row, 2, bin)
    expect(Math.abs(decibels(sum / count) - decibels((2 * scale * scale) / 12 / rateHz))).toBeLessThan(0.3)
  })

  test('Parseval holds from the trace to the spectra', async () => {
    const { picture, trace, psd, bins, firstSample } = await read()
    for (const row of picture.rows.keys()) {
      for (let channel = 0; channel < channelCount; channel++) {
        let windowed = 0
        let windowPower = 0
        for (let n = 0; n < nfft; n++) {
          const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / nfft)
          windowed += (weight * trace.rows.get(firstSample(row) + n)![channel]!) ** 2
          windowPower += weight * weight
        }
        let energy = 0
        for (let bin = 0; bin < bins.count; bin++) energy += psd(row, channel, bin) * bins.stepHz
        // One-sided: DC and Nyquist stand once, so the sum over bins is the mean square of the windowed samples.
        expect(Math.abs(energy / (windowed / windowPower) - 1)).toBeLessThan(1e-4)
      }
    }
  })
})

test.each([
  ['0.1 Hz', 10, 60_000],
  ['200 Hz', 0.005, 4000]
])(
  'one channel from before 1970 with a hole, rows at %s: rows and samples keep their times, the hole is in both',
  async (_, rowIntervalS, total) => {
    const before1970Ns = -3_000_000_123n
    const half = total / 2
    const holeSamples = 1500
    const valueAt = (sample: number): number => noiseAt(sample)
    const built = begin({
      request: { view: 'single', channels: { min: 1, max: 1 }, nfft: 512, rowIntervalS },
      ...{ channelCount: 1, sampleIntervalNs, startNs: before1970Ns, totalSamples: total, valueAt }
    })
    const stream = built.stream(100)
    await stream.push(0, half)
    const gap = { startNs: built.timeOf(half), endNs: built.timeOf(half + holeSamples), rows: null, reason: 'a hole' }
    stream.listener.gap({ ...gap, firstSequence: null, lastSequence: null })
    await stream.push(half + holeSamples, total)
    await built.pipeline.finish()
    await eventually('all samples', () => built.trace.rows.size === total - holeSamples)
    expect(built.trace.gaps()).toMatchObject([
      { firstRow: half, rowCount: holeSamples, missingMs: 1500, reason: 'a hole' }
    ])
    for (const [row, [value]] of built.trace.rows) expect(value).toBe(Math.fround(valueAt(row)))
    expect(built.trace.description().originNs).toBe(before1970Ns.toString())
    const hop = (rowIntervalS * 1e9) / sampleIntervalNs
    const whole = Array.from({ length: Math.floor((total - 512) / hop) + 1 }, (_, row) => row).filter((row) => {
      const first = Math.round(row * hop)
      return first + 512 <= half || first >= half + holeSamples
    })
    await eventually('all rows', () => built.picture.rows.size === whole.length)
    expect([...built.picture.rows.keys()].sort((a, b) => a - b)).toEqual(whole)
  }
)

test('65 536 channels: neighbours share a spectrum, of samples the extremes are sent; both say so', async () => {
  const channelCount = 65_536
  const totalSamples = 512
  const built = begin({
    request: { channels: { min: 1, max: channelCount }, nfft: 128, rowIntervalS: 0.128 },
    ...{ channelCount, sampleIntervalNs, startNs, totalSamples, elementType: 'int16' },
    // One sample of one channel stands out.
    valueAt: (sample, channel) => (sample === 300 && channel === 40_000 ? 30_000 : (channel + sample) % 7)
  })
  await built.stream(64).push(0, totalSamples)
  await built.pipeline.finish()
  await eventually('rows', () => built.picture.rows.size === built.picture.description().expectedRows, 20_000)
  const { columns, bins } = built.picture.description()
  expect(columns.count * bins!.count).toBeLessThanOrEqual(262_144)
  expect(columns.count).toBe(Math.ceil(channelCount / columns.channelsPerColumn))
  const { samples } = built.trace.description()
  expect(samples!.valuesPerColumn).toBe(2)
  await eventually('samples', () => built.trace.rows.size === totalSamples / samples!.perRow)
  const row = built.trace.rows.get(Math.floor(300 / samples!.perRow))!
  expect([row[2 * 40_000]! < 7, row[2 * 40_000 + 1]]).toEqual([true, 30_000])
})
