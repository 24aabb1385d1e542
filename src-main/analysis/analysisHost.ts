import type { Analysis, AnalysisHost, AnalysisListener, AnalysisPlan } from './analysis.ts'
import { createHostAnalysis, type HostAnalysis } from './hostAnalysis.ts'
import { createWorkerThread, type WorkerThread } from './workerThread.ts'

const sampleIntervalMs = 1000
/**
 * A worker reports about once a second whatever it does, the largest row takes a few seconds: one that is silent for so
 * many of our own seconds hangs, and is replaced. Counted, not timed: a machine that wakes from sleep is not a hang.
 */
const defaultHangAfterS = 30

export interface AnalysisHostOptions {
  /** The worker's entry: `out/main/analysisWorker.cjs`, or `worker.ts` itself where the runtime strips types. */
  workerFile: string
  workerCount: number
  /** Module that the worker loads first, for runtimes that lack built-ins. */
  shimFile?: string
  /** Default 30. */
  hangAfterS?: number
}

interface Place {
  thread: WorkerThread
  analyses: Map<number, HostAnalysis>
  /** Set when the thread cannot be kept alive. */
  failure: string | null
  /** Watches since it last reported. */
  silentSamples: number
}

/**
 * Share of a core that a plan needs, roughly: a few nanoseconds for each channel's sample of each transform and pass.
 * A historic job takes whatever it can get.
 */
function estimatedLoad(plan: AnalysisPlan): number {
  if (!plan.live) return 1
  if (plan.content === 'bandEnergy') return (plan.channelCount * 20) / plan.sampleIntervalNs
  return (plan.channelCount * plan.nfft * Math.log2(plan.nfft) * 2.5e-9) / plan.rowIntervalS
}

/** Spreads analyses over worker threads, replaces threads that die, and keeps account of what is lost with them. */
export function createAnalysisHost(options: AnalysisHostOptions): AnalysisHost {
  const { workerFile, workerCount, shimFile, hangAfterS = defaultHangAfterS } = options
  let nextAnalysis = 1
  let isDisposed = false

  function createPlace(index: number): Place {
    const analyses = new Map<number, HostAnalysis>()
    const thread = createWorkerThread(
      { workerFile, name: `analysis ${index + 1}`, start: { shimFile: shimFile ?? null } },
      {
        report(report) {
          place.silentSamples = 0
          if (report.kind !== 'delay') analyses.get(report.analysis)?.take(report)
        },
        lost(reason) {
          for (const analysis of analyses.values()) analysis.workerLost(reason)
        },
        restarted() {
          for (const analysis of analyses.values()) thread.send(analysis.openCommand())
        },
        failed(reason) {
          place.failure = reason
          for (const analysis of [...analyses.values()]) analysis.fail(reason)
        }
      }
    )
    const place: Place = { thread, analyses, failure: null, silentSamples: 0 }
    return place
  }

  const places = Array.from({ length: Math.max(1, workerCount) }, (_, index) => createPlace(index))

  const load = (place: Place): number =>
    [...place.analyses.values()].reduce((sum, { plan }) => sum + estimatedLoad(plan), 0)

  function leastLoaded(): Place {
    const living = places.filter((place) => place.failure === null)
    const candidates = living.length > 0 ? living : places
    return candidates.reduce((best, place) => (load(place) < load(best) ? place : best))
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
    open(plan: AnalysisPlan, listener: AnalysisListener): Analysis {
      if (isDisposed) throw new Error('the analysis host is disposed')
      const place = leastLoaded()
      const id = nextAnalysis++
      const analysis = createHostAnalysis(
        id,
        plan,
        listener,
        (command) => place.thread.send(command),
        () => place.analyses.delete(id)
      )
      place.analyses.set(id, analysis)
      place.thread.send(analysis.openCommand())
      // Told later: a listener may need what `open` returns.
      const { failure } = place
      if (failure !== null) {
        queueMicrotask(() => {
          analysis.fail(failure)
        })
      }
      return analysis
    },
    workers: () => places.map(({ thread, analyses }, index) => ({ index, jobs: analyses.size, ...thread.reading() })),
    async killWorker(index) {
      const place = places[index]
      if (!place) throw new RangeError(`there is no analysis worker ${index}`)
      await place.thread.kill('killed')
    },
    async dispose() {
      isDisposed = true
      clearInterval(watchTimer)
      for (const { analyses } of places) for (const analysis of [...analyses.values()]) analysis.dispose()
      await Promise.all(places.map(({ thread }) => thread.dispose()))
    }
  }
}
