import { InvalidArgumentError } from 'commander'
import type { BackendRecording, JobRequest, ViewName } from '../../src-preload/contract/schemas.ts'
import { viewNames } from '../../src-preload/contract/schemas.ts'
import { nanosecondsFromIso } from '../../src-preload/contract/units.ts'

export interface JobOptions {
  view?: ViewName
  channels?: { min: number; max: number }
  band?: { minHz: number; maxHz: number }
  nfft?: number
  from?: string
  to?: string
  recording?: string
}

export function viewOption(text: string): ViewName {
  const view = viewNames.find((name) => name === text)
  if (!view) throw new InvalidArgumentError(`Give one of ${viewNames.join(', ')}.`)
  return view
}

function pair(text: string): [number, number] | null {
  const parts = text.split(':').map((part) => (part.trim() === '' ? NaN : Number(part)))
  return parts.length === 2 && parts.every(Number.isFinite) ? [parts[0]!, parts[1]!] : null
}

/** `1:2222`, both ends in. */
export function channelsOption(text: string): { min: number; max: number } {
  const range = pair(text)
  if (!range?.every(Number.isInteger)) throw new InvalidArgumentError('Give channels as 1:2222, both ends in.')
  return { min: range[0], max: range[1] }
}

/** `5:200`, Hz. */
export function bandOption(text: string): { minHz: number; maxHz: number } {
  const range = pair(text)
  if (!range) throw new InvalidArgumentError('Give a band in hertz as 5:200.')
  return { minHz: range[0], maxHz: range[1] }
}

export function integerOption(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

/** An ISO 8601 time (UTC where no zone is given) or integer nanoseconds since 1970, as text of nanoseconds. */
export function timeOption(text: string): string {
  if (/^\d{16,20}$/.test(text)) return text
  const nanoseconds = nanosecondsFromIso(text)
  if (nanoseconds === null)
    throw new InvalidArgumentError('Give a time as 2023-04-26T16:14:49.042Z, or integer nanoseconds since 1970.')
  return nanoseconds.toString()
}

export type BuiltRequest = { ok: true; request: JobRequest } | { ok: false; message: string }

/** What was asked for, on top of the core's defaults. A recording by name brings its own range where none is given. */
export function buildRequest(defaults: JobRequest, options: JobOptions, recordings: BackendRecording[]): BuiltRequest {
  const request: JobRequest = { ...defaults }
  if (options.view !== undefined) request.view = options.view
  if (options.channels !== undefined) request.channels = options.channels
  if (options.band !== undefined) request.band = options.band
  if (options.nfft !== undefined) request.nfft = options.nfft
  let startNs = options.from ?? null
  let endNs = options.to ?? null
  if (options.recording !== undefined) {
    const recording = recordings.find(({ name }) => name === options.recording)
    if (!recording)
      return {
        ok: false,
        message: `The backend has no recording named "${options.recording}"; it lists ${listNames(recordings)}.`
      }
    request.recording = options.recording
    startNs ??= recording.startNs
    endNs ??= recording.endNs
    if (options.channels === undefined && recording.channels) request.channels = recording.channels
  }
  if ((startNs === null) !== (endNs === null))
    return { ok: false, message: 'A historic job has a start and an end: give both --from and --to.' }
  request.timeRange = startNs !== null && endNs !== null ? { startNs, endNs } : null
  return { ok: true, request }
}

function listNames(recordings: BackendRecording[]): string {
  const names = recordings.map(({ name }) => name).filter((name) => name !== null)
  if (names.length === 0) return 'none by name'
  const shown = names.slice(0, 10).join(', ')
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown
}
