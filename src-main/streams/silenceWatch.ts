import type { StreamSettings } from '../../src-preload/contract/settings.ts'
import type { Clock } from '../clock.ts'

export type SilenceLevel = 'flowing' | 'stalled' | 'no-data' | 'limit'

export interface SilenceWatch {
  start(): void
  arrived(): void
  /** While paused by ourselves, silence says nothing about the peer. */
  suspend(): void
  restart(): void
  dispose(): void
}

export interface SilenceWatchOptions {
  clock: Clock
  settings: StreamSettings
  live: boolean
  expectedIntervalMs(): number
  changed(level: SilenceLevel, silentMs: number): void
}

/** Historic data comes as fast as the backend reads it; a pause of this length is worth telling. */
const historicStallMs = 2000

/**
 * Tells when nothing arrives: stalled after the stall time, "no data" later, and a limit at the end. All are stretched to
 * three message intervals, since a row every five seconds is no stall.
 */
export function createSilenceWatch({
  clock,
  settings,
  live,
  expectedIntervalMs,
  changed
}: SilenceWatchOptions): SilenceWatch {
  const tickMs = Math.max(10, Math.min(settings.stallAfterMs / 5, 1000))
  let lastArrivalMs = 0
  let lastTickMs = 0
  /** For the limit: a reconnect without data does not start it anew. */
  let lastDataMs = 0
  let level: SilenceLevel = 'flowing'
  let suspended = false
  let cancel: (() => void) | null = null

  const levelAfter = (silentMs: number): SilenceLevel => {
    const patienceMs = 3 * expectedIntervalMs()
    if (silentMs >= Math.max(settings.noDataAfterMs, patienceMs)) return 'no-data'
    const stallMs = live ? settings.stallAfterMs : Math.max(settings.stallAfterMs, historicStallMs)
    return silentMs >= Math.max(stallMs, patienceMs) ? 'stalled' : 'flowing'
  }

  const tick = (): void => {
    const nowMs = clock.monotonicMs()
    // Our own thread was busy: what has arrived meanwhile is read after this timer, so ask again at the next tick.
    const late = nowMs - lastTickMs > 2 * tickMs + 20
    lastTickMs = nowMs
    if (late || suspended) return
    if (nowMs - lastDataMs >= settings.noDataLimitS * 1000) return changed('limit', nowMs - lastDataMs)
    const next = levelAfter(nowMs - lastArrivalMs)
    if (next === level || next === 'flowing') return
    level = next
    changed(next, nowMs - lastArrivalMs)
  }

  const restart = (): void => {
    suspended = false
    lastArrivalMs = clock.monotonicMs()
    lastTickMs = lastArrivalMs
  }

  return {
    start() {
      restart()
      lastDataMs = lastArrivalMs
      cancel = clock.every(tickMs, tick)
    },
    arrived() {
      lastArrivalMs = clock.monotonicMs()
      lastDataMs = lastArrivalMs
      if (level === 'flowing') return
      level = 'flowing'
      changed('flowing', 0)
    },
    suspend() {
      suspended = true
    },
    restart() {
      if (suspended) lastDataMs = clock.monotonicMs()
      restart()
    },
    dispose() {
      cancel?.()
      cancel = null
    }
  }
}
