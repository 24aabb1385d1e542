/**
 * gRPC blocks → ring, as fast as they come, against a bare grpc-js client that does nothing with them, and against the copy
 * into the ring alone. Generator, candidate and alternative are processes of their own, in alternating rounds.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { streamingFlags } from '../../src-main/streamingFlags.ts'
import { startFocusServer } from '../support/focusServerProcess.ts'
import type { BenchEntry } from './entry.ts'
import { measured } from './measure.ts'
import type { BenchOptions } from './options.ts'

type Candidate = 'bare' | 'ours' | 'ring'
interface Taken {
  bytes: number
  seconds: number
  cpuS: number
}

const kinds = [
  { dtype: 'int16', channels: 2222, prr: 2000, bytes: 2 },
  { dtype: 'float32', channels: 17_500, prr: 1000, bytes: 4 }
] as const
const historyS = 3600

async function configure(base: string, channels: number): Promise<{ address: string; jobId: string }> {
  const now = Math.floor(Date.now() / 1000)
  const answer = await fetch(`${base}/configure`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      displayTimeAxisDuration: null,
      nfftSelection: 1,
      displayInfo: { height: 200 },
      channels: { min: 1, max: channels },
      frequencyRange: null,
      start_time: now - historyS,
      end_time: now,
      view_type: '2'
    })
  })
  const job = (await answer.json()) as { stream_port: string; job_id: string; error?: string }
  if (!answer.ok) throw new Error(`configure: ${job.error}`)
  return { address: `127.0.0.1:${job.stream_port}`, jobId: job.job_id }
}

function take(
  candidate: Candidate,
  address: string,
  jobId: string,
  seconds: number,
  kind: (typeof kinds)[number]
): Taken {
  const done = spawnSync(
    process.execPath,
    [
      '--import',
      join(import.meta.dirname, '../support/rawText.ts'),
      join(import.meta.dirname, 'receiveClient.ts'),
      candidate,
      address,
      jobId,
      String(seconds),
      String(kind.channels),
      String(kind.bytes)
    ],
    { encoding: 'utf8', timeout: (seconds + 30) * 1000 }
  )
  if (done.status !== 0) throw new Error(`${candidate}: ${done.stderr}`)
  return JSON.parse(done.stdout) as Taken
}

async function benchKind(kind: (typeof kinds)[number], rounds: number, seconds: number): Promise<BenchEntry[]> {
  const server = await startFocusServer({
    args: ['--source', `simulated:scene=noise,channels=${kind.channels},prr=${kind.prr},dtype=${kind.dtype}`],
    nodeFlags: streamingFlags()
  })
  const rates: Record<Candidate, number[]> = { bare: [], ours: [], ring: [] }
  const costs: Record<Candidate, number[]> = { bare: [], ours: [], ring: [] }
  try {
    for (let round = 0; round < rounds; round++) {
      for (const candidate of ['bare', 'ours', 'ring'] as const) {
        const { address, jobId } = await configure(server.base, kind.channels)
        const { bytes, seconds: passedS, cpuS } = take(candidate, address, jobId, seconds, kind)
        if (bytes === 0) throw new Error(`${candidate} received nothing`)
        rates[candidate].push(bytes / 1e6 / passedS)
        costs[candidate].push(cpuS / (bytes / 1e9))
        await fetch(`${server.base}/job/${jobId}`, { method: 'DELETE' })
      }
    }
  } finally {
    await server.stop()
  }
  const entry = (name: string, unit: string, ours: number[], theirs: number[], against: string): BenchEntry => {
    const { median, min, max } = measured(ours)
    const ratio = measured(ours.map((value, round) => value / theirs[round]!)).median
    return {
      name: `receive: ${name}, ${kind.dtype}, ${kind.channels} channels`,
      value: median,
      unit,
      against,
      ratio,
      target: null,
      meets: null,
      min,
      max,
      rounds,
      skipped: null
    }
  }
  const bare = 'a bare grpc-js client loop'
  return [
    entry('gRPC blocks → ring', 'MB/s', rates.ours, rates.bare, bare),
    entry('CPU, gRPC blocks → ring', 'CPU s/GB', costs.ours, costs.bare, bare),
    entry('CPU of the copy into the ring alone', 'CPU s/GB', costs.ring, costs.ours, 'the whole way')
  ]
}

export async function run({ rounds = 3, seconds = 4 }: BenchOptions = {}): Promise<BenchEntry[]> {
  const entries: BenchEntry[] = []
  for (const kind of kinds) entries.push(...(await benchKind(kind, rounds, seconds)))
  return entries
}
