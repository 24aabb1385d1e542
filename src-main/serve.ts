import { join } from 'node:path'
import type { LogLevel } from '../src-preload/contract/logs.ts'
import { createCore, type CoreOptions, type RunningCore } from './core.ts'
import { spawnNodeBackend } from './embeddedProcess.ts'
import { openFirstJob, type FirstJob } from './firstJob.ts'
import { createStreamSink } from './storage/logFile.ts'
import { createCoreApi, openNetwork } from './network.ts'
import { saveSettings, type SettingsPlace } from './storage/settingsStore.ts'
import { version } from './version.ts'
import { createToken } from './web/token.ts'
import { isLoopback } from './web/address.ts'
import { createWebServer, type WebServer } from './web/webServer.ts'

export interface ServeOptions {
  dataFolder: string
  host: string
  /** 0 = any free one. */
  port: number
  /** A taken port is not an error: the next free one is used. */
  mayMove: boolean
  /** Null: the embedded Focus Server (or the site of the settings). */
  backendUrl: string | null
  /** Null: a random one. */
  token: string | null
  tls: { certificateFile: string; keyFile: string } | null
  /** Recordings to open as historic jobs. */
  files: string[]
  /** Opens a live job on all channels, as soon as there is a fibre. */
  opensFirstJob: boolean
  /** Log lines on standard error, beside the file in the data folder. */
  printsLog: boolean
  settingsPlace?: SettingsPlace
  /** Where all settings are written as they hold. */
  saveConfig?: string
  /** Goes before the setting. */
  logLevel?: LogLevel
}

export interface RunningServe {
  /** Without the token. */
  readonly url: string
  readonly token: string
  readonly moved: boolean
  /** Ports of their own, where they are switched on and could be had. */
  readonly healthUrl: string | null
  readonly metricsUrl: string | null
  /** Ports that were asked for and could not be had; they are among the warnings too. */
  readonly portFailures: string[]
  /** What an operator should be told about how this core can be reached. */
  readonly warnings: string[]
  /** Why files could not be opened; resolves when all have been tried. */
  readonly fileFailures: Promise<string[]>
  /** Ends jobs, workers, the embedded server and the connections, within 10 s. */
  dispose(): Promise<void>
}

/** This file is built as an entry, so its folder is that of all built entries. */
const entries = import.meta.dirname

function warningsFor({ host, tls }: ServeOptions): string[] {
  if (isLoopback(host) || tls) return []
  return [
    `${host} is reached from other machines without encryption: whoever can listen on the network sees the token. ` +
      'Give --tls-cert and --tls-key, or keep to the loopback and use a tunnel.'
  ]
}

export type HeadlessOptions = Pick<
  ServeOptions,
  'dataFolder' | 'backendUrl' | 'printsLog' | 'settingsPlace' | 'logLevel'
> &
  Pick<CoreOptions, 'machine' | 'workerCount' | 'alertOutlets'>

/** The core alone, with the embedded Focus Server where no backend is named. Nobody but this process reaches it. */
export function createHeadlessCore({
  dataFolder,
  backendUrl,
  printsLog,
  machine,
  workerCount,
  settingsPlace,
  logLevel,
  alertOutlets
}: HeadlessOptions): Promise<RunningCore> {
  return createCore({
    dataFolder,
    version,
    shell: 'web',
    workerFile: join(entries, 'analysisWorker.cjs'),
    ingestFile: join(entries, 'ingestWorker.cjs'),
    backendUrl,
    logSinks: printsLog ? [createStreamSink()] : [],
    ...(settingsPlace ? { settingsPlace } : {}),
    ...(logLevel ? { logLevel } : {}),
    ...(alertOutlets ? { alertOutlets } : {}),
    ...(machine ? { machine } : {}),
    ...(workerCount === undefined ? {} : { workerCount }),
    spawnBackend: (more) =>
      spawnNodeBackend(
        {
          file: join(entries, 'focusServer.cjs'),
          args: ['--json', '--port', '0', '--data', join(dataFolder, 'focus-server'), ...more]
        },
        // It logs as this program does; its lines go where ours go.
        (line) => printsLog && process.stderr.write(`${line}\n`)
      )
  })
}

/** The core without windows, for browsers and for desktops on other machines. Rejects when no port can be had. */
export async function startServe(options: ServeOptions): Promise<RunningServe> {
  const token = options.token ?? createToken()
  const core = await createHeadlessCore({
    ...options,
    // Where someone reads what the program says; `start` leaves its address as the last line.
    ...(options.printsLog ? { alertOutlets: { writeConsole: (line) => void process.stderr.write(`${line}\n`) } } : {})
  })
  core.access.tokens.addStart(token)
  if (options.saveConfig !== undefined) await saveSettings(options.saveConfig, core.settings())
  const log = core.log.with({ component: 'web' })
  const network = createCoreApi({ core, health: core.health, cliFile: join(entries, 'cli.cjs'), log })
  const { requestsPerMinuteMax } = core.settings().network
  let server: WebServer
  try {
    server = await createWebServer({
      core,
      host: options.host,
      port: options.port,
      mayMove: options.mayMove,
      rendererFolder: join(entries, '..', 'renderer'),
      tls: options.tls,
      api: network.api,
      requestsPerMinuteMax,
      log
    })
  } catch (error) {
    await network.dispose()
    await core.dispose()
    throw error
  }
  const ports = await openNetwork({ api: network.api, settings: core.settings().network, tls: options.tls, log })
  const stopReadings = network.feed(core.health, {
    webClients: () => server.counters().clients,
    webSockets: () => server.sockets(),
    live: () => network.api.live.counters(),
    ports: () => ports.ports,
    statsdFailures: () => ports.statsdFailures()
  })
  const firstJob: FirstJob | null =
    options.opensFirstJob && options.files.length === 0 && !core.opensJobs() ? openFirstJob(core, core.log) : null
  const opened = options.files.length > 0 ? core.openFiles(options.files, null) : null
  let disposing: Promise<void> | null = null
  return {
    url: server.url,
    token,
    moved: server.moved,
    healthUrl: ports.healthUrl,
    metricsUrl: ports.metricsUrl,
    portFailures: ports.failures,
    warnings: [...warningsFor(options), ...ports.warnings, ...ports.failures],
    fileFailures: opened?.then(({ failures }) => failures) ?? Promise.resolve([]),
    dispose() {
      disposing ??= (async () => {
        firstJob?.dispose()
        stopReadings()
        await Promise.all([server.dispose(), ports.dispose(), network.dispose(), core.dispose()])
      })()
      return disposing
    }
  }
}
