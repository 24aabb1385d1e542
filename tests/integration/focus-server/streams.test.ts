/** Streams of one job: who may open what, what faults do to them, and that no message outgrows its limit. */
import { describe, expect, it } from 'vitest'
import { openBlocks, readBlocks } from '../../support/strictBlocks.ts'
import { rowsOf, spectrograms, strictClient, streamAddress, waterfall } from '../../support/strictClient.ts'
import { readRows } from '../../support/strictRows.ts'
import { startServer } from './start.ts'

const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds

it('serves rows and blocks of one job at once', async () => {
  const client = strictClient((await startServer()).server.base)
  const request = waterfall(1, 60)
  const job = await client.configure(request)
  const [rows, blocks] = [client.rows(job), client.blocks(job)]
  const [seen, raw] = await Promise.all([
    readRows(rows, rowsOf(request, job), 20),
    readBlocks(blocks, (checker) => checker.blocks.length >= 20)
  ])
  expect(seen.missing).toBe(0)
  expect(raw.gaps).toEqual([])
  expect(raw.blocks[0]!.sequence).toBe('0')
  for (const stream of [rows, blocks]) stream.cancel()
})

it('whoever asks for another job on this port gets NOT_FOUND and disturbs nobody', async () => {
  const client = strictClient((await startServer()).server.base)
  const job = await client.configure(waterfall(1, 5))
  const stream = client.blocks(job)
  await readBlocks(stream, ({ blocks }) => blocks.length >= 2)
  expect((await openBlocks(streamAddress(job), '77-77').end()).code).toBe('NOT_FOUND')
  expect((await client.rows(job, 4).end()).code).toBe('NOT_FOUND')
  const messages = [await stream.next(), await stream.next(), await stream.next()]
  expect(messages.every((message) => message?.block)).toBe(true)
  stream.cancel()
})

it('a client that opens its stream anew takes it over from its older connection', async () => {
  const client = strictClient((await startServer()).server.base)
  const job = await client.configure(waterfall(1, 5))
  const older = client.blocks(job)
  await readBlocks(older, ({ blocks }) => blocks.length >= 2)
  const newer = client.blocks(job, 1n)
  expect((await older.end()).code).toBe('ABORTED')
  expect((await readBlocks(newer, ({ blocks }) => blocks.length >= 2)).blocks).toHaveLength(2)
  newer.cancel()
})

it('a sequence number from the future does not make a live client wait for it', async () => {
  const client = strictClient((await startServer()).server.base)
  const job = await client.configure(waterfall(1, 5))
  const stream = client.blocks(job, 2n ** 63n)
  const { blocks } = await readBlocks(stream, (checker) => checker.blocks.length >= 1, 3000)
  expect(Number(blocks[0]!.sequence)).toBeLessThan(100)
  stream.cancel()
})

it(
  'spectra at the finest grid and the longest FFT stay below 4 MiB a message and are complete',
  { timeout: 60_000 },
  async () => {
    const client = strictClient((await startServer({ source: 'simulated:channels=60,prr=2000' })).server.base)
    const start = secondsAgo(600)
    const request = spectrograms(7, 7, {
      nfftSelection: 65_536,
      displayTimeAxisDuration: 10,
      displayInfo: { height: 50 },
      frequencyRange: { min: 0, max: 1000 },
      start_time: start,
      end_time: start + 40
    })
    const job = await client.configure(request)
    expect(job.frequencies_amount).toBe(32_769)
    const { rows, missing } = await readRows(client.rows(job), rowsOf(request, job), Number.POSITIVE_INFINITY, 50_000)
    expect(missing).toBe(0)
    // Windows of 32.768 s every 0.2 s in 40 s.
    expect(rows).toHaveLength(37)
  }
)

describe('DELETE', () => {
  it('ends the streams of a client that does not read within a second, too', async () => {
    const client = strictClient((await startServer({ source: 'simulated:channels=2222,prr=2000' })).server.base)
    const job = await client.configure(waterfall(1, 2222, { start_time: secondsAgo(600), end_time: secondsAgo(300) }))
    const stream = client.blocks(job)
    await stream.next()
    stream.pause()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const began = Date.now()
    expect((await client.deleteJob(job.job_id)).status).toBe(200)
    expect(Date.now() - began).toBeLessThan(1000)
    stream.resume()
    expect((await stream.end(3000)).code).toMatch(/CANCELLED|UNAVAILABLE/)
  })
})

describe('values that are not finite', () => {
  it('come as float32 from a source of integers, offered as such from the start', async () => {
    const client = strictClient(
      (await startServer({ source: 'faulty:nan=0.3@0.3/1,channels=30,prr=1000' })).server.base
    )
    const job = await client.configure(waterfall(1, 30))
    const stream = client.blocks(job)
    const { offer, blocks } = await readBlocks(stream, (checker) => checker.blocks.length >= 40)
    stream.cancel()
    expect(offer!.element_type).toBe('FLOAT32')
    const isNan = blocks.map(({ data }) => Number.isNaN(data.readFloatLE(0)))
    expect(isNan).toContain(true)
    expect(isNan).toContain(false)
  })
})
