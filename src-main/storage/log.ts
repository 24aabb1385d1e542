import { logLevels, type LogLevel } from '../../src-preload/contract/logs.ts'
import type { Clock } from '../clock.ts'
import type { LogSink } from './logFile.ts'

export type LogValue = string | number | boolean | null | LogValue[] | { [key: string]: LogValue }
export type LogValues = Record<string, LogValue>

export interface Log {
  debug(event: string, values?: LogValues): void
  info(event: string, values?: LogValues): void
  warning(event: string, values?: LogValues): void
  error(event: string, values?: LogValues): void
  critical(event: string, values?: LogValues): void
  /** The same log under a component's name, or a job's. */
  with(context: { component?: string; job?: string }): Log
}

export interface RootLog extends Log {
  level(): LogLevel
  setLevel(level: LogLevel): void
  counters(): { written: number; dropped: number; repeated: number }
  /** Lines that wait for the disk. */
  queue(): { length: number; capacity: number; dropped: number }
  /** Resolves when what was logged so far has been handed to the sinks. */
  flush(): Promise<void>
  dispose(): Promise<void>
}

export interface LogOptions {
  clock: Clock
  level?: LogLevel
  sinks: LogSink[]
  /** Lines that wait for the disk; beyond it, lines are dropped and counted. */
  queueMax?: number
}

/** Values that JSON cannot carry must not make a log line throw. */
const replaceOdd = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? value.toString()
    : typeof value === 'number' && !Number.isFinite(value)
      ? String(value)
      : value

/**
 * Structured log, one JSON object a line: `time`, `level`, `event` (stable), `component`, `job`, then the values. Logging
 * never waits: lines go through a bounded queue; equal lines within a second are counted in one more line.
 */
export function createLog({ clock, level = 'info', sinks, queueMax = 5000 }: LogOptions): RootLog {
  let threshold = logLevels.indexOf(level)
  let queue: string[] = []
  let writing: Promise<void> | null = null
  let closed = false
  let reportedDrops = 0
  const counters = { written: 0, dropped: 0, repeated: 0 }
  /** Lines of the last second: text without time → how often it came again. */
  const recent = new Map<string, { sinceMs: number; repeated: number }>()
  let cancelSweep: (() => void) | null = null

  const line = (rest: string): string => `{"time":"${new Date(clock.nowMs()).toISOString()}",${rest}}\n`

  const enqueue = (rest: string): void => {
    if (queue.length >= queueMax) {
      counters.dropped++
      return
    }
    queue.push(line(rest))
    writing ??= drain()
  }

  const drain = async (): Promise<void> => {
    // One turn later, so that a burst becomes one write.
    await Promise.resolve()
    while (queue.length > 0) {
      const batch = queue
      queue = []
      if (counters.dropped > reportedDrops) {
        const count = counters.dropped - reportedDrops
        reportedDrops = counters.dropped
        batch.push(line(`"level":"warning","event":"log_lines_dropped","component":"log","count":${count}`))
      }
      const text = batch.join('')
      await Promise.all(sinks.map((sink) => sink.write(text)))
      counters.written += batch.length
    }
    writing = null
  }

  const sweep = (everything: boolean): void => {
    const nowMs = clock.monotonicMs()
    for (const [rest, entry] of recent) {
      if (!everything && nowMs - entry.sinceMs < 1000) continue
      recent.delete(rest)
      if (entry.repeated > 0) enqueue(`${rest},"repeated":${entry.repeated}`)
    }
    cancelSweep?.()
    cancelSweep = null
    if (recent.size > 0) cancelSweep = clock.after(1000, () => sweep(false))
  }

  const append = (lineLevel: number, context: string, event: string, values: LogValues = {}): void => {
    if (closed || lineLevel < threshold) return
    const valuesText = JSON.stringify(values, replaceOdd).slice(1, -1)
    const rest =
      `"level":"${logLevels[lineLevel]}","event":${JSON.stringify(event)}${context}` +
      (valuesText ? `,${valuesText}` : '')
    const before = recent.get(rest)
    if (before && clock.monotonicMs() - before.sinceMs < 1000) {
      before.repeated++
      counters.repeated++
      return
    }
    if (before) sweep(false)
    // A bound: more different lines than this within a second are simply written.
    if (recent.size < 1000) recent.set(rest, { sinceMs: clock.monotonicMs(), repeated: 0 })
    cancelSweep ??= clock.after(1000, () => sweep(false))
    enqueue(rest)
  }

  const logWith = (context: { component?: string; job?: string }): Log => {
    const text =
      (context.component === undefined ? '' : `,"component":${JSON.stringify(context.component)}`) +
      (context.job === undefined ? '' : `,"job":${JSON.stringify(context.job)}`)
    return {
      debug: (event, values) => append(0, text, event, values),
      info: (event, values) => append(1, text, event, values),
      warning: (event, values) => append(2, text, event, values),
      error: (event, values) => append(3, text, event, values),
      critical: (event, values) => append(4, text, event, values),
      with: (more) => logWith({ ...context, ...more })
    }
  }

  return {
    ...logWith({}),
    level: () => logLevels[threshold]!,
    setLevel(next) {
      threshold = logLevels.indexOf(next)
    },
    counters: () => ({ ...counters }),
    queue: () => ({ length: queue.length, capacity: queueMax, dropped: counters.dropped }),
    async flush() {
      await writing
    },
    async dispose() {
      if (closed) return
      cancelSweep?.()
      sweep(true)
      closed = true
      await writing
      for (const sink of sinks) await sink.dispose()
    }
  }
}
