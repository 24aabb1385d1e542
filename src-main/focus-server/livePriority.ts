import type { Clock } from '../clock.ts'

/** Live jobs go first: a historic one plays slower, it never costs a live job a block's time. */
export interface LivePriority {
  /** A live job woke up for its block, so many milliseconds after it was due. */
  woke(lateMs: number): void
  /** How long a historic job should stand back before its next turn. */
  standBackMs(): number
}

/** About the length of one turn of a historic job: what a live job may always meet. */
const bearableMs = 15
const standBackMaxMs = 100
/** A live job that said nothing for so long has ended or waits for its client. */
const forgottenAfterMs = 500

export function createLivePriority(clock: Clock): LivePriority {
  let latestMs = 0
  let wokeAtMs = Number.NEGATIVE_INFINITY
  return {
    woke(lateMs) {
      latestMs = lateMs
      wokeAtMs = clock.monotonicMs()
    },
    standBackMs() {
      const isCurrent = clock.monotonicMs() - wokeAtMs < forgottenAfterMs
      return isCurrent && latestMs > bearableMs ? Math.min(standBackMaxMs, latestMs) : 0
    }
  }
}
