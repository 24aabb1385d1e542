import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { AnalysisPlan, StoredBlock } from '../analysis/analysis.ts'
import { sampleRateHz } from '../dsp/rowGrid.ts'
import { noiseBandwidthBins, windowWeights } from '../dsp/windows.ts'
import { planGrid } from '../analysis/planGrid.ts'
import type { JobViewDescription } from '../analysis/rowSubscription.ts'
import type { StreamOffer } from '../streams/streamSource.ts'

/** Whole samples of a historic offer; null where its range is open. */
function totalSamples(offer: StreamOffer, originNs: Nanoseconds): number | null {
  return offer.live || offer.endNs === null
    ? null
    : Math.max(0, Math.round(Number(offer.endNs - originNs) / offer.sampleIntervalNs))
}

/** A sentence where nothing can be computed from what the stream offers. */
export function analysisPlanFor(
  request: JobRequest,
  offer: StreamOffer,
  block: StoredBlock,
  originNs: Nanoseconds
): AnalysisPlan | string {
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
    nfft: Math.min(request.nfft, longest),
    rowIntervalS: Math.max(request.rowIntervalS, offer.sampleIntervalNs / 1e9),
    lowHz,
    highHz,
    content: offer.content === 'bandEnergy' ? 'bandEnergy' : 'samples',
    originNs,
    live: offer.live
  }
}

const columnsOf = (offer: StreamOffer): JobViewDescription['columns'] => ({
  count: offer.channelCount,
  firstChannel: offer.firstChannel,
  channelStep: offer.channelStep,
  channelsPerColumn: 1,
  firstDistanceM: offer.firstDistanceM,
  channelSpacingM: offer.channelSpacingM
})

/** All kernels use this one where nothing else is asked for. */
const windowName = 'hann'

function analysisOf({ nfft, rowIntervalS, sampleIntervalNs }: AnalysisPlan): JobViewDescription['analysis'] {
  return {
    nfft,
    hopSamples: (rowIntervalS * 1e9) / sampleIntervalNs,
    window: windowName,
    binWidthHz: sampleRateHz(sampleIntervalNs) / nfft,
    noiseBandwidthBins: noiseBandwidthBins(windowWeights(windowName, nfft))
  }
}

/** The picture of a job that analyses blocks itself. */
export function blocksDescription(jobId: string, offer: StreamOffer, plan: AnalysisPlan): JobViewDescription {
  const grid = planGrid(plan)
  const samples = totalSamples(offer, plan.originNs)
  const recorded = offer.content === 'bandEnergy'
  const unit = offer.unit === '' ? '' : recorded ? ` re ${offer.unit}` : ` re (${offer.unit})²`
  return {
    jobId,
    live: offer.live,
    layer: 'picture',
    content: 'energy',
    columns: columnsOf(offer),
    bins: null,
    samples: null,
    analysis: recorded ? null : analysisOf(plan),
    originNs: grid.centreNs(plan.originNs, 0).toString(),
    rowIntervalNs: grid.rowIntervalNs,
    expectedRows: samples === null ? null : grid.rowsWithin(samples),
    value: {
      quantity: recorded ? offer.quantity || 'band energy' : `band energy of ${offer.quantity || 'the signal'}`,
      unit: `dB${unit}`,
      lowHz: recorded ? offer.bandLowHz : plan.lowHz,
      highHz: recorded ? offer.bandHighHz : plan.highHz
    }
  }
}

/** The picture of rows that a backend has analysed. */
export function rowsDescription(jobId: string, offer: StreamOffer): JobViewDescription {
  const startNs = offer.startNs ?? 0n
  return {
    jobId,
    live: offer.live,
    layer: 'picture',
    content: 'energy',
    columns: columnsOf(offer),
    bins: null,
    samples: null,
    analysis: null,
    originNs: startNs.toString(),
    rowIntervalNs: offer.sampleIntervalNs,
    expectedRows:
      offer.live || offer.endNs === null
        ? null
        : Math.max(1, Math.ceil(Number(offer.endNs - startNs) / offer.sampleIntervalNs)),
    value: {
      quantity: offer.quantity,
      unit: offer.unit === '' ? 'dB' : `dB re (${offer.unit})²`,
      lowHz: offer.bandLowHz,
      highHz: offer.bandHighHz
    }
  }
}

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
  before.sampleIntervalNs === next.sampleIntervalNs
