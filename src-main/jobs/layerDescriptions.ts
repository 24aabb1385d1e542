import type { AnalysisPlan } from '../analysis/analysis.ts'
import { planGrid } from '../analysis/planGrid.ts'
import type { JobViewDescription } from '../analysis/rowSubscription.ts'
import { bandBins } from '../dsp/frequencyBins.ts'
import { sampleRateHz } from '../dsp/rowGrid.ts'
import { traceValuesPerChannel } from '../dsp/traceRows.ts'
import { noiseBandwidthBins, windowWeights } from '../dsp/windows.ts'
import type { StreamOffer } from '../streams/streamSource.ts'
import { totalSamples } from './viewPlan.ts'

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

function columnsOf(offer: StreamOffer, channelsPerColumn: number): JobViewDescription['columns'] {
  return {
    count: Math.ceil(offer.channelCount / channelsPerColumn),
    firstChannel: offer.firstChannel,
    channelStep: offer.channelStep,
    channelsPerColumn,
    firstDistanceM: offer.firstDistanceM,
    channelSpacingM: offer.channelSpacingM
  }
}

const reSquared = (unit: string, more = ''): string =>
  unit === '' ? `dB${more && ' re 1'}${more}` : `dB re (${unit})²${more}`

/** What the values of a plan's rows are. */
function valuesOf(
  offer: StreamOffer,
  plan: AnalysisPlan
): Pick<JobViewDescription, 'layer' | 'content' | 'bins' | 'samples' | 'analysis' | 'value'> {
  const { sampleIntervalNs, nfft, lowHz, highHz } = plan
  const signal = offer.quantity || 'the signal'
  if (plan.output === 'trace') {
    const perRow = plan.samplesPerRow ?? 1
    return {
      layer: 'trace',
      content: 'trace',
      bins: null,
      samples: { perRow, valuesPerColumn: traceValuesPerChannel(perRow), sampleIntervalNs },
      analysis: null,
      value: { quantity: offer.quantity || 'signal', unit: offer.unit, lowHz: null, highHz: null }
    }
  }
  if (plan.output === 'spectra') {
    const stepHz = sampleRateHz(sampleIntervalNs) / nfft
    const { first, count } = bandBins(nfft, sampleRateHz(sampleIntervalNs), lowHz, highHz)
    return {
      layer: 'picture',
      content: 'spectra',
      bins: { count, firstHz: first * stepHz, stepHz },
      samples: null,
      analysis: analysisOf(plan),
      value: { quantity: `power spectral density of ${signal}`, unit: reSquared(offer.unit, '/Hz'), lowHz, highHz }
    }
  }
  const isRecorded = offer.content === 'bandEnergy'
  const recordedUnit = offer.unit === '' ? 'dB' : `dB re ${offer.unit}`
  return {
    layer: 'picture',
    content: 'energy',
    bins: null,
    samples: null,
    analysis: isRecorded ? null : analysisOf(plan),
    value: {
      quantity: isRecorded ? offer.quantity || 'band energy' : `band energy of ${signal}`,
      unit: isRecorded ? recordedUnit : reSquared(offer.unit),
      lowHz: isRecorded ? offer.bandLowHz : lowHz,
      highHz: isRecorded ? offer.bandHighHz : highHz
    }
  }
}

/** A layer of a job that analyses blocks itself. */
export function blocksDescription(jobId: string, offer: StreamOffer, plan: AnalysisPlan): JobViewDescription {
  const grid = planGrid(plan)
  const samples = totalSamples(offer, plan.originNs)
  return {
    jobId,
    live: offer.live,
    columns: columnsOf(offer, plan.channelsPerColumn),
    originNs: grid.centreNs(plan.originNs, 0).toString(),
    rowIntervalNs: grid.rowIntervalNs,
    expectedRows: samples === null ? null : grid.rowsWithin(samples),
    ...valuesOf(offer, plan)
  }
}

/** The picture of rows that a backend has analysed. */
export function rowsDescription(jobId: string, offer: StreamOffer): JobViewDescription {
  const startNs = offer.startNs ?? 0n
  const bins = offer.bins ?? null
  return {
    jobId,
    live: offer.live,
    layer: 'picture',
    content: bins ? 'spectra' : 'energy',
    columns: columnsOf(offer, 1),
    bins,
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
      unit: bins ? reSquared(offer.unit, '/Hz') : reSquared(offer.unit),
      lowHz: offer.bandLowHz,
      highHz: offer.bandHighHz
    }
  }
}
