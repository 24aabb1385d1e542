import { InvalidArgumentError, type Command } from 'commander'
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { CaptureSnapshot } from '../../src-preload/contract/sessions.ts'
import { dataFolder } from '../storage/dataFolder.ts'
import { captureFrom, type CaptureDone } from './captureRun.ts'
import { channelsOption } from './jobRequest.ts'
import { httpAddress } from './options.ts'
import { createProgressLine } from './progressLine.ts'
import { CommandFailure } from './runProgram.ts'

interface Options {
  backend?: string
  channels?: { min: number; max: number }
  seconds: number
  out: string
  name?: string
  data?: string
  json?: true
}

function secondsOption(text: string): number {
  const seconds = Number(text)
  if (text.trim() === '' || !(seconds > 0) || seconds > 366 * 86_400)
    throw new InvalidArgumentError('Give a number of seconds above 0.')
  return seconds
}

async function refuseUsedFolder(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new CommandFailure(
      `${folder} cannot be used as the session's folder (${error.code}). Name another one with --out.`
    )
  })
  if (entries.length > 0)
    throw new CommandFailure(`${folder} is there already and not empty. Name another folder with --out.`)
}

/** The settings of the site count, its open jobs do not: another Wavefall may be at work with the same data folder. */
async function privateDataFolder(from: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-capture-'))
  await copyFile(join(from, 'settings.json'), join(folder, 'settings.json')).catch(() => undefined)
  return folder
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

function progressText({ samples, sampleRateHz, bytes, bytesPerS, gaps }: CaptureSnapshot, seconds: number): string {
  const done = sampleRateHz ? (samples / sampleRateHz).toFixed(1) : '0'
  return `Captured ${done} of ${seconds} s, ${megabytes(bytes)} at ${(bytesPerS / 1e6).toFixed(1)} MB/s, ${gaps} gaps`
}

function documentOf({ capture, folders }: CaptureDone): object {
  return {
    path: capture.folder,
    state: capture.state,
    reason: capture.reason,
    blocks: capture.blocks,
    samples: capture.samples,
    channels: capture.channelCount,
    bytes: capture.bytes,
    gaps: capture.gaps,
    gapSeconds: capture.gapS,
    lost: capture.lostBlocks,
    acknowledgedBlocks: capture.acknowledgedBlocks,
    startTimeNs: capture.startNs,
    endTimeNs: capture.endNs,
    sampleRateHz: capture.sampleRateHz,
    segments: capture.segments,
    sessions: folders,
    warnings: capture.warnings
  }
}

function textOf({ capture, folders }: CaptureDone): string {
  const { blocks, samples, channelCount, bytes, gaps, lostBlocks, reason } = capture
  const counts = `${blocks} blocks, ${samples} samples of ${channelCount} channels, ${megabytes(bytes)}, ${gaps} gaps, ${lostBlocks} blocks lost`
  return `${folders.join('\n')}\n${counts}\n${reason}\n`
}

async function run(options: Options): Promise<void> {
  const folder = resolve(options.out)
  await refuseUsedFolder(folder)
  const privateFolder = await privateDataFolder(resolve(options.data ?? dataFolder()))
  const { createHeadlessCore } = await import('../serve.ts')
  const core = await createHeadlessCore({
    dataFolder: privateFolder,
    backendUrl: options.backend ?? null,
    printsLog: false,
    // Whoever asks for one capture has decided: it does not wait for a quieter machine.
    machine: () => null,
    workerCount: 1
  })
  const progress = createProgressLine(process.stderr)
  const stop = new AbortController()
  let firstMs: number | null = null
  const onSignal = (): void => {
    // A terminal and npm may each pass the same Ctrl+C on.
    if (firstMs !== null && performance.now() - firstMs > 400) process.exit(1)
    firstMs ??= performance.now()
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  try {
    const done = await captureFrom(core, {
      ...options,
      name: options.name ?? basename(folder),
      folder,
      signal: stop.signal,
      onProgress: (capture) => progress.update(progressText(capture, options.seconds)),
      onWarning: (warning) => {
        progress.clear()
        process.stderr.write(`Warning: ${warning}\n`)
      }
    })
    progress.clear()
    process.stdout.write(options.json ? `${JSON.stringify(documentOf(done))}\n` : textOf(done))
    if (done.failure !== null) throw new CommandFailure(done.failure)
  } finally {
    progress.clear()
    await core.dispose()
    await rm(privateFolder, { recursive: true, force: true })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal)
  }
}

/** Adds `capture` to the program. */
export function registerCapture(program: Command): void {
  program
    .command('capture')
    .description('Capture a live job to a session: every sample, with gaps recorded, whatever happens to the power.')
    .option('--backend <url>', 'a Focus Server; without it the embedded one is started', httpAddress)
    .option('--channels <min:max>', 'both ends in; all that the fibre has by default', channelsOption)
    .requiredOption('--seconds <number>', 'seconds of data', secondsOption)
    .requiredOption('--out <folder>', "the session's new folder")
    .option('--name <text>', 'what the session is called')
    .option('--data <folder>', 'whose settings count')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nCtrl+C closes the session with what is there.\n\nExample:\n  wavefall capture --backend http://10.0.0.5:5000 --channels 1:500 --seconds 60 --out ./digger --json\n'
    )
    .action(run)
}
