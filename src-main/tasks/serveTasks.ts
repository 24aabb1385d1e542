import os from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import type { TaskKind, TaskResult } from '../../src-preload/contract/tasks.ts'
import { TaskFailure } from './runningTask.ts'
import type { TaskCommand, TaskReport } from './taskProtocol.ts'

/** Carries out one kind of task. Throws `TaskFailure` for what is foreseen. */
export type TaskRunner = (
  assignment: unknown,
  context: { key: string; signal: AbortSignal; progressed(progress: number | null, detail: string): void }
) => Promise<TaskResult>

/** More often nobody looks; each report is a message to the main thread. */
const reportEveryMs = 200
/** Behind capture, analysis and windows. */
const niceness = 10

/** On Linux this is the priority of the calling thread alone; elsewhere it would be that of the whole program. */
function standBack(): void {
  if (process.platform !== 'linux') return
  try {
    os.setPriority(0, niceness)
  } catch {
    // Not allowed here: it works all the same.
  }
}

type Report = TaskReport extends infer R ? (R extends TaskReport ? Omit<R, 'sequence'> : never) : never

/** In a worker thread: takes tasks from the port and reports on them. */
export function serveTasks(port: MessagePort, runners: Record<TaskKind, TaskRunner>): void {
  let current: { sequence: number; abort: AbortController } | null = null
  standBack()

  async function run({ sequence, key, spec }: Extract<TaskCommand, { kind: 'run' }>): Promise<void> {
    const abort = new AbortController()
    current = { sequence, abort }
    const report = (message: Report): void => port.postMessage({ ...message, sequence })
    let lastMs = -Infinity
    const progressed = (progress: number | null, detail: string): void => {
      const nowMs = performance.now()
      if (nowMs - lastMs < reportEveryMs) return
      lastMs = nowMs
      report({ kind: 'progress', progress, detail })
    }
    try {
      const result = await runners[spec.kind](spec.assignment, { key, signal: abort.signal, progressed })
      report({ kind: 'completed', result })
    } catch (error) {
      if (abort.signal.aborted) report({ kind: 'cancelled' })
      else if (error instanceof TaskFailure)
        report({ kind: 'failed', message: error.message, mayPass: error.mayPass, isBug: false })
      else {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
        report({ kind: 'failed', message, mayPass: false, isBug: true })
      }
    } finally {
      current = null
    }
  }

  port.on('message', (command: TaskCommand) => {
    if (command.kind === 'run') void run(command)
    else if (current?.sequence === command.sequence) current.abort.abort()
  })
}
