import type { Result } from '../../src-preload/contract/errors.ts'
import type { DisplaySettings } from '../../src-preload/contract/settings.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { nanosecondsFromMilliseconds } from '../../src-preload/contract/units.ts'
import type { CoreClock } from '../stream/coreClock.ts'
import { createListeners } from '../stream/listeners.ts'
import { createPlaybackActions, type PlaybackActions } from './playbackActions.ts'
import { createSessionActions, type SessionActions } from './sessionActions.ts'
import type { Stores } from './stores.ts'

/** What a window does on an operator's wish; what fails becomes a notice that stays. */
export interface Actions extends SessionActions, PlaybackActions {
  openJob(): Promise<void>
  closeJob(jobId: string): Promise<void>
  forgetJob(jobId: string): Promise<void>
  dismissNotice(id: string): Promise<void>
  setDisplay(change: Partial<DisplaySettings>): Promise<void>
  chooseFiles(): Promise<void>
  /** Opens the file that is asked about, with what was typed of it. */
  describeFile(): Promise<void>
  newJob(): void
  /** Told when the operator ends a job. */
  onJobClosed(listener: (jobId: string) => void): () => void
  /** A notice of this window alone. */
  notify(severity: 'info' | 'warning' | 'error', id: string, title: string, detail: string): void
}

export function createActions(connection: CoreConnection, stores: Stores, clock: CoreClock): Actions {
  const closed = createListeners<[jobId: string]>()

  function notify(severity: 'info' | 'warning' | 'error', id: string, title: string, detail: string): void {
    const atNs = String(nanosecondsFromMilliseconds(clock.nowMs()))
    stores.notices.add({ id: `window:${id}`, severity, title, detail, jobId: null, atNs })
  }

  function tell<T>(id: string, title: string, result: Result<T>): T | null {
    if (result.ok) return result.value
    notify('error', id, title, result.error.message)
    return null
  }

  return {
    ...createSessionActions(connection, stores, notify, tell),
    ...createPlaybackActions(connection, stores, tell),
    notify,
    async openJob() {
      const jobId = await stores.form.open()
      if (jobId) stores.jobs.select(jobId)
    },
    onJobClosed: (listener) => closed.add(listener),
    async closeJob(jobId) {
      const result = await connection.call('jobs.close', { jobId })
      if (tell(`close ${jobId}`, `${jobId} could not be closed`, result)) closed.emit(jobId)
    },
    async forgetJob(jobId) {
      const result = await connection.call('jobs.forget', { jobId })
      if (tell(`forget ${jobId}`, `${jobId} could not be taken off the list`, result)) stores.jobs.forgotten(jobId)
    },
    async dismissNotice(id) {
      if (stores.notices.dismissOwn(id)) return
      tell('dismiss', 'The notice could not be dismissed', await connection.call('notices.dismiss', { id }))
    },
    async setDisplay(change) {
      const settings = tell(
        'display',
        'The display setting could not be kept',
        await connection.call('settings.setDisplay', change)
      )
      if (settings) stores.core.setState({ settings })
    },
    async chooseFiles() {
      const opened = tell('files', 'No file was opened', await connection.call('files.choose', {}))
      const first = opened?.jobIds[0]
      if (first) stores.jobs.select(first)
    },
    async describeFile() {
      const answered = await stores.fileQuestion.answer()
      const first = answered && tell('described file', 'The file was not opened', answered)?.jobIds[0]
      if (first) stores.jobs.select(first)
    },
    newJob() {
      stores.layout.setState((layout) => ({
        section: 'jobs',
        isInspectorOpen: true,
        formFocusWish: layout.formFocusWish + 1
      }))
    }
  }
}
