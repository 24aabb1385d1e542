import { type Command, InvalidArgumentError } from 'commander'
import { basename, dirname, join, resolve } from 'node:path'
import { systemClock } from '../clock.ts'
import { createFocusServer, type FocusServer } from '../focus-server/focusServer.ts'
import { parseSourceSpec, type SourceSpec } from '../focus-server/sources/sourceSpec.ts'
import { dataFolder } from '../storage/dataFolder.ts'
import { createLog, type RootLog } from '../storage/log.ts'
import { createStreamSink } from '../storage/logFile.ts'
import { watchVitals } from '../threadVitals.ts'
import { version } from '../version.ts'
import { openStated } from './assumptionOptions.ts'
import { portNumber } from './options.ts'
import { CommandFailure } from './runProgram.ts'

interface Options {
  port: number
  host: string
  grpcPorts: { first: number; last: number }
  source: SourceSpec[]
  recordings?: string
  data?: string
  json?: true
}

const recordsFolderName = 'focus-server'
const defaultPort = 5000
const stopWithinMs = 8000

function portRange(text: string): { first: number; last: number } {
  const match = /^(\d+):(\d+)$/.exec(text)
  const first = Number(match?.[1])
  const last = Number(match?.[2])
  if (!match || first < 1 || last > 65_535 || first > last)
    throw new InvalidArgumentError('Give a range of ports, as 50051:51050.')
  return { first, last }
}

function sourceSpec(text: string, before: SourceSpec[]): SourceSpec[] {
  const parsed = parseSourceSpec(text)
  if (!parsed.ok) throw new InvalidArgumentError(parsed.error.message)
  return [...before, parsed.value]
}

/** Messages of the program that owns this process; anything else is not for us. */
interface OwnerMessage {
  type: 'add-recording' | 'shutdown'
  path?: string
}

interface OwnerChannel {
  send(message: object): void
  onMessage(listener: (message: unknown) => void): void
  onGone(listener: () => void): void
}

/** A utility process of the desktop shell has a port to its owner where a child process of Node has its own channel. */
interface ParentPort {
  postMessage(message: object): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
  on(event: 'close', listener: () => void): void
}

const vitalsIntervalMs = 1000

function ownerChannel(): OwnerChannel | null {
  const port = (process as unknown as { parentPort?: ParentPort }).parentPort
  if (port) {
    return {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
      onGone: (listener) => port.on('close', listener)
    }
  }
  if (!process.send) return null
  return {
    send: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => undefined)),
    onMessage: (listener) => process.on('message', listener),
    onGone: (listener) => process.on('disconnect', listener)
  }
}

const isOwnerMessage = (message: unknown): message is OwnerMessage =>
  typeof message === 'object' && message !== null && 'type' in message

/** The program that started this process asks over its channel, and its end is ours. */
function listenToOwner(owner: OwnerChannel, server: FocusServer, stop: () => void): void {
  const vitals = watchVitals()
  vitals.watchLoop(true)
  setInterval(() => owner.send({ type: 'vitals', vitals: vitals.take() }), vitalsIntervalMs).unref()
  owner.onGone(stop)
  owner.onMessage((message) => {
    if (!isOwnerMessage(message)) return
    const { type, path } = message
    if (type === 'shutdown') return stop()
    if (type !== 'add-recording' || typeof path !== 'string') return
    void server
      .addRecording(path)
      .then((added) =>
        owner.send(
          added.ok
            ? { type: 'added', path, recordings: [added.value.name] }
            : { type: 'added', path, recordings: [], error: added.error.message }
        )
      )
  })
}

/** A program that starts this server hands it a folder inside its own data folder. */
const statedFolder = (data: string | undefined): string =>
  data !== undefined && basename(data) === recordsFolderName ? dirname(resolve(data)) : dataFolder()

async function run(options: Options): Promise<void> {
  const log: RootLog = createLog({ clock: systemClock(), sinks: [createStreamSink()] })
  const recordsFolder = options.data ?? (options.port === 0 ? null : join(dataFolder(), recordsFolderName))
  const server = await createFocusServer({
    host: options.host,
    port: options.port,
    grpcPorts: options.grpcPorts,
    specs: options.source,
    recordingsFolder: options.recordings ?? null,
    openRecording: (path) => openStated(path, {}, statedFolder(options.data)),
    recordsFile: recordsFolder === null ? null : join(recordsFolder, `jobs-${options.port}.json`),
    clock: systemClock(),
    log: (event, values) => log.info(event, values),
    version
  })
  if (!server.hasFibre && options.source[0]?.kind === 'recording') {
    const reason = server.warnings[0] ?? 'the first source cannot be played'
    await server.dispose()
    await log.dispose()
    throw new CommandFailure(`No live fibre: ${reason}. Name another --source, or silent.`.replace('..', '.'))
  }
  let stopping = false
  const stop = (code: number): void => {
    if (stopping) process.exit(code)
    stopping = true
    setTimeout(() => process.exit(code), stopWithinMs)
    void server
      .dispose()
      .then(() => log.dispose())
      .finally(() => process.exit(code))
  }
  const stopInOrder = (): void => stop(0)
  process.on('SIGINT', stopInOrder)
  process.on('SIGTERM', stopInOrder)
  // A bug: what holds the jobs cannot be trusted any more, so they are closed and the owner starts anew.
  const stopAfterBug = (error: unknown): void => {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.critical('process_failed', { error: detail })
    process.stderr.write(`The Focus Server stops because of an error of its own: ${String(error)}\n`)
    stop(1)
  }
  process.on('uncaughtException', stopAfterBug)
  process.on('unhandledRejection', stopAfterBug)
  const owner = ownerChannel()
  if (owner) listenToOwner(owner, server, stopInOrder)
  if (options.json) process.stdout.write(`${JSON.stringify({ ready: true, base: server.base })}\n`)
  else process.stdout.write(`Focus Server: ${server.base}\n`)
}

export function registerFocusServer(program: Command): void {
  program
    .command('focus-server')
    .description('the embedded acquisition backend alone: REST and gRPC')
    .option('--port <number>', 'REST port, 0 for any free one', portNumber, defaultPort)
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--grpc-ports <first:last>', 'range of the stream ports', portRange, { first: 50_051, last: 51_050 })
    .option(
      '--source <spec>',
      'simulated[:…], a recording, silent, or faulty:…; the first is the live fibre',
      sourceSpec,
      []
    )
    .option('--recordings <folder>', 'recordings offered as historic jobs')
    .option('--data <folder>', 'where job records are kept')
    .option('--json', 'print one line of JSON when it answers')
    .addHelpText(
      'after',
      '\nExample:\n  wavefall focus-server --source simulated:channels=500,seed=3 --recordings ./das-data\n'
    )
    .action(run)
}
