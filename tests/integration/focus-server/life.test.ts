/** What happens to jobs over time, on a clock that the test moves. */
import { describe, expect, it } from 'vitest'
import { manualClock, type ManualClock } from '../../support/manualClock.ts'
import { eventually } from '../../support/eventually.ts'
import { strictClient, waterfall, type ConfigureAnswer, type StrictClient } from '../../support/strictClient.ts'
import { startServer, type Started } from './start.ts'

interface Scene extends Started {
  clock: ManualClock
  client: StrictClient
  isOpen(job: ConfigureAnswer): Promise<boolean>
}

async function scene(source?: string): Promise<Scene> {
  const clock = manualClock(Date.UTC(2026, 0, 1))
  const started = await startServer({ clock, ...(source ? { source } : {}) })
  const client = strictClient(started.server.base)
  return {
    ...started,
    clock,
    client,
    isOpen: async (job) => (await client.request('GET', `/metadata/${job.job_id}`)).status === 200
  }
}

/** Goes on in steps that a real connection can follow. */
async function passSeconds(clock: ManualClock, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 0.5) await clock.advance(500)
}

const nowS = (clock: ManualClock) => Math.floor(clock.nowMs() / 1000)

describe('a job', () => {
  it('that nobody connects to is deleted after 50 s, and not before', async () => {
    const { clock, client, isOpen, log } = await scene()
    const job = await client.configure(waterfall(1, 5))
    await clock.advance(49_000)
    expect(await isOpen(job)).toBe(true)
    await clock.advance(2000)
    expect(await isOpen(job)).toBe(false)
    expect(log).toContainEqual({
      event: 'job_ended',
      values: expect.objectContaining({ job: job.job_id, reason: 'no client came' })
    })
  })

  it('that is live waits 10 s for its client to come back', async () => {
    const { clock, client, isOpen, server } = await scene()
    const job = await client.configure(waterfall(1, 5))
    const stream = client.blocks(job)
    expect((await stream.next())?.offer).toBeDefined()
    stream.cancel()
    await stream.end()
    // The server hears of it when the network tells.
    await new Promise((resolve) => setTimeout(resolve, 300))
    await clock.advance(9000)
    expect(await isOpen(job)).toBe(true)
    const again = client.blocks(job, 3n)
    expect((await again.next())?.offer).toBeDefined()
    await clock.advance(20_000)
    expect(await isOpen(job)).toBe(true)
    again.cancel()
    await again.end()
    await new Promise((resolve) => setTimeout(resolve, 300))
    await clock.advance(11_000)
    expect(await isOpen(job)).toBe(false)
    expect(server.openJobs).toBe(0)
  })

  it('that is historic and finished stays 120 s, so that its end can be fetched again', async () => {
    const { clock, client, isOpen } = await scene()
    const job = await client.configure(waterfall(1, 5, { start_time: nowS(clock) - 60, end_time: nowS(clock) - 58 }))
    for (let times = 0; times < 2; times++) {
      const stream = client.blocks(job)
      expect((await stream.end()).code).toBe('OK')
    }
    await clock.advance(115_000)
    expect(await isOpen(job)).toBe(true)
    await clock.advance(6000)
    expect(await isOpen(job)).toBe(false)
  })

  it('that is historic and whose client left waits 180 s', async () => {
    const { clock, client, isOpen } = await scene('simulated:channels=2222,prr=2000,seed=3')
    const job = await client.configure(
      waterfall(1, 2222, { start_time: nowS(clock) - 600, end_time: nowS(clock) - 300 })
    )
    const stream = client.blocks(job)
    await stream.next()
    stream.cancel()
    await stream.end()
    await new Promise((resolve) => setTimeout(resolve, 300))
    await clock.advance(175_000)
    expect(await isOpen(job)).toBe(true)
    await clock.advance(10_000)
    expect(await isOpen(job)).toBe(false)
  })

  it('whose fibre falls silent for 600 s is ended', { timeout: 60_000 }, async () => {
    const { clock, client, isOpen } = await scene('faulty:stall=5000@1,channels=20,prr=500')
    const job = await client.configure(waterfall(1, 5))
    const stream = client.blocks(job)
    await stream.next()
    await clock.advance(2000)
    await passSeconds(clock, 590)
    expect(await isOpen(job)).toBe(true)
    await passSeconds(clock, 20)
    expect(await isOpen(job)).toBe(false)
    expect((await stream.end()).code).toBe('CANCELLED')
  })
})

it('a live stream is paced by the clock alone: blocks end when it says so, whatever the clock does', async () => {
  const { clock, client } = await scene('simulated:channels=20,prr=1000,seed=3')
  const job = await client.configure(waterfall(1, 5))
  const stream = client.blocks(job)
  const offer = (await stream.next())!.offer!
  expect(offer.live).toBe(true)
  await clock.advance(1000)
  await eventually('a second of blocks', () => stream.waiting() >= 20)
  let samples = 0
  while (stream.waiting() > 0) samples += (await stream.next())!.block!.sample_count
  expect(samples).toBe(1000)
  stream.cancel()
})
