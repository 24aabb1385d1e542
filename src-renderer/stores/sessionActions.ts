import type { CallArguments } from '../../src-preload/contract/calls.ts'
import type { Result } from '../../src-preload/contract/errors.ts'
import type { SessionLabels, SessionSummary, Verification } from '../../src-preload/contract/sessions.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { armedCapture, runningCapture } from './capturesStore.ts'
import type { Stores } from './stores.ts'

/** What a window does with captures, sessions and background tasks. */
export interface SessionActions {
  /** Starts capturing a job, with what it is armed with in front; or ends the capture that runs. */
  toggleCapture(jobId: string): Promise<void>
  stopCapture(captureId: string): Promise<void>
  /** Keeps the newest seconds of a job in memory; 0 lets them go. */
  arm(jobId: string, seconds: number): Promise<void>
  openSession(id: string): Promise<void>
  /** True when they were kept. */
  updateSession(id: string, labels: Partial<SessionLabels>): Promise<boolean>
  /** What a deletion would do, and the confirmation that does it; null when it cannot be. */
  askToDelete(id: string): Promise<{ message: string; confirmation: string } | null>
  deleteSession(id: string, confirmation: string): Promise<void>
  verifySession(session: SessionSummary): Promise<void>
  reindexSessions(): Promise<void>
  startExport(request: CallArguments<'tasks.start'>): Promise<boolean>
  cancelTask(taskId: string): Promise<void>
  retryTask(taskId: string): Promise<void>
  forgetTask(taskId: string): Promise<void>
}

export type Notify = (severity: 'info' | 'warning' | 'error', id: string, title: string, detail: string) => void
export type Tell = <T>(id: string, title: string, result: Result<T>) => T | null

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

function verificationText({ frames, bytes, samples, gaps, problems, furtherProblems }: Verification): string {
  const read = `${frames} frames, ${samples} samples of each channel, ${megabytes(bytes)} were read; ${gaps} gaps.`
  const found = problems.slice(0, 3).map(({ file, offset, message }) => {
    return `${file}${offset === null ? '' : ` at byte ${offset}`}: ${message}`
  })
  const more = problems.length - found.length + furtherProblems
  return [read, ...found, ...(more > 0 ? [`… and ${more} more.`] : [])].join(' ')
}

export function createSessionActions(
  connection: CoreConnection,
  stores: Stores,
  notify: Notify,
  tell: Tell
): SessionActions {
  return {
    async toggleCapture(jobId) {
      const model = stores.captures.getState()
      const running = runningCapture(model, jobId)
      if (running) return this.stopCapture(running.id)
      const preTriggerS = armedCapture(model, jobId)?.preTriggerS
      const result = await connection.call('captures.start', {
        jobId,
        ...(preTriggerS === undefined ? {} : { preTriggerS })
      })
      tell(`capture ${jobId}`, `${jobId} is not captured`, result)
    },
    async stopCapture(captureId) {
      const result = await connection.call('captures.stop', { captureId })
      const stopped = tell(`stop ${captureId}`, `${captureId} could not be stopped`, result)
      if (stopped?.folder)
        notify('info', `captured ${captureId}`, `Captured: ${stopped.name}`, `${stopped.reason} ${stopped.folder}`)
    },
    async arm(jobId, seconds) {
      const result = await connection.call('captures.arm', { jobId, preTriggerS: seconds })
      tell(`arm ${jobId}`, `The last seconds of ${jobId} are not kept`, result)
    },
    async openSession(id) {
      const windowId = connection.windowId
      const opened = tell(
        `open ${id}`,
        'It could not be opened',
        await connection.call('sessions.open', { id, windowId })
      )
      const first = opened?.jobIds[0]
      if (first) stores.jobs.select(first)
    },
    async updateSession(id, labels) {
      const result = await connection.call('sessions.update', { id, labels })
      return tell(`update ${id}`, 'The description was not kept', result) !== null
    },
    async askToDelete(id) {
      const result = await connection.call('sessions.delete', { id })
      const answer = tell(`delete ${id}`, 'It cannot be deleted', result)
      return answer?.confirmation ? { message: answer.message, confirmation: answer.confirmation } : null
    },
    async deleteSession(id, confirmation) {
      const answer = tell(
        `delete ${id}`,
        'It was not deleted',
        await connection.call('sessions.delete', { id, confirmation })
      )
      if (answer && !answer.deleted) notify('error', `delete ${id}`, 'It was not deleted', answer.message)
    },
    async verifySession({ id, name }) {
      stores.sessions.setState(({ verifying }) => ({ verifying: new Map(verifying).set(id, 0) }))
      const found = tell(
        `verify ${id}`,
        `${name} could not be verified`,
        await connection.call('sessions.verify', { id })
      )
      stores.sessions.setState(({ verifying }) => ({
        verifying: new Map([...verifying].filter(([known]) => known !== id))
      }))
      if (!found) return
      const text = verificationText(found)
      stores.sessions.setState(({ verified }) => ({
        verified: new Map(verified).set(id, { whole: found.whole, text })
      }))
      if (!found.whole) notify('warning', `verified ${id}`, `${name} is not whole`, text)
    },
    async reindexSessions() {
      const result = await connection.call('sessions.reindex', {})
      tell('reindex', 'The folders could not be read anew', result)
    },
    async startExport(request) {
      return tell('export', 'The export was not started', await connection.call('tasks.start', request)) !== null
    },
    async cancelTask(taskId) {
      tell(`task ${taskId}`, 'It could not be cancelled', await connection.call('tasks.cancel', { taskId }))
    },
    async retryTask(taskId) {
      tell(`task ${taskId}`, 'It could not be tried again', await connection.call('tasks.retry', { taskId }))
    },
    async forgetTask(taskId) {
      tell(`task ${taskId}`, 'It could not be taken off the list', await connection.call('tasks.forget', { taskId }))
    }
  }
}
