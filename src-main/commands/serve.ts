import type { Command } from 'commander'
import { resolve } from 'node:path'
import { dataFolder } from '../storage/dataFolder.ts'
import { isUsableToken } from '../web/token.ts'
import { defaultWebPort } from '../web/address.ts'
import { httpAddress, numberIn, portNumber } from './options.ts'
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
  healthPort?: number
  metricsPort?: number
  healthHost?: string
  interval?: number
  memoryThreshold?: number
  cpuThreshold?: number
  responseThreshold?: number
  autoTuning: boolean
}

/** The token that whoever started this process chose; null where none is set. */
export function tokenFromEnvironment(environment: NodeJS.ProcessEnv = process.env): string | null {
  const token = environment.WAVEFALL_TOKEN
  if (token === undefined || token === '') return null
  if (isUsableToken(token)) return token
  throw new CommandFailure('WAVEFALL_TOKEN is no token: 16 to 200 letters, digits and . _ ~ - are.')
}

export const addressWithToken = (url: string, token: string): string => `${url}/#token=${token}`

/** Flags that stand for settings: what they say goes before `--set`. */
export function settingsOfFlags(options: Omit<Options, 'host'>): string[] {
  const given = (value: number | string | undefined, ...paths: string[]): string[] =>
    value === undefined ? [] : paths.map((path) => `${path}=${value}`)
  const { healthPort, metricsPort } = options
  return [
    ...(healthPort === undefined ? [] : ['network.api=true', `network.apiPort=${healthPort}`]),
    ...(metricsPort === undefined ? [] : ['network.metrics=true', `network.metricsPort=${metricsPort}`]),
    ...given(options.healthHost, 'network.apiHost'),
    ...given(options.interval, 'health.memoryIntervalS'),
    ...given(options.memoryThreshold, 'health.memoryCriticalPercent'),
    ...given(options.cpuThreshold, 'health.cpuCriticalPercent'),
    ...given(options.responseThreshold, 'health.responseCriticalMs'),
    ...(options.autoTuning ? [] : ['health.answers=false'])
  ]
}

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
    ...settingsRun({ ...options, set: [...(options.set ?? []), ...settingsOfFlags(options)] })
  })
  const wasAsked = options.healthPort !== undefined || options.metricsPort !== undefined
  if (wasAsked && running.portFailures.length > 0) {
    await running.dispose()
    throw new CommandFailure(running.portFailures.join(' '))
  }
  for (const warning of running.warnings) process.stderr.write(`Warning: ${warning}\n`)
  if (running.moved) process.stderr.write(`Port ${defaultWebPort} is in use; this is the next free one.\n`)
  if (running.healthUrl !== null) process.stderr.write(`Health API: ${running.healthUrl}/health\n`)
  if (running.metricsUrl !== null) process.stderr.write(`Metrics: ${running.metricsUrl}/metrics\n`)
  // Whoever reads the line may end this process at once.
  const ended = untilSignal(() => running.dispose())
  process.stdout.write(
    options.json
      ? `${JSON.stringify({
          ready: true,
          url: running.url,
          token: running.token,
          ...(running.healthUrl === null ? {} : { health: running.healthUrl }),
          ...(running.metricsUrl === null ? {} : { metrics: running.metricsUrl })
        })}\n`
      : `Wavefall: ${addressWithToken(running.url, running.token)}\n`
  )
  await ended
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
    .option(
      '--health-port <number>',
      'the health API on a port of its own (usual: 8080), 0 for any free one',
      portNumber
    )
    .option(
      '--metrics-port <number>',
      '/metrics on a port of its own (usual: 9091), or on the one of the health API',
      portNumber
    )
    .option('--health-host <address>', 'where these two listen; beyond the loopback everything needs a token')
    .option('--interval <seconds>', 'between two checks of memory against its levels', numberIn(1, 86_400))
    .option('--memory-threshold <percent>', 'memory of the machine that is critical', numberIn(1, 100))
    .option('--cpu-threshold <percent>', 'processor time of the machine that is critical', numberIn(1, 100))
    .option('--response-threshold <ms>', 'time to an answer (p95) that is critical', numberIn(1, 3_600_000))
    .option('--no-auto-tuning', 'the program does nothing by itself when memory is short')
    .option('--json', 'print one line of JSON when it answers')
    .addHelpText(
      'after',
      '\nThe token is random for each start, unless WAVEFALL_TOKEN is set; it is an administrator\'s. Others are made with\n"wavefall tokens create". The health API is on the port of the windows too, behind the token.\n\nExample:\n  wavefall serve --port 4870 --backend http://10.0.0.5:5000\n'
    )
    .action(run)
}
