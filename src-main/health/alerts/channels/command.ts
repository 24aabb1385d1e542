import { spawn } from 'node:child_process'
import { realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AlertChannelSettings } from '../../../../src-preload/contract/alertChannels.ts'
import type { Clock } from '../../../clock.ts'
import { payloadOf } from '../alertMessage.ts'
import { type AlertSender, notSent, sent, type SendAnswer } from './sender.ts'

type Settings = Extract<AlertChannelSettings, { kind: 'command' }>

export interface CommandOptions {
  settings: Settings
  /** Only what lies here may be run; who can write here owns this machine's program already. */
  folder: string
  memoryUsageMb(): number | null
  clock: Clock
}

const outputMost = 4000
/** Handlers see no secret of this program. */
const passedOn = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'TEMP', 'SystemRoot', 'USERPROFILE']

function environment(): Record<string, string> {
  return Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    })
  )
}

/** Runs it and everything that it started no longer than `timeoutMs`. */
function run(file: string, input: string, timeoutMs: number, clock: Clock, signal: AbortSignal): Promise<SendAnswer> {
  return new Promise((resolve) => {
    // A group of its own, so that what a script starts ends with it.
    const child = spawn(file, [], { cwd: dirname(file), env: environment(), detached: process.platform !== 'win32' })
    let output = ''
    const take = (chunk: Buffer): void => {
      if (output.length < outputMost) output += chunk.toString('utf8').slice(0, outputMost - output.length)
    }
    const kill = (): void => {
      try {
        if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL')
        else process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It is gone already.
      }
    }
    const finish = (answer: SendAnswer): void => {
      cancelTimeout()
      signal.removeEventListener('abort', onAbort)
      resolve(answer)
    }
    const cancelTimeout = clock.after(timeoutMs, () => {
      kill()
      finish(notSent(`The handler took more than ${timeoutMs / 1000} s and was ended.`, false))
    })
    const onAbort = (): void => {
      kill()
      finish(notSent('The program is ending.', false))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    // A handler that does not read its input is none of our errors.
    child.stdin.on('error', () => undefined)
    child.on('error', (error) => finish(notSent(`The handler cannot be run: ${error.message}.`, true)))
    child.on('close', (code, killedBy) => {
      const said = output.trim() ? `: ${output.trim()}` : ''
      if (code === 0) return finish(sent(`The handler ended with 0${said}`))
      finish(notSent(`The handler ended with ${code ?? killedBy}${said}.`, false))
    })
    child.stdin.end(input)
  })
}

/** An own handler: an executable of the folder for handlers, with the payload on standard input. */
export function createCommandSender({ settings, folder, memoryUsageMb, clock }: CommandOptions): AlertSender {
  async function executable(): Promise<string | null> {
    try {
      const file = await realpath(join(folder, settings.file))
      return dirname(file) === (await realpath(folder)) && (await stat(file)).isFile() ? file : null
    } catch {
      return null
    }
  }
  return {
    lacks: () => (settings.file === '' ? `It names no file of ${folder}.` : ''),
    async send(messages, signal) {
      const file = await executable()
      if (file === null) return notSent(`There is no file "${settings.file}" in ${folder}.`, true)
      const payload = payloadOf(messages, memoryUsageMb(), clock.nowMs())
      return run(file, `${JSON.stringify(payload)}\n`, settings.timeoutS * 1000, clock, signal)
    }
  }
}
