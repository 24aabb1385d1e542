import type { FieldError } from '../../src-preload/contract/errors.ts'
import type { BackendRecording, JobRequest, ViewName } from '../../src-preload/contract/schemas.ts'
import { isoFromNanoseconds, nanosecondsFromIso } from '../../src-preload/contract/units.ts'

/** Where the data comes from: the live fibre, a recording of the list, or a time range typed in. */
export type DraftSource = 'live' | 'range' | `recording:${number}`

/** The form as typed: text, so that half a number is no error of the program. */
export interface FormDraft {
  view: ViewName
  source: DraftSource
  channelMin: string
  channelMax: string
  bandMin: string
  bandMax: string
  nfft: string
  rowInterval: string
  rangeStart: string
  rangeEnd: string
}

const nfftOfMany = [128, 256, 512, 1024, 2048]

/** One channel may have longer transforms. */
export const nfftChoices = (view: ViewName): readonly number[] =>
  view === 'single' ? [...nfftOfMany, 4096, 8192, 16_384, 32_768, 65_536] : nfftOfMany

/** What another view of the same source asks for: one channel, and no transform that is too long for many. */
export function draftOfView(draft: FormDraft, view: ViewName): Partial<FormDraft> {
  const nfft = Math.min(Number(draft.nfft) || 1024, nfftChoices(view).at(-1)!)
  const isOther = draft.view !== view
  return {
    view,
    nfft: isOther ? String(nfft) : draft.nfft,
    ...(view === 'single' ? { channelMax: draft.channelMin } : {}),
    // Spectra show all frequencies; a band is what a waterfall adds up.
    ...(isOther && view !== 'waterfall' ? { bandMin: '', bandMax: '' } : {})
  }
}

export type DraftRequest = { ok: true; request: JobRequest } | { ok: false; fields: FieldError[] }

const trimmedNumber = (value: number): string => String(Number(value.toPrecision(12)))

/** `2026-01-31 16:30:00`, with decimals only where there are any. */
export const timeText = (nanoseconds: bigint): string =>
  isoFromNanoseconds(nanoseconds)
    .replace('T', ' ')
    .replace('Z', '')
    .replace(/\.?0+$/, '')

export function draftFromRequest(request: JobRequest): FormDraft {
  return {
    view: request.view,
    source: request.timeRange ? 'range' : 'live',
    channelMin: String(request.channels.min),
    channelMax: String(request.channels.max),
    bandMin: request.band ? trimmedNumber(request.band.minHz) : '',
    bandMax: request.band ? trimmedNumber(request.band.maxHz) : '',
    nfft: String(request.nfft),
    rowInterval: trimmedNumber(request.rowIntervalS),
    rangeStart: request.timeRange ? timeText(BigInt(request.timeRange.startNs)) : '',
    rangeEnd: request.timeRange ? timeText(BigInt(request.timeRange.endNs)) : ''
  }
}

export function recordingOf(draft: FormDraft, recordings: readonly BackendRecording[]): BackendRecording | null {
  if (!draft.source.startsWith('recording:')) return null
  return recordings[Number(draft.source.slice('recording:'.length))] ?? null
}

/** As typed: decimal point or comma, spaces between thousands. Null where it is no number. */
export function numberFrom(text: string): number | null {
  const plain = text.replace(/[\s\u202f]/g, '').replace(',', '.')
  if (plain === '' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null
  return Number(plain)
}

/** The request that the draft stands for, or one message for each field that is not even a number or a time. */
export function requestFromDraft(draft: FormDraft, recordings: readonly BackendRecording[]): DraftRequest {
  const fields: FieldError[] = []
  const read = (text: string, path: string, what: string, isWhole: boolean): number => {
    const value = numberFrom(text)
    if (value === null || (isWhole && !Number.isSafeInteger(value))) {
      fields.push({ path, message: `${what} must be a ${isWhole ? 'whole ' : ''}number.` })
      return 0
    }
    return value
  }
  const channels = {
    min: read(draft.channelMin, 'channels.min', 'The first channel', true),
    max: read(draft.channelMax, 'channels.max', 'The last channel', true)
  }
  const hasBand = draft.bandMin.trim() !== '' || draft.bandMax.trim() !== ''
  const band = hasBand
    ? {
        minHz: read(draft.bandMin, 'band.minHz', 'The lowest frequency', false),
        maxHz: read(draft.bandMax, 'band.maxHz', 'The highest frequency', false)
      }
    : null
  const nfft = read(draft.nfft, 'nfft', 'NFFT', true)
  const rowIntervalS = read(draft.rowInterval, 'rowIntervalS', 'The row interval', false)
  if (rowIntervalS <= 0 || rowIntervalS > 3600) {
    if (!fields.some((field) => field.path === 'rowIntervalS')) {
      fields.push({ path: 'rowIntervalS', message: 'The row interval must be above 0 and at most 3 600 s.' })
    }
  }
  const recording = recordingOf(draft, recordings)
  const timeRange = draft.source === 'range' ? typedRange(draft, fields) : recording ? rangeOf(recording) : null
  if (draft.source.startsWith('recording:') && !recording) {
    fields.push({ path: 'recording', message: 'This recording is no longer listed; choose another source.' })
  }
  if (fields.length > 0) return { ok: false, fields }
  const request: JobRequest = {
    view: draft.view,
    channels,
    band,
    nfft,
    rowIntervalS,
    timeRange,
    recording: recording?.name ?? null,
    ...(recording?.local ? { local: true } : {})
  }
  return { ok: true, request }
}

const rangeOf = (recording: BackendRecording): JobRequest['timeRange'] =>
  recording.endNs === null ? null : { startNs: recording.startNs, endNs: recording.endNs }

function typedRange(draft: FormDraft, fields: FieldError[]): JobRequest['timeRange'] {
  const start = nanosecondsFromIso(draft.rangeStart)
  const end = nanosecondsFromIso(draft.rangeEnd)
  const example = 'Write a UTC time such as 2026-01-31 16:30:00.'
  if (start === null) fields.push({ path: 'timeRange.startNs', message: example })
  if (end === null) fields.push({ path: 'timeRange.endNs', message: example })
  return start === null || end === null ? null : { startNs: String(start), endNs: String(end) }
}
