import type { TaskList, TaskPriority, TaskResult, TaskSnapshot } from '../../src-preload/contract/tasks.ts'
import type { TaskSettings } from '../../src-preload/contract/settings.ts'
import { failure, ok, type Result } from '../../src-preload/contract/errors.ts'
import type { Clock } from '../clock.ts'
import {
  addToKind,
  byTurn,
  countersOf,
  inOrder,
  isEnded,
  nextNumber,
  snapshotOf,
  type Task,
  type TaskSpec
} from './taskList.ts'
import { RunningTask, type TaskExecutor } from './runningTask.ts'
import type { TaskStore } from './taskStore.ts'

export interface TaskQueueOptions {
  settings: TaskSettings
  store: TaskStore
  executor: TaskExecutor
  clock: Clock
  random(): number
  changed(taskIds: string[], forgottenIds: string[]): void
  /** For good: its attempts are used up, or trying again is of no use. */
  failed(task: TaskSnapshot): void
}

const sweepEveryMs = 60_000

/** Background tasks: waits, runs, retries, remembers. What it starts, `dispose` ends. */
export class TaskQueue {
  readonly #options: TaskQueueOptions
  readonly #tasks = new Map<string, Task>()
  readonly #running = new Map<string, RunningTask>()
  readonly #workerTotals = new Map<number, { completed: number; failed: number }>()
  readonly #timers = new Map<string, () => void>()
  readonly #stopSweep: () => void
  #nextNumber: number
  #isDisposed = false
  #isHeld = false

  constructor(options: TaskQueueOptions) {
    this.#options = options
    for (const task of options.store.tasks) this.#tasks.set(task.id, task)
    this.#nextNumber = nextNumber(this.#tasks.values())
    for (const task of this.#tasks.values()) this.#recover(task)
    this.#stopSweep = options.clock.every(sweepEveryMs, () => this.#forgetOld())
    this.#forgetOld()
    this.#startNext()
  }

  list(): TaskList {
    return {
      tasks: inOrder(this.#tasks.values()).map((task) => this.#snapshot(task)),
      counters: countersOf(this.#tasks.values(), this.#options.store.totals),
      workers: this.#workers()
    }
  }

  snapshot(taskId: string): TaskSnapshot | null {
    const task = this.#tasks.get(taskId)
    return task ? this.#snapshot(task) : null
  }

  start(spec: TaskSpec, priority: TaskPriority): Result<TaskSnapshot> {
    const { settings, store, clock } = this.#options
    const waiting = [...this.#tasks.values()].filter(({ state }) => state === 'pending').length
    if (waiting >= settings.waitingMax) {
      store.totals.refused += 1
      return failure(
        'refused',
        `${waiting} tasks are waiting already, which is the most; try again when some are done.`
      )
    }
    const task: Task = {
      ...spec,
      id: `task-${this.#nextNumber++}`,
      priority,
      state: 'pending',
      detail: 'It waits for its turn.',
      attempt: 0,
      createdNs: String(clock.nowNs()),
      startedNs: null,
      endedNs: null,
      forgottenNs: null,
      nextAttemptNs: null,
      result: null
    }
    this.#tasks.set(task.id, task)
    this.#changed(task)
    this.#startNext()
    return ok(this.#snapshot(task))
  }

  cancel(taskId: string): Result<TaskSnapshot> {
    const task = this.#tasks.get(taskId)
    if (!task) return noTask(taskId)
    if (isEnded(task)) return failure('refused', `"${task.title}" has ended already.`)
    const running = this.#running.get(taskId)
    if (running) running.cancel()
    else this.#end(task, 'cancelled', 'It was cancelled before it ran.')
    return ok(this.#snapshot(task))
  }

  retry(taskId: string): Result<TaskSnapshot> {
    const task = this.#tasks.get(taskId)
    if (!task) return noTask(taskId)
    if (task.state !== 'failed' && task.state !== 'cancelled')
      return failure('refused', `"${task.title}" has not failed; only failed and cancelled tasks are tried again.`)
    Object.assign(task, { attempt: 0, endedNs: null, forgottenNs: null, startedNs: null, result: null })
    this.#wait(task, 'It waits for its turn again.', 0)
    this.#startNext()
    return ok(this.#snapshot(task))
  }

  forget(taskId: string): Result<object> {
    const task = this.#tasks.get(taskId)
    if (!task) return noTask(taskId)
    if (!isEnded(task)) return failure('refused', `"${task.title}" has not ended; cancel it first.`)
    this.#remove([taskId])
    return ok({})
  }

  waiting(): { length: number; capacity: number; ageMs: number | null; refused: number } {
    const { settings, store, clock } = this.#options
    const pending = [...this.#tasks.values()].filter(({ state }) => state === 'pending')
    const oldestNs = pending.reduce((least, { createdNs }) => Math.min(least, Number(createdNs)), Infinity)
    return {
      length: pending.length,
      capacity: settings.waitingMax,
      ageMs: pending.length === 0 ? null : Math.max(0, clock.nowMs() - oldestNs / 1e6),
      refused: store.totals.refused
    }
  }

  /** While it is held nothing is begun; what runs goes back to the queue, and that attempt does not count. */
  hold(isHeld: boolean): string {
    this.#isHeld = isHeld
    if (!isHeld) {
      this.#startNext()
      return 'Background tasks go on.'
    }
    const running = [...this.#running.values()]
    for (const task of running) void task.stop()
    return `${running.length} running ${running.length === 1 ? 'task goes' : 'tasks go'} back to the queue; none is begun.`
  }

  /** What runs goes on at the next start, from its beginning. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#stopSweep()
    for (const cancel of this.#timers.values()) cancel()
    await Promise.all([...this.#running.values()].map((running) => running.stop()))
    await this.#options.executor.dispose()
    await this.#options.store.settled()
  }

  /** A task that ran when the program ended runs again, unless that was its last attempt: it may have been the cause. */
  #recover(task: Task): void {
    if (task.state === 'pending') return this.#wait(task, task.detail, 0)
    if (task.state !== 'running') return
    if (task.attempt > this.#options.settings.retriesMax)
      this.#end(task, 'failed', 'The program ended while it ran, at its last attempt.')
    else this.#wait(task, 'The program ended while it ran; it runs again.', 0)
  }

  #startNext(): void {
    if (this.#isDisposed || this.#isHeld) return
    const { settings } = this.#options
    while (this.#running.size < settings.workersMax) {
      const [next] = [...this.#tasks.values()]
        .filter((task) => task.state === 'pending' && !this.#timers.has(task.id))
        .sort(byTurn)
      if (!next) return
      this.#run(next)
    }
  }

  #run(task: Task): void {
    const { settings, clock, executor } = this.#options
    const used = new Set([...this.#running.values()].map(({ worker }) => worker))
    let worker = 1
    while (used.has(worker)) worker += 1
    Object.assign(task, {
      state: 'running',
      attempt: task.attempt + 1,
      startedNs: String(clock.nowNs()),
      nextAttemptNs: null,
      detail: 'It starts.'
    })
    const running = new RunningTask({
      executor,
      clock,
      worker,
      spec: { kind: task.kind, title: task.title, assignment: task.assignment },
      key: task.id,
      timeoutMs: settings.timeoutS * 1000,
      progressed: (detail) => {
        task.detail = detail
        this.#options.changed([task.id], [])
      }
    })
    this.#running.set(task.id, running)
    this.#changed(task)
    void running.outcome.then((outcome) => this.#ended(task, running, outcome))
  }

  #ended(task: Task, running: RunningTask, outcome: Awaited<RunningTask['outcome']>): void {
    const { settings, store, clock, random } = this.#options
    this.#running.delete(task.id)
    const seconds = running.elapsedMs() / 1000
    if (outcome.kind === 'stopped') {
      // The program ends: the attempt does not count.
      task.attempt -= 1
      const detail = this.#isDisposed ? 'It goes on when the program runs again.' : 'It waits: the machine is short.'
      Object.assign(task, { state: 'pending', detail, startedNs: null })
      this.#changed(task)
      this.#startNext()
      return
    }
    if (outcome.kind === 'completed') {
      this.#countWorker(running.worker, 'completed')
      addToKind(store.totals, task.kind, 'completed', seconds)
      this.#end(task, 'completed', '', outcome.result)
    } else if (outcome.kind === 'cancelled') this.#end(task, 'cancelled', 'It was cancelled; nothing of it is left.')
    else if (outcome.mayPass && task.attempt <= settings.retriesMax) {
      store.totals.retried += 1
      const fullMs = settings.retryFirstMs * 2 ** Math.min(20, task.attempt - 1)
      this.#wait(task, outcome.message, fullMs / 2 + (random() * fullMs) / 2)
    } else {
      this.#countWorker(running.worker, 'failed')
      addToKind(store.totals, task.kind, 'failed', seconds)
      this.#end(task, 'failed', outcome.message)
      this.#options.failed(this.#snapshot(task))
    }
    clock.after(0, () => this.#startNext())
  }

  #countWorker(worker: number, outcome: 'completed' | 'failed'): void {
    const totals = this.#workerTotals.get(worker) ?? { completed: 0, failed: 0 }
    totals[outcome] += 1
    this.#workerTotals.set(worker, totals)
  }

  #wait(task: Task, detail: string, delayMs: number): void {
    const { clock } = this.#options
    const isLater = delayMs > 0
    task.state = 'pending'
    task.detail = detail
    task.nextAttemptNs = isLater ? String(clock.nowNs() + BigInt(Math.round(delayMs * 1e6))) : null
    if (isLater)
      this.#timers.set(
        task.id,
        clock.after(delayMs, () => {
          this.#timers.delete(task.id)
          this.#startNext()
        })
      )
    this.#changed(task)
  }

  #end(
    task: Task,
    state: 'completed' | 'failed' | 'cancelled',
    detail: string,
    result: TaskResult | null = null
  ): void {
    const { store, settings, clock } = this.#options
    this.#timers.get(task.id)?.()
    this.#timers.delete(task.id)
    store.totals[state] += 1
    const nowNs = clock.nowNs()
    Object.assign(task, {
      state,
      detail,
      result,
      endedNs: String(nowNs),
      forgottenNs: String(nowNs + BigInt(settings.keptS) * 1_000_000_000n),
      nextAttemptNs: null
    })
    this.#changed(task)
    this.#forgetOld()
  }

  #forgetOld(): void {
    const nowNs = this.#options.clock.nowNs()
    const ended = inOrder([...this.#tasks.values()].filter(isEnded))
    const old = ended.filter(
      ({ forgottenNs }, index) => index >= this.#options.settings.endedMax || BigInt(forgottenNs!) <= nowNs
    )
    if (old.length > 0) this.#remove(old.map(({ id }) => id))
  }

  #remove(ids: string[]): void {
    for (const id of ids) this.#tasks.delete(id)
    this.#save()
    this.#options.changed([], ids)
  }

  #changed(task: Task): void {
    this.#save()
    this.#options.changed([task.id], [])
  }

  #save(): void {
    this.#options.store.save(this.#tasks.values(), this.#options.store.totals)
  }

  #snapshot(task: Task): TaskSnapshot {
    const running = this.#running.get(task.id)
    return snapshotOf(task, {
      progress: running ? running.progress : task.state === 'completed' ? 1 : null,
      worker: running?.worker ?? null,
      attemptsMax: this.#options.settings.retriesMax + 1
    })
  }

  #workers(): TaskList['workers'] {
    const byNumber = new Map([...this.#running].map(([id, { worker }]) => [worker, id]))
    return Array.from({ length: this.#options.settings.workersMax }, (_, index) => {
      const number = index + 1
      return {
        number,
        taskId: byNumber.get(number) ?? null,
        ...(this.#workerTotals.get(number) ?? { completed: 0, failed: 0 })
      }
    })
  }
}

const noTask = (taskId: string): ReturnType<typeof failure> => failure('not-found', `There is no task "${taskId}".`)
