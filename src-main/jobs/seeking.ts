import type { TimeSpan } from '../../src-preload/contract/schemas.ts'
import type { Clock } from '../clock.ts'

/** A hand that drags along the time axis asks far more often than a backend can answer: the last one counts. */
const seekEveryMs = 80
/** A place that was reached is shown before it is left again, or dragging would show nothing at all. */
const showForMs = 40
/** A place that is not reached for so long is given up for the next. */
const patienceMs = 400
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
  /** `isPlaying` false: it goes round when it is played again. */
  setLoop(loop: TimeSpan | null, isPlaying?: boolean): void
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
  /** On its way there. */
  let target: bigint | null = null
  /** Where it goes next. */
  let wanted: bigint | null = null
  let wentAtMs = -Infinity
  let arrivedAtMs = -Infinity
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

  function goWhenFree(everyMs = seekEveryMs): void {
    const isFree = target === null
    const freeAtMs = isFree ? Math.max(wentAtMs + everyMs, arrivedAtMs + showForMs) : wentAtMs + patienceMs
    cancelWait?.()
    cancelWait = clock.after(Math.max(0, freeAtMs - clock.monotonicMs()), goNow)
  }

  function seek(toNs: bigint): void {
    wanted = toNs
    if (target === null && clock.monotonicMs() - wentAtMs >= seekEveryMs) goNow()
    else if (cancelWait === null) goWhenFree()
  }

  function goRound({ startNs }: TimeSpan): void {
    wanted = BigInt(startNs)
    goWhenFree(loopEveryMs)
  }

  function look(): void {
    const position = options.position()
    if (loop && target === null && wanted === null && position !== null && position >= BigInt(loop.endNs)) goRound(loop)
  }

  return {
    seek,
    target: () => wanted ?? target,
    arrived() {
      if (target === null) return
      target = null
      arrivedAtMs = clock.monotonicMs()
      if (wanted !== null) goWhenFree()
    },
    get loop() {
      return loop
    },
    setLoop(next, isPlaying = true) {
      loop = next
      stopLooking?.()
      stopLooking = loop && isPlaying ? clock.every(loopLookMs, look) : null
    },
    endReached() {
      if (loop) goRound(loop)
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
