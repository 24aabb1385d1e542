/** Records of jobs: over a crash, damaged, stale, and with two servers on one file. */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { readBlocks } from '../../support/strictBlocks.ts'
import { strictClient, waterfall } from '../../support/strictClient.ts'
import { rampRecording, startServer, temporaryFolder } from './start.ts'

interface Records {
  version: number
  nextSequence: number
  jobs: { jobId: string; end: string | null; updatedAtMs: number; originSample: number | null }[]
}
const recordsIn = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Records

/** What a crash leaves: the records as they were while the jobs ran. */
async function crashedWith(requests: ReturnType<typeof waterfall>[]) {
  const folder = await temporaryFolder()
  const [running, left] = [join(folder, 'running.json'), join(folder, 'left.json')]
  const { server } = await startServer({ recordsFile: running })
  const client = strictClient(server.base)
  const jobs = []
  for (const request of requests) jobs.push(await client.configure(request))
  const streams = jobs.map((job) => client.blocks(job))
  const read = await Promise.all(streams.map((stream) => readBlocks(stream, ({ blocks }) => blocks.length >= 1)))
  let records: Records | null = null
  await eventually('the records', () => {
    void recordsIn(running).then((now) => (records = now))
    return records?.jobs.filter(({ originSample }) => originSample !== null).length === jobs.length
  })
  await copyFile(running, left)
  await server.dispose()
  return { folder, left, jobs, read }
}

it('jobs that a crash interrupted are there again, on their ports, and go on in their own sequence', async () => {
  const start = Math.floor(Date.now() / 1000) - 900
  const { left, jobs, read } = await crashedWith([
    waterfall(1, 60),
    waterfall(1, 60, { start_time: start, end_time: start + 30 })
  ])
  const { server, log } = await startServer({ recordsFile: left })
  expect(log.filter(({ event }) => event === 'job_restored')).toHaveLength(2)
  const client = strictClient(server.base)
  for (const job of jobs) expect((await client.request('GET', `/metadata/${job.job_id}`)).body).toEqual(job)

  const live = client.blocks(jobs[0]!, BigInt(read[0]!.blocks.at(-1)!.sequence))
  const resumed = await readBlocks(live, ({ blocks }) => blocks.length >= 1)
  expect(Number(resumed.blocks[0]!.sequence)).toBeGreaterThan(Number(read[0]!.blocks.at(-1)!.sequence))
  live.cancel()

  const historic = await readBlocks(client.blocks(jobs[1]!, BigInt(read[1]!.blocks.at(-1)!.sequence)))
  const before = Number(read[1]!.blocks.at(-1)!.first_sample) + read[1]!.blocks.at(-1)!.sample_count
  expect(Number(historic.blocks[0]!.first_sample)).toBe(before)
  expect(before + historic.sampleCount()).toBe(30_000)

  const fresh = await client.configure(waterfall(1, 3))
  expect(jobs.map((job) => job.job_id)).not.toContain(fresh.job_id)
  expect(jobs.map((job) => job.stream_port)).not.toContain(fresh.stream_port)
})

it('jobs without an update for 30 min are cleaned up, and the record says how they ended', async () => {
  const { left, jobs } = await crashedWith([waterfall(1, 3)])
  const records = await recordsIn(left)
  for (const record of records.jobs) record.updatedAtMs -= 31 * 60_000
  await writeFile(left, JSON.stringify(records))
  const { server, log } = await startServer({ recordsFile: left })
  expect((await strictClient(server.base).request('GET', `/metadata/${jobs[0]!.job_id}`)).status).toBe(404)
  expect(log).toContainEqual({ event: 'job_ended', values: expect.objectContaining({ reason: 'stale' }) })
  await server.dispose()
  expect((await recordsIn(left)).jobs[0]!.end).toBe('cancelled')
})

it.each(['{"version":1,"jobs":[{"jobId":7}]}', 'not JSON', '{"version":99}', ''])(
  'a damaged file (%s) is kept aside and said, and the server runs',
  async (text) => {
    const folder = await temporaryFolder()
    const recordsFile = join(folder, 'jobs.json')
    await writeFile(recordsFile, text)
    const { server, log } = await startServer({ recordsFile })
    expect(log.map(({ event }) => event)).toContain('job_records_damaged')
    const aside = (await readdir(folder)).find((name) => name.includes('damaged'))
    expect(await readFile(join(folder, aside!), 'utf8')).toBe(text)
    await strictClient(server.base).configure(waterfall(1, 3))
  }
)

it('a second server on the same port fails and leaves the records of the first alone', async () => {
  const recordsFile = join(await temporaryFolder(), 'jobs.json')
  const { server } = await startServer({ recordsFile })
  const client = strictClient(server.base)
  const job = await client.configure(waterfall(1, 3))
  await eventually('the record', () => server.openJobs === 1)
  const port = Number(new URL(server.base).port)
  await expect(startServer({ recordsFile, port })).rejects.toThrow(/EADDRINUSE/)
  expect((await recordsIn(recordsFile)).jobs.find(({ jobId }) => jobId === job.job_id)?.end).toBeNull()
  expect((await client.request('GET', `/metadata/${job.job_id}`)).status).toBe(200)
})

it('jobs of a server that stops in good order are closed in its records', async () => {
  const recordsFile = join(await temporaryFolder(), 'jobs.json')
  const { server } = await startServer({ recordsFile })
  await strictClient(server.base).configure(waterfall(1, 3))
  await server.dispose()
  expect((await recordsIn(recordsFile)).jobs.map(({ end }) => end)).toEqual(['cancelled'])
})

it('a job on a recording that is added after the restart waits for it, and keeps its port meanwhile', async () => {
  const folder = await temporaryFolder()
  const [running, left] = [join(folder, 'running.json'), join(folder, 'left.json')]
  const openRecording = (path: string) => Promise.resolve(rampRecording(path))
  const first = await startServer({ recordsFile: running, openRecording })
  expect(await first.server.addRecording('/somewhere/ramp.bin')).toEqual({ ok: true, value: { name: 'ramp.bin' } })
  const client = strictClient(first.server.base)
  const range = waterfall(1, 4, { start_time: 1_000_000_000, end_time: 1_000_000_002 })
  const job = await client.configure(range)
  await copyFile(running, left)
  await first.server.dispose()

  const second = await startServer({ recordsFile: left, openRecording })
  const again = strictClient(second.server.base)
  expect((await again.request('GET', `/metadata/${job.job_id}`)).status).toBe(404)
  expect((await again.configure(waterfall(1, 3))).stream_port).not.toBe(job.stream_port)
  await second.server.addRecording('/somewhere/ramp.bin')
  expect((await again.request('GET', `/metadata/${job.job_id}`)).body).toEqual(job)
  const { blocks } = await readBlocks(again.blocks(job))
  expect(blocks[0]!.data.readInt16LE(8)).toBe(1)
  expect(blocks.reduce((sum, block) => sum + block.sample_count, 0)).toBe(200)
})

it('a stream of a job is not given by another server that listens on its port now', async () => {
  const folder = await temporaryFolder()
  const { server: one } = await startServer({ recordsFile: join(folder, 'one.json') })
  const { server: other } = await startServer({ recordsFile: join(folder, 'other.json') })
  const mine = await strictClient(one.base).configure(waterfall(1, 10))
  const theirs = await strictClient(other.base).configure(waterfall(1, 20))
  // One in 9 000 begins at the same number by chance; its next one is another.
  const their = theirs.job_id === mine.job_id ? await strictClient(other.base).configure(waterfall(1, 20)) : theirs
  const stream = strictClient(other.base).blocks({ ...mine, stream_port: their.stream_port })
  await expect(readBlocks(stream, ({ blocks }) => blocks.length >= 1)).rejects.toThrow(/NOT_FOUND|not.*job|unknown/i)
})
