import type { JobRequest, ViewLayer } from '../../src-preload/contract/schemas.ts'
import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { AnalysisPlan, StoredBlock } from '../analysis/analysis.ts'
import { bandBins } from '../dsp/frequencyBins.ts'
import { sampleRateHz } from '../dsp/rowGrid.ts'
import type { StreamOffer } from '../streams/streamSource.ts'

/** Values of a row of spectra, and bytes a second: more cannot be shown, and neighbouring channels are averaged. */
const spectraValuesMax = 262_144
const spectraBytesPerSMax = 8e6
/** Samples are sent as they are up to here; above, the least and the greatest of so many. */
const traceBytesPerSMax = 4e6

/** Whole samples of a historic offer; null where its range is open. */
export function totalSamples(offer: StreamOffer, originNs: Nanoseconds): number | null {
  return offer.live || offer.endNs === null
    ? null
    : Math.max(0, Math.round(Number(offer.endNs - originNs) / offer.sampleIntervalNs))
}

/** Channels that are averaged so that spectra of this size can be shown. */
export function channelsPerSpectrum(channelCount: number, binCount: number, rowIntervalS: number): number {
  const valuesMax = Math.min(spectraValuesMax, (spectraBytesPerSMax / 4) * rowIntervalS)
  const columnsMax = Math.max(1, Math.floor(valuesMax / binCount))
  return Math.ceil(channelCount / Math.min(channelCount, columnsMax))
}

/** Samples that a row of a trace stands for: 1, or a power of two. */
export function samplesPerTraceRow(channelCount: number, rateHz: number): number {
  const bytesPerS = channelCount * rateHz * 4
  return bytesPerS <= traceBytesPerSMax ? 1 : 2 ** Math.ceil(Math.log2((2 * bytesPerS) / traceBytesPerSMax))
}

/** What both layers of a job have in common; a sentence where nothing can be computed from what the stream offers. */
function commonPlan(
  request: JobRequest,
  offer: StreamOffer,
  block: StoredBlock,
  originNs: Nanoseconds,
  keptNfft: number | null
): Omit<AnalysisPlan, 'output'> | string {
  const nyquistHz = 0.5e9 / offer.sampleIntervalNs
  const lowHz = request.band?.minHz ?? 0
  const highHz = Math.min(request.band?.maxHz ?? nyquistHz, nyquistHz)
  if (offer.content === 'samples' && lowHz >= highHz)
    return `The band begins at ${lowHz} Hz, but the data reaches only to ${nyquistHz} Hz.`
  const samples = totalSamples(offer, originNs)
  // A short range still makes a picture: with the longest window that fits into it four times.
  const longest = samples === null ? Infinity : Math.max(2, 2 ** Math.floor(Math.log2(Math.max(8, samples) / 4)))
  return {
    channelCount: offer.channelCount,
    channelsPerColumn: 1,
    sampleIntervalNs: offer.sampleIntervalNs,
    elementType: block.elementType,
    scale: block.scale,
    nfft: keptNfft ?? Math.min(request.nfft, longest),
    rowIntervalS: Math.max(request.rowIntervalS, offer.sampleIntervalNs / 1e9),
    lowHz,
    highHz,
    content: offer.content === 'bandEnergy' ? 'bandEnergy' : 'samples',
    originNs,
    live: offer.live
  }
}

export type LayerPlans = { layer: ViewLayer; plan: AnalysisPlan }[]

/**
 * The layers of a job on these blocks; a sentence where there are none. `keptNfft`: of the picture before a seek, which must not
 * change because less of the recording is left.
 */
export function layerPlansFor(
  request: JobRequest,
  offer: StreamOffer,
  block: StoredBlock,
  originNs: Nanoseconds,
  keptNfft: number | null = null
): LayerPlans | string {
  const common = commonPlan(request, offer, block, originNs, keptNfft)
  if (typeof common === 'string') return common
  if (request.view === 'waterfall') return [{ layer: 'picture', plan: { ...common, output: 'energy' } }]
  if (common.content === 'bandEnergy') return bandEnergyRefusal(offer.sourceName)
  const { nfft, channelCount, sampleIntervalNs, rowIntervalS, lowHz, highHz } = common
  const rateHz = sampleRateHz(sampleIntervalNs)
  const { count } = bandBins(nfft, rateHz, lowHz, highHz)
  if (count === 0) return `No frequency of an FFT of ${nfft} lies in the band: they are ${rateHz / nfft} Hz apart.`
  const samplesPerRow = samplesPerTraceRow(channelCount, rateHz)
  return [
    {
      layer: 'picture',
      plan: { ...common, output: 'spectra', channelsPerColumn: channelsPerSpectrum(channelCount, count, rowIntervalS) }
    },
    { layer: 'trace', plan: { ...common, output: 'trace', samplesPerRow } }
  ]
}

export const bandEnergyRefusal = (name: string): string =>
  `${name} holds band energies, not samples: it has neither spectra nor traces. Open it as a waterfall.`

/** Whether data of `next` can go on in the picture of `before`. */
export const isSamePicture = (before: StreamOffer, next: StreamOffer): boolean =>
  before.service === next.service &&
  before.content === next.content &&
  before.channelCount === next.channelCount &&
  before.firstChannel === next.firstChannel &&
  before.channelStep === next.channelStep &&
  before.unit === next.unit &&
  before.firstDistanceM === next.firstDistanceM &&
  before.channelSpacingM === next.channelSpacingM &&
  before.sampleIntervalNs === next.sampleIntervalNs &&
  before.bins?.count === next.bins?.count &&
  before.bins?.firstHz === next.bins?.firstHz
