import type { RecordingOverview } from '../../src-preload/contract/overview.ts'
import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import { exactDecibels } from '../dsp/decibels.ts'
import { createFftKernel } from '../dsp/fftKernel.ts'
import { bandBins } from '../dsp/frequencyBins.ts'
import type { Recording } from '../recordings/recording.ts'

export interface OverviewOptions {
  /** Null: the whole recording. */
  range: { startNs: Nanoseconds; endNs: Nanoseconds } | null
  rows: number
  columns: number
  band: { minHz: number; maxHz: number } | null
  signal: AbortSignal
  progress(fraction: number): void
}

/** Windows that are looked at in a cell, and their length: enough for a level, few enough for a recording of a night. */
const windowsPerRow = 2
const windowSamplesMax = 256
const windowSamplesMin = 32
/** Samples that are read for a whole overview. */
const samplesMax = 48e6

/** Rows [first, first + count) that lie one interval apart from `startNs` on. */
interface Run {
  first: number
  count: number
  startNs: Nanoseconds
}

interface Window {
  first: number
  count: number
}

export class OverviewError extends Error {}

function runsOf({ info }: Recording, intervalNs: number): Run[] {
  const segments =
    info.segments ?? (info.startTimeNs === null ? [] : [{ firstIndex: 0, startTimeNs: info.startTimeNs }])
  return segments
    .map(({ firstIndex, startTimeNs }, index) => ({
      first: firstIndex,
      count: (segments[index + 1]?.firstIndex ?? info.shape.time) - firstIndex,
      startNs: startTimeNs
    }))
    .filter(({ count }) => count > 0 && intervalNs > 0)
}

const powerOfTwoBelow = (value: number): number => 2 ** Math.floor(Math.log2(Math.max(1, value)))

/** Power of each channel in one window. */
function createPowers(
  recording: Recording,
  width: number,
  samples: number,
  band: OverviewOptions['band'],
  rateHz: number
) {
  const { bands, scale } = recording.info
  const powers = new Float32Array(width)
  const factor = scale * scale
  if (bands.length > 0)
    return (values: ArrayLike<number>): Float32Array => {
      for (let channel = 0; channel < width; channel++) {
        let sum = 0
        for (let at = channel; at < values.length; at += width) sum += values[at]!
        powers[channel] = (sum * width * scale) / values.length
      }
      return powers
    }
  if (band) {
    const bins = bandBins(samples, rateHz, band.minHz, band.maxHz)
    if (bins.count === 0) throw new OverviewError(`No frequency of a window of ${samples} samples lies in the band.`)
    const kernel = createFftKernel({
      ...{ channelCount: width, rowStride: width, channelsPerColumn: 1, nfft: samples, sampleRateHz: rateHz, scale },
      ...{ firstBin: bins.first, binCount: bins.count, output: 'bandEnergy', level: 'linear' }
    })
    const source = kernel.allocate('float32', samples * width) as Float32Array
    return (values: ArrayLike<number>): Float32Array => {
      source.set(values)
      kernel.computeRow(source, 0, powers)
      return powers
    }
  }
  const sums = new Float64Array(width)
  const squares = new Float64Array(width)
  return (values: ArrayLike<number>): Float32Array => {
    const count = values.length / width
    sums.fill(0)
    squares.fill(0)
    for (let at = 0, channel = 0; at < values.length; at++) {
      const value = values[at]!
      sums[channel]! += value
      squares[channel]! += value * value
      if (++channel === width) channel = 0
    }
    for (let channel = 0; channel < width; channel++) {
      const mean = sums[channel]! / count
      const variance = squares[channel]! / count - mean * mean
      powers[channel] = Number.isFinite(variance) ? Math.max(0, variance) * factor : Number.NaN
    }
    return powers
  }
}

/**
 * A coarse picture of a recording by random access: of each row of the picture a few short windows, of each column a few
 * channels. The work is bounded whatever the recording's length.
 *
 * @throws OverviewError for a recording without times, a band between two frequencies, or when it was cancelled
 */
export async function overviewOf(recording: Recording, options: OverviewOptions): Promise<RecordingOverview> {
  const { info } = recording
  const intervalNs = info.sampleIntervalNs
  const runs = intervalNs === null ? [] : runsOf(recording, intervalNs)
  const lastRun = runs.at(-1)
  if (intervalNs === null || !lastRun) throw new OverviewError(`${info.file} does not say when it was recorded.`)
  const endOf = (run: Run): Nanoseconds => run.startNs + BigInt(Math.round(run.count * intervalNs))
  const range = options.range ?? { startNs: runs[0]!.startNs, endNs: endOf(lastRun) }
  const spanNs = Number(range.endNs - range.startNs)
  if (!(spanNs > 0)) throw new OverviewError('The end of the range is not after its start.')
  const { rows } = options
  const channelsPerColumn = Math.max(1, Math.ceil(info.shape.channel / options.columns))
  const columns = Math.ceil(info.shape.channel / channelsPerColumn)
  const rowSamples = spanNs / rows / intervalNs
  const samples =
    info.bands.length > 0
      ? Math.max(1, Math.min(4, Math.floor(rowSamples)))
      : Math.max(windowSamplesMin, Math.min(windowSamplesMax, powerOfTwoBelow(rowSamples)))
  // Few channels of a wide column stand for it.
  const wanted = samplesMax / (rows * windowsPerRow * samples)
  const stride = Math.max(1, Math.min(channelsPerColumn, Math.ceil(info.shape.channel / wanted)))
  const width = Math.ceil(info.shape.channel / stride)
  const powersOf = createPowers(recording, width, samples, options.band, 1e9 / intervalNs)
  const planes = [0, 1, 2].map(() => new Float32Array(rows * columns).fill(-Infinity))
  const [mean, minimum, maximum] = planes as [Float32Array, Float32Array, Float32Array]
  let read = 0

  /** Windows that lie within one run, at the start and the end of [fromNs, toNs); one at least where anything was recorded. */
  function windowsIn(fromNs: Nanoseconds, toNs: Nanoseconds): Window[] {
    const found: Window[] = []
    for (const run of runs) {
      const from = Math.max(0, Math.ceil(Number(fromNs - run.startNs) / intervalNs! - 1e-6))
      const to = Math.min(run.count, Math.ceil(Number(toNs - run.startNs) / intervalNs! - 1e-6))
      if (to <= from) continue
      const count = Math.min(samples, run.count)
      const first = Math.min(from, run.count - count)
      found.push({ first: run.first + first, count }, { first: run.first + Math.max(first, to - count), count })
    }
    const [least] = found
    const last = found.at(-1)
    if (!least || !last) return []
    return last.first - least.first < least.count ? [least] : [least, last]
  }

  for (let row = 0; row < rows; row++) {
    if (options.signal.aborted) throw new OverviewError('The overview was cancelled.')
    const fromNs = range.startNs + BigInt(Math.round((row * spanNs) / rows))
    const toNs = range.startNs + BigInt(Math.round(((row + 1) * spanNs) / rows))
    const sums = new Float64Array(columns)
    const counts = new Uint32Array(columns)
    const windows = windowsIn(fromNs, toNs)
    if (windows.length > 0) for (const plane of planes) plane.fill(Number.NaN, row * columns, (row + 1) * columns)
    for (const { first, count } of windows) {
      // A run that is shorter than a window has no spectrum.
      if (options.band && count < samples) continue
      const values = await recording.read({
        time: { from: first, to: first + count },
        channel: { from: 0, to: info.shape.channel, stride }
      })
      read += values.length
      const powers = powersOf(values)
      for (let channel = 0; channel < width; channel++) {
        const power = powers[channel]!
        if (!(power >= 0 && power < Infinity)) continue
        const column = Math.floor((channel * stride) / channelsPerColumn)
        const at = row * columns + column
        const level = exactDecibels(power)
        sums[column]! += power
        counts[column]!++
        if (!(minimum[at]! <= level)) minimum[at] = level
        if (!(maximum[at]! >= level)) maximum[at] = level
      }
    }
    for (let column = 0; column < columns; column++)
      if (counts[column]! > 0) mean[row * columns + column] = exactDecibels(sums[column]! / counts[column]!)
    if (row % 8 === 7) options.progress((row + 1) / rows)
  }

  const text = ({ buffer }: Float32Array): string => Buffer.from(buffer as ArrayBuffer).toString('base64')
  const unit = info.unit ?? ''
  return {
    startNs: range.startNs.toString(),
    endNs: range.endNs.toString(),
    rows,
    columns,
    firstChannel: info.firstChannel ?? 1,
    channelStep: info.channelStep,
    channelsPerColumn,
    unit: unit === '' ? 'dB' : info.bands.length > 0 ? `dB re ${unit}` : `dB re (${unit})²`,
    sampled: Math.min(1, read / Math.max(1, info.shape.time * info.shape.channel)),
    gaps: runs.slice(1).flatMap((run, index) => {
      const startNs = endOf(runs[index]!)
      return Number(run.startNs - startNs) > intervalNs / 2
        ? [{ startNs: startNs.toString(), endNs: run.startNs.toString() }]
        : []
    }),
    mean: text(mean),
    minimum: text(minimum),
    maximum: text(maximum)
  }
}
