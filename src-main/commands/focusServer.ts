import { type Command, InvalidArgumentError } from 'commander'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { createFocusServer, type FocusServer } from '../focus-server/focusServer.ts'
import { parseSourceSpec, type SourceSpec } from '../focus-server/sources/sourceSpec.ts'
import { openRecording } from '../recordings/openRecording.ts'
import { dataFolder } from '../storage/dataFolder.ts'
import { createLog, type RootLog } from '../storage/log.ts'
import { createStreamSink } from '../storage/logFile.ts'
import { version } from '../version.ts'
import { portNumber } from './options.ts'

interface Options {
  port: number
  host: string
  grpcPorts: { first: number; last: number }
  source: SourceSpec[]
  recordings?: string
  data?: string
  json?: true
}

const defaultPort = 5000

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

/** The program that started this process asks over its channel, and its end is ours. */
function listenToOwner(server: FocusServer, stop: () => void): void {
  if (!process.send) return
  process.on('disconnect', stop)
  process.on('message', (message: OwnerMessage) => {
    if (message.type === 'shutdown') return stop()
    if (message.type !== 'add-recording' || typeof message.path !== 'string') return
    const { path } = message
    void server
      .addRecording(path)
      .then((added) =>
        process.send?.(
          added.ok
            ? { type: 'added', path, recordings: [added.value.name] }
            : { type: 'added', path, recordings: [], error: added.error.message }
        )
      )
  })
}

async function run(options: Options): Promise<void> {
  const log: RootLog = createLog({ clock: systemClock(), sinks: [createStreamSink()] })
  const recordsFolder = options.data ?? (options.port === 0 ? null : join(dataFolder(), 'focus-server'))
  const server = await createFocusServer({
    host: options.host,
    port: options.port,
    grpcPorts: options.grpcPorts,
    specs: options.source,
    recordingsFolder: options.recordings ?? null,
    openRecording,
    recordsFile: recordsFolder === null ? null : join(recordsFolder, `jobs-${options.port}.json`),
    clock: systemClock(),
    log: (event, values) => log.info(event, values),
    version
  })
  let stopping = false
  const stop = (): void => {
    if (stopping) process.exit(0)
    stopping = true
    void server
      .dispose()
      .then(() => log.dispose())
      .then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  listenToOwner(server, stop)
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
