import type { TaskResult } from '../../src-preload/contract/tasks.ts'
import type { Clock } from '../clock.ts'
import type { TaskSpec } from './taskList.ts'

/** What went wrong with a task, in one sentence. Anything else that is thrown is a bug, and is tried again like a fault. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure'
  /** Trying again may help. */
  readonly mayPass: boolean

  constructor(message: string, mayPass: boolean) {
    super(message)
    this.mayPass = mayPass
  }
}

/** Where tasks are carried out. */
export interface TaskExecutor {
  /**
   * Resolves with the result; rejects when it fails, or soon after `signal` aborts. `worker` counts from 1; a worker has one
   * task at a time. `key` stays the same over the attempts of a task.
   */
  run(
    order: { worker: number; key: string; spec: TaskSpec },
    progressed: (progress: number | null, detail: string) => void,
    signal: AbortSignal
  ): Promise<TaskResult>
  dispose(): Promise<void>
}

export type TaskOutcome =
  | { kind: 'completed'; result: TaskResult }
  | { kind: 'cancelled' }
  /** The program ends. */
  | { kind: 'stopped' }
  | { kind: 'failed'; message: string; mayPass: boolean }

/** One attempt of a task on a worker. */
export class RunningTask {
  readonly worker: number
  readonly outcome: Promise<TaskOutcome>
  readonly #clock: Clock
  readonly #abort = new AbortController()
  readonly #startedMs: number
  #why: 'cancelled' | 'stopped' | 'timed-out' | null = null
  #cancelTimer: () => void = () => undefined
  #progress: number | null = null

  constructor(options: {
    executor: TaskExecutor
    clock: Clock
    worker: number
    key: string
    spec: TaskSpec
    timeoutMs: number
    progressed(detail: string): void
  }) {
    const { executor, clock, worker, key, spec, timeoutMs } = options
    this.worker = worker
    this.#clock = clock
    this.#startedMs = clock.monotonicMs()
    const watch = (): void => {
      this.#cancelTimer()
      this.#cancelTimer = clock.after(timeoutMs, () => this.#end('timed-out'))
    }
    watch()
    const running = executor.run(
      { worker, key, spec },
      (progress, detail) => {
        // Work that goes on may take as long as it needs.
        if (progress !== this.#progress) watch()
        this.#progress = progress
        options.progressed(detail)
      },
      this.#abort.signal
    )
    this.outcome = running
      .then(
        (result): TaskOutcome => ({ kind: 'completed', result }),
        (error: unknown) => this.#outcomeOf(error, timeoutMs)
      )
      .finally(() => this.#cancelTimer())
  }

  get progress(): number | null {
    return this.#progress
  }

  elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#startedMs
  }

  cancel(): void {
    this.#end('cancelled')
  }

  async stop(): Promise<void> {
    this.#end('stopped')
    await this.outcome
  }

  #end(why: 'cancelled' | 'stopped' | 'timed-out'): void {
    this.#why ??= why
    this.#abort.abort()
  }

  #outcomeOf(error: unknown, timeoutMs: number): TaskOutcome {
    if (this.#why === 'cancelled' || this.#why === 'stopped') return { kind: this.#why }
    if (this.#why === 'timed-out')
      return { kind: 'failed', message: `It did not get on for ${timeoutMs / 1000} s and was given up.`, mayPass: true }
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', message, mayPass: error instanceof TaskFailure ? error.mayPass : true }
  }
}
