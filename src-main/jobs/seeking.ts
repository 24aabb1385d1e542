import type { TimeSpan } from '../../src-preload/contract/schemas.ts'
import type { Clock } from '../clock.ts'

/** A hand that drags along the time axis asks far more often than a backend can answer: the last one counts. */
const seekEveryMs = 80
const loopLookMs = 40
/** Short loops and slow sources: not more often than so. */
const loopEveryMs = 200

/** Where playback of a historic job is to be: seeks, at a rate that a backend bears, and what is played again and again. */
export interface Seeking {
  seek(toNs: bigint): void
  /** What was sought last, until rows of it are there. */
  target(): bigint | null
  arrived(): void
  readonly loop: TimeSpan | null
  setLoop(loop: TimeSpan | null): void
  /** Playback has come to its end. Returns whether it begins again. */
  endReached(): boolean
  dispose(): void
}

export function createSeeking(options: {
  clock: Clock
  /** Plays from there. */
  go(toNs: bigint): void
  position(): bigint | null
}): Seeking {
  const { clock } = options
  let target: bigint | null = null
  let wanted: bigint | null = null
  let wentAtMs = -Infinity
  let cancelWait: (() => void) | null = null
  let loop: TimeSpan | null = null
  let stopLooking: (() => void) | null = null

  function goNow(): void {
    cancelWait?.()
    cancelWait = null
    if (wanted === null) return
    target = wanted
    wanted = null
    wentAtMs = clock.monotonicMs()
    options.go(target)
  }

  function seek(toNs: bigint): void {
    wanted = toNs
    target = toNs
    const restMs = seekEveryMs - (clock.monotonicMs() - wentAtMs)
    if (restMs <= 0) goNow()
    else cancelWait ??= clock.after(restMs, goNow)
  }

  function goRound(): void {
    if (loop && clock.monotonicMs() - wentAtMs >= loopEveryMs) seek(BigInt(loop.startNs))
  }

  function look(): void {
    const position = options.position()
    if (loop && target === null && position !== null && position >= BigInt(loop.endNs)) goRound()
  }

  return {
    seek,
    target: () => target,
    arrived() {
      if (wanted === null) target = null
    },
    get loop() {
      return loop
    },
    setLoop(next) {
      loop = next
      stopLooking?.()
      stopLooking = loop ? clock.every(loopLookMs, look) : null
    },
    endReached() {
      if (loop) seek(BigInt(loop.startNs))
      return loop !== null
    },
    dispose() {
      cancelWait?.()
      cancelWait = null
      wanted = null
      stopLooking?.()
      stopLooking = null
    }
  }
}
