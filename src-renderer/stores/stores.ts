import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { CoreClock } from '../stream/coreClock.ts'
import { createAlertsStore, type AlertsStore } from './alertsStore.ts'
import { createAnnotationsStore, type AnnotationsStore } from './annotationsStore.ts'
import { createCapturesStore, type CapturesStore } from './capturesStore.ts'
import { createConnectionStore, type ConnectionStore } from './connectionStore.ts'
import { createCoreStore, type CoreStore } from './coreStore.ts'
import { createExportStore, type ExportStore } from './exportStore.ts'
import { createFileQuestionStore, type FileQuestionStore } from './fileQuestionStore.ts'
import { followAlerts } from './followAlerts.ts'
import { createFormStore, type FormStore } from './formStore.ts'
import { createHealthStore, type HealthStore } from './healthStore.ts'
import { createJobsStore, type JobsStore } from './jobsStore.ts'
import { createLayoutStore, type LayoutStore } from './layoutStore.ts'
import { createLogsStore, type LogsStore } from './logsStore.ts'
import { createMeasureStores, type MeasureStores } from './measureStore.ts'
import { createNoticesStore, type NoticesStore } from './noticesStore.ts'
import { createOverviewStore, type OverviewStore } from './overviewStore.ts'
import { createSessionsStore, type SessionsStore } from './sessionsStore.ts'
import { createTilesStore, type TilesStore } from './tilesStore.ts'
import { createTasksStore, type TasksStore } from './tasksStore.ts'
import { createViewStores, type ViewStores } from './viewStore.ts'

/** All stores of one window. */
export interface Stores {
  connection: ConnectionStore
  core: CoreStore
  jobs: JobsStore
  notices: NoticesStore
  alerts: AlertsStore
  logs: LogsStore
  health: HealthStore
  form: FormStore
  layout: LayoutStore
  tiles: TilesStore
  views: ViewStores
  annotations: AnnotationsStore
  overviews: OverviewStore
  measures: MeasureStores
  captures: CapturesStore
  sessions: SessionsStore
  tasks: TasksStore
  exporting: ExportStore
  fileQuestion: FileQuestionStore
}

export const createStores = (connection: CoreConnection): Stores => ({
  connection: createConnectionStore(),
  core: createCoreStore(),
  jobs: createJobsStore(),
  notices: createNoticesStore(),
  alerts: createAlertsStore(connection),
  logs: createLogsStore(connection),
  health: createHealthStore(connection),
  form: createFormStore(connection),
  layout: createLayoutStore(),
  tiles: createTilesStore(),
  views: createViewStores(),
  annotations: createAnnotationsStore(connection),
  overviews: createOverviewStore(connection),
  measures: createMeasureStores(),
  captures: createCapturesStore(),
  sessions: createSessionsStore(connection),
  tasks: createTasksStore(),
  exporting: createExportStore(connection),
  fileQuestion: createFileQuestionStore(connection)
})

/** Keeps the stores up to date with the core; the returned function stops it. */
export function followCore(connection: CoreConnection, stores: Stores, clock: CoreClock): () => void {
  const { core, jobs, notices, form, captures, sessions, tasks } = stores

  async function loadRecordings(): Promise<void> {
    const answer = await connection.call('backend.recordings', { fromNs: null, toNs: null })
    const recordings = answer.ok ? answer.value : core.getState().recordings
    core.setState({ recordings, recordingsProblem: answer.ok ? null : answer.error.message })
    form.setRecordings(recordings)
  }

  async function loadAll(): Promise<void> {
    const [hello, settings, backend, list, noticed, machine, capturing, tasked] = await Promise.all([
      connection.call('core.hello', {}),
      connection.call('settings.get', {}),
      connection.call('backend.status', {}),
      connection.call('jobs.list', {}),
      connection.call('notices.list', {}),
      connection.call('machine.reading', {}),
      connection.call('captures.list', {}),
      connection.call('tasks.list', {})
    ])
    if (hello.ok) stores.connection.setState({ hello: hello.value })
    if (settings.ok) core.setState({ settings: settings.value })
    if (backend.ok) core.setState({ backend: backend.value, backendAtMs: performance.now() })
    if (list.ok) jobs.replace(list.value)
    if (noticed.ok) notices.replace(noticed.value)
    if (machine.ok) core.setState({ machine: machine.value })
    if (capturing.ok) captures.setState({ captures: capturing.value })
    if (tasked.ok) tasks.replace(tasked.value)
    await Promise.all([form.loadDefaults(), loadRecordings(), sessions.load(), stores.fileQuestion.load()])
  }

  const stops = [
    followAlerts(connection, stores.alerts, notices),
    connection.onState((state, reason) => {
      stores.connection.setState((before) => ({ state, reason, wasOpen: before.wasOpen || state === 'open' }))
      if (state !== 'open') return
      void clock.measure()
      void loadAll()
    }),
    connection.on('job.changed', (job) => jobs.changed(job)),
    connection.on('job.forgotten', ({ jobId }) => jobs.forgotten(jobId)),
    connection.on('backend.changed', (backend) => {
      const isNewlyUp = backend.state === 'up' && core.getState().backend?.state !== 'up'
      core.setState({ backend, backendAtMs: performance.now() })
      if (isNewlyUp) void loadRecordings()
      if (isNewlyUp) void form.loadDefaults()
    }),
    connection.on('backend.recordingsChanged', () => void loadRecordings()),
    connection.on('notices.changed', (list) => notices.replace(list)),
    connection.on('settings.changed', (settings) => core.setState({ settings })),
    connection.on('machine.reading', (machine) => core.setState({ machine })),
    connection.on('health.changed', (live) => stores.health.setState({ live })),
    connection.on('captures.changed', (list) => captures.setState({ captures: list })),
    connection.on('sessions.changed', () => void sessions.load()),
    connection.on('sessions.verifying', ({ id, doneBytes, totalBytes }) =>
      sessions.setState(({ verifying }) => ({
        verifying: new Map(verifying).set(id, totalBytes > 0 ? doneBytes / totalBytes : 0)
      }))
    ),
    connection.on('tasks.changed', (change) => tasks.changed(change)),
    connection.on('files.questionsChanged', (list) => stores.fileQuestion.replace(list))
  ]
  return () => {
    for (const stop of stops) stop()
    form.dispose()
    stores.exporting.dispose()
    stores.annotations.dispose()
    stores.overviews.dispose()
  }
}
