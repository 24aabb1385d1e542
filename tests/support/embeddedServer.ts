import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { spawnNodeBackend, type BackendProcess } from '../../src-main/embeddedProcess.ts'
import { streamPorts } from './streamPorts.ts'

const root = resolve(import.meta.dirname, '../..')

/** Starts the built backend as the core does; `started` sees every process, so that a test can kill one. */
export function embeddedServer(args: string[], started: (process: BackendProcess) => void = () => undefined) {
  const file = process.env.WAVEFALL_TEST_BACKEND ?? resolve(root, 'out/main/focusServer.cjs')
  if (!existsSync(file)) spawnSync(process.execPath, [resolve(root, 'src-main/launch.ts'), 'build'], { cwd: root })
  const log: string[] = []
  return {
    log,
    spawn(more: readonly string[] = []): BackendProcess {
      const child = spawnNodeBackend(
        {
          file,
          args: ['--port', '0', '--json', '--grpc-ports', `${streamPorts.first}:${streamPorts.last}`, ...args, ...more]
        },
        (line) => void log.push(line)
      )
      started(child)
      return child
    }
  }
}
