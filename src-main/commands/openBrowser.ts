import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const opener: Partial<Record<NodeJS.Platform, [string, string[]]>> = {
  darwin: ['open', []],
  win32: ['cmd', ['/c', 'start', '']]
}

/**
 * Shows the address in the user's browser. Through a file that only the user can read, because other users of the machine
 * see what stands on a command line, and the token opens everything. The returned function takes the file away.
 */
export function openBrowser(address: string, dataFolder: string, onFailure: (reason: string) => void): () => void {
  mkdirSync(dataFolder, { recursive: true })
  const file = join(dataFolder, `open-${process.pid}.html`)
  const target = address.replace(/&/g, '&amp;').replace(/"/g, '&quot;')
  writeFileSync(
    file,
    `<!doctype html><meta http-equiv="refresh" content="0;url=${target}"><a href="${target}">Wavefall</a>\n`,
    {
      mode: 0o600
    }
  )
  const [command, args] = opener[process.platform] ?? ['xdg-open', []]
  const child = spawn(command, [...args, pathToFileURL(file).href], { stdio: 'ignore', detached: true })
  child.on('error', (error: NodeJS.ErrnoException) => onFailure(`${command}: ${error.code ?? error.message}`))
  child.unref()
  return () => rmSync(file, { force: true })
}
