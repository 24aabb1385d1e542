/** Raw blocks of the embedded server (acquisition/v1): the offer, lengths, time grid, and live equal to historic. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFocusServer, type FocusServerProcess } from '../../support/focusServerProcess.ts'
import { openBlocks, readBlocks, type BlockChecker } from '../../support/strictBlocks.ts'
import { streamAddress, strictClient, waterfall, type StrictClient } from '../../support/strictClient.ts'

let server: FocusServerProcess
let client: StrictClient

beforeAll(async () => {
  server = await startFocusServer({ args: ['--source', 'simulated:channels=2222,prr=2000,spacing=1.02,seed=7'] })
  client = strictClient(server.base)
}, 60_000)
afterAll(async () => {
  expect(await server?.stop(), server?.log()).toBe(0)
})

const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds
const endNs = (checker: BlockChecker): number => {
  const last = checker.blocks.at(-1)
  return last ? Number(last.start_time_ns) + last.sample_count * last.sample_interval_ns : 0
}

/** Bytes of the samples in [startNs, endNs) of a stream without gaps. */
function cut(checker: BlockChecker, startNs: bigint, sampleCount: number): Buffer {
  const { offer, blocks } = checker
  const sampleBytes = offer!.channel_count * (offer!.element_type === 'INT16' ? 2 : 4)
  const samplesBefore = Number(startNs - BigInt(blocks[0]!.start_time_ns)) / offer!.sample_interval_ns
  expect(Math.abs(samplesBefore - Math.round(samplesBefore)), 'both lie on one sample grid').toBeLessThan(0.01)
  const first = Math.round(samplesBefore)
  expect(first).toBeGreaterThanOrEqual(0)
  return checker.data().subarray(first * sampleBytes, (first + sampleCount) * sampleBytes)
}

describe('live blocks', () => {
  it('of the whole fibre are offered, whole, and in time', async () => {
    const job = await client.configure(waterfall(1, 2222))
    const stream = client.blocks(job)
    const checker = await readBlocks(stream, ({ blocks }) => blocks.length >= 60)
    const lateMs = Date.now() - endNs(checker) / 1e6
    stream.cancel()
    await client.deleteJob(job.job_id)
    expect(checker.offer).toMatchObject({
      job_id: job.job_id,
      live: true,
      content: 'SAMPLES',
      sample_interval_ns: 500_000,
      first_channel: 1,
      channel_count: 2222,
      channel_spacing_m: 1.02
    })
    expect(checker.offer!.unit).not.toBe('')
    expect(checker.gaps).toEqual([])
    expect(lateMs).toBeLessThan(2000)
    expect(lateMs).toBeGreaterThan(-50)
    for (const block of checker.blocks) expect(block.data.length).toBeGreaterThanOrEqual(256 * 1024)
  })

  it('are, sample for sample, what a historic job of the same time gives', async () => {
    const job = await client.configure(waterfall(100, 119))
    const stream = client.blocks(job)
    const startS = Math.ceil(Date.now() / 1000) + 1
    const live = await readBlocks(stream, (checker) => endNs(checker) >= (startS + 3) * 1e9)
    stream.cancel()
    await client.deleteJob(job.job_id)

    const again = await client.configure(waterfall(100, 119, { start_time: startS, end_time: startS + 3 }))
    const historicStream = client.blocks(again)
    const historic = await readBlocks(historicStream)
    expect((await historicStream.end()).code).toBe('OK')
    expect(historic.offer!.live).toBe(false)
    expect(historic.sampleCount()).toBe(6000)
    const start = BigInt(historic.blocks[0]!.start_time_ns)
    expect(Number(start) / 1e9 - startS).toBeLessThan(0.0005)
    expect(historic.data().equals(cut(live, start, 6000))).toBe(true)
    expect(new Set(historic.data()).size, 'samples, not silence').toBeGreaterThan(16)
  })
})

describe('historic blocks', () => {
  it('hold their range to the sample, in messages of 256 KiB to 1 MiB', async () => {
    const start = secondsAgo(3000)
    const job = await client.configure(waterfall(1, 2222, { start_time: start, end_time: start + 2 }))
    const stream = client.blocks(job)
    const checker = await readBlocks(stream)
    expect((await stream.end()).code).toBe('OK')
    expect(checker.sampleCount()).toBe(4000)
    expect(BigInt(checker.offer!.start_time_ns!)).toBe(BigInt(start) * 1_000_000_000n)
    expect(BigInt(checker.offer!.end_time_ns!)).toBe(BigInt(start + 2) * 1_000_000_000n)
    expect(BigInt(checker.blocks[0]!.sequence)).toBe(0n)
    for (const block of checker.blocks.slice(0, -1)) expect(block.data.length).toBeGreaterThanOrEqual(256 * 1024)
  })

  it('of some channels are those columns of the whole', async () => {
    const start = secondsAgo(2000)
    const read = async (min: number, max: number) => {
      const job = await client.configure(waterfall(min, max, { start_time: start, end_time: start + 1 }))
      return readBlocks(client.blocks(job))
    }
    const [whole, part] = [await read(1, 100), await read(41, 43)]
    const width = whole.offer!.element_type === 'INT16' ? 2 : 4
    const [all, some] = [whole.data(), part.data()]
    for (let sample = 0; sample < 2000; sample += 1)
      expect(
        some.compare(
          all,
          (sample * 100 + 40) * width,
          (sample * 100 + 43) * width,
          sample * 3 * width,
          (sample + 1) * 3 * width
        )
      ).toBe(0)
  })

  it('go on after the last sequence number that a returning client names', async () => {
    const start = secondsAgo(2500)
    const job = await client.configure(waterfall(1, 2222, { start_time: start, end_time: start + 2 }))
    const first = client.blocks(job)
    const before = await readBlocks(first, ({ blocks }) => blocks.length >= 5)
    first.cancel()
    const last = BigInt(before.blocks.at(-1)!.sequence)
    const after = await readBlocks(client.blocks(job, last))
    expect(BigInt(after.blocks[0]!.sequence)).toBe(last + 1n)
    expect(before.sampleCount() + after.sampleCount()).toBe(4000)
  })
})

it('an unknown job is NOT_FOUND', async () => {
  const job = await client.configure(waterfall(1, 10))
  expect((await openBlocks(streamAddress(job), '9999-9999').end()).code).toBe('NOT_FOUND')
  await client.deleteJob(job.job_id)
})
