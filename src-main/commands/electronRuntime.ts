import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface ElectronRuntime {
  executable: string
  version: string
}

const executableName: Partial<Record<NodeJS.Platform, string>> = {
  win32: 'electron.exe',
  darwin: 'Electron.app/Contents/MacOS/Electron'
}

function runtimeIn(folder: string): ElectronRuntime | null {
  const executable = join(folder, executableName[process.platform] ?? 'electron')
  if (!existsSync(executable)) return null
  const versionFile = join(folder, 'version')
  return { executable, version: existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : 'unknown' }
}

/** Folder of the runtime that the electron package downloads when it is installed; null where there is no such package. */
function installedFolder(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist')
  } catch {
    return null
  }
}

/** The runtime that the environment names, else the installed one; null where neither is complete. */
export function findElectronRuntime(environment: NodeJS.ProcessEnv = process.env): ElectronRuntime | null {
  const named = environment.ELECTRON_OVERRIDE_DIST_PATH
  if (named) return runtimeIn(named)
  const folder = installedFolder()
  return folder === null ? null : runtimeIn(folder)
}

export const hasDisplay = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  process.platform !== 'linux' || Boolean(environment.DISPLAY) || Boolean(environment.WAYLAND_DISPLAY)
