import { createStageTimes } from '../stageTimes.ts'
import { createHostAnalysis, type HostAnalysis } from './hostAnalysis.ts'
import type { Analysis, AnalysisHost, AnalysisListener, AnalysisPlan } from './analysis.ts'
import { valuesPerColumn } from './planGrid.ts'
import { createMemoryRegions, type MemoryRegions } from './memoryRegions.ts'
import { scratchBytesOf } from './partKernel.ts'
import { estimatedLoad, estimatedRowMs, partition, pieceChannelsOf } from './partition.ts'
import type { WorkerCommand, WorkerPart, WorkerReport } from './protocol.ts'
import { ringEndByte, type SampleRing } from './sampleRing.ts'
import { createWorkerThread, type WorkerThread } from './workerThread.ts'

const sampleIntervalMs = 1000
/**
 * A worker reports about once a second whatever it does, the largest piece of a row takes far less: one that is silent for so
 * many of our own seconds hangs, and is replaced. Counted, not timed: a machine that wakes from sleep is not a hang.
 */
const defaultHangAfterS = 30
/** Finished rows wait here until main has read them: a few for each of the orders that are under way. */
const resultBytes = 1024 * 1024
const resultRowsMin = 4
const resultRowsMax = 256
/** Each sample can be a row. */
const traceRowsMax = 8192

export interface AnalysisHostOptions {
  /** The worker's entry: `out/main/analysisWorker.cjs`, or `worker.ts` itself where the runtime strips types. */
  workerFile: string
  workerCount: number
  /** Module that the worker loads first, for runtimes that lack built-ins. */
  shimFile?: string
  /** Default 30. */
  hangAfterS?: number
}

/** One analysis' share of a worker. */
interface Share {
  analysis: HostAnalysis
  part: number
  load: number
}

interface Place {
  thread: WorkerThread<WorkerCommand>
  shares: Map<number, Share>
  /** Analyses that were closed, with what to do when the worker has let go of their memory. */
  closing: Map<number, () => void>
  /** Set when the thread cannot be kept alive. */
  failure: string | null
  /** Watches since it last reported. */
  silentSamples: number
}

/** Spreads analyses over worker threads, and gives threads that die their work again when they are back. */
export function createAnalysisHost(options: AnalysisHostOptions): AnalysisHost {
  const { workerFile, workerCount, shimFile, hangAfterS = defaultHangAfterS } = options
  /** Scratch memory behind each ring, for as long as anyone knows the ring. */
  const regions = new WeakMap<object, MemoryRegions>()
  const rowTimes = createStageTimes()
  let nextAnalysis = 1
  let isDisposed = false

  function createPlace(index: number): Place {
    const shares = new Map<number, Share>()
    const closing: Place['closing'] = new Map()
    const thread = createWorkerThread<WorkerCommand, WorkerReport>(
      { workerFile, name: `analysis ${index + 1}`, start: { shimFile: shimFile ?? null } },
      {
        report(report) {
          place.silentSamples = 0
          if (report.kind === 'vitals') return
          if (report.kind === 'closed') {
            closing.get(report.analysis)?.()
            return void closing.delete(report.analysis)
          }
          const share = shares.get(report.analysis)
          if (report.kind === 'failed') share?.analysis.fail(report.reason)
          else if (share) {
            const startMs = performance.now()
            share.analysis.take(share.part, report)
            rowTimes.add('rows', performance.now() - startMs)
          }
        },
        lost(reason) {
          for (const release of [...closing.values()]) release()
          closing.clear()
          for (const { analysis, part } of [...shares.values()]) analysis.workerLost(part, reason)
        },
        restarted() {
          for (const { analysis, part } of shares.values())
            for (const command of analysis.openCommands(part)) thread.send(command)
        },
        failed(reason) {
          place.failure = reason
          for (const { analysis } of [...shares.values()]) analysis.fail(reason)
        }
      }
    )
    const place: Place = { thread, shares, closing, failure: null, silentSamples: 0 }
    return place
  }

  const places = Array.from({ length: Math.max(1, workerCount) }, (_, index) => createPlace(index))

  const load = ({ shares }: Place): number => [...shares.values()].reduce((sum, share) => sum + share.load, 0)

  /** The least loaded places first. */
  function placesByLoad(): Place[] {
    const living = places.filter((place) => place.failure === null)
    const candidates = living.length > 0 ? living : places
    return [...candidates].sort((a, b) => load(a) - load(b) || places.indexOf(a) - places.indexOf(b))
  }

  function regionsOf(ring: SampleRing): MemoryRegions | null {
    if (ring.shared instanceof SharedArrayBuffer) return null
    const known = regions.get(ring.shared) ?? createMemoryRegions(ring.shared, ringEndByte(ring))
    regions.set(ring.shared, known)
    return known
  }

  function makeParts(plan: AnalysisPlan, ring: SampleRing, count: number, resultRows: number): WorkerPart[] {
    const memory = regionsOf(ring)
    const perColumn = valuesPerColumn(plan)
    const rowColumns = Math.ceil(plan.channelCount / plan.channelsPerColumn) * perColumn
    const results = new SharedArrayBuffer(resultRows * rowColumns * 4)
    return partition(plan, count).map((range) => {
      const pieceChannels = pieceChannelsOf(plan, range)
      const wanted = scratchBytesOf(plan, { ...range, pieceChannels, ring })
      const offsets = memory ? wanted.map((bytes) => memory.allocate(bytes)) : []
      const isComplete = offsets.every((offset): offset is number => offset !== null)
      if (!isComplete) for (const offset of offsets) if (offset !== null) memory?.free(offset)
      return {
        ...range,
        ring,
        pieceChannels,
        results,
        firstColumn: (range.firstChannel / plan.channelsPerColumn) * perColumn,
        rowColumns,
        scratchOffsets: isComplete ? offsets : []
      }
    })
  }

  function open(plan: AnalysisPlan, ring: SampleRing, listener: AnalysisListener): HostAnalysis {
    const id = nextAnalysis++
    const chosen = placesByLoad()
    const rowBytes = Math.ceil(plan.channelCount / plan.channelsPerColumn) * valuesPerColumn(plan) * 4
    const rowsMax = plan.output === 'trace' ? traceRowsMax : resultRowsMax
    const resultRows = Math.max(resultRowsMin, Math.min(rowsMax, Math.floor(resultBytes / rowBytes)))
    const parts = makeParts(plan, ring, chosen.length, resultRows)
    const largest = Math.max(...parts.map((part) => part.channelCount))
    const analysis = createHostAnalysis(
      {
        id,
        plan,
        ring,
        parts,
        resultRows,
        estimatedRowMs: estimatedRowMs(plan, largest),
        send: (part, command) => void chosen[part]!.thread.send(command),
        disposed() {
          const memory = regionsOf(ring)
          parts.forEach(({ scratchOffsets }, part) => {
            const { shares, closing, thread } = chosen[part]!
            shares.delete(id)
            const release = (): void => scratchOffsets.forEach((offset) => memory?.free(offset))
            if (thread.send({ kind: 'close', analysis: id })) closing.set(id, release)
            else release()
          })
        }
      },
      listener
    )
    const partLoad = estimatedLoad(plan) / parts.length
    parts.forEach((_, part) => {
      const place = chosen[part]!
      place.shares.set(id, { analysis, part, load: partLoad })
      for (const command of analysis.openCommands(part)) place.thread.send(command)
    })
    return analysis
  }

  function watch(): void {
    for (const place of places) {
      place.thread.sample()
      place.silentSamples++
      if (place.silentSamples <= hangAfterS) continue
      place.silentSamples = 0
      void place.thread.kill(`no answer for ${hangAfterS} s`)
    }
  }

  const watchTimer = setInterval(watch, sampleIntervalMs)
  watchTimer.unref()

  return {
    open(plan, ring, listener): Analysis {
      if (isDisposed) throw new Error('the analysis host is disposed')
      const analysis = open(plan, ring, listener)
      // Told later: a listener may need what `open` returns.
      const failure = places.every((place) => place.failure !== null) ? places[0]!.failure : null
      if (failure !== null) queueMicrotask(() => analysis.fail(failure))
      return analysis
    },
    workers: () => places.map(({ thread, shares }, index) => ({ index, jobs: shares.size, ...thread.reading() })),
    stages: () => [rowTimes.take(), ...places.flatMap(({ thread }) => thread.takeStages())],
    async killWorker(index) {
      const place = places[index]
      if (!place) throw new RangeError(`there is no analysis worker ${index}`)
      await place.thread.kill('killed')
    },
    async dispose() {
      isDisposed = true
      clearInterval(watchTimer)
      for (const { shares } of places) for (const { analysis } of [...shares.values()]) analysis.dispose()
      await Promise.all(places.map(({ thread }) => thread.dispose()))
    }
  }
}
