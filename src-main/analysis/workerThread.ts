import { performance, type EventLoopUtilization } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { withStreamingFlags } from '../streamingFlags.ts'
import type { Stage, StageCounts } from '../stageTimes.ts'
import type { ThreadVitals } from '../threadVitals.ts'
import type { WorkerReading } from './analysis.ts'
import type { WorkerStart } from './protocol.ts'

/** First restart at once; then twice as long each time, so that a worker that cannot live does not spin. */
const restartDelaysMs = [0, 250, 500, 1000, 2000]
/** A worker that lived so long is sound: the next death counts as the first. */
const soundAfterMs = 10_000
const terminateTimeoutMs = 2000
/** Reports that nobody asks for are not kept for ever. */
const stagesKeptMax = 60

/** What every thread reports about once a second. */
export interface VitalsReport {
  kind: 'vitals'
  vitals: ThreadVitals
  stages: Partial<Record<Stage, StageCounts>>
}

export interface WorkerThreadListener<Report> {
  report(report: Report): void
  /** The thread ended without being asked to. A new one follows after `restarted`, unless `failed` comes. */
  lost(reason: string): void
  restarted(): void
  /** It died again and again: there will be no new one. */
  failed(reason: string): void
}

const isVitals = (report: { kind: string }): report is VitalsReport => report.kind === 'vitals'

/** One worker thread and its replacements. */
export interface WorkerThread<Command> {
  /** False where there is no thread now. */
  send(command: Command): boolean
  /** Called about once a second: takes the reading of the second before. */
  sample(): void
  reading(): Omit<WorkerReading, 'index' | 'jobs'>
  /** Time per stage since it was last asked. */
  takeStages(): Partial<Record<Stage, StageCounts>>[]
  /** Ends the thread as a crash would. Resolves when it is gone. */
  kill(reason: string): Promise<void>
  dispose(): Promise<void>
}

export function createWorkerThread<Command, Report extends { kind: string }>(
  options: { workerFile: string; name: string; start: WorkerStart; receivesStreams?: boolean },
  listener: WorkerThreadListener<Report>
): WorkerThread<Command> {
  let worker: Worker | null = null
  let startedAtMs = 0
  let deaths = 0
  let restarts = 0
  let isDisposed = false
  let restartTimer: NodeJS.Timeout | null = null
  let utilization: EventLoopUtilization | null = null
  let cpuPercent = 0
  let vitals: ThreadVitals | null = null
  let stages: Partial<Record<Stage, StageCounts>>[] = []
  let killReason: string | null = null
  const loss = { count: 0, reason: '' }

  function begin(): void {
    startedAtMs = performance.now()
    utilization = null
    const start = (): Worker => new Worker(options.workerFile, { name: options.name, workerData: options.start })
    const thread = options.receivesStreams ? withStreamingFlags(start) : start()
    let error: Error | null = null
    thread.on('message', (report: Report | VitalsReport) => {
      if (isVitals(report)) {
        vitals = report.vitals
        if (stages.length < stagesKeptMax) stages.push(report.stages)
      }
      listener.report(report as Report)
    })
    thread.on('error', (thrown) => {
      error = thrown instanceof Error ? thrown : new Error(String(thrown))
    })
    thread.on('exit', () => {
      if (worker !== thread) return
      worker = null
      ended(killReason ?? (error === null ? 'it ended by itself' : error.message))
    })
    worker = thread
  }

  function ended(cause: string): void {
    killReason = null
    cpuPercent = 0
    vitals = null
    if (isDisposed) return
    deaths = performance.now() - startedAtMs > soundAfterMs ? 1 : deaths + 1
    loss.count++
    loss.reason = cause
    listener.lost(`the ${options.name} thread was lost (${cause})`)
    const wait = restartDelaysMs[deaths - 1]
    if (wait === undefined) {
      listener.failed(`the ${options.name} thread ended ${deaths} times in a row: ${cause}`)
      return
    }
    if (wait === 0) restart()
    else restartTimer = setTimeout(restart, wait)
  }

  function restart(): void {
    restartTimer = null
    if (isDisposed) return
    restarts++
    begin()
    listener.restarted()
  }

  /** Waits for the thread's end, but not for ever: a thread that hangs in native code cannot hold the program back. */
  async function terminate(thread: Worker): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, terminateTimeoutMs)
    })
    await Promise.race([thread.terminate(), timeout])
    clearTimeout(timer)
  }

  begin()
  return {
    send(command) {
      if (!worker) return false
      worker.postMessage(command)
      return true
    },
    sample() {
      if (!worker) return
      const now = worker.performance.eventLoopUtilization()
      if (utilization) cpuPercent = 100 * worker.performance.eventLoopUtilization(now, utilization).utilization
      utilization = now
    },
    reading: () => ({
      cpuPercent,
      restarts,
      loss: { ...loss, isGone: worker === null },
      eventLoopDelayMs: vitals?.eventLoopMs ?? null,
      vitals
    }),
    takeStages() {
      const taken = stages
      stages = []
      return taken
    },
    async kill(reason) {
      if (!worker) return
      killReason = reason
      await terminate(worker)
    },
    async dispose() {
      isDisposed = true
      if (restartTimer) clearTimeout(restartTimer)
      if (worker) await terminate(worker)
    }
  }
}
