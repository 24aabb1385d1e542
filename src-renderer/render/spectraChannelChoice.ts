import { numberText } from '../../src-preload/contract/drawing/ticks.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import { channelNumber, columnFromChannelNumber } from './spectraChannelNames.ts'

type Columns = ViewDescription['columns']

/** Up to so many channels are all shown at first; of more, a few spread over the whole. */
const allUpTo = 9
const spreadAtFirst = 4
/** More are not picked at once: a page of pictures each is looked at. */
export const pickedMost = 512

const numbers = (text: string): number[] => text.split(' ').filter(Boolean).map(Number)

export const channelsText = (channels: readonly number[]): string => channels.join(' ')

const isThere = (columns: Columns, channel: number): boolean => {
  const index = columnFromChannelNumber(columns, channel)
  return index >= 0 && index < columns.count
}

/** `count` channels (numbers) from the first to the last, evenly apart. */
export function spreadChannels(columns: Columns, count: number): number[] {
  const many = Math.min(count, columns.count)
  if (many <= 1) return [channelNumber(columns, Math.floor((columns.count - 1) / 2))]
  return Array.from({ length: many }, (_, place) =>
    channelNumber(columns, Math.round((place * (columns.count - 1)) / (many - 1)))
  )
}

/** Channel numbers that are picked, in their order; those that this job does not have are left out. */
export function pickedChannels(kept: string, columns: Columns): number[] {
  const picked = [...new Set(numbers(kept))].filter((channel) => isThere(columns, channel))
  if (picked.length > 0) return picked
  return spreadChannels(columns, columns.count <= allUpTo ? columns.count : spreadAtFirst)
}

export const hiddenChannels = (kept: string): ReadonlySet<number> => new Set(numbers(kept))

/** Columns of a layer that show these channels; each once. */
export const columnsOfChannels = (columns: Columns, channels: readonly number[]): number[] => [
  ...new Set(
    channels.filter((channel) => isThere(columns, channel)).map((one) => columnFromChannelNumber(columns, one))
  )
]

export type ChannelText = { ok: true; channels: number[] } | { ok: false; message: string }

/** Reads `100, 200-300:10, 33 500`: single channels, and ranges with a step. */
export function channelsFromText(text: string, columns: Columns): ChannelText {
  const last = channelNumber(columns, columns.count - 1)
  const [least, most] = [Math.min(columns.firstChannel, last), Math.max(columns.firstChannel, last)]
  const channels: number[] = []
  for (const part of text.split(/[,;]/)) {
    const plain = part.replace(/[\s\u202f]/g, '')
    if (plain === '') continue
    const match = /^(\d+)(?:[-–](\d+)(?::(\d+))?)?$/.exec(plain)
    if (!match) return { ok: false, message: `“${part.trim()}” is no channel; write 100, 200-300:10.` }
    const from = Number(match[1])
    const to = match[2] === undefined ? from : Number(match[2])
    const step = Math.max(1, Number(match[3] ?? 1))
    for (const end of [from, to]) {
      if (end >= least && end <= most) continue
      return {
        ok: false,
        message: `Channel ${numberText(end)} is not in this job: it has ${numberText(least)} to ${numberText(most)}.`
      }
    }
    const direction = to >= from ? 1 : -1
    for (let channel = from; direction * (to - channel) >= 0; channel += direction * step) {
      if (channels.length >= pickedMost) return { ok: false, message: `At most ${pickedMost} channels at once.` }
      channels.push(channel)
    }
  }
  if (channels.length === 0) return { ok: false, message: 'Write channels, such as 100, 200-300:10.' }
  return { ok: true, channels: [...new Set(channels)] }
}

/** The list with the channel at `from` moved to the place `to`. */
export function movedChannel(channels: readonly number[], from: number, to: number): number[] {
  const next = [...channels]
  const [moved] = next.splice(from, 1)
  if (moved === undefined) return next
  next.splice(Math.min(Math.max(to, 0), next.length), 0, moved)
  return next
}
