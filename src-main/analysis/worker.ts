import './runtimeShim.ts'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parentPort } from 'node:worker_threads'
import { createSpectralKernels } from '../dsp/kernel/spectralKernels.ts'
import { compileKernel } from '../dsp/kernel/wasmKernel.ts'
import type { CreateSpectralKernel } from '../dsp/spectralKernel.ts'
import { unknownMessage, type WorkerCommand, type WorkerReport } from './protocol.ts'
import { createWorkerAnalysis, type WorkerAnalysis } from './workerAnalysis.ts'

const delayIntervalMs = 1000

/** Worker thread entry: analyses in turns, live ones first. */
function startWorker(port: NonNullable<typeof parentPort>, createKernel: CreateSpectralKernel): void {
  const analyses = new Map<number, WorkerAnalysis>()
  let isScheduled = false
  let lastServed = -1

  const post = (report: WorkerReport, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(report, transfer)
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

  /** Live before historic; among equals the one after the last served. */
  function nextAnalysis(): number | null {
    let best: number | null = null
    let bestRank = Infinity
    for (const [id, analysis] of analyses) {
      if (!analysis.hasWork) continue
      const rank = (analysis.live ? 0 : 2) + (id > lastServed ? 0 : 1)
      if (rank < bestRank) {
        best = id
        bestRank = rank
      }
    }
    return best
  }

  /** One turn, then back to the event loop, where commands that came meanwhile are taken first. */
  function runTurn(): void {
    isScheduled = false
    const id = nextAnalysis()
    if (id === null) return
    lastServed = id
    guarded(id, () => {
      analyses.get(id)!.runTurn()
    })
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
          const { analysis, plan, ring, capacitySamples } = command
          analyses.set(analysis, createWorkerAnalysis(analysis, plan, ring, capacitySamples, post, createKernel))
        })
        return
      case 'block':
      case 'skip':
      case 'flush':
        analyses.get(command.analysis)?.add(command)
        schedule()
        return
      case 'close':
        analyses.delete(command.analysis)
        return
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
}

if (!parentPort) throw new Error('this is the entry of a worker thread')
const port = parentPort
// Commands wait in the port until the worker listens.
void compileKernel().then((module) => {
  startWorker(port, createSpectralKernels(module))
})
