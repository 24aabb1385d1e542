import type { FieldError } from '../../src-preload/contract/errors.ts'
import type { BackendRecording, LiveFibre } from '../../src-preload/contract/schemas.ts'
import { nanosecondsFromSeconds } from '../../src-preload/contract/units.ts'

/** What `/configure` and `/metadata/{job_id}` say, read leniently: servers differ in what is text and what is a number. */
export interface ConfiguredJob {
  jobId: string
  /** From `stream_url`; null where it names no host. */
  streamHost: string | null
  streamSecure: boolean
  streamPort: number
  /** Band or bin frequencies, Hz; empty where the server gives none. */
  frequenciesHz: number[]
  /** `lines_dt`; null where it is missing or no positive number. */
  rowIntervalS: number | null
  streamAmount: number
  channelAmount: number | null
}

type Tree = Record<string, unknown>

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Numbers, and text that is one. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

const positiveOf = (value: unknown): number | null => {
  const number = numberOf(value)
  return number !== null && number > 0 ? number : null
}

function hostOf(streamUrl: string): { host: string | null; secure: boolean } {
  if (streamUrl.trim() === '') return { host: null, secure: false }
  try {
    const url = new URL(streamUrl.includes('://') ? streamUrl : `http://${streamUrl}`)
    return { host: url.hostname || null, secure: url.protocol === 'https:' }
  } catch {
    return { host: null, secure: false }
  }
}

/** A sentence instead where the answer cannot be used. */
export function readConfiguredJob(value: unknown): ConfiguredJob | string {
  if (!isTree(value)) return 'the answer is not an object'
  const jobId = textOf(value['job_id'])
  if (jobId === '') return 'job_id is missing'
  const streamPort = numberOf(value['stream_port'])
  if (streamPort === null || !Number.isInteger(streamPort) || streamPort < 1 || streamPort > 65_535)
    return `stream_port is ${JSON.stringify(value['stream_port'])}, not a port`
  const { host, secure } = hostOf(textOf(value['stream_url']))
  const frequencies = Array.isArray(value['frequencies_list']) ? value['frequencies_list'].map(numberOf) : []
  return {
    jobId,
    streamHost: host,
    streamSecure: secure,
    streamPort,
    frequenciesHz: frequencies.filter((frequency) => frequency !== null),
    rowIntervalS: positiveOf(value['lines_dt']),
    streamAmount: Math.min(64, Math.max(1, Math.round(positiveOf(value['stream_amount']) ?? 1))),
    channelAmount: positiveOf(value['channel_amount'])
  }
}

export function readChannels(value: unknown): { lowest: number; highest: number } | string {
  const lowest = isTree(value) ? numberOf(value['lowest_channel']) : null
  const highest = isTree(value) ? numberOf(value['highest_channel']) : null
  return lowest === null || highest === null ? 'lowest_channel or highest_channel is missing' : { lowest, highest }
}

/** A fibre with `prrHz` 0 is one that the backend still waits for; its `description` says so. */
export function readLiveFibre(value: unknown): LiveFibre | string {
  if (!isTree(value)) return 'the answer is not an object'
  return {
    channelSpacingM: numberOf(value['dx']) ?? 0,
    prrHz: numberOf(value['prr']) ?? 0,
    fibreStartM: numberOf(value['fiber_start_meters']),
    fibreLengthM: numberOf(value['fiber_length_meters']),
    channelCount: numberOf(value['number_of_channels']) ?? 0,
    softwareVersion: textOf(value['sw_version']),
    description: textOf(value['fiber_description'])
  }
}

const nanosecondsTextOf = (value: unknown): string | null =>
  typeof value === 'string' && /^-?\d{1,20}$/.test(value)
    ? value
    : typeof value === 'number' && Number.isFinite(value)
      ? BigInt(Math.round(value)).toString()
      : null

function readNamedRecording(value: unknown): BackendRecording | null {
  if (!isTree(value)) return null
  const startNs = nanosecondsTextOf(value['start_time_ns'])
  if (startNs === null) return null
  const channels = isTree(value['channels']) ? value['channels'] : {}
  const min = numberOf(channels['min'])
  const max = numberOf(channels['max'])
  const bands = Array.isArray(value['bands']) ? value['bands'] : []
  return {
    name: textOf(value['name']) || null,
    startNs,
    endNs: nanosecondsTextOf(value['end_time_ns']),
    format: textOf(value['format']) || null,
    channels: min === null || max === null ? null : { min, max },
    sampleRateHz: positiveOf(value['sample_rate_hz']),
    bands: bands.flatMap((band: unknown) => {
      const lowHz = isTree(band) ? numberOf(band['low_hz']) : null
      const highHz = isTree(band) ? numberOf(band['high_hz']) : null
      return lowHz === null || highHz === null ? [] : [{ lowHz, highHz }]
    }),
    unit: textOf(value['unit']) || null
  }
}

/** Epoch seconds; an end of −1 (or none) is a recording that still runs. */
function readRange(value: unknown): BackendRecording | null {
  const start = Array.isArray(value) ? numberOf(value[0]) : null
  const end = Array.isArray(value) ? numberOf(value[1]) : null
  if (start === null) return null
  return {
    name: null,
    startNs: nanosecondsFromSeconds(start).toString(),
    endNs: end === null || end < 0 ? null : nanosecondsFromSeconds(end).toString(),
    format: null,
    channels: null,
    sampleRateHz: null,
    bands: [],
    unit: null
  }
}

/** Both lists that servers give: objects of our own `GET /recordings`, or ranges, bare or under `recordings`. */
export function readRecordings(value: unknown): BackendRecording[] | string {
  const list = Array.isArray(value) ? (value as unknown[]) : isTree(value) ? value['recordings'] : null
  // `{}` stands for an empty list on some servers.
  if (isTree(list) && Object.keys(list).length === 0) return []
  if (isTree(value) && Object.keys(value).length === 0) return []
  if (!Array.isArray(list)) return 'there is no list of recordings in the answer'
  return list.map((entry) => readNamedRecording(entry) ?? readRange(entry)).filter((entry) => entry !== null)
}

/**
 * The message of an error answer: `{"error": …}` of the application, `{"detail": …}` of a framework, or both. Fields are
 * named as the wire names them.
 */
export function readErrorAnswer(value: unknown): { message: string; fields: FieldError[] } {
  if (!isTree(value)) return { message: '', fields: [] }
  const { error, detail } = value
  const fields = (Array.isArray(detail) ? (detail as unknown[]) : []).flatMap((entry) => {
    if (!isTree(entry)) return []
    const location = Array.isArray(entry['loc']) ? entry['loc'].map(textOf).filter((part) => part !== 'body') : []
    return [{ path: location.join('.'), message: textOf(entry['msg']) || 'is not accepted' }]
  })
  const message =
    textOf(error) ||
    textOf(detail) ||
    fields.map((field) => (field.path ? `${field.path}: ${field.message}` : field.message)).join('; ')
  return { message, fields }
}
