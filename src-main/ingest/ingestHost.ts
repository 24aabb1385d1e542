import type { StoredBlock, WorkerReading } from '../analysis/analysis.ts'
import { holdForFirstReader, type SampleRing } from '../analysis/sampleRing.ts'
import { createWorkerThread } from '../analysis/workerThread.ts'
import type { Stage, StageCounts } from '../stageTimes.ts'
import type { RowBlock, StreamGap, StreamOffer, StreamState } from '../streams/streamSource.ts'
import { addCounters, noCounters } from './counters.ts'
import type { IngestCommand, IngestCounters, IngestReport, IngestStreamOptions, RingState } from './protocol.ts'

/** What main hears of a stream; blocks are told where they lie. */
export interface IngestListener {
  offer(offer: StreamOffer): void
  /** Blocks from now on lie in this ring. */
  ring(ring: SampleRing): void
  block(block: StoredBlock): void
  rows(rows: RowBlock): void
  gap(gap: StreamGap): void
  state(state: StreamState): void
  badMessage(reason: string): void
  /** The thread was lost and the stream is opened again. What comes next may leave a hole, and rows are counted anew. */
  interrupted(reason: string): void
}

export interface TapListener {
  message(message: unknown): void
  /** It is no more: it could not be made, or its thread was lost. */
  lost(reason: string): void
}

/** Main's end of a tap on the thread that receives. */
export interface IngestTap {
  /** It hears every block of this stream from now on, and of no other; null: of none. */
  moveTo(stream: IngestStream | null): void
  tell(message: unknown): void
  remove(): void
}

export interface IngestStream {
  readonly id: number
  pause(): void
  resume(): void
  counters(): IngestCounters
  dispose(): void
}

export interface IngestHost {
  open(options: IngestStreamOptions, listener: IngestListener): IngestStream
  /** @param options plain data, for the factory of this kind in `ingestWorker.ts` */
  createTap(kind: string, options: unknown, listener: TapListener): IngestTap
  reading(): Omit<WorkerReading, 'index'>
  /** Time per stage since it was last asked. */
  stages(): Partial<Record<Stage, StageCounts>>[]
  /** For tests: ends the thread as a crash would. */
  kill(): Promise<void>
  dispose(): Promise<void>
}

export interface IngestHostOptions {
  /** `out/main/ingestWorker.cjs`, or `ingestWorker.ts` itself where the runtime strips types. */
  workerFile: string
  shimFile?: string
  /** Default 30: seconds without a sign of life after which the thread is replaced. */
  hangAfterS?: number
}

interface OpenStream {
  options: IngestStreamOptions
  listener: IngestListener
  counters: IngestCounters
  paused: boolean
  ring: RingState | null
  /** The listener knows that blocks lie in `ring`. */
  isRingTold: boolean
  last: StoredBlock | null
}

/** The ring of a historic stream that has ended: new memory costs a seek more than reading, sending and analysing its rows. */
interface SpareRing {
  options: IngestStreamOptions
  state: RingState
  endedAtMs: number
}

const spareForMs = 5000
const watchIntervalMs = 1000
const defaultHangAfterS = 30

const suits = (a: IngestStreamOptions, b: IngestStreamOptions): boolean =>
  !a.live &&
  !b.live &&
  a.windowSamples === b.windowSamples &&
  a.channels.min === b.channels.min &&
  a.channels.max === b.channels.max

/** Main's side of the thread that receives all streams: opens them there, and opens them again where the thread was lost. */
export function createIngestHost({
  workerFile,
  shimFile,
  hangAfterS = defaultHangAfterS
}: IngestHostOptions): IngestHost {
  const streams = new Map<number, OpenStream>()
  const taps = new Map<number, TapListener>()
  /** What the counters of each stream were when its thread was lost. */
  const before = new Map<number, IngestCounters>()
  let spare: SpareRing | null = null
  let nextStream = 1
  let nextTap = 1
  let silentWatches = 0
  let failure: string | null = null

  function loseTap(number: number, reason: string): void {
    const listener = taps.get(number)
    taps.delete(number)
    listener?.lost(reason)
  }

  function count(id: number, stream: OpenStream, counters: IngestCounters): void {
    const earlier = before.get(id)
    stream.counters = earlier ? addCounters(earlier, counters) : counters
  }

  function takeStreamReport(report: Extract<IngestReport, { stream: number }>): void {
    const stream = streams.get(report.stream)
    if (!stream) return
    const { listener } = stream
    switch (report.kind) {
      case 'offer':
        return listener.offer(report.offer)
      case 'ring':
        stream.ring = { ring: report.ring, position: 0 }
        stream.isRingTold = true
        return listener.ring(report.ring)
      case 'block': {
        const { kind: _kind, stream: _stream, ...block } = report
        stream.last = block
        if (stream.ring) stream.ring.position = block.position + block.sampleCount
        if (stream.ring && !stream.isRingTold) {
          stream.isRingTold = true
          listener.ring(stream.ring.ring)
        }
        return listener.block(block)
      }
      case 'rows':
        return listener.rows(report.rows)
      case 'gap':
        return listener.gap(report.gap)
      case 'badMessage':
        return listener.badMessage(report.reason)
      case 'counters':
        return count(report.stream, stream, report.counters)
      case 'state':
        count(report.stream, stream, report.counters)
        return listener.state(report.state)
    }
  }

  /** What the new thread needs to go on with a stream where the one before it had come to. */
  function openAgain(id: number, stream: OpenStream): IngestCommand {
    const { last } = stream
    const resume = last && {
      lastSequence: last.sequence,
      endNs: last.startNs + BigInt(Math.round(last.sampleCount * last.sampleIntervalNs)),
      reason: 'the thread that receives was lost'
    }
    return {
      kind: 'open',
      stream: id,
      options: { ...stream.options, resume },
      ring: stream.ring,
      paused: stream.paused
    }
  }

  const thread = createWorkerThread<IngestCommand, IngestReport>(
    { workerFile, name: 'ingest', start: { shimFile: shimFile ?? null }, receivesStreams: true },
    {
      report(report) {
        silentWatches = 0
        switch (report.kind) {
          case 'vitals':
            return
          case 'tap':
            return taps.get(report.tap)?.message(report.message)
          case 'tapFailed':
            return loseTap(report.tap, report.reason)
          default:
            takeStreamReport(report)
        }
      },
      lost(reason) {
        for (const number of [...taps.keys()]) loseTap(number, reason)
        for (const [id, { counters }] of streams) before.set(id, counters)
        for (const { listener } of [...streams.values()]) listener.interrupted(reason)
      },
      restarted() {
        for (const [id, stream] of streams) thread.send(openAgain(id, stream))
      },
      failed(reason) {
        failure = reason
        for (const { listener } of [...streams.values()])
          listener.state({ name: 'failed', code: 'refused', reason: `Nothing can be received: ${reason}.` })
      }
    }
  )

  /** Null where there is none that its readers have left. */
  function takeSpare(options: IngestStreamOptions): RingState | null {
    const found = spare && suits(spare.options, options) ? spare.state : null
    if (!found) return null
    spare = null
    return holdForFirstReader(found.ring, found.position) ? found : null
  }

  const watchTimer = setInterval(() => {
    thread.sample()
    if (spare && performance.now() - spare.endedAtMs > spareForMs) spare = null
    if (++silentWatches <= hangAfterS) return
    silentWatches = 0
    void thread.kill(`no answer for ${hangAfterS} s`)
  }, watchIntervalMs)
  watchTimer.unref()

  return {
    open(options, listener) {
      const id = nextStream++
      const ring = takeSpare(options)
      const stream: OpenStream = {
        options,
        listener,
        counters: noCounters(),
        paused: false,
        ring,
        isRingTold: false,
        last: null
      }
      streams.set(id, stream)
      if (failure === null) thread.send({ kind: 'open', stream: id, options, ring, paused: false })
      else
        queueMicrotask(() =>
          listener.state({ name: 'failed', code: 'refused', reason: `Nothing can be received: ${failure}.` })
        )
      const setPaused = (paused: boolean): void => {
        if (stream.paused === paused) return
        stream.paused = paused
        thread.send({ kind: paused ? 'pause' : 'resume', stream: id })
      }
      return {
        id,
        pause: () => setPaused(true),
        resume: () => setPaused(false),
        counters: () => stream.counters,
        dispose() {
          streams.delete(id)
          before.delete(id)
          if (stream.ring && !options.live) spare = { options, state: stream.ring, endedAtMs: performance.now() }
          thread.send({ kind: 'close', stream: id })
        }
      }
    },
    createTap(tapKind, options, listener) {
      const tap = nextTap++
      taps.set(tap, listener)
      if (!thread.send({ kind: 'makeTap', tap, tapKind, options }))
        queueMicrotask(() => loseTap(tap, 'the thread that receives is being restarted'))
      return {
        moveTo: (stream) => void thread.send({ kind: 'moveTap', tap, stream: stream?.id ?? null }),
        tell: (message) => void thread.send({ kind: 'tellTap', tap, message }),
        remove() {
          taps.delete(tap)
          thread.send({ kind: 'removeTap', tap })
        }
      }
    },
    reading: () => ({ jobs: streams.size, ...thread.reading() }),
    stages: () => thread.takeStages(),
    kill: () => thread.kill('killed'),
    async dispose() {
      clearInterval(watchTimer)
      streams.clear()
      taps.clear()
      spare = null
      await thread.dispose()
    }
  }
}
