/** The real embedded Focus Server as a process of its own: `focus-server --json` of the built command line. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCommand, type CommandProcess } from './commandProcess.ts'
import { streamPorts } from './streamPorts.ts'

export interface FocusServerOptions {
  /** Arguments after `focus-server --json --port 0`; without `--grpc-ports`, those of this worker are used. */
  args?: string[]
  /** Folder for what the server stores; by default a fresh one that goes with the process. */
  home?: string
  /** For Node itself. */
  nodeFlags?: readonly string[]
}

export interface FocusServerProcess extends CommandProcess {
  readonly base: string
}

export async function startFocusServer(options: FocusServerOptions = {}): Promise<FocusServerProcess> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'wavefall-focus-server-'))
  const removeHome = () => {
    if (options.home === undefined) rmSync(home, { recursive: true, force: true })
  }
  const args = options.args ?? []
  const ports = args.includes('--grpc-ports') ? [] : ['--grpc-ports', `${streamPorts.first}:${streamPorts.last}`]
  try {
    const command = await startCommand(
      ['focus-server', '--json', '--port', '0', ...ports, ...args],
      home,
      options.nodeFlags
    )
    return {
      ...command,
      base: baseFromReadyLine(command.firstLine),
      async stop() {
        const code = await command.stop()
        removeHome()
        return code
      },
      async kill() {
        await command.kill()
        removeHome()
      }
    }
  } catch (error) {
    removeHome()
    throw error
  }
}

/** `{"ready":true,"base":"http://127.0.0.1:PORT"}`, and nothing else on the line. */
function baseFromReadyLine(line: string): string {
  const ready = JSON.parse(line) as { ready?: unknown; base?: unknown }
  if (ready.ready !== true || typeof ready.base !== 'string' || !/^http:\/\/127\.0\.0\.1:\d+$/.test(ready.base))
    throw new Error(`not the ready line that is documented: ${line}`)
  return ready.base
}
