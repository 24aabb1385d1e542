/**
 * What is raised waits here and is worked off in slices, so that a storm of alerts delays nothing else on this thread. Beyond
 * the bound it is counted, not kept.
 */
export interface RaiseQueue {
  push(action: () => void): void
  readonly length: number
  readonly dropped: number
  /** Works off all that is left, at once. */
  drain(): void
}

/** Time of one slice; blocks and rows get their turn between two. */
const sliceMs = 2

export function createRaiseQueue(lengthMax: number): RaiseQueue {
  let waiting: (() => void)[] = []
  let first = 0
  let dropped = 0
  let isScheduled = false

  function slice(untilMs: number): void {
    while (first < waiting.length) {
      waiting[first++]!()
      if (performance.now() >= untilMs) break
    }
    if (first < waiting.length) return
    waiting = []
    first = 0
  }

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      slice(performance.now() + sliceMs)
      if (waiting.length > 0) schedule()
    })
  }

  return {
    push(action) {
      if (waiting.length - first >= lengthMax) {
        dropped++
        return
      }
      waiting.push(action)
      schedule()
    },
    get length() {
      return waiting.length - first
    },
    get dropped() {
      return dropped
    },
    drain: () => slice(Infinity)
  }
}
