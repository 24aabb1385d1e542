import type { MessagePort } from 'node:worker_threads'
import { unknownMessage } from '../analysis/protocol.ts'
import { systemClock } from '../clock.ts'
import { createStageTimes } from '../stageTimes.ts'
import { watchVitals } from '../threadVitals.ts'
import type { IngestTapPart, TapFactory } from './blockTap.ts'
import { createIngestStream, type IngestedStream } from './ingestStream.ts'
import type { IngestCommand, IngestReport } from './protocol.ts'

const vitalsIntervalMs = 1000
/** How fresh the counters are that main shows. */
const countersIntervalMs = 200

interface OwnedTap {
  tap: IngestTapPart
  stream: IngestedStream | null
}

/** Runs the streams of all jobs on this thread, as main commands. */
export function startIngestThread(port: MessagePort, tapFactories: Record<string, TapFactory>): void {
  const clock = systemClock()
  const streams = new Map<number, IngestedStream>()
  const taps = new Map<number, OwnedTap>()
  const stages = createStageTimes()

  const post = (report: IngestReport): void =>
    report.kind === 'rows'
      ? port.postMessage(report, [report.rows.values.buffer as ArrayBuffer])
      : port.postMessage(report)

  function moveTap(owned: OwnedTap | undefined, stream: IngestedStream | null): void {
    if (!owned) return
    owned.stream?.removeTap(owned.tap)
    owned.stream = stream
    stream?.addTap(owned.tap)
  }

  function removeTap(number: number): void {
    const owned = taps.get(number)
    moveTap(owned, null)
    taps.delete(number)
    owned?.tap.dispose()
  }

  function makeTap({ tap: number, tapKind, options }: IngestCommand & { kind: 'makeTap' }): void {
    const make = tapFactories[tapKind]
    if (!make) return post({ kind: 'tapFailed', tap: number, reason: `there is no tap of the kind "${tapKind}"` })
    try {
      const tap = make(options, {
        drained: () => owned.stream?.tapDrained(tap),
        report: (message) => post({ kind: 'tap', tap: number, message })
      })
      const owned: OwnedTap = { tap, stream: null }
      taps.set(number, owned)
    } catch (error) {
      post({ kind: 'tapFailed', tap: number, reason: error instanceof Error ? error.message : String(error) })
    }
  }

  function close(id: number): void {
    const stream = streams.get(id)
    if (!stream) return
    streams.delete(id)
    for (const owned of taps.values()) if (owned.stream === stream) moveTap(owned, null)
    stream.dispose()
  }

  port.on('message', (command: IngestCommand) => {
    switch (command.kind) {
      case 'open': {
        const { stream, options, ring, paused } = command
        const opened = createIngestStream({ id: stream, options, ring, clock, random: Math.random, stages, post })
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
      case 'makeTap':
        return makeTap(command)
      case 'moveTap':
        return moveTap(taps.get(command.tap), command.stream === null ? null : (streams.get(command.stream) ?? null))
      case 'tellTap':
        return taps.get(command.tap)?.tap.tell(command.message)
      case 'removeTap':
        return removeTap(command.tap)
      default:
        unknownMessage(command)
    }
  })

  const vitals = watchVitals()
  setInterval(() => {
    post({ kind: 'vitals', vitals: vitals.take(), stages: stages.take() })
    vitals.watchLoop(streams.size > 0)
  }, vitalsIntervalMs).unref()
  setInterval(() => {
    for (const stream of streams.values()) stream.reportCounters()
  }, countersIntervalMs).unref()
}
