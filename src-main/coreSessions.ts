import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure, ok } from '../src-preload/contract/errors.ts'
import { endedStates, type JobSnapshot } from '../src-preload/contract/schemas.ts'
import type { CaptureSnapshot, sessionCalls } from '../src-preload/contract/sessions.ts'
import type { Clock } from './clock.ts'
import type { BackendWatch } from './coreBackend.ts'
import type { Core, CorePort } from './coreInterface.ts'
import type { CoreWindows } from './coreWindows.ts'
import { createCaptureHost } from './ingest/captureHost.ts'
import type { JobManager } from './jobs/jobManager.ts'
import type { Notices } from './jobs/notices.ts'
import type { Recording } from './recordings/recording.ts'
import { createCaptures, type Captures } from './sessions/capture/captures.ts'
import { openCatalogue, sessionsFolderOf, type Catalogue } from './sessions/catalogue/catalogue.ts'
import { definedOf } from './sessions/catalogue/labels.ts'
import { diskSpace } from './storage/diskSpace.ts'

export type SessionHandlers = Pick<Handlers<CorePort>, keyof typeof sessionCalls>

export interface CoreSessionsOptions {
  dataFolder: string
  version: string
  clock: Clock
  jobs(): JobManager
  backend: BackendWatch
  notices: Notices
  windows: CoreWindows
  openFiles: Core['openFiles']
  /** With what was said of it before. */
  openRecording(path: string): Promise<Recording>
  /** Desktop: the system's trash. */
  moveToTrash?: (path: string) => Promise<void>
  /** What became of captures. */
  capturesChanged(captures: readonly CaptureSnapshot[]): void
  onError(what: string): (error: unknown) => void
}

export interface CoreSessions {
  readonly captures: Captures
  readonly catalogue: Catalogue
  readonly handlers: SessionHandlers
  /** What became of a job, for the captures of it. */
  jobChanged(job: JobSnapshot): void
  /** Files were opened: the catalogue remembers them. */
  opened(paths: string[]): void
  /** Closes captures before the jobs that feed them are closed. */
  dispose(): Promise<void>
}

/** What interrogators send as a rule: int16. */
const bytesPerSample = 2

/** Captures and the catalogue, as windows and scripts ask for them. */
export async function createCoreSessions(options: CoreSessionsOptions): Promise<CoreSessions> {
  const { dataFolder, clock, windows, notices, backend } = options
  const sessionsChanged = (): void => windows.broadcast('sessions.changed', {})
  const catalogue = await openCatalogue({
    dataFolder,
    openRecording: options.openRecording,
    clock,
    ...(options.moveToTrash ? { moveToTrash: options.moveToTrash } : {}),
    changed: sessionsChanged,
    verifying: (progress) => windows.broadcast('sessions.verifying', progress),
    onError: options.onError('catalogue')
  })
  const captures = createCaptures({
    sessionsFolder: sessionsFolderOf(dataFolder),
    program: `Wavefall ${options.version}`,
    host: createCaptureHost((...tap) => options.jobs().addTap(...tap)),
    clock,
    backendName: () => backend.name,
    job: (jobId) =>
      options
        .jobs()
        .list()
        .find(({ id }) => id === jobId) ?? null,
    expectedBytesPerS: ({ request: { channels } }) =>
      (backend.fibre()?.prrHz ?? 0) * (channels.max - channels.min + 1) * bytesPerSample,
    closeJob: (jobId, reason) => void options.jobs().close(jobId, reason),
    notify: (notice) => notices.add(notice),
    changed(list) {
      windows.broadcast('captures.changed', list)
      options.capturesChanged(list)
    },
    sessionsChanged
  })

  const recovering = catalogue.recover().then((recovered) => {
    for (const { name, path, reason } of recovered)
      notices.add({
        severity: 'warning',
        title: `The session "${name}" was put in order`,
        detail: `${reason} It lies in ${path}.`,
        jobId: null
      })
  }, options.onError('recovery of sessions'))

  return {
    captures,
    catalogue,
    jobChanged({ id, state, reason }) {
      if (endedStates.has(state)) captures.jobEnded(id, reason)
    },
    opened(paths) {
      for (const path of paths) catalogue.noteFile(path).catch(options.onError('opened files'))
    },
    handlers: handlersOf(captures, catalogue, options),
    async dispose() {
      await captures.dispose()
      await recovering
      await catalogue.dispose()
    }
  }
}

/** What is on the disk of a session that is written now is known to its capture alone. */
function withCapture(
  summary: Awaited<ReturnType<Catalogue['list']>>[number],
  captures: CaptureSnapshot[]
): typeof summary {
  const capture = captures.find(({ folder, state }) => folder === summary.path && state === 'recording')
  if (!capture) return summary
  const { startNs, endNs, samples, bytes, gaps, gapS } = capture
  return { ...summary, state: 'recording', startNs, endNs, samples, bytes, gaps, gapS, problem: '' }
}

function handlersOf(captures: Captures, catalogue: Catalogue, options: CoreSessionsOptions): SessionHandlers {
  return {
    'captures.start': (request) => captures.start(request),
    'captures.arm': async ({ jobId, preTriggerS, maxBytes }) => captures.arm(jobId, preTriggerS, maxBytes),
    'captures.stop': ({ captureId }) => captures.stop(captureId),
    'captures.list': async () => ok(captures.list()),
    async 'sessions.list'({ search, sort, descending }) {
      const sessions = await catalogue.list({
        ...(search === undefined ? {} : { search }),
        ...(sort === undefined ? {} : { sort }),
        ...(descending === undefined ? {} : { descending })
      })
      const running = captures.list()
      const current = sessions.map((summary) => withCapture(summary, running))
      const ofSessions = current.filter(({ kind }) => kind === 'session')
      return ok({
        sessions: current,
        folder: catalogue.folder,
        totalBytes: ofSessions.reduce((sum, { bytes }) => sum + bytes, 0),
        freeBytes: (await diskSpace(options.dataFolder))?.freeBytes ?? null
      })
    },
    'sessions.show': ({ id }) => catalogue.show(id),
    'sessions.update': ({ id, labels }) => catalogue.update(id, definedOf(labels)),
    'sessions.delete': ({ id, confirmation }) => catalogue.delete(id, confirmation ?? null),
    'sessions.verify': ({ id }) => catalogue.verify(id),
    async 'sessions.open'({ id, windowId }) {
      const path = await catalogue.pathOf(id)
      if (path === null) return failure('not-found', `There is no session "${id}" in the catalogue.`)
      const { jobIds, failures } = await options.openFiles([path], windowId)
      return jobIds.length === 0 && failures.length > 0 ? failure('unreadable', failures.join(' ')) : ok({ jobIds })
    },
    async 'sessions.reindex'() {
      return ok({ sessions: (await catalogue.reindex()).length })
    }
  }
}
