import { utilityProcess } from 'electron'
import { lineSplitter, spawnNodeBackend, type BackendProcess } from '../embeddedProcess.ts'

export interface BackendEntry {
  /** The built backend. */
  file: string
  args: string[]
  /** What an older runtime's built-in Node has to load first. */
  shimFile: string | undefined
}

/** A process of this very runtime: a packaged program needs no Node beside it, and may forbid being run as one. */
function forkUtility({ file, args, shimFile }: BackendEntry, onLog: (line: string) => void): BackendProcess {
  const child = utilityProcess.fork(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    serviceName: 'Wavefall Focus Server',
    execArgv: shimFile === undefined ? [] : ['--require', shimFile]
  })
  const exitListeners: ((reason: string) => void)[] = []
  let reason: string | null = null
  child.on('exit', (code) => {
    reason = `it ended with code ${code}`
    for (const listener of exitListeners) listener(reason)
  })
  child.stderr?.setEncoding('utf8').on('data', lineSplitter(onLog))
  child.stdout?.setEncoding('utf8')
  return {
    get pid() {
      return child.pid ?? null
    },
    onLine: (listener) => void child.stdout?.on('data', lineSplitter(listener)),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      exitListeners.push(listener)
      if (reason !== null) listener(reason)
    },
    send: (message) => child.postMessage(message),
    end(force) {
      if (force) child.kill()
      else child.postMessage({ type: 'shutdown' })
    }
  }
}

/**
 * The embedded Focus Server, never in this process: the Node that started the program from a checkout (`WAVEFALL_NODE`),
 * else a utility process, else the runtime run as Node.
 */
export function startBackendProcess(
  entry: BackendEntry,
  environment: NodeJS.ProcessEnv,
  onLog: (line: string) => void
): BackendProcess {
  const { file, args, shimFile } = entry
  const node = environment.WAVEFALL_NODE
  if (node) return spawnNodeBackend({ file, args, execPath: node, env: environment }, onLog)
  if (typeof utilityProcess?.fork === 'function') return forkUtility(entry, onLog)
  const env = {
    ...environment,
    ELECTRON_RUN_AS_NODE: '1',
    ...(shimFile === undefined ? {} : { NODE_OPTIONS: `--require "${shimFile}"` })
  }
  return spawnNodeBackend({ file, args, execPath: process.execPath, env }, onLog)
}
