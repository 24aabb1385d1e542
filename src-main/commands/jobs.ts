import type { Command } from 'commander'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { valueOf, withConnection, withCore, type ConnectionOptions } from './coreConnection.ts'
import {
  bandOption,
  buildRequest,
  channelsOption,
  integerOption,
  timeOption,
  viewOption,
  type JobOptions
} from './jobRequest.ts'
import { CommandFailure } from './runProgram.ts'

type Options = ConnectionOptions

function line(job: JobSnapshot): string {
  const { view, channels, recording, timeRange } = job.request
  const kind = timeRange ? (recording ?? 'historic') : 'live'
  const { rowsPerS, gaps } = job.statistics
  return `${job.id}\t${job.state}\t${kind}\t${view}\tchannels ${channels.min}:${channels.max}\t${rowsPerS.toFixed(1)} rows/s\t${gaps} gaps\t${job.reason}`
}

function print(job: JobSnapshot, json: boolean | undefined): void {
  process.stdout.write(`${json ? JSON.stringify(job) : line(job)}\n`)
}

async function list(options: Options): Promise<void> {
  const jobs = await withCore(options.connect, async (core) => valueOf(await core.call('jobs.list', {})))
  if (options.json) process.stdout.write(`${JSON.stringify(jobs)}\n`)
  else if (jobs.length === 0) process.stderr.write('There are no jobs.\n')
  else for (const job of jobs) print(job, false)
}

async function start(options: Options & JobOptions): Promise<void> {
  const job = await withCore(options.connect, async (core) => {
    const defaults = valueOf(await core.call('jobs.defaults', {}))
    const recordings =
      options.recording === undefined
        ? []
        : valueOf(await core.call('backend.recordings', { fromNs: options.from ?? null, toNs: options.to ?? null }))
    const built = buildRequest(defaults, options, recordings)
    if (!built.ok) throw new CommandFailure(built.message)
    return valueOf(await core.call('jobs.open', { request: built.request, windowId: null }))
  })
  print(job, options.json)
}

async function stop(jobId: string, options: Options): Promise<void> {
  print(
    await withCore(options.connect, async (core) => valueOf(await core.call('jobs.close', { jobId }))),
    options.json
  )
}

export function registerJobs(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('jobs of a running core')
    .addHelpText('after', '\nExample:\n  WAVEFALL_TOKEN=… wavefall jobs list --connect http://10.0.0.5:4870\n')
  withConnection(jobs.command('list'))
    .description('lists the jobs')
    .addHelpText('after', '\nExample:\n  wavefall jobs list --json\n')
    .action(list)
  withConnection(jobs.command('start'))
    .description('starts a job, which runs on until it is stopped; live without a time')
    .option('--view <name>', 'multi, single or waterfall', viewOption)
    .option('--channels <min:max>', 'both ends in', channelsOption)
    .option('--band <low:high>', 'hertz', bandOption)
    .option('--nfft <number>', 'samples of a window, a power of two', integerOption)
    .option('--from <time>', 'historic: start, UTC', timeOption)
    .option('--to <time>', 'historic: end (not in it), UTC', timeOption)
    .option('--recording <name>', 'historic: a recording that the backend lists', String)
    .addHelpText(
      'after',
      '\nExamples:\n  wavefall jobs start --channels 1:500 --band 5:200 --json\n' +
        '  wavefall jobs start --from 2023-04-26T16:14:49.042Z --to 2023-04-26T16:20:00Z\n'
    )
    .action(start)
  withConnection(jobs.command('stop'))
    .argument('<job>', 'its id, as "jobs list" shows it')
    .description('stops a job')
    .addHelpText('after', '\nExample:\n  wavefall jobs stop live-1\n')
    .action(stop)
}
