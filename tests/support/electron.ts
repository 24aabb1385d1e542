import { _electron, type ElectronApplication, type Page } from 'playwright'
import { resolve } from 'node:path'
import { electronExecutable, findElectronRuntime } from './electronRuntime.ts'

export const programFolder = process.env.WAVEFALL_PROGRAM || resolve(import.meta.dirname, '../..')
const playwrightEntry = resolve(import.meta.dirname, 'electronEntry.cjs')
const startsWithinMs = 30_000

export interface DesktopProgram {
  app: ElectronApplication
  page: Page
}

/** Why no desktop window can be opened on this machine, in one sentence; null where it can. */
export function whyNoDesktop(): string | null {
  if (findElectronRuntime() === null)
    return 'NO ELECTRON RUNTIME: name the folder of one in ELECTRON_OVERRIDE_DIST_PATH, or the desktop shell stays untested'
  const displayed = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
  return displayed ? null : 'NO DISPLAY: run under xvfb-run, or the desktop shell stays untested'
}

/** Chromium's sandbox cannot be had by root; the renderer's own settings are the same without it. */
const sandboxArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** Put together in software on every machine, as Chromium does by itself where there is no GPU (see browser.ts). */
const graphicsArguments = ['--disable-gpu']

/** The command line of the built program, as a user's own would be: the executable first. */
export function desktopCommand(args: string[], entry = programFolder): string[] {
  const runtime = findElectronRuntime()
  if (runtime === null) throw new Error('There is no Electron runtime.')
  return [electronExecutable(runtime), ...sandboxArguments, ...graphicsArguments, entry, ...args]
}

export function desktopEnvironment(): Record<string, string> {
  return { ...(process.env as Record<string, string>), WAVEFALL_NODE: process.execPath }
}

/** Starts the built program and waits for its window. The caller closes it. */
export async function launchDesktop(
  args: string[],
  environment = desktopEnvironment(),
  entry = playwrightEntry
): Promise<DesktopProgram> {
  const [executablePath, ...rest] = desktopCommand(args, entry)
  const app = await _electron.launch({
    executablePath: executablePath!,
    args: rest,
    env: environment,
    timeout: startsWithinMs
  })
  const page = await app.firstWindow({ timeout: startsWithinMs })
  return { app, page }
}
