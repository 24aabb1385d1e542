import type { EventLoopUtilization } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import type { TaskResult } from '../../src-preload/contract/tasks.ts'
import { type TaskExecutor, TaskFailure } from './runningTask.ts'
import type { TaskCommand, TaskReport } from './taskProtocol.ts'

export interface TaskThreadsOptions {
  workerFile: string
  /** A worker that was told to stop and does not is ended so much later. */
  endsWithinMs?: number
  /** A worker without a task ends after so long; its memory goes with it. */
  idleMs?: number
  onBug(message: string): void
}

interface Thread {
  worker: Worker
  idleTimer: NodeJS.Timeout | null
  utilization: EventLoopUtilization
}

export interface TaskThreads extends TaskExecutor {
  /** Threads that ended while they had something to do. */
  losses(): { count: number; reason: string }
  /** Percent of one core since it was last asked. */
  readings(): { number: number; cpuPercent: number; vitals: null }[]
}

const defaultEndsWithinMs = 5000
const defaultIdleMs = 30_000

/** Carries tasks out on worker threads, one each, which are started when there is something to do. */
export function createTaskThreads(options: TaskThreadsOptions): TaskThreads {
  const { workerFile, endsWithinMs = defaultEndsWithinMs, idleMs = defaultIdleMs, onBug } = options
  const threads = new Map<number, Thread>()
  let sequence = 0
  const losses = { count: 0, reason: '' }
  const lost = (reason: string): void => {
    losses.count++
    losses.reason = reason
  }

  const forget = (number: number, worker: Worker): void => {
    const thread = threads.get(number)
    if (thread?.worker !== worker) return
    if (thread.idleTimer) clearTimeout(thread.idleTimer)
    threads.delete(number)
  }

  const threadOf = (number: number): Thread => {
    const found = threads.get(number)
    if (found) {
      if (found.idleTimer) clearTimeout(found.idleTimer)
      found.idleTimer = null
      return found
    }
    const worker = new Worker(workerFile, { name: `task ${number}` })
    worker.on('error', () => undefined)
    worker.on('exit', () => forget(number, worker))
    const thread = { worker, idleTimer: null, utilization: worker.performance.eventLoopUtilization() }
    threads.set(number, thread)
    return thread
  }

  const rest = (number: number, thread: Thread): void => {
    thread.worker.unref()
    thread.idleTimer = setTimeout(() => {
      forget(number, thread.worker)
      void thread.worker.terminate()
    }, idleMs)
    thread.idleTimer.unref()
  }

  return {
    run({ worker: number, key, spec }, progressed, signal) {
      const thread = threadOf(number)
      const { worker } = thread
      const own = ++sequence
      const send = (command: TaskCommand): void => worker.postMessage(command)
      return new Promise<TaskResult>((resolve, reject) => {
        let endTimer: NodeJS.Timeout | null = null
        const settle = (action: () => void, isAlive: boolean): void => {
          worker.off('message', onMessage)
          worker.off('exit', onExit)
          worker.off('error', onError)
          signal.removeEventListener('abort', onAbort)
          if (endTimer) clearTimeout(endTimer)
          if (isAlive) rest(number, thread)
          action()
        }
        const onMessage = (report: TaskReport): void => {
          if (report.sequence !== own) return
          if (report.kind === 'progress') return progressed(report.progress, report.detail)
          if (report.kind === 'completed') return settle(() => resolve(report.result), true)
          if (report.kind === 'cancelled')
            return settle(() => reject(new TaskFailure('It was cancelled.', false)), true)
          if (report.isBug) onBug(report.message)
          const message = report.isBug
            ? 'It failed because of an error in the program; the log has it.'
            : report.message
          settle(() => reject(new TaskFailure(message, report.mayPass)), true)
        }
        const onExit = (): void => {
          // One that was told to stop and did not was ended from here.
          if (endTimer === null) lost(`It ended while it worked on "${spec.title}".`)
          settle(() => reject(new TaskFailure('Its worker ended.', true)), false)
        }
        const onError = (error: Error): void => {
          onBug(error.stack ?? error.message)
          lost(`It failed while it worked on "${spec.title}" (${error.message}).`)
          settle(() => reject(new TaskFailure(`Its worker failed (${error.message}).`, true)), false)
        }
        const onAbort = (): void => {
          send({ kind: 'cancel', sequence: own })
          endTimer = setTimeout(() => {
            forget(number, worker)
            void worker.terminate()
          }, endsWithinMs)
        }
        worker.on('message', onMessage)
        worker.on('exit', onExit)
        worker.on('error', onError)
        worker.ref()
        send({ kind: 'run', sequence: own, key, spec })
        if (signal.aborted) onAbort()
        else signal.addEventListener('abort', onAbort, { once: true })
      })
    },
    losses: () => ({ ...losses }),
    readings: () =>
      [...threads].map(([number, thread]) => {
        const now = thread.worker.performance.eventLoopUtilization()
        const { utilization } = thread.worker.performance.eventLoopUtilization(now, thread.utilization)
        thread.utilization = now
        return { number, cpuPercent: 100 * utilization, vitals: null }
      }),
    async dispose() {
      const all = [...threads.values()]
      threads.clear()
      await Promise.all(
        all.map(({ worker, idleTimer }) => {
          if (idleTimer) clearTimeout(idleTimer)
          return worker.terminate()
        })
      )
    }
  }
}
