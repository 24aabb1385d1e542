import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const executable =
  process.platform === 'win32'
    ? 'electron.exe'
    : process.platform === 'darwin'
      ? 'Electron.app/Contents/MacOS/Electron'
      : 'electron'

/** Folder of a real Electron runtime: the one named by the environment, or the installed package's own; else null. */
export function findElectronRuntime(): string | null {
  const installed = resolve(import.meta.dirname, '../../node_modules/electron/dist')
  const folders = [process.env.ELECTRON_OVERRIDE_DIST_PATH, installed].filter((folder): folder is string =>
    Boolean(folder)
  )
  return folders.find((folder) => existsSync(join(folder, executable))) ?? null
}

export const electronExecutable = (folder: string): string => join(folder, executable)
