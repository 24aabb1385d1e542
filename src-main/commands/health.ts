import type { Command } from 'commander'
import type { HealthLive, HealthStatus, ProcessHealth, StreamHealth } from '../../src-preload/contract/health.ts'
import { valueOf, withConnection, withCore, type ConnectionOptions } from './coreConnection.ts'
import { CommandFailure } from './runProgram.ts'
import { untilSignal } from './untilSignal.ts'

interface Options extends ConnectionOptions {
  watch?: true
}

const firstWithinMs = 5000
const askAgainMs = 200

const megabytes = (bytes: number | null): string => (bytes === null ? '–' : `${(bytes / 1e6).toFixed(0)} MB`)
const utc = (atMs: number): string => `${new Date(atMs).toISOString().slice(11, 19)}Z`

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)))
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')}`.trimEnd()
  return [line(header), ...rows.map(line)]
}

const streamRow = (stream: StreamHealth): string[] => [
  stream.jobId,
  stream.word,
  (stream.bytesPerS / 1e6).toFixed(1),
  stream.rowsPerS.toFixed(1),
  stream.latencyMs?.p50.toFixed(0) ?? '–',
  stream.latencyMs?.p95.toFixed(0) ?? '–',
  stream.latencyMs?.p99.toFixed(0) ?? '–',
  String(stream.gaps),
  String(stream.shedRows),
  String(stream.lostBlocks + stream.lostRows),
  `${stream.queue.length}/${stream.queue.capacity}`,
  String(stream.reconnects)
]

const processRow = (process: ProcessHealth): string[] => [
  process.label,
  process.cpuPercent === null ? '–' : `${process.cpuPercent.toFixed(0)} %`,
  megabytes(process.rssBytes),
  megabytes(process.heapUsedBytes),
  megabytes(process.externalBytes),
  process.eventLoopMs === null ? '–' : `${process.eventLoopMs.p99.toFixed(1)} ms`,
  process.gc === null ? '–' : `${process.gc.pauseP99Ms.toFixed(1)} ms`,
  process.restarts === null ? '–' : String(process.restarts)
]

function headOf(status: HealthStatus): string[] {
  return [
    `${utc(status.atMs)}  ${status.grade.toUpperCase()} ${status.score}/100 (${status.letter})  ${status.headline}`,
    `  ${status.detail}`,
    ...(status.action ? [`  What helps: ${status.action.label}.`] : []),
    ...status.reasons.map(({ severity, text, sinceMs }) => `  ${severity}: ${text} Since ${utc(sinceMs)}.`)
  ]
}

/** As a person reads it. */
export function healthText({ status, headlines, streams, processes }: HealthLive): string {
  const { monitoring } = status
  const open = streams.filter(({ word }) => word !== 'ended')
  return [
    ...headOf(status),
    '',
    ...table(
      ['reading', 'now', 'warning', 'critical'],
      headlines.map(({ title, unit, value, thresholds }) => [
        title,
        value === null ? '–' : `${value.toFixed(1)} ${unit}`,
        ...(['warning', 'critical'] as const).map((severity) => {
          const found = thresholds.find((threshold) => threshold.severity === severity)
          return found ? `${found.value} ${unit}` : '–'
        })
      ])
    ),
    '',
    ...table(
      ['stream', 'state', 'MB/s', 'rows/s', 'p50', 'p95', 'p99 ms', 'gaps', 'shed', 'lost', 'queue', 'reconnects'],
      open.map(streamRow)
    ),
    '',
    ...table(['part', 'CPU', 'RSS', 'heap', 'external', 'loop p99', 'GC p99', 'restarts'], processes.map(processRow)),
    '',
    `  Monitoring: every ${(monitoring.intervalMs / 1000).toFixed(1)} s, ${monitoring.cpuPercent.toFixed(2)} % of a processor, ${(monitoring.memoryBytes / 1e6).toFixed(1)} MB, available ${monitoring.availabilityPercent.toFixed(2)} %.${monitoring.note === '' ? '' : ` ${monitoring.note}`}`,
    ''
  ].join('\n')
}

const print = (live: HealthLive, { json }: Options): void =>
  void process.stdout.write(json ? `${JSON.stringify(live)}\n` : healthText(live))

async function once(options: Options): Promise<void> {
  const live = await withCore(options.connect, async (core) => {
    const untilMs = Date.now() + firstWithinMs
    for (;;) {
      const found = valueOf(await core.call('health.live', {}))
      if (found) return found
      if (Date.now() > untilMs) throw new CommandFailure('The core has no readings yet; ask again in a moment.')
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
    }
  })
  print(live, options)
}

/** A terminal shows the newest in place; anything else gets one document after the other. */
async function watch(options: Options): Promise<void> {
  const isScreen = process.stdout.isTTY && !options.json
  await withCore(options.connect, async (core) => {
    const first = valueOf(await core.call('health.live', {}))
    const show = (live: HealthLive): void => {
      if (isScreen) process.stdout.write('\u001b[H\u001b[J')
      print(live, options)
    }
    if (first) show(first)
    core.onEvent((name, payload) => {
      if (name === 'health.changed') show(payload as HealthLive)
    })
    await untilSignal(async () => undefined)
  })
}

export function registerHealth(program: Command): void {
  withConnection(program.command('health'))
    .description('how a running core is: what is lost, since when and why')
    .option('--watch', 'goes on, about once a second; with --json one line each time')
    .addHelpText('after', '\nExample:\n  WAVEFALL_TOKEN=… wavefall health --watch --connect http://10.0.0.5:4870\n')
    .action((options: Options) => (options.watch ? watch(options) : once(options)))
}
