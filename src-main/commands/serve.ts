import type { Command } from 'commander'
import { resolve } from 'node:path'
import { dataFolder } from '../storage/dataFolder.ts'
import { isUsableToken } from '../web/token.ts'
import { defaultWebPort } from '../web/address.ts'
import { httpAddress, portNumber } from './options.ts'
import { CommandFailure } from './runProgram.ts'
import { addSettingsOptions, settingsRun, type SettingsOptions } from './settingsOptions.ts'
import { untilSignal } from './untilSignal.ts'

interface Options extends SettingsOptions {
  port?: number
  host: string
  backend?: string
  data?: string
  tlsCert?: string
  tlsKey?: string
  json?: true
}

/** The token that whoever started this process chose; null where none is set. */
export function tokenFromEnvironment(environment: NodeJS.ProcessEnv = process.env): string | null {
  const token = environment.WAVEFALL_TOKEN
  if (token === undefined || token === '') return null
  if (isUsableToken(token)) return token
  throw new CommandFailure('WAVEFALL_TOKEN is no token: 16 to 200 letters, digits and . _ ~ - are.')
}

export const addressWithToken = (url: string, token: string): string => `${url}/#token=${token}`

async function run(options: Options, command: Command): Promise<void> {
  const { tlsCert, tlsKey } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    command.error('error: --tls-cert and --tls-key belong together', { exitCode: 2 })
  const { startServe } = await import('../serve.ts')
  const running = await startServe({
    dataFolder: resolve(options.data ?? dataFolder()),
    host: options.host,
    port: options.port ?? defaultWebPort,
    mayMove: options.port === undefined,
    backendUrl: options.backend ?? null,
    token: tokenFromEnvironment(),
    tls: tlsCert !== undefined && tlsKey !== undefined ? { certificateFile: tlsCert, keyFile: tlsKey } : null,
    files: [],
    opensFirstJob: false,
    printsLog: true,
    ...settingsRun(options)
  })
  for (const warning of running.warnings) process.stderr.write(`Warning: ${warning}\n`)
  if (running.moved) process.stderr.write(`Port ${defaultWebPort} is in use; this is the next free one.\n`)
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ready: true, url: running.url, token: running.token })}\n`
      : `Wavefall: ${addressWithToken(running.url, running.token)}\n`
  )
  await untilSignal(() => running.dispose())
  process.exit(0)
}

export function registerServe(program: Command): void {
  addSettingsOptions(program.command('serve'))
    .description('the core without windows, for browsers and for desktops started with --connect URL')
    .option(
      '--port <number>',
      `where to listen, 0 for any free one (default: ${defaultWebPort}, or the next free one)`,
      portNumber
    )
    .option(
      '--host <address>',
      'where to listen; anything but the loopback is reached from other machines',
      '127.0.0.1'
    )
    .option('--backend <url>', 'a Focus Server; without it the embedded one is started', httpAddress)
    .option('--data <folder>', 'settings, log and job records')
    .option('--tls-cert <file>', 'certificate (PEM) for https')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--json', 'print one line of JSON when it answers')
    .addHelpText(
      'after',
      '\nThe token is random for each start, unless WAVEFALL_TOKEN is set.\n\nExample:\n  wavefall serve --port 4870 --backend http://10.0.0.5:5000\n'
    )
    .action(run)
}
