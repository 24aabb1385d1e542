import { Option, type Command } from 'commander'
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import { dataFolder } from '../storage/dataFolder.ts'
import { defaultWebPort } from '../web/address.ts'
import { chooseShell } from './chooseShell.ts'
import { findElectronRuntime, hasDisplay, type ElectronRuntime } from './electronRuntime.ts'
import { openBrowser } from './openBrowser.ts'
import { httpAddress, portNumber } from './options.ts'
import { CommandFailure } from './runProgram.ts'
import { addressWithToken, tokenFromEnvironment } from './serve.ts'
import { addSettingsOptions, settingsArguments, settingsRun, type SettingsOptions } from './settingsOptions.ts'
import { untilSignal } from './untilSignal.ts'

interface Options extends SettingsOptions {
  web?: true
  desktop?: true
  port?: number
  backend?: string
  data?: string
  open: boolean
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function readableFiles(files: string[]): string[] {
  return files.map((file) => {
    const path = resolve(file)
    try {
      accessSync(path, constants.R_OK)
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      throw new CommandFailure(missing ? `There is no file ${path}.` : `${path} cannot be read by this user.`)
    }
    return path
  })
}

/** Root on Linux cannot use Chromium's sandbox; that is worth saying each time. */
function sandboxArguments(): string[] {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return []
  process.stderr.write('WARNING: running as root, so the sandbox of the windows is OFF. Start it as a normal user.\n')
  return ['--no-sandbox']
}

function runDesktop(runtime: ElectronRuntime, appFolder: string, options: Options, files: string[]): Promise<number> {
  const args = [
    ...sandboxArguments(),
    appFolder,
    ...(options.data === undefined ? [] : ['--data', resolve(options.data)]),
    ...(options.backend === undefined ? [] : ['--backend', options.backend]),
    ...settingsArguments(options),
    ...files
  ]
  const child = spawn(runtime.executable, args, {
    stdio: 'inherit',
    env: { ...process.env, WAVEFALL_NODE: process.execPath }
  })
  // Ctrl+C reaches the window's process by itself; it ends cleanly, and this one with it.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((done, fail) => {
    child.once('error', (error) =>
      fail(new CommandFailure(`${runtime.executable} cannot be started: ${error.message}.`))
    )
    child.once('exit', (code, signal) => done(signal ? 1 : (code ?? 1)))
  })
}

async function runWeb(options: Options, files: string[]): Promise<void> {
  const folder = resolve(options.data ?? dataFolder())
  const port = options.port ?? defaultWebPort
  const { startServe } = await import('../serve.ts')
  const running = await startServe({
    dataFolder: folder,
    host: '127.0.0.1',
    port,
    mayMove: true,
    backendUrl: options.backend ?? null,
    token: tokenFromEnvironment(),
    tls: null,
    files,
    opensFirstJob: true,
    printsLog: false,
    ...settingsRun(options)
  })
  void running.fileFailures.then((failures) => {
    for (const failure of failures) process.stderr.write(`${failure}\n`)
  })
  if (running.moved) print(`Port ${port} is in use; this is the next free one.`)
  const address = addressWithToken(running.url, running.token)
  const forget =
    options.open && hasDisplay()
      ? openBrowser(address, folder, (reason) =>
          process.stderr.write(`No browser could be opened (${reason}); open the address yourself.\n`)
        )
      : null
  const ended = untilSignal(async () => {
    forget?.()
    await running.dispose()
  })
  print(`Wavefall: ${address}`)
  await ended
  process.exit(0)
}

async function run(appFolder: string, names: string[], options: Options, command: Command): Promise<void> {
  const files = readableFiles(names)
  const choice = chooseShell({
    asked: options.web ? 'web' : options.desktop ? 'desktop' : null,
    runtime: findElectronRuntime(),
    display: hasDisplay(),
    namedRuntime: process.env.ELECTRON_OVERRIDE_DIST_PATH
  })
  if (choice.shell === null) throw new CommandFailure(`The desktop program cannot start: ${choice.why}.`)
  print(`${choice.shell === 'web' ? 'Web shell' : 'Desktop'}: ${choice.why}.`)
  if (choice.shell === 'web') return runWeb(options, files)
  if (options.port !== undefined) command.error('error: --port belongs to the web shell; add --web', { exitCode: 2 })
  process.exit(await runDesktop(choice.runtime, appFolder, options, files))
}

/** `appFolder`: where package.json is, which tells Electron what to run. */
export function registerStart(program: Command, appFolder: string): void {
  addSettingsOptions(program.command('start'))
    .description('opens the program, with a live job on the fibre (or with the given recordings)')
    .argument('[files...]', 'recordings to open as historic jobs')
    .addOption(new Option('--web', 'in the browser').conflicts('desktop'))
    .option('--desktop', 'as a desktop program')
    .option('--port <number>', `of the web shell, 0 for any free one (default: ${defaultWebPort})`, portNumber)
    .option('--backend <url>', 'a Focus Server; without it the embedded one is started', httpAddress)
    .option('--data <folder>', 'settings, log and job records')
    .option('--no-open', 'print the address and open no browser')
    .addHelpText('after', '\nExample:\n  wavefall start --web --no-open recording.h5\n')
    .action((files: string[], options: Options, command: Command) => run(appFolder, files, options, command))
}
