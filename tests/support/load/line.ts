/**
 * The whole line as it runs at a site, each part a process of its own: a generator (the embedded Focus Server with a
 * simulated fibre), the core (`serve`), and this process in the place of a window. What a part costs is read by its process.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJobLoad, type JobLoad, type LoadReading } from '../../../src-main/commands/performance/jobLoad.ts'
import { streamingFlags } from '../../../src-main/streamingFlags.ts'
import { connectCore, type CoreClient } from '../../../src-main/web/coreClient.ts'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'
import { startCommand } from '../commandProcess.ts'
import { eventually } from '../eventually.ts'
import { startFocusServer } from '../focusServerProcess.ts'
import { processUsage } from '../processUsage.ts'

export interface Line {
  readonly core: CoreClient
  readonly load: JobLoad
  readonly corePid: number
  readonly generatorPid: number
  /** For a window: with its token. */
  readonly address: string
  coreLog(): string
  stop(): Promise<void>
}

export interface LineOptions {
  /** `--source` of the generator. */
  source: string
  /** Sections of the core's settings file. */
  settings?: { site?: object; jobs?: object; streams?: object }
  /** As wide as the window that is played. */
  columnsMax?: number
  /** For the core's Node. */
  coreFlags?: readonly string[]
}

/** Whatever else runs on the machine must not decide whether a job is admitted, nor a site's limits what is tried. */
const openSettings = {
  site: { channelHighest: 100_000, frequencyMaxHz: 25_000 },
  jobs: { cpuRefusePercent: 100, memoryRefusePercent: 100, concurrentMax: 200 }
}

export async function startLine({ source, settings = {}, columnsMax, coreFlags }: LineOptions): Promise<Line> {
  const home = mkdtempSync(join(tmpdir(), 'wavefall-load-'))
  const generator = await startFocusServer({ args: ['--source', source], nodeFlags: streamingFlags() })
  const stops: (() => Promise<unknown>)[] = [() => generator.stop()]
  const stop = async (): Promise<void> => {
    for (const end of stops.reverse()) await end()
    rmSync(home, { recursive: true, force: true })
  }
  try {
    writeFileSync(
      join(home, 'settings.json'),
      JSON.stringify({
        version: 1,
        site: { ...openSettings.site, ...settings.site },
        jobs: { ...openSettings.jobs, ...settings.jobs },
        streams: settings.streams ?? {}
      })
    )
    const serve = await startCommand(
      ['serve', '--json', '--port', '0', '--backend', generator.base, '--data', home],
      home,
      coreFlags
    )
    stops.push(() => serve.stop())
    const { url, token } = JSON.parse(serve.firstLine) as { url: string; token: string }
    const connected = await connectCore(url, token)
    if (!connected.ok) throw new Error(connected.error.message)
    const core = connected.value
    stops.push(async () => core.close())
    await eventually('the core knows its backend', async () => {
      const status = await core.call('backend.status', {})
      return status.ok && status.value.state === 'up' && status.value.channels !== null
    })
    return {
      core,
      load: await createJobLoad(core, columnsMax),
      corePid: serve.pid,
      generatorPid: generator.pid,
      address: `${url}/#token=${token}`,
      coreLog: () => serve.log(),
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }
}

export const waterfall = (first: number, last: number, more: Partial<JobRequest> = {}): JobRequest => ({
  view: 'waterfall',
  channels: { min: first, max: last },
  band: null,
  nfft: 256,
  rowIntervalS: 0.05,
  timeRange: null,
  recording: null,
  ...more
})

/** Opens the jobs, one after the other as windows do, and waits until each has sent rows. Ids in the order of the requests. */
export async function openAll(line: Line, requests: JobRequest[], withinMs = 20_000): Promise<string[]> {
  const ids: string[] = []
  for (const request of requests) {
    const { job, refusal } = await line.load.open(request)
    if (!job) throw new Error(`refused: ${refusal?.message}`)
    ids.push(job.id)
  }
  await eventually(
    'every job has rows',
    async () => {
      const { jobs } = await line.load.read()
      return ids.every((id) => jobs.some(({ job, firstRowMs }) => job.id === id && firstRowMs !== null))
    },
    withinMs
  )
  return ids
}

export interface Measurement extends LoadReading {
  /** CPU seconds of the core's process with all its threads, and of the generator's; null where the system does not tell. */
  coreCpuS: number | null
  generatorCpuS: number | null
  /** Memory of the core, once a second, bytes. */
  coreRss: number[]
  totals: { rows: number; lateRows: number; missingRows: number; shedRows: number; gapRows: number } & {
    lostBlocks: number
    lostRows: number
    gaps: number
    badMessages: number
    bytes: number
  }
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

export function totalsOf(reading: LoadReading): Measurement['totals'] {
  const total = (key: keyof Measurement['totals']): number => sum(reading.jobs.map((job) => job[key]))
  return {
    rows: total('rows'),
    lateRows: total('lateRows'),
    missingRows: total('missingRows'),
    shedRows: total('shedRows'),
    gapRows: total('gapRows'),
    lostBlocks: total('lostBlocks'),
    lostRows: total('lostRows'),
    gaps: total('gaps'),
    badMessages: total('badMessages'),
    bytes: total('bytes')
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms))

/** Watches the line for a while; `each` is called about once a second. */
export async function measure(line: Line, seconds: number, each?: () => Promise<void> | void): Promise<Measurement> {
  await line.load.restart()
  const coreBefore = processUsage(line.corePid)
  const generatorBefore = processUsage(line.generatorPid)
  const coreRss: number[] = []
  const until = performance.now() + seconds * 1000
  for (let left = seconds * 1000; left > 0; left = until - performance.now()) {
    await pause(Math.min(1000, left))
    const usage = processUsage(line.corePid)
    if (usage) coreRss.push(usage.rssBytes)
    await each?.()
  }
  const core = processUsage(line.corePid)
  const generator = processUsage(line.generatorPid)
  const reading = await line.load.read()
  return {
    ...reading,
    coreCpuS: core && coreBefore ? core.cpuS - coreBefore.cpuS : null,
    generatorCpuS: generator && generatorBefore ? generator.cpuS - generatorBefore.cpuS : null,
    coreRss,
    totals: totalsOf(reading)
  }
}
