import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Handlers, ParsedArguments } from '../src-preload/contract/calls.ts'
import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import type { TaskSettings } from '../src-preload/contract/settings.ts'
import type {
  ExportArguments,
  ExportCheck,
  ExportFormatName,
  ExportTarget,
  taskCalls,
  TaskList
} from '../src-preload/contract/tasks.ts'
import type { Clock } from './clock.ts'
import type { CorePort } from './coreInterface.ts'
import type { CoreWindows } from './coreWindows.ts'
import type { Measure } from './health/operationMeter.ts'
import type { Notices } from './jobs/notices.ts'
import { type Recording, RecordingError } from './recordings/recording.ts'
import { checkExport } from './sessions/export/checkExport.ts'
import { createContent } from './sessions/export/exportContent.ts'
import { ExportError } from './sessions/export/exportFormat.ts'
import { exportFormats, formatOfName } from './sessions/export/exportFormats.ts'
import { exists } from './sessions/export/exportPlace.ts'
import type { ExportAssignment } from './sessions/export/exportTask.ts'
import { diskSpace } from './storage/diskSpace.ts'
import type { Log } from './storage/log.ts'
import { TaskQueue } from './tasks/taskQueue.ts'
import { openTaskStore } from './tasks/taskStore.ts'
import { createTaskThreads } from './tasks/taskThreads.ts'

export type TaskHandlers = Pick<Handlers<CorePort>, keyof typeof taskCalls>

/** Desktop: the system's dialog for saving; null where it was closed. */
export type ChooseTarget = (
  windowId: string,
  suggested: { name: string; format: ExportFormatName }
) => Promise<string | null>

export interface CoreTasksOptions {
  dataFolder: string
  settings: TaskSettings
  clock: Clock
  random(): number
  windows: CoreWindows
  notices: Notices
  log: Log
  /** Path of a session or recording of the catalogue. */
  pathOf(id: string): Promise<string | null>
  /** With what was said of it before. */
  openRecording(path: string): Promise<Recording>
  chooseTarget?: ChooseTarget
  /** Default: the entry beside this file. */
  workerFile?: string
  measure: Measure
  /** A task was given up. */
  taskFailed(title: string, sentence: string): void
  onError(error: unknown): void
}

export interface CoreTasks {
  readonly handlers: TaskHandlers
  list(): TaskList
  /** Tasks that wait. */
  queue(): { length: number; capacity: number; ageMs: number | null; refused: number }
  /** Threads that ended while they had something to do. */
  threadLosses(): { count: number; reason: string }
  threads(): { number: number; cpuPercent: number; vitals: null }[]
  /** Nothing is begun, and what runs goes back to the queue; false: it goes on. One sentence of what that means. */
  hold(isHeld: boolean): string
  dispose(): Promise<void>
}

const sayEveryMs = 250
/** Paths of the dialog that may still be written to. */
const chosenMax = 1000

/** The entry of task workers: the source where the runtime strips types, else the built file. */
export function taskWorkerFile(): string {
  const places = import.meta.url.endsWith('.ts') ? ['./taskWorker.ts'] : ['./taskWorker.cjs', '../taskWorker.cjs']
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
  return files.find((file) => existsSync(file)) ?? files[0]!
}

/** Background tasks and exports, as windows and scripts ask for them. */
export async function createCoreTasks(options: CoreTasksOptions): Promise<CoreTasks> {
  const { dataFolder, settings, clock, random, windows, notices, log } = options
  const exportsFolder = join(dataFolder, 'exports')
  const store = await openTaskStore(join(dataFolder, 'tasks.json'), options.onError)
  if (store.problem !== null) log.warning('task_list_damaged', { problem: store.problem })
  const changedIds = new Set<string>()
  const forgottenIds = new Set<string>()
  let saidAtMs = -Infinity
  let cancelSaying: (() => void) | null = null
  const chosen = new Set<string>()

  const say = (): void => {
    cancelSaying = null
    saidAtMs = clock.monotonicMs()
    const { counters, workers } = queue.list()
    const tasks = [...changedIds].flatMap((id) => queue.snapshot(id) ?? [])
    windows.broadcast('tasks.changed', { tasks, forgotten: [...forgottenIds], counters, workers })
    changedIds.clear()
    forgottenIds.clear()
  }

  const threads = createTaskThreads({
    workerFile: options.workerFile ?? taskWorkerFile(),
    onBug: (message) => log.error('task_bug', { message })
  })
  const queue: TaskQueue = new TaskQueue({
    settings,
    store,
    executor: {
      run: (order, progressed, signal) =>
        options.measure('export', order.spec.title, (enter) => {
          enter('opening and planning')
          const watched = (progress: number | null, detail: string): void => {
            enter(progress === 1 ? 'closing the file' : 'reading and writing')
            progressed(progress, detail)
          }
          return threads.run(order, watched, signal)
        }),
      dispose: () => threads.dispose()
    },
    clock,
    random,
    changed(ids, forgotten) {
      for (const id of ids) changedIds.add(id)
      for (const id of forgotten) {
        changedIds.delete(id)
        forgottenIds.add(id)
      }
      cancelSaying ??= clock.after(Math.max(0, saidAtMs + sayEveryMs - clock.monotonicMs()), say)
    },
    failed({ id, title, detail, attempt }) {
      log.error('task_failed', { task: id, title, reason: detail, attempts: attempt })
      const sentence = `${detail} After ${attempt} ${attempt === 1 ? 'attempt' : 'attempts'}; the list of tasks offers another one.`
      notices.add({ severity: 'error', title: `"${title}" failed`, detail: sentence, jobId: null })
      options.taskFailed(title, sentence)
    }
  })

  const targetPath = (target: ExportTarget): string | null =>
    target.place === 'exports' ? join(exportsFolder, target.name) : chosen.has(target.path) ? target.path : null

  async function assignmentOf(request: ExportArguments): Promise<Result<ExportAssignment>> {
    const { format, selection, overwrite } = request
    const source = await options.pathOf(request.source)
    if (source === null)
      return failure('not-found', `There is no session or file "${request.source}" in the catalogue.`)
    const target = targetPath(request.target)
    if (target === null) return failure('refused', 'The target was not chosen in the dialog of this program.')
    return ok({ source, dataFolder, target, format, selection, overwrite })
  }

  return {
    handlers: {
      'tasks.list': async () => ok(queue.list()),
      async 'tasks.start'({ request, priority }) {
        const assignment = await assignmentOf(request.arguments)
        if (!assignment.ok) return assignment
        const { source, target } = assignment.value
        if (request.arguments.target.place === 'exports') await mkdir(exportsFolder, { recursive: true })
        const title = `${basename(source)} → ${basename(target)}`
        return queue.start({ kind: request.kind, title, assignment: assignment.value }, priority)
      },
      'tasks.cancel': async ({ taskId }) => queue.cancel(taskId),
      'tasks.retry': async ({ taskId }) => queue.retry(taskId),
      async 'tasks.forget'({ taskId }) {
        const forgotten = queue.forget(taskId)
        return forgotten.ok ? ok({}) : forgotten
      },
      async 'exports.check'(request) {
        const source = await options.pathOf(request.source)
        if (source === null)
          return failure('not-found', `There is no session or file "${request.source}" in the catalogue.`)
        const target = request.target === null ? null : targetPath(request.target)
        return checkedExport(request, options.openRecording, source, target, exportsFolder)
      },
      async 'exports.chooseTarget'({ suggestedName, format }, port) {
        if (!options.chooseTarget)
          return failure('unsupported', 'Here exports go to the folder "exports" of the data folder.')
        const path = await options.chooseTarget(port.windowId, { name: suggestedName, format })
        if (path === null) return ok({ path })
        chosen.add(path)
        for (const oldest of chosen) {
          if (chosen.size <= chosenMax) break
          chosen.delete(oldest)
        }
        return ok({ path })
      }
    },
    list: () => queue.list(),
    queue: () => queue.waiting(),
    threads: () => threads.readings(),
    threadLosses: () => threads.losses(),
    hold: (isHeld) => queue.hold(isHeld),
    async dispose() {
      await queue.dispose()
      cancelSaying?.()
    }
  }
}

async function checkedExport(
  request: ParsedArguments<'exports.check'>,
  openRecording: CoreTasksOptions['openRecording'],
  source: string,
  target: string | null,
  exportsFolder: string
): Promise<Result<ExportCheck>> {
  const format = exportFormats[request.format]
  try {
    const recording = await openRecording(source)
    try {
      const content = createContent(recording, request.selection, format)
      const { limits, refusal } = checkExport(format, content)
      const folder = target ?? exportsFolder
      const space = (await diskSpace(join(folder, '..'))) ?? null
      return ok({
        limits: [...limits, ...recording.info.warnings],
        refusal,
        rows: content.rows,
        channels: content.channels,
        element: content.element,
        bytes: Math.ceil(format.estimateBytes(content)),
        freeBytes: space?.freeBytes ?? null,
        suggestedName: suggestedName(source, request.format),
        targetExists: target !== null && (await exists(target))
      })
    } finally {
      await recording.close()
    }
  } catch (error) {
    if (error instanceof ExportError) return failure('invalid', error.message)
    if (error instanceof RecordingError) return failure('unreadable', `${error.message}.`)
    throw error
  }
}

/** The name of the source with the ending of the format; never that of the source itself. */
function suggestedName(source: string, format: ExportFormatName): string {
  const name = basename(source)
  const known = formatOfName(name)?.endings.find((ending) => name.toLowerCase().endsWith(ending))
  const stem = known ? name.slice(0, -known.length) : name.replace(/\.[A-Za-z0-9]{1,8}$/, '')
  const suggested = `${stem}${exportFormats[format].endings[0]}`
  return suggested === name ? `${stem}-part${exportFormats[format].endings[0]}` : suggested
}
