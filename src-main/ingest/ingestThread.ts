import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { MessagePort } from 'node:worker_threads'
import { unknownMessage } from '../analysis/protocol.ts'
import { systemClock } from '../clock.ts'
import type { BlockTap, TapFactory } from './blockTap.ts'
import { createIngestStream, type IngestedStream } from './ingestStream.ts'
import type { IngestCommand, IngestReport } from './protocol.ts'

const delayIntervalMs = 1000
/** How fresh the counters are that main shows. */
const countersIntervalMs = 200

interface OwnedTap {
  tap: BlockTap
  stream: IngestedStream
}

/** Runs the streams of all jobs on this thread, as main commands. */
export function startIngestThread(port: MessagePort, tapFactories: Record<string, TapFactory>): void {
  const clock = systemClock()
  const streams = new Map<number, IngestedStream>()
  const taps = new Map<number, OwnedTap>()

  const post = (report: IngestReport): void =>
    report.kind === 'rows'
      ? port.postMessage(report, [report.rows.values.buffer as ArrayBuffer])
      : port.postMessage(report)

  function removeTap(number: number): void {
    const owned = taps.get(number)
    if (!owned) return
    taps.delete(number)
    owned.stream.removeTap(owned.tap)
    owned.tap.dispose()
  }

  function addTap({
    stream: id,
    tap: number,
    tapKind,
    options,
    preTriggerS
  }: IngestCommand & { kind: 'addTap' }): void {
    const fail = (reason: string): void => {
      removeTap(number)
      post({ kind: 'tapFailed', tap: number, reason })
    }
    const stream = streams.get(id)
    const make = tapFactories[tapKind]
    if (!stream) return fail('The stream has ended.')
    if (!make) return fail(`There is no tap of the kind "${tapKind}".`)
    try {
      const tap = make(options, {
        drained: () => stream.tapDrained(tap),
        report: (message) => post({ kind: 'tap', tap: number, message }),
        failed: (reason) => queueMicrotask(() => fail(reason))
      })
      taps.set(number, { tap, stream })
      stream.addTap(tap, preTriggerS)
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error))
    }
  }

  function close(id: number): void {
    const stream = streams.get(id)
    streams.delete(id)
    for (const [number, owned] of [...taps]) if (owned.stream === stream) removeTap(number)
    stream?.dispose()
  }

  port.on('message', (command: IngestCommand) => {
    switch (command.kind) {
      case 'open': {
        const { stream, options, ring, paused } = command
        const opened = createIngestStream({ id: stream, options, ring, clock, random: Math.random, post })
        streams.set(stream, opened)
        if (paused) opened.pause()
        return opened.start()
      }
      case 'pause':
        return streams.get(command.stream)?.pause()
      case 'resume':
        return streams.get(command.stream)?.resume()
      case 'close':
        return close(command.stream)
      case 'addTap':
        return addTap(command)
      case 'tellTap':
        return taps.get(command.tap)?.tap.tell?.(command.message)
      case 'removeTap':
        return removeTap(command.tap)
      default:
        unknownMessage(command)
    }
  })

  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  setInterval(() => {
    // The histogram counts the timer's own interval: what is above it is delay.
    const milliseconds = (percentile: number): number => Math.max(0, delay.percentile(percentile) / 1e6 - 10)
    post({ kind: 'delay', p50Ms: milliseconds(50), p99Ms: milliseconds(99) })
    delay.reset()
  }, delayIntervalMs).unref()
  setInterval(() => {
    for (const stream of streams.values()) stream.reportCounters()
  }, countersIntervalMs).unref()
}
