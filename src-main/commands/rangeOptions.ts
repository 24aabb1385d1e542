import { InvalidArgumentError } from 'commander'
import type { ExportSelection } from '../../src-preload/contract/tasks.ts'
import { nanosecondsFromIso, type Nanoseconds } from '../../src-preload/contract/units.ts'
import type { RecordingInfo } from '../recordings/recording.ts'
import { CommandFailure } from './runProgram.ts'

/** An end of a time range: a time, or nanoseconds from the start of the recording. */
export type TimeEnd = { kind: 'time'; timeNs: Nanoseconds } | { kind: 'offset'; offsetNs: Nanoseconds }

/** Half-open. Null: from the start, to the end. */
export interface TimeRangeOption {
  from: TimeEnd | null
  to: TimeEnd | null
}

/** Both ends in, by the recording's own numbers. Null: from the first, to the last. */
export interface ChannelRangeOption {
  from: number | null
  to: number | null
}

/** Seconds with up to nine decimals, exactly. */
function offsetOf(text: string): Nanoseconds | null {
  const match = /^(\d{1,12})(?:\.(\d{1,9})\d*)?\s*s?$/.exec(text)
  return match ? BigInt(match[1]!) * 1_000_000_000n + BigInt((match[2] ?? '').padEnd(9, '0')) : null
}

function timeEnd(text: string): TimeEnd | null {
  const offsetNs = offsetOf(text)
  if (offsetNs !== null) return { kind: 'offset', offsetNs }
  const timeNs = nanosecondsFromIso(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  return timeNs === null ? null : { kind: 'time', timeNs }
}

/** `10:20` (seconds from the start), `2023-04-26T16:14:49Z:2023-04-26T16:15:00Z`, `10:`, `:20`. */
export function timeRangeOption(text: string): TimeRangeOption {
  // Times have colons of their own: the right one is the one with a time on either side.
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    const [left, right] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
    const [from, to] = [left === '' ? null : timeEnd(left), right === '' ? null : timeEnd(right)]
    if ((left !== '' && from === null) || (right !== '' && to === null)) continue
    if (from !== null && from.kind === to?.kind && valueOf(from) >= valueOf(to)) break
    return { from, to }
  }
  throw new InvalidArgumentError(
    'Give FROM:TO, each in seconds from the start (10:20) or as a time (2023-04-26T16:14:49Z:2023-04-26T16:15:00Z), FROM before TO.'
  )
}

const valueOf = (end: TimeEnd): bigint => (end.kind === 'time' ? end.timeNs : end.offsetNs)

/** `1:2222`, `12`, `-260:-1`, `5:`, `:99`. */
export function channelRangeOption(text: string): ChannelRangeOption {
  const match = /^\s*(-?\d{1,9})?\s*(:?)\s*(-?\d{1,9})?\s*$/.exec(text)
  const from = match?.[1] === undefined ? null : Number(match[1])
  const to = match?.[3] === undefined ? null : Number(match[3])
  if (match && match[2] === '' && from !== null && to === null) return { from, to: from }
  if (match && match[2] === ':' && (from === null || to === null || from <= to)) return { from, to }
  throw new InvalidArgumentError('Give FROM:TO, both ends in, such as 1:2222, or one channel.')
}

export function decimationOption(text: string): number {
  const factor = Number(text)
  if (!/^\d{1,6}$/.test(text) || factor < 1 || factor > 100_000)
    throw new InvalidArgumentError('Give a whole number from 1 to 100000.')
  return factor
}

/** What the options mean for a recording. Throws `CommandFailure` where its times are not known and one is named. */
export function timeSelection(range: TimeRangeOption | undefined, info: RecordingInfo): ExportSelection['time'] {
  if (range === undefined || (range.from === null && range.to === null)) return null
  const startNs = info.startTimeNs ?? 0n
  const resolve = (end: TimeEnd | null): string | null => {
    if (end === null) return null
    if (end.kind === 'offset') return String(startNs + end.offsetNs)
    if (info.startTimeNs === null)
      throw new CommandFailure(
        `${info.file}: when it was recorded is not known; give the time in seconds from its start.`
      )
    return String(end.timeNs)
  }
  // Beyond any recording; the ends are cut to what there is.
  const beyondNs = startNs + 10n ** 19n
  return { fromNs: resolve(range.from) ?? String(startNs), toNs: resolve(range.to) ?? String(beyondNs) }
}

export function channelSelection(
  range: ChannelRangeOption | undefined,
  info: RecordingInfo
): ExportSelection['channels'] {
  if (range === undefined) return null
  const first = info.firstChannel ?? 0
  const last = first + (info.shape.channel - 1) * info.channelStep
  return { from: range.from ?? Math.min(first, last), to: range.to ?? Math.max(first, last) }
}
