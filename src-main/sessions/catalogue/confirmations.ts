import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'

const validMs = 5 * 60_000
const mostAtOnce = 1000

/** What must be said twice: a confirmation is good for one thing, once, and for five minutes. */
export interface Confirmations {
  give(subject: string): string
  take(subject: string, confirmation: string): boolean
}

export function createConfirmations(clock: Clock): Confirmations {
  const given = new Map<string, { subject: string; untilMs: number }>()
  const forgetOld = (): void => {
    const nowMs = clock.monotonicMs()
    for (const [key, { untilMs }] of given) if (untilMs < nowMs || given.size > mostAtOnce) given.delete(key)
  }
  return {
    give(subject) {
      forgetOld()
      const confirmation = randomBytes(12).toString('hex')
      given.set(confirmation, { subject, untilMs: clock.monotonicMs() + validMs })
      return confirmation
    },
    take(subject, confirmation) {
      forgetOld()
      const isGood = given.get(confirmation)?.subject === subject
      if (isGood) given.delete(confirmation)
      return isGood
    }
  }
}
