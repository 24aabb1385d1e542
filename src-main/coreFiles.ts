import type { SiteSettings } from '../src-preload/contract/settings.ts'
import type { Clock } from './clock.ts'
import type { BackendWatch } from './coreBackend.ts'
import type { Core } from './coreInterface.ts'
import type { EmbeddedBackend } from './embeddedBackend.ts'
import { recordingDefaults } from './jobs/jobDefaults.ts'
import type { JobManager } from './jobs/jobManager.ts'

export interface FileOpenerOptions {
  embedded(): EmbeddedBackend | null
  backend: BackendWatch
  jobs: JobManager
  site: SiteSettings
  clock: Clock
  added(): void
}

const startWithinMs = 20_000
const lookAgainMs = 100

/** Recording files become recordings of the embedded server, and those become historic jobs. */
export function createFileOpener(options: FileOpenerOptions): Core['openFiles'] {
  const { backend, jobs, clock } = options

  /** Files may be named on the command line, before the server is up. */
  const untilUp = async (): Promise<boolean> => {
    const sinceMs = clock.monotonicMs()
    while (!backend.isUp() && clock.monotonicMs() - sinceMs < startWithinMs)
      await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve))
    return backend.isUp()
  }

  const openFile = async (path: string, windowId: string | null): Promise<string[]> => {
    const embedded = options.embedded()
    if (!embedded) throw new Error(`${path}: files are opened by the embedded server, and another backend is in use.`)
    if (!(await untilUp())) throw new Error(`${path}: ${backend.status().reason}`)
    const added = await embedded.addRecording(path)
    if (!added.ok) throw new Error(`${path}: ${added.error.message}`)
    options.added()
    const listed = await backend.recordings(null, null)
    if (!listed.ok) throw new Error(`${path}: ${listed.error.message}`)
    const names = new Set(added.value)
    const jobIds: string[] = []
    for (const recording of listed.value.filter(({ name }) => name !== null && names.has(name))) {
      const opened = jobs.open(recordingDefaults(options.site, recording, clock.nowNs()), windowId)
      if (!opened.ok) throw new Error(`${path}: ${opened.error.message}`)
      jobIds.push(opened.value.id)
    }
    if (jobIds.length === 0) throw new Error(`${path}: the server took it but does not list it.`)
    return jobIds
  }

  return async (paths, windowId) => {
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
}
