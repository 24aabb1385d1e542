import { PerformanceObserver } from 'node:perf_hooks'
import v8 from 'node:v8'
import { createLoopDelay } from './loopDelay.ts'

/** What a thread of the program can tell of itself, since it was last asked. */
export interface ThreadVitals {
  eventLoopMs: { p50: number; p99: number }
  heapUsedBytes: number
  externalBytes: number
  gc: { count: number; pauseMs: number; pauseMostMs: number; pausesMs: number[] }
}

export interface VitalsWatch {
  take(): ThreadVitals
  /** Watching the event loop costs a third of a percent of a core: a thread that has nothing to do need not be watched. */
  watchLoop(isWatched: boolean): void
  dispose(): void
}

/** More pauses than this between two looks are counted, and their times left out. */
const pausesMax = 500

/** Garbage collection, heap and event loop of the thread that calls it. */
export function watchVitals(): VitalsWatch {
  const loop = createLoopDelay()
  let gc = { count: 0, pauseMs: 0, pauseMostMs: 0, pausesMs: [] as number[] }
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      gc.count++
      gc.pauseMs += duration
      gc.pauseMostMs = Math.max(gc.pauseMostMs, duration)
      if (gc.pausesMs.length < pausesMax) gc.pausesMs.push(duration)
    }
  })
  observer.observe({ entryTypes: ['gc'] })

  return {
    take() {
      const heap = v8.getHeapStatistics()
      const vitals: ThreadVitals = {
        eventLoopMs: loop.take(),
        heapUsedBytes: heap.used_heap_size,
        externalBytes: heap.external_memory,
        gc
      }
      gc = { count: 0, pauseMs: 0, pauseMostMs: 0, pausesMs: [] }
      return vitals
    },
    watchLoop: (isWatched) => loop.watch(isWatched),
    dispose() {
      observer.disconnect()
      loop.watch(false)
    }
  }
}
