import type { LiveFilter, LiveMessage, LiveType } from './liveMessages.ts'
import { liveTypes, passes } from './liveMessages.ts'

/** Numbered messages by subject; the newest of each are kept for those who come back. */
export interface LiveSubjects {
  publish(type: LiveType, data: unknown[], timestamp: string): LiveMessage
  /** What came after `since`, as far as it is kept; `missed`: not all of it. */
  after(type: LiveType, since: number): { messages: LiveMessage[]; missed: boolean }
  sequence(type: LiveType): number
}

export const keptMessages = 50

export function createLiveSubjects(): LiveSubjects {
  const kept = new Map<LiveType, LiveMessage[]>(liveTypes.map((type) => [type, []]))
  const sequences = new Map<LiveType, number>(liveTypes.map((type) => [type, 0]))
  return {
    publish(type, data, timestamp) {
      const sequence = sequences.get(type)! + 1
      sequences.set(type, sequence)
      const message: LiveMessage = { type, sequence, timestamp, data }
      const messages = kept.get(type)!
      messages.push(message)
      if (messages.length > keptMessages) messages.shift()
      return message
    },
    after(type, since) {
      const messages = kept.get(type)!.filter(({ sequence }) => sequence > since)
      const newest = sequences.get(type)!
      return { messages, missed: since < newest && messages.length < newest - since }
    },
    sequence: (type) => sequences.get(type)!
  }
}

/** The message as one subscriber sees it; null where nothing of it passes. */
export function filtered(message: LiveMessage, filter: LiveFilter | null): LiveMessage | null {
  if (!filter) return message
  const data = message.data.filter((item) => passes(item, filter))
  return data.length > 0 ? { ...message, data } : null
}
