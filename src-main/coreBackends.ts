import { readFile } from 'node:fs/promises'
import { ok, type Result } from '../src-preload/contract/errors.ts'
import type { BackendRecording, BackendStatus, JobRequest } from '../src-preload/contract/schemas.ts'
import type { Settings } from '../src-preload/contract/settings.ts'
import type { Nanoseconds } from '../src-preload/contract/units.ts'
import type { Clock } from './clock.ts'
import { createBackendWatch, type BackendWatch } from './coreBackend.ts'
import { createEmbeddedBackend, type EmbeddedBackend } from './embeddedBackend.ts'
import type { SpawnBackend } from './embeddedProcess.ts'
import type { BackendSource } from './health/sources.ts'
import type { Notices } from './jobs/notices.ts'
import type { Caches } from './storage/cache.ts'
import type { Log } from './storage/log.ts'

export interface CoreBackendsOptions {
  settings: Settings
  /** Of a site's backend; null: the embedded one. */
  url: string | null
  ca: string | null
  spawn: SpawnBackend | null
  caches: Caches
  notices: Notices
  clock: Clock
  random: () => number
  log: Log
  changed(status: BackendStatus): void
  /** One of them answers again after it did not. */
  returned(): void
  /** A control call was answered, or was not. */
  answered(milliseconds: number, failed: boolean): void
}

/** The backend of the program, and the embedded server for files where that is a site's. */
export interface CoreBackends {
  readonly main: BackendWatch
  /** Reads files. The same as `main` where that is the embedded one. */
  readonly files: BackendWatch
  /** What differs for jobs on files beside a site's backend; null where `main` has them too. */
  readonly local: { backend: BackendWatch; settings: Settings } | null
  of(request: JobRequest): BackendWatch
  /** Those of the backend, and files that were opened beside it, which are marked. */
  recordings(fromNs: Nanoseconds | null, toNs: Nanoseconds | null): Promise<Result<BackendRecording[]>>
  /** The process that reads files, started when it is first asked for; null where there is none to start. */
  embedded(): EmbeddedBackend | null
  pid(): number | null
  /** For health: each with its process, where that is ours. */
  sources(): BackendSource[]
  /** Connects to the site's, or starts the embedded one. */
  start(): void
  /** Ends its process too. */
  dispose(): Promise<void>
}

/** The simulated fibre is no business of a server that stands beside a site's. */
const withoutFibre = ['--source', 'silent']

/** The embedded server has no certificates and both services; a site's settings do not hold for it. */
const settingsBeside = (settings: Settings): Settings => ({
  ...settings,
  site: {
    ...settings.site,
    name: 'Files of this machine',
    backendUrl: null,
    tlsCaFile: null,
    tlsFingerprint256: null,
    service: 'auto',
    rowScale: 'as sent'
  }
})

export function createCoreBackends(options: CoreBackendsOptions): CoreBackends {
  const { settings, url, spawn, caches, clock, random, log, notices } = options
  let process: EmbeddedBackend | null = null

  const common = {
    streams: settings.streams,
    caches,
    clock,
    random,
    log,
    returned: () => options.returned(),
    answered: options.answered
  }
  const main = createBackendWatch({
    ...common,
    cacheName: 'recordings of the backend',
    site: url === null ? settings.site : { ...settings.site, backendUrl: url },
    key: url ?? 'embedded',
    embedded: url === null,
    ca: options.ca,
    changed: (status) => options.changed(status)
  })
  const isBeside = url !== null && spawn !== null
  const beside = settingsBeside(settings)
  const local = isBeside
    ? {
        settings: beside,
        backend: createBackendWatch({
          ...common,
          cacheName: 'recordings opened beside the backend',
          site: beside.site,
          key: 'embedded',
          embedded: true,
          ca: null,
          changed: () => undefined
        })
      }
    : null
  const files = local?.backend ?? main

  const startProcess = (from: SpawnBackend, more: readonly string[]): EmbeddedBackend =>
    createEmbeddedBackend({
      spawn: () => from(more),
      clock,
      log,
      ready: (base) => files.connect(base),
      lost(reason, againInMs) {
        const words = `The embedded Focus Server is gone: ${reason}. It is started again${againInMs > 0 ? ` in ${againInMs / 1000} s` : ''}.`
        files.disconnect(words)
        notices.add({ severity: 'warning', title: 'The embedded Focus Server ended', detail: words, jobId: null })
      }
    })

  return {
    main,
    files,
    local,
    of: (request) => (request.local ? files : main),
    async recordings(fromNs, toNs) {
      const [ofMain, beside] = await Promise.all([
        main.recordings(fromNs, toNs),
        local && process ? local.backend.recordings(fromNs, toNs) : ok([])
      ])
      // While a site's backend is away, the files that are open here can still be had.
      if (!beside.ok || beside.value.length === 0) return ofMain
      const marked = beside.value.map((recording) => ({ ...recording, local: true }))
      return ok(ofMain.ok ? [...ofMain.value, ...marked] : marked)
    },
    embedded() {
      if (isBeside) process ??= startProcess(spawn, withoutFibre)
      return process
    },
    pid: () => process?.pid() ?? null,
    sources: () =>
      [main, ...(local && process ? [local.backend] : [])].map((watch) => {
        const own = watch === files ? process : null
        return {
          name: watch.name,
          status: watch.status(),
          pid: own?.pid() ?? null,
          vitals: own?.vitals() ?? null,
          restarts: own?.restarts() ?? 0,
          sockets: watch.control()?.sockets() ?? null,
          isLocal: watch !== main,
          lastLoss: own?.lastLoss() ?? ''
        }
      }),
    start() {
      if (url !== null) main.connect(url)
      else if (spawn) process = startProcess(spawn, [])
      else main.disconnect('No backend is named, and there is no embedded one to start.')
    },
    async dispose() {
      main.dispose()
      local?.backend.dispose()
      await process?.dispose()
    }
  }
}

/** The certificates that a site's backend is trusted by; null: those of the system. */
export async function readSiteCa(caFile: string | null, notices: Notices): Promise<string | null> {
  if (caFile === null) return null
  const ca = await readFile(caFile, 'utf8').catch(() => null)
  if (ca === null)
    notices.add({
      severity: 'error',
      title: 'The CA file cannot be read',
      detail: `${caFile} (site.tlsCaFile) cannot be read: connections that need it will not be trusted.`,
      jobId: null
    })
  return ca
}
