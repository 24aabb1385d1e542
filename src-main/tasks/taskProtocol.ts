import type { TaskResult } from '../../src-preload/contract/tasks.ts'
import type { TaskSpec } from './taskList.ts'

/** To a task worker. One task at a time; `sequence` tells a cancel of the last one from one of this. */
export type TaskCommand =
  { kind: 'run'; sequence: number; key: string; spec: TaskSpec } | { kind: 'cancel'; sequence: number }

export type TaskReport = { sequence: number } & (
  | { kind: 'progress'; progress: number | null; detail: string }
  | { kind: 'completed'; result: TaskResult }
  | { kind: 'cancelled' }
  /** `isBug`: not foreseen; the message has its stack. */
  | { kind: 'failed'; message: string; mayPass: boolean; isBug: boolean }
)
