import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import type { fileCalls } from '../src-preload/contract/files.ts'
import type { Handlers } from '../src-preload/contract/calls.ts'
import type { BackendRecording, JobRequest } from '../src-preload/contract/schemas.ts'
import type { Clock } from './clock.ts'
import type { BackendWatch } from './coreBackend.ts'
import type { FileQuestions } from './coreFileQuestions.ts'
import type { Core, CorePort } from './coreInterface.ts'
import type { EmbeddedBackend } from './embeddedBackend.ts'
import type { Measure } from './health/operationMeter.ts'
import type { Notices } from './jobs/notices.ts'
import type { Recording } from './recordings/recording.ts'
import type { JobManager } from './jobs/jobManager.ts'

export interface CoreFilesOptions {
  /** The server that reads files, started when it is first asked for; null where there is none to start. */
  embedded(): EmbeddedBackend | null
  /** What watches that server. */
  backend: BackendWatch
  jobs: JobManager
  questions: FileQuestions
  /** The request that shows a recording whole. */
  requestFor(recording: BackendRecording): JobRequest
  clock: Clock
  measure: Measure
  /** Desktop: the system's dialog. */
  chooseFiles: ((windowId: string) => Promise<string[]>) | null
  notices: Notices
  added(): void
  /** Its jobs are open. */
  opened(path: string): void
}

export interface CoreFiles {
  readonly open: Core['openFiles']
  /** Offers a file to the embedded server, without a job; resolves with its recordings. Rejects with the reason. */
  offer(path: string): Promise<BackendRecording[]>
  /** The file or folder that was opened as this recording of the embedded server; null where it was not opened here. */
  pathOf(recording: string): string | null
  readonly handlers: Pick<Handlers<CorePort>, keyof typeof fileCalls>
}

const startWithinMs = 20_000
const lookAgainMs = 100

/** Recording files become recordings of the embedded server, and those become historic jobs; or questions. */
export function createCoreFiles(options: CoreFilesOptions): CoreFiles {
  const { backend, jobs, clock, questions } = options
  const paths = new Map<string, string>()

  /** Files may be named on the command line, before the server is up. */
  const untilUp = async (): Promise<boolean> => {
    const sinceMs = clock.monotonicMs()
    while (!backend.isUp() && clock.monotonicMs() - sinceMs < startWithinMs)
      await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve))
    return backend.isUp()
  }

  const say = (path: string, message: string): Error =>
    new Error(message.startsWith(path) ? message : `${path}: ${message}`)

  const offer = async (path: string, asks: () => Promise<boolean>): Promise<BackendRecording[] | null> => {
    const embedded = options.embedded()
    if (!embedded) throw say(path, 'files are read by the embedded server, and there is none to start.')
    if (!(await untilUp())) throw say(path, backend.status().reason)
    const added = await options.measure('opening a recording', path, (enter) => {
      enter('reading its head')
      return embedded.addRecording(path)
    })
    if (!added.ok) {
      if (await asks()) return null
      throw say(path, added.error.message)
    }
    options.added()
    const listed = await backend.recordings(null, null)
    if (!listed.ok) throw say(path, listed.error.message)
    const names = new Set(added.value)
    for (const name of names) paths.set(name, path)
    return listed.value.filter(({ name }) => name !== null && names.has(name))
  }

  const openFile = async (path: string, windowId: string | null): Promise<string[]> => {
    const recordings = await offer(path, () => questions.ask(path, windowId))
    if (!recordings) return []
    const jobIds: string[] = []
    for (const recording of recordings) {
      const request = options.requestFor(recording)
      const opened = jobs.open(request, windowId)
      if (!opened.ok) throw say(path, opened.error.message)
      jobIds.push(opened.value.id)
      const last = recording.channels?.max ?? request.channels.max
      if (last > request.channels.max)
        options.notices.add({
          severity: 'warning',
          title: `${recording.name ?? path}: not all of its channels are shown`,
          detail: `Channels ${request.channels.min} to ${request.channels.max} of ${last} fit into the memory that a job may have; a new job shows others.`,
          jobId: opened.value.id
        })
    }
    if (jobIds.length === 0) throw say(path, 'the server took it but does not list it.')
    options.opened(path)
    return jobIds
  }

  const open: Core['openFiles'] = async (paths, windowId) => {
    const jobIds: string[] = []
    const failures: string[] = []
    for (const path of paths) {
      try {
        jobIds.push(...(await openFile(path, windowId)))
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error))
      }
    }
    return { jobIds, failures }
  }

  /** Files that wait to be described are neither open nor failed. */
  const openAll = async (paths: string[], windowId: string | null): Promise<Result<{ jobIds: string[] }>> => {
    const { jobIds, failures } = await open(paths, windowId)
    return failures.length > 0 && jobIds.length === 0 ? failure('unreadable', failures.join(' ')) : ok({ jobIds })
  }

  return {
    open,
    offer: async (path) => (await offer(path, () => Promise.resolve(false))) ?? [],
    pathOf: (recording) => paths.get(recording) ?? null,
    handlers: {
      async 'files.choose'(_nothing, { windowId }) {
        if (!options.chooseFiles)
          return failure('unsupported', 'Files are chosen with a dialog in the desktop program only.')
        return openAll(await options.chooseFiles(windowId), windowId)
      },
      'files.questions': async () => ok(questions.list()),
      async 'files.answer'({ token, windowId, stated }) {
        const answered = await questions.answer(token, stated)
        return answered.ok ? openAll([answered.value], windowId) : answered
      },
      'files.dismiss': async ({ token }) =>
        questions.dismiss(token) ? ok({}) : failure('not-found', 'This file does not wait to be described any more.')
    }
  }
}

/** Opens recordings, and names those that take much memory. */
export const openMeasured =
  (measure: Measure, open: (path: string) => Promise<Recording>): ((path: string) => Promise<Recording>) =>
  (path) =>
    measure('opening a recording', path, (enter) => {
      enter('reading its head')
      return open(path)
    })
