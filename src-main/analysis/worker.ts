import './runtimeShim.ts'
import { parentPort } from 'node:worker_threads'
import { compileKernel } from '../dsp/kernel/wasmKernel.ts'
import { createStageTimes } from '../stageTimes.ts'
import { watchVitals } from '../threadVitals.ts'
import { unknownMessage, type WorkerCommand, type WorkerReport } from './protocol.ts'
import { createWorkerAnalysis, type WorkerAnalysis } from './workerAnalysis.ts'

const vitalsIntervalMs = 1000
/** Longest that one analysis computes before the worker looks for others that wait. */
const turnMs = 8

/** Worker thread entry: analyses in turns by the time they have had, live ones first. */
function startWorker(port: NonNullable<typeof parentPort>, module: WebAssembly.Module | null): void {
  const analyses = new Map<number, WorkerAnalysis>()
  let isScheduled = false
  /** What an analysis that was idle begins with: time that it did not use gives it no claim over the others. */
  const servedFloorMs = { live: 0, historic: 0 }

  const stages = createStageTimes()

  const post = (report: WorkerReport): void => {
    // One order: some rows of some channels, from window to power.
    if (report.kind === 'done') stages.add('FFT', report.computeMs)
    port.postMessage(report)
  }

  /** A failure of one analysis ends that one alone. */
  function guarded(analysis: number, action: () => void): void {
    try {
      action()
    } catch (error) {
      analyses.delete(analysis)
      post({ kind: 'failed', analysis, reason: error instanceof Error ? error.message : String(error) })
    }
  }

  /** Live before historic; among equals the one that has had the least time. */
  function nextAnalysis(): number | null {
    let best: WorkerAnalysis | null = null
    let bestId: number | null = null
    for (const [id, analysis] of analyses) {
      if (!analysis.hasWork) continue
      const isBetter =
        best === null || (analysis.live === best.live ? analysis.servedMs < best.servedMs : analysis.live)
      if (!isBetter) continue
      best = analysis
      bestId = id
    }
    return bestId
  }

  /** One turn, then back to the event loop, where orders that came meanwhile are taken first. */
  function runTurn(): void {
    isScheduled = false
    const id = nextAnalysis()
    if (id === null) return
    const analysis = analyses.get(id)!
    const kind = analysis.live ? 'live' : 'historic'
    servedFloorMs[kind] = Math.max(servedFloorMs[kind], analysis.servedMs)
    guarded(id, () => analysis.work(performance.now() + turnMs))
    schedule()
  }

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(runTurn)
  }

  port.on('message', (command: WorkerCommand) => {
    switch (command.kind) {
      case 'open':
        guarded(command.analysis, () => {
          const { analysis, plan, part } = command
          analyses.set(analysis, createWorkerAnalysis(analysis, plan, part, module, post))
        })
        return
      case 'rows': {
        const analysis = analyses.get(command.analysis)
        if (!analysis) return
        if (!analysis.hasWork)
          analysis.servedMs = Math.max(analysis.servedMs, servedFloorMs[analysis.live ? 'live' : 'historic'])
        analysis.add(command)
        schedule()
        return
      }
      case 'close':
        analyses.delete(command.analysis)
        return post({ kind: 'closed', analysis: command.analysis })
      default:
        unknownMessage(command)
    }
  })

  const vitals = watchVitals()
  setInterval(() => {
    post({ kind: 'vitals', vitals: vitals.take(), stages: stages.take() })
    vitals.watchLoop(analyses.size > 0)
  }, vitalsIntervalMs).unref()
}

if (!parentPort) throw new Error('this is the entry of a worker thread')
const port = parentPort
// Commands wait in the port until the worker listens.
void compileKernel().then((module) => startWorker(port, module))
