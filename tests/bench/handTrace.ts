/**
 * What a page's main thread did frame by frame, out of Chromium's trace: script in processor time, so that what else the
 * machine does counts for the time between frames alone.
 */
import type { Browser, Page } from 'playwright'

/** One event of a trace; times in microseconds, `tdur` of the thread's own processor time. */
interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  ts: number
  dur?: number
  tdur?: number
}

export interface FrameWork {
  /** Between the beginnings of two frames, ms. */
  intervals: number[]
  /** Script between two frames, of whatever kind: callbacks, events, messages, timers; ms of processor time. */
  script: number[]
}

const scriptNames = new Set([
  'FireAnimationFrame',
  'EventDispatch',
  'FunctionCall',
  'TimerFire',
  'RunMicrotasks',
  'FireIdleCallback',
  'EvaluateScript',
  'MinorGC',
  'MajorGC'
])
/** Ends each frame of the main thread. */
const frameEnd = 'Layerize'

/** Where a page's script begins to be counted: on its thread, and nowhere else. */
const mark = 'wavefall bench'

export function frameWorkOf(events: readonly TraceEvent[]): FrameWork {
  const page = events.find(({ name }) => name === mark)
  if (!page) throw new Error('the trace knows nothing of the page')
  const own = events.filter(
    ({ ph, pid, tid, ts }) => ph === 'X' && pid === page.pid && tid === page.tid && ts > page.ts
  )
  own.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  const work: FrameWork = { intervals: [], script: [] }
  let coveredUntil = 0
  let script = 0
  let frameAt: number | null = null
  for (const { name, ts, dur = 0, tdur } of own) {
    if (name === frameEnd) {
      if (frameAt !== null) {
        work.intervals.push((ts - frameAt) / 1000)
        work.script.push(script)
      }
      frameAt = ts
      script = 0
    } else if (scriptNames.has(name) && ts >= coveredUntil) {
      // What runs within script is counted with it.
      coveredUntil = ts + dur
      script += (tdur ?? dur) / 1000
    }
  }
  return work
}

/** What was done frame by frame while something else happened to the page. */
export async function traced(browser: Browser, page: Page, act: () => Promise<void>): Promise<FrameWork> {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'blink.user_timing', '__metadata'] })
  let trace: Buffer
  try {
    await page.evaluate((name) => void performance.mark(name), mark)
    await act()
  } finally {
    trace = await browser.stopTracing()
  }
  return frameWorkOf((JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }).traceEvents)
}
