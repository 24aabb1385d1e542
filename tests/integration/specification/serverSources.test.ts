/** Sources of the embedded server as a strict client meets them: no fibre, faults on request, a tone that is announced. */
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startFocusServer, type FocusServerProcess } from '../../support/focusServerProcess.ts'
import { readBlocks } from '../../support/strictBlocks.ts'
import {
  applicationError,
  expectShape,
  rowsOf,
  spectrograms,
  strictClient,
  validationError,
  waterfall,
  type Answer
} from '../../support/strictClient.ts'
import { readRows } from '../../support/strictRows.ts'

const servers: FocusServerProcess[] = []
const start = async (...sources: string[]) => {
  const server = await startFocusServer({ args: sources.flatMap((source) => ['--source', source]) })
  servers.push(server)
  return strictClient(server.base)
}
afterEach(async () => {
  for (const server of servers.splice(0)) expect(await server.stop(), server.log()).toBe(0)
})

describe('a server without a fibre', () => {
  it('says so in its metadata, refuses live jobs with 503 and a time, and validates before', async () => {
    const client = await start('silent')
    expect((await client.request('GET', '/ack')).status).toBe(200)
    const fibre = await client.liveMetadata()
    expect(fibre.prr).toBe(0)
    expect([0, null]).toContain(fibre.dx)
    expect(fibre.fiber_description).toContain('waiting for fiber')
    const refused = await client.post('/configure', waterfall(1, 10))
    expectShape(refused, 503, applicationError)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expectShape(await client.post('/configure', { ...waterfall(1, 10), view_type: 2 }), 422, validationError)
  })
})

describe('a faulty source', () => {
  it(
    'with gaps leaves holes of that length in the rows and in the numbers of the blocks',
    { timeout: 60_000 },
    async () => {
      const client = await start('faulty:gap=0.5@1/2')
      const request = waterfall(1, 100)
      const job = await client.configure(request)
      const [rows, blocks] = [client.rows(job), client.blocks(job)]
      const [seen, raw] = await Promise.all([
        readRows(rows, rowsOf(request, job), 100),
        readBlocks(blocks, ({ missingSamples, blocks: read }) => missingSamples > 1000 && read.length >= 20)
      ])
      rows.cancel()
      blocks.cancel()
      expect(seen.missing).toBeGreaterThan(5)
      const holes = raw.blocks.slice(1).map((block, at) => {
        const before = raw.blocks[at]!
        return Number(block.start_time_ns) / 1e6 - Number(before.start_time_ns) / 1e6 - before.sample_count * 0.5
      })
      for (const holeMs of holes.filter((milliseconds) => milliseconds > 1))
        expect(Math.abs(holeMs - 500)).toBeLessThan(110)
    }
  )

  it('that stalls is silent for as long, then goes on', async () => {
    const client = await start('faulty:stall=2@2/8')
    const job = await client.configure(waterfall(1, 100))
    const stream = client.rows(job)
    let [longestMs, lastMs, after] = [0, 0, 0]
    while (after < 10) {
      await stream.next(15_000)
      const nowMs = Date.now()
      if (lastMs > 0) longestMs = Math.max(longestMs, nowMs - lastMs)
      if (longestMs > 1000) after += 1
      lastMs = nowMs
    }
    stream.cancel()
    expect(longestMs).toBeGreaterThan(1500)
    expect(longestMs).toBeLessThan(4000)
  })

  it('that cuts its streams lets the client come back to the same job', { timeout: 60_000 }, async () => {
    const client = await start('faulty:cut@2/60')
    const job = await client.configure(waterfall(1, 100))
    const stream = client.rows(job)
    const end = await stream.end(20_000)
    expect(end.code).not.toBe('OK')
    const again = client.rows(job)
    expect(await again.next()).not.toBeNull()
    again.cancel()
  })

  it('with wrong shapes sends what a strict client refuses', async () => {
    const client = await start('faulty:shape@1/2')
    const request = waterfall(1, 100)
    const job = await client.configure(request)
    await expect(readRows(client.rows(job), rowsOf(request, job), 1000)).rejects.toThrow(
      /bytes for|data_shape|main_data/
    )
  })

  it('whose port opens late refuses the first connection and takes a later one', async () => {
    const client = await start('faulty:port-delay=4')
    const job = await client.configure(waterfall(1, 100))
    expect((await client.rows(job).end()).code).toBe('UNAVAILABLE')
    const deadline = Date.now() + 20_000
    for (;;) {
      const stream = client.rows(job)
      const message = await stream.next()
      stream.cancel()
      if (message) break
      if (Date.now() > deadline) throw new Error('the port did not open')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  })
})

const truth = z.object({
  events: z.array(
    z.object({
      kind: z.string(),
      start_time_ns: z.string(),
      end_time_ns: z.string(),
      start_distance_m: z.number().nullable(),
      details: z.record(z.string(), z.unknown())
    })
  )
})

describe('the simulated fibre', () => {
  it('has the tone of an announced pump in the right bin of the right channel', { timeout: 60_000 }, async () => {
    const client = await start('simulated:channels=2222,prr=2000,spacing=1.02,seed=7')
    const now = Math.floor(Date.now() / 1000)
    const answer = await client.request('GET', `/simulation/truth?from=${now - 3600}&to=${now - 30}`)
    const pumps = truth.parse(answer.body).events.filter(({ kind }) => kind === 'pump')
    expect(pumps.length).toBeGreaterThan(0)
    // Those that run for half a minute within the hour that was asked for.
    const spans = pumps
      .map((pump) => ({
        pump,
        fromS: Math.max(now - 3600, Math.ceil(Number(pump.start_time_ns) / 1e9) + 5),
        toS: Math.min(now - 30, Math.floor(Number(pump.end_time_ns) / 1e9) - 2)
      }))
      .filter(({ fromS, toS }) => toS - fromS >= 30)
    expect(spans.length).toBeGreaterThanOrEqual(3)
    for (const { pump, fromS } of spans.slice(0, 3)) {
      const frequencyHz = pump.details.frequencyHz as number
      const channel = 1 + Math.round((pump.start_distance_m ?? 0) / 1.02)
      const request = spectrograms(channel, channel, {
        nfftSelection: 4096,
        start_time: fromS,
        end_time: fromS + 30,
        frequencyRange: { min: 10, max: 500 }
      })
      const job = await client.configure(request)
      const { rows } = await readRows(client.rows(job), rowsOf(request, job))
      // What stays: a vehicle that passes is over in seconds, and louder than the pump.
      const middle = (values: number[]): number => values.toSorted((one, two) => one - two)[values.length >> 1]!
      const near = (job.frequencies_list as number[])
        .map((hz, bin) => ({ hz, decibel: middle(rows.map((row) => row.values[bin]!)) }))
        .filter(({ hz }) => Math.abs(hz - frequencyHz) < 8)
      const peak = near.reduce((best, bin) => (bin.decibel > best.decibel ? bin : best))
      const median = middle(near.map(({ decibel }) => decibel))
      expect(Math.abs(peak.hz - frequencyHz), `pump of ${frequencyHz} Hz at channel ${channel}`).toBeLessThan(0.5)
      expect(peak.decibel - median).toBeGreaterThan(10)
    }
  })

  it(
    'answers 429 or serves, never fails, when one client does not stop asking',
    { timeout: 60_000 },
    async (context) => {
      const client = await start('simulated:channels=100')
      const bad = { headers: { 'content-type': 'application/json' }, body: '{"channels":7}', impatient: true }
      const answers: Answer[] = []
      const ask = async () => {
        for (let count = 0; count < 30; count += 1) {
          answers.push(await client.request('GET', '/channels', { impatient: true }))
          answers.push(await client.request('POST', '/configure', bad))
        }
      }
      const beganMs = Date.now()
      await Promise.all(Array.from({ length: 100 }, ask))
      const perSecond = answers.length / ((Date.now() - beganMs) / 1000)
      const limited = answers.filter(({ status }) => status === 429)
      for (const answer of limited) expectShape(answer, 429, applicationError)
      expect(answers.filter(({ status }) => ![200, 422, 429].includes(status))).toEqual([])
      expect((await client.channels()).highest_channel).toBe(100)
      // The page names no rate; who cannot ask fast enough is never asked to wait.
      if (perSecond < 2000 && limited.length === 0) context.skip(`only ${Math.round(perSecond)} requests/s here`)
      expect(limited.length).toBeGreaterThan(0)
    }
  )
})
