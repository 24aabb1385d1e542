import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandFailure } from '../runProgram.ts'

/** A core of our own with its embedded backend, in processes of their own: what is measured is not who measures. */
export interface OwnCore {
  readonly url: string
  readonly token: string
  readonly pid: number
  stop(): Promise<void>
}

const readyWithinMs = 30_000
const stopsWithinMs = 12_000
const logKept = 4000

/** `settings`: of its settings file. Rejects where it does not start. */
export async function startOwnCore(settings: object): Promise<OwnCore> {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-performance-'))
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings))
  const { WAVEFALL_TOKEN: _token, ...environment } = process.env
  const child = spawn(process.execPath, [process.argv[1]!, 'serve', '--json', '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
    // Ctrl+C is for the test, which then ends this core in order.
    detached: process.platform !== 'win32'
  })
  const endAtOnce = (): void => void child.kill('SIGKILL')
  process.once('exit', endAtOnce)
  let output = ''
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-logKept)))
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(endAtOnce, stopsWithinMs)
      await exited
      clearTimeout(timer)
    }
    process.off('exit', endAtOnce)
    rmSync(folder, { recursive: true, force: true })
  }
  const line = await new Promise<string | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), readyWithinMs)
    const settle = (value: string | null): void => {
      clearTimeout(timer)
      resolve(value)
    }
    child.stdout.on('data', () => output.includes('\n') && settle(output.slice(0, output.indexOf('\n'))))
    child.once('exit', () => settle(null))
    child.once('error', () => settle(null))
  })
  if (line === null) {
    await stop()
    throw new CommandFailure(`The core of the test did not start. It said:\n${log.trim() || '(nothing)'}`)
  }
  const { url, token } = JSON.parse(line) as { url: string; token: string }
  return { url, token, pid: child.pid!, stop }
}
