import { isoFromNanoseconds, nanosecondsPerSecond, type Nanoseconds } from '../../src-preload/contract/units.ts'
import { bandBins, binFrequencies } from '../dsp/frequencyBins.ts'
import type { Band } from '../recordings/recording.ts'
import type { ConfigureRequest } from './configureRequest.ts'
import type { AcquisitionSource } from './sources/source.ts'

/** A contiguous block of channels, one stream of a job. Indices count from 0. */
export interface ChannelBlock {
  firstChannel: number
  channelCount: number
}

/** What a job will send, settled when it is created. */
export interface JobPlan {
  request: ConfigureRequest
  source: AcquisitionSource
  streams: ChannelBlock[]
  nfft: number
  rowIntervalS: number
  lowHz: number
  highHz: number
  frequenciesHz: number[]
  /** Index into the source's bands, for band-energy recordings. */
  band: number
  /** Type of the values sent as blocks: the source's, or float32 where a fault needs values that are not finite. */
  elementType: 'int16' | 'float32'
  /** Null: live. */
  range: { firstSample: number; endSample: number } | null
}

const nfftLeast = 128
const nfftMost = 2048
const streamsMost = 3

/** A band narrower than this many bins says more about the window's side lobes than about the band. */
const binsInBand = 2

/**
 * The window of a waterfall row covers two row intervals (no sample between rows goes unseen, Hann's weights add up
 * evenly), and is long enough for a narrow band to hold some bins.
 */
export function waterfallNfft(rowIntervalS: number, sampleRateHz: number, bandWidthHz: number): number {
  const samples = Math.max(2 * rowIntervalS * sampleRateHz, (binsInBand * sampleRateHz) / bandWidthHz)
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, samples)) - 1e-9)
  return Math.min(nfftMost, Math.max(nfftLeast, wanted))
}

/** Multi: up to three blocks of ceil(n / 3) channels, the empty ones left out. */
export function channelBlocks(firstChannel: number, channelCount: number, split: boolean): ChannelBlock[] {
  const size = split ? Math.ceil(channelCount / streamsMost) : channelCount
  const blocks: ChannelBlock[] = []
  for (let first = 0; first < channelCount; first += size) {
    blocks.push({ firstChannel: firstChannel + first, channelCount: Math.min(size, channelCount - first) })
  }
  return blocks
}

const overlapHz = (band: Band, low: number, high: number): number =>
  Math.min(band.highHz, high) - Math.max(band.lowHz, low)

/**
 * The recorded band that agrees best with the one asked for: greatest overlap ÷ union, ties to the lower one. Without a
 * wish the widest band, which is the nearest thing to 0..PRR/2.
 */
export function bestBand(bands: readonly Band[], wish: { min: number; max: number } | null): number {
  const score = (band: Band): number => {
    const width = band.highHz - band.lowHz
    if (wish === null) return width
    const shared = overlapHz(band, wish.min, wish.max)
    const union = Math.max(band.highHz, wish.max) - Math.min(band.lowHz, wish.min)
    return shared >= 0 ? shared / union : (shared - 1) / union
  }
  let best = 0
  bands.forEach((band, index) => {
    if (score(band) > score(bands[best]!)) best = index
  })
  return best
}

export type Planned =
  | { ok: true; plan: JobPlan }
  /** Nothing was recorded then; or the band lies between two bins of the spectrum. */
  | { ok: false; code: 'no-data' | 'empty-band'; reason: string }

function sampleRange(
  source: AcquisitionSource,
  wish: { startNs: Nanoseconds; endNs: Nanoseconds },
  nowNs: Nanoseconds
): JobPlan['range'] {
  const whole = source.historicRange(nowNs)
  if (whole === null) return null
  const startNs = wish.startNs > whole.startNs ? wish.startNs : whole.startNs
  const knownEnd = whole.endNs ?? nowNs
  const endNs = wish.endNs < knownEnd ? wish.endNs : knownEnd
  const firstSample = source.sampleIndexAt(startNs)
  const endSample = source.sampleIndexAt(endNs)
  return endSample > firstSample ? { firstSample, endSample } : null
}

/** Settles everything that the answer to `/configure` states. The request has passed all limits. */
export function planJob(request: ConfigureRequest, source: AcquisitionSource, nowNs: Nanoseconds): Planned {
  const { description } = source
  const range = request.timeRange ? sampleRange(source, request.timeRange, nowNs) : null
  if (request.timeRange && range === null) {
    const { startNs, endNs } = request.timeRange
    return {
      ok: false,
      code: 'no-data',
      reason: `${description.name} has nothing from ${isoFromNanoseconds(startNs)} to ${isoFromNanoseconds(endNs)}`
    }
  }
  const firstChannel = request.channels.min - 1
  const channelCount = request.channels.max - request.channels.min + 1
  const common = {
    request,
    source,
    range,
    elementType: description.elementType,
    streams: channelBlocks(firstChannel, channelCount, request.view === 'multi')
  }
  if (description.content === 'bandEnergy') {
    const band = bestBand(description.bands, request.band)
    const { lowHz, highHz } = description.bands[band]!
    const rowIntervalS = description.sampleIntervalNs / Number(nanosecondsPerSecond)
    return { ok: true, plan: { ...common, nfft: 1, rowIntervalS, lowHz, highHz, frequenciesHz: [lowHz, highHz], band } }
  }
  const nyquistHz = description.sampleRateHz / 2
  const lowHz = request.band?.min ?? 0
  const highHz = request.band?.max ?? nyquistHz
  const rateHz = description.sampleRateHz
  const nfft = request.nfft ?? waterfallNfft(request.rowIntervalS, rateHz, highHz - lowHz)
  const bins = bandBins(nfft, rateHz, lowHz, highHz)
  if (bins.count === 0) {
    const reason = `no frequency of an FFT of ${nfft} lies in it: they are ${(rateHz / nfft).toPrecision(3)} Hz apart`
    return { ok: false, code: 'empty-band', reason }
  }
  const frequenciesHz = request.view === 'waterfall' ? [lowHz, highHz] : [...binFrequencies(nfft, rateHz, bins)]
  return {
    ok: true,
    plan: { ...common, nfft, rowIntervalS: request.rowIntervalS, lowHz, highHz, frequenciesHz, band: 0 }
  }
}
