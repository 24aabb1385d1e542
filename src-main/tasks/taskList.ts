import type {
  TaskCounters,
  TaskKind,
  TaskPriority,
  TaskResult,
  TaskSnapshot,
  TaskState
} from '../../src-preload/contract/tasks.ts'
import { taskKinds, taskPriorities } from '../../src-preload/contract/tasks.ts'

/** What is to be done, in plain JSON, as the worker gets it. */
export interface TaskSpec {
  kind: TaskKind
  title: string
  assignment: unknown
}

/** A task as it is kept: what windows see of it, and what it does. */
export interface Task extends TaskSpec {
  id: string
  priority: TaskPriority
  state: TaskState
  detail: string
  attempt: number
  createdNs: string
  startedNs: string | null
  endedNs: string | null
  forgottenNs: string | null
  nextAttemptNs: string | null
  result: TaskResult | null
}

export interface KindTotals {
  completed: number
  failed: number
  totalSeconds: number
  longestSeconds: number
}

/** Since the list was first made. */
export interface Totals {
  completed: number
  failed: number
  cancelled: number
  retried: number
  refused: number
  kinds: Partial<Record<TaskKind, KindTotals>>
}

export const noTotals = (): Totals => ({ completed: 0, failed: 0, cancelled: 0, retried: 0, refused: 0, kinds: {} })

export const isEnded = ({ state }: Pick<Task, 'state'>): boolean =>
  state === 'completed' || state === 'failed' || state === 'cancelled'

/** Which of two waiting tasks goes first: the higher priority, among equals the older. */
export const byTurn = (a: Task, b: Task): number =>
  taskPriorities.indexOf(a.priority) - taskPriorities.indexOf(b.priority) || numberOf(a) - numberOf(b)

/** Ids count up, so that tasks of one nanosecond keep their order. */
const numberOf = ({ id }: Task): number => Number(id.slice(id.lastIndexOf('-') + 1))

export const nextNumber = (tasks: Iterable<Task>): number =>
  [...tasks].reduce((highest, task) => Math.max(highest, numberOf(task)), 0) + 1

/** Running first, then waiting in their order, then ended ones, the newest first. */
export function inOrder(tasks: Iterable<Task>): Task[] {
  const rank = (task: Task): number => (task.state === 'running' ? 0 : task.state === 'pending' ? 1 : 2)
  return [...tasks].sort(
    (a, b) => rank(a) - rank(b) || (rank(a) === 2 ? Number(BigInt(b.endedNs!) - BigInt(a.endedNs!)) : byTurn(a, b))
  )
}

export function countersOf(tasks: Iterable<Task>, totals: Totals): TaskCounters {
  const all = [...tasks]
  const { kinds, ...sums } = totals
  const done = totals.completed + totals.failed
  return {
    ...sums,
    pending: all.filter(({ state }) => state === 'pending').length,
    running: all.filter(({ state }) => state === 'running').length,
    successRate: done > 0 ? totals.completed / done : null,
    kinds: taskKinds.map((kind) => {
      const { completed = 0, failed = 0, totalSeconds = 0, longestSeconds = 0 } = kinds[kind] ?? {}
      return {
        kind,
        completed,
        failed,
        meanSeconds: completed > 0 ? totalSeconds / completed : null,
        longestSeconds: completed > 0 ? longestSeconds : null
      }
    })
  }
}

export function addToKind(totals: Totals, kind: TaskKind, outcome: 'completed' | 'failed', seconds: number): void {
  const before = totals.kinds[kind] ?? { completed: 0, failed: 0, totalSeconds: 0, longestSeconds: 0 }
  totals.kinds[kind] =
    outcome === 'failed'
      ? { ...before, failed: before.failed + 1 }
      : {
          ...before,
          completed: before.completed + 1,
          totalSeconds: before.totalSeconds + seconds,
          longestSeconds: Math.max(before.longestSeconds, seconds)
        }
}

/** Without what only the worker needs: it may hold paths. */
export function snapshotOf(
  task: Task,
  now: { progress: number | null; worker: number | null; attemptsMax: number }
): TaskSnapshot {
  const { assignment: _, ...shown } = task
  return { ...shown, ...now }
}
