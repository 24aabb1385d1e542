import { createSerialWriter, readVersionedJson } from '../storage/atomicFile.ts'
import { taskKind, taskPriority, taskResult, taskState } from '../../src-preload/contract/tasks.ts'
import { nanosecondsText } from '../../src-preload/contract/schemas.ts'
import { z } from 'zod'
import { noTotals, type Task, type Totals } from './taskList.ts'

const version = 1

const storedTask = z.object({
  id: z.string().regex(/^task-\d{1,15}$/),
  kind: taskKind,
  title: z.string(),
  assignment: z.unknown(),
  priority: taskPriority,
  state: taskState,
  detail: z.string(),
  attempt: z.number().int().min(0),
  createdNs: nanosecondsText,
  startedNs: nanosecondsText.nullable(),
  endedNs: nanosecondsText.nullable(),
  forgottenNs: nanosecondsText.nullable(),
  nextAttemptNs: nanosecondsText.nullable(),
  result: taskResult.nullable()
})

const count = z.number().int().min(0)
const storedTotals = z.object({
  completed: count,
  failed: count,
  cancelled: count,
  retried: count,
  refused: count,
  kinds: z.partialRecord(
    taskKind,
    z.object({ completed: count, failed: count, totalSeconds: z.number(), longestSeconds: z.number() })
  )
})

export interface TaskStore {
  /** As the last run left them; tasks that cannot be understood are left out and counted. */
  readonly tasks: Task[]
  readonly totals: Totals
  readonly problem: string | null
  save(tasks: Iterable<Task>, totals: Totals): void
  settled(): Promise<void>
}

/** Keeps the list over restarts: one small file, replaced whole. */
export async function openTaskStore(file: string, onWriteError: (error: unknown) => void): Promise<TaskStore> {
  const read = await readVersionedJson(file, version)
  const value = read.state === 'read' ? (read.value as { tasks?: unknown; totals?: unknown }) : {}
  const listed = Array.isArray(value.tasks) ? value.tasks : []
  const tasks = listed.flatMap((entry): Task[] => {
    const parsed = storedTask.safeParse(entry)
    return parsed.success ? [parsed.data] : []
  })
  const totals = storedTotals.safeParse(value.totals)
  const lost = listed.length - tasks.length
  const writer = createSerialWriter(file, version, onWriteError)
  return {
    tasks,
    totals: totals.success ? (totals.data as Totals) : noTotals(),
    problem:
      read.state === 'damaged'
        ? `${file} ${read.reason}`
        : lost > 0
          ? `${file}: ${lost} tasks could not be understood`
          : null,
    save: (all, sums) => void writer.write({ tasks: [...all], totals: sums }),
    settled: () => writer.settled()
  }
}
