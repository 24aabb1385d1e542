/** The built command line as a user or a script runs it: a process of its own, its output, its exit code. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { eventually } from './eventually.ts'

const root = resolve(import.meta.dirname, '../..')
/** `WAVEFALL_TEST_CLI` names another entry (a build in another folder) for work on the tests themselves. */
export const commandLine = process.env.WAVEFALL_TEST_CLI ?? join(root, 'out/main/cli.cjs')

export interface Finished {
  code: number | null
  out: string
  err: string
}

export interface RunningCommand {
  readonly child: ChildProcess
  out(): string
  err(): string
  /** The first line of standard output, when it is there. */
  firstLine(): Promise<string>
  /** Sends a signal and gives the exit code (null when a signal ended it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Nothing of the user who runs the tests comes in. */
function cleanEnvironment(more: Record<string, string>): Record<string, string> {
  const { WAVEFALL_TOKEN: _token, WAVEFALL_DATA: _data, ELECTRON_OVERRIDE_DIST_PATH: _runtime, ...rest } = process.env
  return { ...(rest as Record<string, string>), ...more }
}

export function startCommand(args: string[], environment: Record<string, string> = {}): RunningCommand {
  const child = spawn(process.execPath, [commandLine, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnvironment(environment)
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
  return {
    child,
    out: () => out,
    err: () => err,
    async firstLine() {
      await eventually(`a line of ${args.join(' ')}`, () => out.includes('\n') || isOver(), 25_000)
      if (!out.includes('\n')) throw new Error(`${args.join(' ')} ended with ${child.exitCode}\n${err}`)
      return out.slice(0, out.indexOf('\n'))
    },
    async stop(signal = 'SIGTERM') {
      if (isOver()) return child.exitCode
      const exited = once(child, 'exit')
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await exited
      clearTimeout(timer)
      return child.exitCode
    }
  }
}

export async function runCommand(args: string[], environment: Record<string, string> = {}): Promise<Finished> {
  const { child, out, err } = startCommand(args, environment)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out: out(), err: err() }
}
