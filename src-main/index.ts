import { app, dialog, shell } from 'electron'
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from './clock.ts'
import { createCore, type RunningCore } from './core.ts'
import { desktopAlertOutlets } from './desktop/alertOutlets.ts'
import { registerDesktopScheme } from './desktop/assetProtocol.ts'
import { startBackendProcess } from './desktop/backendProcess.ts'
import { ownArguments, parseDesktopArguments, type DesktopArguments } from './desktop/desktopArguments.ts'
import { lockNavigation } from './desktop/hardening.ts'
import { installQuit } from './desktop/quit.ts'
import { startDesktop, type Desktop } from './desktop/start.ts'
import { openFirstJob, type FirstJob } from './firstJob.ts'
import { dataFolder } from './storage/dataFolder.ts'
import { createLog } from './storage/log.ts'
import { createFileSink } from './storage/logFile.ts'
import { commandLineLayer, environmentLayer } from './storage/settingsLayers.ts'
import { saveSettings } from './storage/settingsStore.ts'
import { version } from './version.ts'

const quitWithinMs = 10_000

/** What a second start hands to the first. */
interface HandOver {
  files: string[]
}

const isHandOver = (value: unknown): value is HandOver =>
  typeof value === 'object' &&
  value !== null &&
  Array.isArray((value as HandOver).files) &&
  (value as HandOver).files.every((file) => typeof file === 'string')

/** One program for each data folder, and for each remote core that it shows. */
function profileFolder(data: string, request: DesktopArguments): string {
  const name = request.remote
    ? `remote-${createHash('sha256').update(request.remote.url).digest('hex').slice(0, 12)}`
    : 'local'
  return join(data, 'desktop', name)
}

/** Resolves when the core is up, rejects when it cannot start (settings beyond repair, no rights in the data folder). */
function startCore(
  data: string,
  request: DesktopArguments,
  choose: Pick<Desktop, 'chooseFiles' | 'chooseTarget'>
): Promise<RunningCore> {
  const shimFile = process.env.ELECTRON_TEST_SHIM
  const backend = {
    file: join(__dirname, 'focusServer.cjs'),
    args: ['--port', '0', '--json', '--data', join(data, 'focus-server')],
    shimFile
  }
  return createCore({
    dataFolder: data,
    version,
    shell: 'desktop',
    workerFile: join(__dirname, 'analysisWorker.cjs'),
    ingestFile: join(__dirname, 'ingestWorker.cjs'),
    ...(shimFile === undefined ? {} : { shimFile }),
    backendUrl: request.backendUrl,
    settingsPlace: {
      ...(request.config === null ? {} : { file: request.config }),
      layers: [environmentLayer(process.env), commandLineLayer(request.assignments)]
    },
    ...(request.logLevel ? { logLevel: request.logLevel } : {}),
    spawnBackend: (more) =>
      startBackendProcess({ ...backend, args: [...backend.args, ...more] }, process.env, (line) =>
        process.stderr.write(`${line}\n`)
      ),
    chooseFiles: () => choose.chooseFiles(),
    chooseTarget: (_windowId, { name }) => choose.chooseTarget(name),
    moveToTrash: (path) => shell.trashItem(path),
    alertOutlets: desktopAlertOutlets()
  })
}

function run(data: string, request: DesktopArguments): void {
  const fileSink = createFileSink(join(data, 'logs', 'desktop.log'))
  const rootLog = createLog({ clock: systemClock(), sinks: [fileSink] })
  const log = rootLog.with({ component: 'desktop' })
  let desktop: Desktop | null = null
  let firstJob: FirstJob | null = null
  /** Files that came before there was a window to show them in. */
  let early: string[] = [...request.files]

  registerDesktopScheme()
  lockNavigation(log)
  const core = request.remote
    ? null
    : startCore(data, request, {
        chooseFiles: () => desktop?.chooseFiles() ?? Promise.resolve([]),
        chooseTarget: (name) => desktop?.chooseTarget(name) ?? Promise.resolve(null)
      })

  const quit = installQuit({
    async dispose() {
      desktop?.sayStopping()
      firstJob?.dispose()
      await desktop?.dispose()
      await (await network)?.dispose()
      await core?.then(
        (started) => started.dispose(),
        () => undefined
      )
    },
    limitMs: quitWithinMs,
    log,
    flush: () => rootLog.dispose()
  })

  async function openFiles(paths: string[]): Promise<void> {
    if (!desktop) early.push(...paths)
    else if (paths.length === 0) await desktop.show()
    else await desktop.openFiles(paths)
  }

  const bug = (error: unknown): void =>
    log.error('desktop_failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) })

  const { saveConfig } = request
  if (saveConfig !== null) core?.then((started) => saveSettings(saveConfig, started.settings())).catch(bug)
  // Its server is loaded only where the settings ask for it.
  const network = core
    ?.then(async (started) => {
      const { api, metrics, statsd } = started.settings().network
      if (!api && !metrics && !statsd) return null
      try {
        const { startNetwork } = await import('./network.ts')
        return await startNetwork(started, log)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        started.health.changed('settings', 'warning', `Health API, metrics and StatsD could not be started: ${why}.`)
        throw error
      }
    })
    .catch((error: unknown) => {
      bug(error)
      return null
    })
  core?.catch((error: unknown) => {
    bug(error)
    dialog.showErrorBox('Wavefall cannot start', error instanceof Error ? error.message : String(error))
    quit.begin('the core cannot start')
  })

  app.on('second-instance', (_event, _commandLine, _folder, handedOver) => {
    if (!quit.stopping) openFiles(isHandOver(handedOver) ? handedOver.files : []).catch(bug)
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    openFiles([path]).catch(bug)
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })

  async function start(): Promise<void> {
    await app.whenReady()
    if (quit.stopping) return
    desktop = await startDesktop({
      remote: request.remote,
      dataFolder: data,
      rendererFolder: join(__dirname, '../renderer'),
      preloadFile: join(__dirname, '../preload/bridge.cjs'),
      developing: !app.isPackaged && process.env.WAVEFALL_DEVELOP === '1',
      core,
      log
    })
    const files = early
    early = []
    if (files.length > 0) await desktop.openFiles(files)
    else if (core) {
      const started = await core
      // A program that was told to stop meanwhile opens nothing any more.
      if (!quit.stopping && !started.opensJobs()) firstJob = openFirstJob(started, log)
    }
  }
  start().catch(bug)
}

function main(): void {
  const request = parseDesktopArguments(
    ownArguments(process.argv, process.defaultApp === true),
    process.cwd(),
    process.env
  )
  if (request.problems.length > 0) {
    process.stderr.write(`${request.problems.join('\n')}\n`)
    app.exit(2)
    return
  }
  const data = request.dataFolder ?? dataFolder()
  const profile = profileFolder(data, request)
  mkdirSync(profile, { recursive: true })
  app.setName('Wavefall')
  // Electron freezes V8's flags later; without this one, memory that is short cannot be answered by collecting garbage.
  app.commandLine.appendSwitch('js-flags', '--expose-gc')
  app.setPath('userData', profile)
  const handOver: HandOver = { files: request.files }
  if (!app.requestSingleInstanceLock({ ...handOver })) {
    process.stderr.write('Wavefall is running already; its window comes to the front.\n')
    app.exit(0)
    return
  }
  run(data, request)
}

main()
