import type { FieldError } from '../../src-preload/contract/errors.ts'
import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import { isoFromNanoseconds, type Nanoseconds } from '../../src-preload/contract/units.ts'

/** What a site and its backend allow. Frequencies in Hz, channels 1-based and inclusive. */
export interface JobLimits {
  channelLowest: number
  channelHighest: number
  frequencyMinHz: number
  frequencyMaxHz: number
  /** Narrowest band. */
  frequencyRangeMinHz: number
  /** Pulse repetition rate = sample rate of what is opened; null while unknown (then it is not checked). */
  prrHz: number | null
  nfftMin: number
  /** MultiChannel and Waterfall; SingleChannel. */
  nfftMaxMany: number
  nfftMaxSingle: number
  /** Seconds between rows. */
  rowIntervalMinS: number
}

const isPowerOfTwo = (value: number): boolean =>
  Number.isInteger(value) && value > 0 && Number.isInteger(Math.log2(value))

const number = (value: number): string => String(Math.round(value * 1e6) / 1e6)

function channelErrors({ channels, view }: JobRequest, limits: JobLimits): FieldError[] {
  const errors: FieldError[] = []
  const { channelLowest: lowest, channelHighest: highest } = limits
  for (const [name, value] of Object.entries(channels)) {
    const path = `channels.${name}`
    if (!Number.isInteger(value)) errors.push({ path, message: `${value} is not a whole number` })
    else if (value < lowest) errors.push({ path, message: `${value} is below ${lowest}` })
    else if (value > highest) errors.push({ path, message: `${value} is above ${highest}, the last channel` })
  }
  if (errors.length > 0) return errors
  if (channels.min > channels.max) {
    errors.push({
      path: 'channels.min',
      message: `${channels.min} is above the last channel asked for, ${channels.max}`
    })
  } else if (view === 'single' && channels.min !== channels.max) {
    errors.push({
      path: 'channels.max',
      message: `SingleChannel shows one channel: ${channels.max} is not ${channels.min}`
    })
  }
  return errors
}

function bandErrors({ band }: JobRequest, limits: JobLimits): FieldError[] {
  if (band === null) return []
  const errors: FieldError[] = []
  const lowest = limits.frequencyMinHz
  const nyquistHz = limits.prrHz === null ? Number.POSITIVE_INFINITY : limits.prrHz / 2
  for (const name of ['minHz', 'maxHz'] as const) {
    const path = `band.${name}`
    const value = band[name]
    if (!Number.isFinite(value)) errors.push({ path, message: `${value} is not a frequency` })
    else if (value < lowest) errors.push({ path, message: `${number(value)} Hz is below ${number(lowest)} Hz` })
    else if (value > nyquistHz) {
      const message = `${number(value)} Hz is above PRR/2: sampled at ${number(nyquistHz * 2)} Hz, at most ${number(nyquistHz)} Hz`
      errors.push({ path, message })
    } else if (value > limits.frequencyMaxHz) {
      errors.push({ path, message: `${number(value)} Hz is above ${number(limits.frequencyMaxHz)} Hz` })
    }
  }
  if (errors.length > 0) return errors
  if (band.minHz >= band.maxHz) {
    errors.push({
      path: 'band.minHz',
      message: `${number(band.minHz)} Hz is not below the upper end, ${number(band.maxHz)} Hz`
    })
  } else if (band.maxHz - band.minHz < limits.frequencyRangeMinHz) {
    errors.push({ path: 'band.maxHz', message: `the band is narrower than ${number(limits.frequencyRangeMinHz)} Hz` })
  }
  return errors
}

function nfftErrors({ nfft, view }: JobRequest, limits: JobLimits): FieldError[] {
  const most = view === 'single' ? limits.nfftMaxSingle : limits.nfftMaxMany
  if (isPowerOfTwo(nfft) && nfft >= limits.nfftMin && nfft <= most) return []
  const whose = view === 'single' ? 'for one channel' : 'for many channels'
  return [{ path: 'nfft', message: `${nfft} is not a power of two from ${limits.nfftMin} to ${most} ${whose}` }]
}

function timeErrors({ timeRange, recording }: JobRequest, nowNs: Nanoseconds): FieldError[] {
  if (timeRange === null) return []
  const start = BigInt(timeRange.startNs)
  const end = BigInt(timeRange.endNs)
  const isAfter = end > start
  // A recording has the times that it has, even where the clock of its interrogator was wrong.
  if (isAfter && recording !== null) return []
  if (start > nowNs) return [{ path: 'timeRange.startNs', message: `${isoFromNanoseconds(start)} is in the future` }]
  if (!isAfter) return [{ path: 'timeRange.endNs', message: 'the end is not after the start' }]
  // A whole second of grace: ranges travel as whole seconds, rounded up.
  if (end > nowNs + 1_000_000_000n)
    return [{ path: 'timeRange.endNs', message: `${isoFromNanoseconds(end)} is in the future` }]
  return []
}

/**
 * J3: at most one message a field, with the field's path in the request. The form, the core and the embedded server all ask
 * this one function, so that they cannot disagree. `nowNs` is the clock of who asks.
 */
export function validateJobRequest(request: JobRequest, limits: JobLimits, nowNs: Nanoseconds): FieldError[] {
  const errors = [
    ...channelErrors(request, limits),
    ...bandErrors(request, limits),
    ...nfftErrors(request, limits),
    ...timeErrors(request, nowNs)
  ]
  if (!(request.rowIntervalS >= limits.rowIntervalMinS)) {
    const message = `${request.rowIntervalS} s between rows is below ${limits.rowIntervalMinS} s`
    errors.push({ path: 'rowIntervalS', message })
  }
  return errors
}
