import type { FieldError } from '../../src-preload/contract/errors.ts'
import { viewTypeFromName, type JobRequest } from '../../src-preload/contract/schemas.ts'
import type { ConfigureBody } from '../streams/controlClient.ts'

const durationMaxS = 3600
const heightMax = 10_000
/** What servers use for a waterfall whose duration is left open. */
const openRowIntervalS = 0.05

/** Exactly, or at least to one part in a thousand. */
const tolerances = [1e-9, 1e-3]

/**
 * Whole numbers with duration / height = the row interval, the shortest such duration; null where it is the interval that an
 * open duration stands for, or where whole numbers within the limits cannot say it.
 */
export function rowsAndDuration(rowIntervalS: number): { durationS: number; height: number } | null {
  if (Math.abs(rowIntervalS - openRowIntervalS) < 1e-9) return null
  for (const tolerance of tolerances)
    for (let durationS = 1; durationS <= durationMaxS; durationS++) {
      const height = Math.round(durationS / rowIntervalS)
      if (height > heightMax) break
      if (height >= 1 && Math.abs(durationS / height / rowIntervalS - 1) < tolerance) return { durationS, height }
    }
  return null
}

const nanosecondsPerSecond = 1_000_000_000n

/** Whole seconds at or before a time, before 1970 too. */
const secondsBelow = (ns: bigint): bigint =>
  (ns - (((ns % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond)) / nanosecondsPerSecond

function frequencyRangeOf({ band }: JobRequest, nyquistHz: number | null): ConfigureBody['frequencyRange'] {
  if (band === null) return null
  const min = Math.floor(band.minHz)
  const highest = nyquistHz === null ? Infinity : Math.floor(nyquistHz)
  const max = Math.min(Math.ceil(band.maxHz), highest)
  // Below one hertz there is no whole-number range: the whole band is asked for.
  return max > min ? { min, max } : null
}

/** The request as the interface wants it. Seconds are rounded outwards, so that nothing that was asked for is cut off. */
export function configureBodyFrom(request: JobRequest, defaultRows: number, nyquistHz: number | null): ConfigureBody {
  const rows = rowsAndDuration(request.rowIntervalS)
  const range = request.timeRange
  const endNs = range ? BigInt(range.endNs) : 0n
  return {
    displayTimeAxisDuration: rows?.durationS ?? null,
    nfftSelection: request.view === 'waterfall' ? 1 : request.nfft,
    displayInfo: { height: rows?.height ?? defaultRows },
    channels: { min: request.channels.min, max: request.channels.max },
    frequencyRange: frequencyRangeOf(request, nyquistHz),
    start_time: range ? Number(secondsBelow(BigInt(range.startNs))) : null,
    end_time: range ? Number(-secondsBelow(-endNs)) : null,
    view_type: viewTypeFromName[request.view],
    ...(request.recording === null
      ? {}
      : { recording: request.recording, ...(range ? { start_time_ns: range.startNs } : {}) })
  }
}

const requestPaths: Record<string, string> = {
  displayTimeAxisDuration: 'rowIntervalS',
  'displayInfo.height': 'rowIntervalS',
  lines_dt: 'rowIntervalS',
  nfftSelection: 'nfft',
  'frequencyRange.min': 'band.minHz',
  'frequencyRange.max': 'band.maxHz',
  frequencyRange: 'band',
  start_time: 'timeRange.startNs',
  end_time: 'timeRange.endNs',
  view_type: 'view'
}

/** A backend's messages, under the names of the form's fields. */
export const fieldsFromWire = (fields: FieldError[]): FieldError[] =>
  fields.map(({ path, message }) => ({ path: requestPaths[path] ?? path, message }))
