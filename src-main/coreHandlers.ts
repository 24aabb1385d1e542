import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure, ok } from '../src-preload/contract/errors.ts'
import type { JobRequest, MachineReading, ViewDescription } from '../src-preload/contract/schemas.ts'
import type { CoreAnnotations } from './coreAnnotations.ts'
import type { Access } from './access/access.ts'
import { accessHandlers } from './access/accessHandlers.ts'
import type { BackendWatch } from './coreBackend.ts'
import type { createLogHandlers } from './coreLogs.ts'
import type { CoreFiles } from './coreFiles.ts'
import type { CoreHealth, HealthHandlers } from './coreHealth.ts'
import type { CorePort } from './coreInterface.ts'
import type { CoreOverviews } from './coreOverviews.ts'
import type { CoreSettings } from './coreSettings.ts'
import type { CoreSessions } from './coreSessions.ts'
import type { CoreTasks } from './coreTasks.ts'
import type { CoreWindows } from './coreWindows.ts'
import type { CoreWorkbench } from './coreWorkbench.ts'
import type { Clock } from './clock.ts'
import { validateRequest, type JobLimitsReader } from './jobs/jobChecks.ts'
import { liveDefaults, recordingDefaults } from './jobs/jobDefaults.ts'
import type { AlertHandlers } from './health/alerts/alertHandlers.ts'
import type { JobManager } from './jobs/jobManager.ts'
import type { Notices } from './jobs/notices.ts'

export interface CoreParts {
  version: string
  shell: 'desktop' | 'web'
  dataFolder: string
  clock: Clock
  settings: CoreSettings
  backend: BackendWatch
  /** Where a job with this request goes. */
  backendOf(request: JobRequest): BackendWatch
  /** What a window may choose from: the backend's, and those that were opened beside it. */
  recordings: BackendWatch['recordings']
  jobs: JobManager
  notices: Notices
  windows: CoreWindows
  limits: JobLimitsReader
  machine(): MachineReading | null
  files: CoreFiles
  overviews: CoreOverviews
  sessions: CoreSessions
  tasks: CoreTasks
  health: HealthHandlers
  alerts: AlertHandlers
  timed: CoreHealth['timed']
  workbench: CoreWorkbench
  annotations: CoreAnnotations
  logs: ReturnType<typeof createLogHandlers>
  access: Access
}

/** A recording that is asked for must be known, so that its own limits count. */
export async function learnRecording(backend: BackendWatch, request: JobRequest): Promise<void> {
  if (request.timeRange === null || backend.knownRecording(request.recording, request.timeRange.startNs)) return
  if (backend.isUp()) await backend.recordings(null, null)
}

/** What every call does: one function each, typed from the contract. The time of each answer is told to health. */
export const createHandlers = (parts: CoreParts): Handlers<CorePort> => parts.timed(untimedHandlers(parts))

function untimedHandlers(parts: CoreParts): Handlers<CorePort> {
  const { clock, settings, backend, jobs, notices, windows } = parts
  const startedAtNs = clock.nowNs().toString()
  const noSubscription = (id: number): ReturnType<typeof failure> => failure('not-found', `There is no view ${id}.`)

  return {
    'core.hello': async () =>
      ok({
        version: parts.version,
        shell: parts.shell,
        dataFolder: parts.dataFolder,
        startedAtNs,
        nowNs: clock.nowNs().toString()
      }),
    'backend.status': async () => ok(backend.status()),
    'backend.recordings': ({ fromNs, toNs }) =>
      parts.recordings(fromNs === null ? null : BigInt(fromNs), toNs === null ? null : BigInt(toNs)),
    'jobs.defaults': async ({ recording }) => {
      const now = settings.current()
      return ok(recording ? recordingDefaults(now, recording, clock.nowNs()) : liveDefaults(now.site, backend.status()))
    },
    async 'jobs.validate'({ request }) {
      await learnRecording(parts.backendOf(request), request)
      return ok(validateRequest(request, parts.limits(request), clock.nowNs()))
    },
    async 'jobs.open'({ request, windowId, pace }) {
      await learnRecording(parts.backendOf(request), request)
      return jobs.open(request, windowId, pace ?? null)
    },
    'jobs.pace': async ({ jobId, pace }) => jobs.setPace(jobId, pace),
    'jobs.seek': async ({ jobId, toNs }) => jobs.seek(jobId, BigInt(toNs)),
    'jobs.step': async ({ jobId, rows }) => jobs.step(jobId, rows),
    'jobs.loop': async ({ jobId, loop }) => jobs.setLoop(jobId, loop),
    'jobs.close': ({ jobId }) => jobs.close(jobId, 'It was closed by the operator.'),
    async 'jobs.forget'({ jobId }) {
      const result = jobs.forget(jobId)
      return result.ok ? ok({}) : result
    },
    'jobs.list': async () => ok(jobs.list()),
    async 'views.attach'({ jobId, columnsMax, layer, since }, port) {
      const sink = {
        describe: (description: ViewDescription) => port.sendEvent('view.described', description),
        send: (frame: ArrayBuffer) => port.sendRows(frame)
      }
      const attached = jobs.subscribe(jobId, layer, sink, { columnsMax, since })
      if (!attached.ok) return attached
      const subscription = attached.value
      if (!windows.keep(port, subscription)) {
        subscription.close()
        return failure('cancelled', 'The window is gone.')
      }
      return ok({ subscription: subscription.id, description: subscription.description })
    },
    'views.detach': async ({ subscription }, port) =>
      windows.drop(port, subscription) ? ok({}) : noSubscription(subscription),
    async 'views.credit'({ subscription, frames, drawnLatencyMs }, port) {
      const found = windows.subscription(port, subscription)
      if (!found) return noSubscription(subscription)
      found.credit(frames, drawnLatencyMs)
      return ok({})
    },
    async 'views.extent'({ subscription }, port) {
      const found = windows.subscription(port, subscription)
      if (!found) return noSubscription(subscription)
      const extent = found.extent()
      return extent ? ok(extent) : failure('unavailable', 'The job has no picture yet.')
    },
    async 'views.history'({ subscription, ...request }, port) {
      const found = windows.subscription(port, subscription)
      if (!found) return noSubscription(subscription)
      const sending = found.history(request)
      return sending ? ok(await sending) : failure('refused', 'Too many rows are asked for at once; ask again.')
    },
    'notices.list': async () => ok(notices.list()),
    'notices.dismiss': async ({ id }) =>
      notices.dismiss(id) ? ok({}) : failure('not-found', `There is no notice "${id}".`),
    'machine.reading': async () => ok(parts.machine()),
    ...parts.sessions.handlers,
    ...parts.tasks.handlers,
    ...parts.health,
    ...parts.alerts,
    ...parts.workbench.handlers,
    ...parts.files.handlers,
    ...parts.overviews.handlers,
    ...parts.annotations.handlers,
    ...parts.logs,
    ...parts.settings.handlers,
    ...accessHandlers(parts.access)
  }
}
