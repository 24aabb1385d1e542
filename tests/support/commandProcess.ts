/**
 * A command of the built program as a process of its own, started the way a user starts it. Everything it says on standard
 * error is kept for the message of a failing test.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commandLine } from './commandLine.ts'

const root = resolve(import.meta.dirname, '../..')

const readyWithinMs = 25_000
const stopsWithinMs = 12_000
const logKeptCharacters = 200_000

export interface CommandProcess {
  readonly pid: number
  /** First line of standard output: the ready line. */
  readonly firstLine: string
  /** The process has ended. */
  ended(): boolean
  log(): string
  /** Standard output after the first line: there should be none. */
  furtherOutput(): string
  /** Memory of the process in bytes; null where the system does not tell. */
  residentBytes(): number | null
  /** Asks it to stop (SIGTERM, as Ctrl+C does) and gives its exit code; null when it had to be killed. */
  stop(): Promise<number | null>
  /** SIGKILL, as a crash. */
  kill(): Promise<void>
}

function buildWhenMissing(): void {
  if (existsSync(commandLine)) return
  const built = spawnSync(process.execPath, [join(root, 'src-main/launch.ts'), 'build'], {
    cwd: root,
    encoding: 'utf8'
  })
  if (!existsSync(commandLine))
    throw new Error(`There is no ${commandLine} and building it failed:\n${built.stdout}\n${built.stderr}`)
}

/** Resolves with the first line of standard output, or rejects with what the process said instead. */
async function firstLine(child: ChildProcess, output: () => string, log: () => string): Promise<string> {
  const { promise, resolve: done, reject } = split<string>()
  const timer = setTimeout(() => reject(new Error(`no ready line within ${readyWithinMs} ms`)), readyWithinMs)
  const check = () => {
    const end = output().indexOf('\n')
    if (end >= 0) done(output().slice(0, end))
  }
  const onExit = (code: number | null) => reject(new Error(`ended with ${code} before it was ready`))
  child.stdout?.on('data', check)
  child.once('error', reject)
  child.once('exit', onExit)
  try {
    return await promise
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${output()}\n${log()}`, { cause: error })
  } finally {
    clearTimeout(timer)
    child.stdout?.off('data', check)
    child.off('exit', onExit)
  }
}

function split<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

const residentBytesOf = (pid: number): number | null => {
  if (process.platform !== 'linux') return null
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match ? Number(match[1]) * 1024 : null
  } catch {
    return null
  }
}

/**
 * Starts `wavefall ARGS` with `home` as its working folder and home, and waits for its first line of output. `nodeFlags` go
 * to Node itself.
 */
export async function startCommand(
  args: string[],
  home: string,
  nodeFlags: readonly string[] = []
): Promise<CommandProcess> {
  buildWhenMissing()
  const child = spawn(process.execPath, [...nodeFlags, commandLine, ...args], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, WAVEFALL_DATA: home, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, APPDATA: home }
  })
  let output = ''
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-logKeptCharacters)))
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  const end = async (signal: NodeJS.Signals, withinMs: number): Promise<void> => {
    if (isOver()) return
    const exited = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
    await exited
    clearTimeout(timer)
  }
  const line = await firstLine(
    child,
    () => output,
    () => log
  ).catch(async (error: unknown) => {
    await end('SIGKILL', 0)
    throw error
  })
  return {
    pid: child.pid!,
    firstLine: line,
    ended: isOver,
    log: () => log,
    furtherOutput: () => output.slice(output.indexOf('\n') + 1),
    residentBytes: () => residentBytesOf(child.pid!),
    async stop() {
      await end('SIGTERM', stopsWithinMs)
      return child.exitCode
    },
    kill: () => end('SIGKILL', 0)
  }
}
