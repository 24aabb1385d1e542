import { spawn } from 'node:child_process'
import { streamingFlags } from './streamingFlags.ts'

/** The embedded backend's process, whoever starts it: plain Node here, a utility process in the desktop shell. */
export interface BackendProcess {
  readonly pid: number | null
  /** Its line on standard output, and its messages. */
  onLine(listener: (line: string) => void): void
  onMessage(listener: (message: unknown) => void): void
  onExit(listener: (reason: string) => void): void
  send(message: object): void
  /** Asks it to end; `force` ends it at once. */
  end(force: boolean): void
}

/** `more`: arguments beside those that every embedded server has. */
export type SpawnBackend = (more: readonly string[]) => BackendProcess

const lineMax = 64 * 1024

/** Splits a stream into lines; a line without end is cut. */
export function lineSplitter(deliver: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!.slice(0, lineMax)
    for (const line of lines) deliver(line)
  }
}

/** `file` is the built backend entry; `args` follow it. What it says on standard error goes to `onLog`. */
export function spawnNodeBackend(
  {
    file,
    args,
    execPath = process.execPath,
    env = process.env
  }: {
    file: string
    args: string[]
    execPath?: string
    env?: NodeJS.ProcessEnv
  },
  onLog: (line: string) => void
): BackendProcess {
  // Another runtime's version is not known here.
  const flags = execPath === process.execPath ? streamingFlags() : []
  const child = spawn(execPath, [...flags, file, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env })
  const exitListeners: ((reason: string) => void)[] = []
  let reason: string | null = null
  const exited = (why: string): void => {
    if (reason !== null) return
    reason = why
    for (const listener of exitListeners) listener(why)
  }
  child.on('error', (error) => exited(`it could not be started (${error.message})`))
  child.on('exit', (code, signal) => exited(signal ? `it was ended by ${signal}` : `it ended with code ${code}`))
  child.stdout?.setEncoding('utf8')
  child.stderr?.setEncoding('utf8').on('data', lineSplitter(onLog))
  return {
    pid: child.pid ?? null,
    onLine: (listener) => void child.stdout?.on('data', lineSplitter(listener)),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      exitListeners.push(listener)
      if (reason !== null) listener(reason)
    },
    send(message) {
      if (child.connected) child.send(message, () => undefined)
    },
    end: (force) => void child.kill(force ? 'SIGKILL' : 'SIGTERM')
  }
}
