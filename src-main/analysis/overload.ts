/** A live row that waits for longer is late; what waits behind it is shed. */
const lateAfterMs = 300
/** How often the share of rows that are computed is looked at. */
const lookEveryMs = 250
const strideMax = 16
/** Idle for so much of the time, twice the rows still leave room. */
const idleShare = 0.55

/**
 * How many of its rows a live analysis can afford: every one, or every 2nd, 4th … 16th where the machine does not keep up.
 * Rows that are late are shed at once; the stride keeps the next ones from being late, so that the picture goes on evenly.
 */
export interface OverloadGovernor {
  readonly stride: number
  /** @param waitedMs how long the oldest row has waited. Returns whether it is to be shed with all that wait. */
  isLate(waitedMs: number, nowMs: number): boolean
  /** Work began or ended. */
  busy(isBusy: boolean, nowMs: number): void
}

export function createOverloadGovernor(nowMs: number): OverloadGovernor {
  let stride = 1
  let isBusy = false
  let sinceMs = nowMs
  let busyMs = 0
  let windowStartMs = nowMs
  let raisedAtMs = -Infinity

  /** Each time that a window of time is over: less load than half of what there is lets more rows in. */
  function look(now: number): void {
    if (now - windowStartMs < lookEveryMs) return
    const busyNow = busyMs + (isBusy ? now - sinceMs : 0)
    const isIdle = busyNow / (now - windowStartMs) < 1 - idleShare
    if (isIdle && stride > 1 && now - raisedAtMs > lookEveryMs) stride /= 2
    windowStartMs = now
    busyMs = 0
    sinceMs = now
  }

  return {
    get stride() {
      return stride
    },
    isLate(waitedMs, now) {
      if (waitedMs <= lateAfterMs) return false
      if (now - raisedAtMs > lookEveryMs && stride < strideMax) {
        stride *= 2
        raisedAtMs = now
      }
      return true
    },
    busy(next, now) {
      if (next !== isBusy) {
        if (isBusy) busyMs += now - sinceMs
        isBusy = next
        sinceMs = now
      }
      look(now)
    }
  }
}
