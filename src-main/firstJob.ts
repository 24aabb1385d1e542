import type { BackendStatus, JobSnapshot } from '../src-preload/contract/schemas.ts'
import type { Core, CorePort } from './coreInterface.ts'
import type { Log } from './storage/log.ts'

export interface FirstJob {
  /** The job; null where none was opened, because the program ends or the operator was quicker. */
  readonly opened: Promise<JobSnapshot | null>
  dispose(): void
}

/**
 * What a first start shows: all channels of the fibre, live. It belongs to no window and runs until it is closed. It waits
 * for a backend that is missing, however long, unless a job is opened meanwhile.
 */
export function openFirstJob(core: Core, log: Log): FirstJob {
  let settle: (job: JobSnapshot | null) => void = () => undefined
  const opened = new Promise<JobSnapshot | null>((resolve) => {
    settle = resolve
  })
  let decided = false
  let disconnectPort: (() => void) | null = null
  const port: CorePort = {
    windowId: 'first-job',
    returnsWithinMs: 0,
    sendEvent: (name, payload) => {
      if (name === 'backend.changed') consider(payload as BackendStatus)
      else if (name === 'job.changed') end(null)
    },
    sendRows: () => undefined
  }

  function end(job: JobSnapshot | null): void {
    decided = true
    leave()
    settle(job)
  }

  async function open({ lowest, highest }: { lowest: number; highest: number }): Promise<JobSnapshot | null> {
    const defaults = await core.handlers['jobs.defaults']({}, port)
    if (!defaults.ok) return refused(defaults.error.message)
    const request = { ...defaults.value, channels: { min: lowest, max: highest } }
    const job = await core.handlers['jobs.open']({ request, windowId: null }, port)
    return job.ok ? job.value : refused(job.error.message)
  }

  function refused(reason: string): null {
    log.warning('first_job_not_opened', { reason })
    return null
  }

  function consider(status: BackendStatus): void {
    if (decided || status.state !== 'up' || !status.channels) return
    decided = true
    leave()
    open(status.channels).then(settle, (error: unknown) => settle(refused(String(error))))
  }

  function leave(): void {
    const disconnect = disconnectPort
    disconnectPort = null
    disconnect?.()
  }

  disconnectPort = core.connect(port)
  if (decided) leave()
  void core.handlers['backend.status']({}, port).then((status) => {
    if (status.ok) consider(status.value)
  })
  return {
    opened,
    dispose() {
      if (!decided) end(null)
    }
  }
}
