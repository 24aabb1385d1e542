/**
 * The whole path at line rate: simulator → gRPC → core → worker → web socket → drawn, 2 222 channels × 2 kHz × int16 live,
 * all processes on this machine and its clock. Latency is from the end of a block's last sample to the frame that shows its
 * row, as the window reports it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { connectCore, type CoreClient } from '../../src-main/web/coreClient.ts'
import type { JobSnapshot, MachineReading } from '../../src-preload/contract/schemas.ts'
import { launchBrowser } from '../support/browser.ts'
import { startFocusServer } from '../support/focusServerProcess.ts'
import type { BenchEntry } from './entry.ts'

const root = resolve(import.meta.dirname, '../..')
const warmUpMs = 8000
const measuredMs = Number(process.env.WAVEFALL_BENCH_SECONDS ?? 60) * 1000
const ticksPerSecond = 100

/** CPU seconds of a process so far (Linux). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

async function value<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; error: { message: string } }>
): Promise<T> {
  const result = await answer
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const liveJob = async (core: CoreClient): Promise<JobSnapshot> => {
  const job = (await value(core.call('jobs.list', {}))).find(
    ({ state }) => state === 'streaming' || state === 'stalled'
  )
  if (!job) throw new Error('No job is streaming.')
  return job
}

const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms))

const plain = (
  name: string,
  figure: number,
  unit: string,
  target: string | null = null,
  meets: boolean | null = null
): BenchEntry => ({
  name: `latency: ${name}`,
  value: figure,
  unit,
  against: null,
  ratio: null,
  target,
  meets,
  min: figure,
  max: figure,
  rounds: 1,
  skipped: null
})

export async function run(): Promise<BenchEntry[]> {
  const browser = await launchBrowser()
  if (!browser)
    return [{ ...plain('block end → drawn row', 0, 'ms'), rounds: 0, skipped: 'no Chrome or Chromium was found' }]
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-bench-'))
  const server = await startFocusServer()
  const program = spawn(
    process.execPath,
    [
      join(root, 'out/main/cli.cjs'),
      'start',
      '--web',
      '--no-open',
      '--port',
      '0',
      '--data',
      folder,
      '--backend',
      server.base
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  )
  try {
    let output = ''
    program.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    while (!/#token=\S+\n/.test(output)) await once(program.stdout, 'data')
    const [, url, token] = /Wavefall: (http\S+?)\/#token=(\S+)/.exec(output)!
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(`${url}/#token=${token}`)
    const core = await value(connectCore(url!, token!))
    await pause(warmUpMs)
    const before = await liveJob(core)
    const cpuBefore = { core: cpuSeconds(program.pid!), server: cpuSeconds(server.pid) }
    const drawn: { p50: number; p95: number; p99: number }[] = []
    const loops: number[] = []
    const workers: number[] = []
    const until = performance.now() + measuredMs
    while (performance.now() < until) {
      await pause(1000)
      const { statistics } = await liveJob(core)
      if (statistics.drawnLatencyMs) drawn.push(statistics.drawnLatencyMs)
      const reading: MachineReading | null = await value(core.call('machine.reading', {}))
      for (const { process: kind, cpuPercent, eventLoopDelayMs } of reading?.processes ?? []) {
        if (kind === 'core' && eventLoopDelayMs) loops.push(eventLoopDelayMs.p99)
        if (kind === 'worker') workers.push(cpuPercent)
      }
    }
    const after = await liveJob(core)
    const seconds = measuredMs / 1000
    const share = (from: number, to: number): number => ((to - from) / seconds) * 100
    const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
    const lost =
      after.statistics.lostBlocks -
      before.statistics.lostBlocks +
      after.statistics.lostRows -
      before.statistics.lostRows
    const blockMs = 50
    const p95 = middle(drawn.map((entry) => entry.p95))
    core.close()
    return [
      plain('block end → drawn row, p50', middle(drawn.map((entry) => entry.p50)), 'ms'),
      {
        ...plain('block end → drawn row, p95', p95, 'ms', '< 100 ms', p95 < 100),
        against: 'the length of a block (50 ms)',
        ratio: p95 / blockMs
      },
      plain('block end → drawn row, p99', middle(drawn.map((entry) => entry.p99)), 'ms'),
      plain(`lost blocks and rows in ${seconds} s`, lost, '', '0', lost === 0),
      plain(
        `gaps in ${seconds} s`,
        after.statistics.gaps - before.statistics.gaps,
        '',
        '0',
        after.statistics.gaps === before.statistics.gaps
      ),
      plain('event-loop delay of the core, p99', middle(loops), 'ms', '< 10 ms', middle(loops) < 10),
      plain('rows a second', (after.statistics.rows - before.statistics.rows) / seconds, '1/s'),
      plain('received', (after.statistics.bytes - before.statistics.bytes) / seconds / 1e6, 'MB/s'),
      plain('CPU of the core with its worker', share(cpuBefore.core, cpuSeconds(program.pid!)), '% of a core'),
      plain('CPU of the analysis worker', middle(workers), '% of a core'),
      plain(
        `CPU of the Focus Server (of ${cpus().length} cores)`,
        share(cpuBefore.server, cpuSeconds(server.pid)),
        '% of a core'
      )
    ]
  } finally {
    await browser.close()
    const exited = once(program, 'exit')
    program.kill('SIGTERM')
    await exited
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
