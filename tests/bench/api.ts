/**
 * The control API while a core streams: how long answers take at 200 requests a second, how long `/metrics` takes with thirty
 * jobs, and what a thousand who listen to live readings and hear nothing cost. Generator, core and client are processes of
 * their own. Against a server of the same runtime that answers a constant, asked in the same way in the same run.
 */
import { Agent, createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import { percentilesOf, type Percentiles } from '../../src-main/commands/performance/figures.ts'
import { mixedJobs } from '../../src-main/commands/performance/jobMix.ts'
import { parseCoreAddress } from '../../src-main/web/coreClient.ts'
import { openAll, pause, startLine } from '../support/load/line.ts'
import { lineFibre } from '../support/load/scenarios.ts'
import { figure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const jobs = 30
const requestsPerS = 200
const scrapes = 100
const subscribers = 1000
const targetMs = 20

const paths = [
  '/health',
  '/health/memory',
  '/api/v1/alerts',
  '/api/v1/metrics?metric=wavefall_stream_rows_per_second&timeRange=5m'
]

interface Asking {
  ask(path: string): Promise<number>
  close(): void
}

/** Each answer is read to its end; gives the milliseconds. */
function asking(base: string, token: string): Asking {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  return {
    ask: (path) =>
      new Promise((resolve, reject) => {
        const startMs = performance.now()
        get(base + path, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
          answer.resume()
          answer.on('end', () =>
            answer.statusCode === 200
              ? resolve(performance.now() - startMs)
              : reject(new Error(`${path}: ${answer.statusCode}`))
          )
        }).on('error', reject)
      }),
    close: () => agent.destroy()
  }
}

/** Requests begin at their time whether or not the ones before were answered, so that slowness is not hidden. */
async function paced(
  ask: Asking['ask'],
  seconds: number
): Promise<{ times: Percentiles; failed: number; asked: number }> {
  const times: number[] = []
  let failed = 0
  const all: Promise<void>[] = []
  const startMs = performance.now()
  const asked = Math.round(requestsPerS * seconds)
  for (let at = 0; at < asked; at++) {
    const dueMs = startMs + (1000 * at) / requestsPerS
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await pause(waitMs)
    all.push(
      ask(paths[at % paths.length]!).then(
        (ms) => void times.push(ms),
        () => void (failed += 1)
      )
    )
  }
  await Promise.all(all)
  return { times: percentilesOf(times) ?? { p50: 0, p95: 0, p99: 0 }, failed, asked }
}

async function oneByOne(ask: Asking['ask'], path: string, count: number): Promise<Percentiles> {
  const times: number[] = []
  for (let at = 0; at < count; at++) {
    times.push(await ask(path))
    // Longer than the text is shared, so that every scrape makes its own.
    await pause(220)
  }
  return percentilesOf(times)!
}

const startConstant = async (): Promise<{ server: Server; base: string }> => {
  const text = JSON.stringify({ status: 'healthy', timestamp: new Date(0).toISOString(), uptime_seconds: 1 })
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function heapMb(base: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  for (let at = 0; at < 2; at++) await fetch(`${base}/health/actions/gc`, { method: 'POST', headers })
  await pause(1500)
  const answer = await fetch(`${base}/health/memory`, { headers })
  return ((await answer.json()) as { heap_used_mb: number }).heap_used_mb
}

async function listeners(base: string, token: string): Promise<number> {
  const before = await heapMb(base, token)
  const sockets: WebSocket[] = []
  for (let at = 0; at < subscribers; at++) {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/api/v1/live`, {
      headers: { authorization: `Bearer ${token}` }
    })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    socket.send('{"action":"subscribe","type":"alerts"}')
    sockets.push(socket)
  }
  await pause(1000)
  const after = await heapMb(base, token)
  for (const socket of sockets) socket.terminate()
  return ((after - before) * 1e6) / subscribers
}

export async function run({ seconds = 10 }: BenchOptions = {}): Promise<BenchEntry[]> {
  const line = await startLine({ source: 'simulated' })
  const { url, token } = parseCoreAddress(line.address, undefined)!
  const constant = await startConstant()
  const core = asking(url, token)
  const other = asking(constant.base, token)
  try {
    // Before anything streams: the heap of a stream is larger than what is measured.
    const perListener = await listeners(url, token)
    await openAll(line, mixedJobs(1, { lowest: 1, highest: lineFibre.channels }), 30_000)
    await pause(2000)
    const usual = await paced(other.ask, seconds)
    const answered = await paced(core.ask, seconds)
    await openAll(line, mixedJobs(jobs, { lowest: 1, highest: lineFibre.channels }).slice(1), 60_000)
    await pause(2000)
    const scraped = await oneByOne(core.ask, '/metrics', scrapes)
    return [
      figure(`api: answers at ${requestsPerS} requests/s while streaming, p99`, answered.times.p99, 'ms', {
        min: answered.times.p50,
        max: answered.times.p99,
        target: `< ${targetMs}`,
        meets: answered.times.p99 < targetMs,
        against: 'a constant from a bare server',
        ratio: answered.times.p99 / usual.times.p99
      }),
      figure('api: requests that failed', answered.failed, `of ${answered.asked}`, {
        target: '0',
        meets: answered.failed === 0
      }),
      figure(`api: /metrics with ${jobs} jobs, p99`, scraped.p99, 'ms', {
        min: scraped.p50,
        max: scraped.p99,
        target: `< ${targetMs}`,
        meets: scraped.p99 < targetMs
      }),
      figure(`api: heap of one of ${subscribers} idle listeners`, perListener / 1000, 'kB', {
        target: '≤ 2',
        meets: perListener <= 2000
      })
    ]
  } finally {
    core.close()
    other.close()
    constant.server.close()
    await line.stop()
  }
}
