import { Argument, InvalidArgumentError, type Command } from 'commander'
import type { CoreClient } from '../web/coreClient.ts'
import { httpAddress } from './options.ts'
import { createJobLoad, type JobLoad } from './performance/jobLoad.ts'
import { startOwnCore, type OwnCore } from './performance/ownCore.ts'
import { reportOf, reportText } from './performance/report.ts'
import { defaults, modes, runTest, type Mode } from './performance/runTest.ts'
import { createProgressLine } from './progressLine.ts'
import { CommandFailure } from './runProgram.ts'

interface Options {
  jobs?: number
  seconds?: number
  connect?: string
  json?: true
}

const jobsMax = 1000
const backendWithinMs = 20_000

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
    return value
  }
}

async function reach(address: string, token: string | undefined): Promise<CoreClient> {
  const { connectCore, parseCoreAddress } = await import('../web/coreClient.ts')
  const parsed = parseCoreAddress(address, token)
  if (!parsed) throw new CommandFailure(`${address} is no address of a core.`)
  const core = await connectCore(parsed.url, parsed.token)
  if (!core.ok) throw new CommandFailure(core.error.message)
  return core.value
}

async function untilBackend(load: JobLoad, isInterrupted: () => boolean): Promise<void> {
  const startedMs = performance.now()
  while (performance.now() - startedMs < backendWithinMs && !isInterrupted()) {
    const status = await load.call('backend.status', {})
    if (status.ok && status.value.state !== 'unknown' && status.value.state !== 'down') return
    await new Promise((resume) => setTimeout(resume, 100))
  }
}

/** Stress looks for the machine's limit, so no setting may stand before it. */
const ownSettings = (mode: Mode, jobs: number): object =>
  mode === 'stress' ? { version: 1, jobs: { concurrentMax: Math.min(1000, jobs + 1) } } : { version: 1 }

async function run(mode: Mode, options: Options): Promise<void> {
  const jobs = options.jobs ?? defaults[mode].jobs
  const seconds = options.seconds ?? defaults[mode].seconds
  let interrupted = false
  const interrupt = (): void => {
    if (interrupted) process.exit(1)
    interrupted = true
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  const progress = createProgressLine(process.stderr)
  let own: OwnCore | null = null
  let core: CoreClient | null = null
  let load: JobLoad | null = null
  try {
    own = options.connect === undefined ? await startOwnCore(ownSettings(mode, jobs)) : null
    core = await reach(own?.url ?? options.connect!, own?.token ?? process.env.WAVEFALL_TOKEN)
    load = await createJobLoad(core)
    await untilBackend(load, () => interrupted)
    const result = await runTest(load, {
      mode,
      jobs,
      seconds,
      isLocal: own !== null,
      progress: (text) => progress.update(text),
      isInterrupted: () => interrupted
    })
    progress.clear()
    // The address without its token.
    const report = reportOf(result, mode, own ? 'own' : new URL(options.connect!).origin, seconds)
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report))
  } finally {
    progress.clear()
    // In a core of others nothing stays behind; our own takes its jobs with it.
    if (!own) await load?.closeAll()
    core?.close()
    await own?.stop()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

export function registerPerformanceTest(program: Command): void {
  program
    .command('performance-test')
    .description('how much this machine takes: live jobs, ever more of them, and a report that names the bottleneck')
    .addArgument(
      new Argument(
        '[mode]',
        'baseline: 1 job; linear: 1, 5, 10 … 30; stress: until it fails; spike: 0 to 50 at once; soak: 10 for 24 h'
      )
        .choices(modes)
        .default('linear')
    )
    .option('--jobs <number>', 'the greatest number of jobs', wholeNumber(1, jobsMax))
    .option('--seconds <number>', 'how long each level is watched', wholeNumber(1, 30 * 86_400))
    .option(
      '--connect <url>',
      'a running core, as "serve" printed it; without it one is started with its own backend',
      httpAddress
    )
    .option('--json', 'print the report as one JSON document')
    .addHelpText('after', '\nExample:\n  wavefall performance-test linear --jobs 30 --seconds 20\n')
    .action(run)
}
