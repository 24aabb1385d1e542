import type { LoadEstimate } from '../../src-preload/contract/calls.ts'
import type { JobRequest, ViewName } from '../../src-preload/contract/schemas.ts'

const viewMultiplier: Record<ViewName, number> = { single: 1, multi: 1.5, waterfall: 2 }

export interface LoadLimits {
  /** What this machine takes, in the unit of the score. */
  scoreLimit: number
  /** Bytes. */
  memoryLimitBytes: number
  /** Upper end of the band where the request leaves it open, Hz. */
  nyquistHz: number
  nfftMin: number
}

export const channelCountOf = (request: JobRequest): number => request.channels.max - request.channels.min + 1

export function loadScoreOf(request: JobRequest, nyquistHz: number): number {
  const { minHz, maxHz } = request.band ?? { minHz: 0, maxHz: nyquistHz }
  return channelCountOf(request) * (maxHz - minHz) * Math.log2(request.nfft) * viewMultiplier[request.view]
}

/** J4: channels · nfft · 8, in bytes. */
export const memoryEstimateBytes = (channelCount: number, nfft: number): number => channelCount * nfft * 8

/** The largest NFFT for these channels, and the most channels for this NFFT, that the memory takes. */
export const memoryFit = (
  channelCount: number,
  nfft: number,
  limitBytes: number
): { nfft: number; channelCount: number } => ({
  nfft: 2 ** Math.floor(Math.log2(limitBytes / memoryEstimateBytes(channelCount, 1))),
  channelCount: Math.floor(limitBytes / memoryEstimateBytes(1, nfft))
})

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ' ')

function suggestionFor(request: JobRequest, limits: LoadLimits, score: number, memoryBytes: number): string {
  const channelCount = channelCountOf(request)
  if (memoryBytes > limits.memoryLimitBytes) {
    const { nfft: nfftFits, channelCount: channelsFit } = memoryFit(channelCount, request.nfft, limits.memoryLimitBytes)
    const ways = [
      ...(nfftFits >= limits.nfftMin ? [`NFFT ${grouped(nfftFits)} with ${grouped(channelCount)} channels`] : []),
      ...(channelsFit >= 1 ? [`${grouped(channelsFit)} channels with NFFT ${grouped(request.nfft)}`] : [])
    ]
    return ways.length > 0 ? `At most ${ways.join(', or ')} fit.` : 'Not even one channel fits.'
  }
  const channelsFit = Math.floor((channelCount * limits.scoreLimit) / score)
  const narrower = Math.floor(
    ((request.band ? request.band.maxHz - request.band.minHz : limits.nyquistHz) * limits.scoreLimit) / score
  )
  const ways = [
    ...(channelsFit >= 1 ? [`at most ${grouped(channelsFit)} channels`] : []),
    ...(narrower >= 1 ? [`a band of at most ${grouped(narrower)} Hz`] : []),
    ...(request.nfft > limits.nfftMin ? ['a smaller NFFT'] : [])
  ]
  return `More than this machine takes: ${ways.join(', or ')}.`
}

/** J4: load score and memory against what this machine can take, with what to change where it cannot. */
export function loadEstimate(request: JobRequest, limits: LoadLimits): LoadEstimate {
  const score = Math.max(0, loadScoreOf(request, limits.nyquistHz))
  const memoryBytes = Math.max(0, memoryEstimateBytes(channelCountOf(request), request.nfft))
  const fits = score <= limits.scoreLimit && memoryBytes <= limits.memoryLimitBytes
  return {
    score,
    scoreLimit: limits.scoreLimit,
    memoryBytes,
    memoryLimitBytes: limits.memoryLimitBytes,
    fits,
    suggestion: fits ? '' : suggestionFor(request, limits, score, memoryBytes)
  }
}
