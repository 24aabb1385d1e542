import type { BackendRecording, BackendStatus, JobRequest } from '../../src-preload/contract/schemas.ts'
import type { Settings, SiteSettings } from '../../src-preload/contract/settings.ts'
import { memoryFit } from './loadScore.ts'

const liveRowIntervalS = 0.05
/** Rows that a whole recording is drawn with. */
const historicRows = 500
const rowIntervalMinS = 0.005
const rowIntervalMaxS = 3600
/** At least: what is looked up afterwards is often an earthquake, and its band begins at a few hertz. */
const historicWindowS = 0.5

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** Windows that overlap by half or more: the power of two that covers two row intervals. */
export function nfftFor(rowIntervalS: number, sampleRateHz: number, nfftMin: number, nfftMax: number): number {
  return clamp(2 ** Math.ceil(Math.log2(Math.max(1, 2 * rowIntervalS * sampleRateHz))), nfftMin, nfftMax)
}

/** The request that a fresh live form starts with: the site's defaults, cut to what the backend has. */
export function liveDefaults(site: SiteSettings, backend: BackendStatus): JobRequest {
  const lowest = Math.max(site.channelLowest, backend.channels?.lowest ?? 1)
  const highest = Math.max(lowest, Math.min(site.channelHighest, backend.channels?.highest ?? Infinity))
  const prrHz = backend.fibre && backend.fibre.prrHz > 0 ? backend.fibre.prrHz : 2 * site.frequencyMaxHz
  return {
    view: 'waterfall',
    channels: {
      min: clamp(site.defaultStartChannel, lowest, highest),
      max: clamp(site.defaultEndChannel, lowest, highest)
    },
    band: { minHz: site.frequencyMinHz, maxHz: Math.min(site.frequencyMaxHz, prrHz / 2) },
    nfft: nfftFor(liveRowIntervalS, prrHz, site.nfftMin, site.nfftMaxMany),
    rowIntervalS: liveRowIntervalS,
    timeRange: null,
    recording: null
  }
}

/** To 1, 2 or 5 times a power of ten, downwards: intervals that whole numbers can say. */
function roundedDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const mantissa = value / power
  return Number(((mantissa >= 5 ? 5 : mantissa >= 2 ? 2 : 1) * power).toPrecision(1))
}

/**
 * The request that shows a whole recording: all its channels, about five hundred rows or more. The lowest two bins are left
 * out, since a constant offset says nothing and would outshine the rest. A window that would need more memory than a job may
 * have is made shorter; only where the shortest needs more are channels left out, the last ones.
 */
export function recordingDefaults({ site, jobs }: Settings, recording: BackendRecording, nowNs: bigint): JobRequest {
  const startNs = BigInt(recording.startNs)
  const endNs = recording.endNs === null ? nowNs : BigInt(recording.endNs)
  const rangeS = Math.max(1e-3, Number(endNs - startNs) / 1e9)
  const rateHz = recording.sampleRateHz ?? 2 * site.frequencyMaxHz
  const isRaw = recording.bands.length === 0
  const shortestS = Math.max(0.01, 4 / rateHz)
  // A band-energy recording has its rows already.
  const rowIntervalS = isRaw
    ? clamp(roundedDown(rangeS / historicRows), shortestS, rowIntervalMaxS)
    : clamp(1 / rateHz, rowIntervalMinS, rowIntervalMaxS)
  const lowest = recording.channels?.min ?? site.channelLowest
  const highest = recording.channels?.max ?? site.channelHighest
  const wished = nfftFor(Math.max(rowIntervalS, historicWindowS / 2), rateHz, site.nfftMin, site.nfftMaxMany)
  const fits = memoryFit(highest - lowest + 1, wished, jobs.memoryPerJobMaxBytes)
  const nfft = clamp(fits.nfft, site.nfftMin, wished)
  const channelsMax = memoryFit(1, nfft, jobs.memoryPerJobMaxBytes).channelCount
  const minHz = Math.max(site.frequencyMinHz, Number(((2 * rateHz) / nfft).toPrecision(2)))
  const maxHz = Math.min(site.frequencyMaxHz, rateHz / 2)
  return {
    view: 'waterfall',
    channels: { min: lowest, max: Math.min(highest, lowest + channelsMax - 1) },
    band: isRaw && maxHz - minHz >= site.frequencyRangeMinHz ? { minHz, maxHz } : null,
    nfft,
    rowIntervalS,
    timeRange: { startNs: startNs.toString(), endNs: endNs.toString() },
    recording: recording.name,
    ...(recording.local ? { local: true } : {})
  }
}
