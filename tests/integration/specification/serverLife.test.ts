/** The life of a job on the embedded server: end, return, neglect, load, and clients that do not read. */
import { connect, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFocusServer, type FocusServerProcess } from '../../support/focusServerProcess.ts'
import { readBlocks } from '../../support/strictBlocks.ts'
import {
  anyError,
  applicationError,
  expectShape,
  rowsOf,
  strictClient,
  validationError,
  waterfall,
  type Answer,
  type ConfigureAnswer,
  type StrictClient
} from '../../support/strictClient.ts'
import { readRows } from '../../support/strictRows.ts'

let server: FocusServerProcess
let client: StrictClient
/** A job to which nobody connects while the other tests run; resolves with how long it lived. */
let neglected: { job: ConfigureAnswer; livedMs: Promise<number> }

beforeAll(async () => {
  // Ports of its own: a closed one of the common range may be another test's the next moment.
  const args = ['--source', 'simulated:channels=2222,prr=2000,spacing=1.02,seed=7', '--grpc-ports', '23100:23999']
  server = await startFocusServer({ args })
  client = strictClient(server.base)
  const job = await client.configure(waterfall(1, 3))
  const livedMs = msUntil(isGone(job), 150_000, 'a job to which nobody connects is deleted')
  livedMs.catch(() => undefined)
  neglected = { job, livedMs }
}, 60_000)
afterAll(async () => {
  expect(await server?.stop(), server?.log()).toBe(0)
})

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => done(true)).once('error', () => done(false))
  })

/** When a condition came true, milliseconds from now; rejects when it does not. */
async function msUntil(condition: () => Promise<boolean>, withinMs: number, what: string): Promise<number> {
  const began = Date.now()
  while (!(await condition())) {
    if (Date.now() - began > withinMs) throw new Error(`${what}: not within ${withinMs} ms`)
    await pause(100)
  }
  return Date.now() - began
}

const isGone = (job: ConfigureAnswer) => async () =>
  (await client.request('GET', `/metadata/${job.job_id}`)).status === 404
const portIsClosed = (job: ConfigureAnswer) => async () => !(await listens(Number(job.stream_port)))

const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds

describe('a stream port', () => {
  it('listens before it is handed out', async () => {
    const jobs = await Promise.all(Array.from({ length: 5 }, () => client.configure(waterfall(1, 3))))
    for (const job of jobs) expect(await listens(Number(job.stream_port))).toBe(true)
    for (const job of jobs) await client.deleteJob(job.job_id)
  })
})

describe('DELETE', () => {
  it('ends rows and blocks with CANCELLED within a second, closes the port, and is 404 the second time', async () => {
    const job = await client.configure(waterfall(1, 50))
    const streams = [client.rows(job), client.blocks(job)]
    for (const stream of streams) expect(await stream.next()).not.toBeNull()
    const began = Date.now()
    const answer = await client.deleteJob(job.job_id)
    expect(answer).toMatchObject({ status: 200, body: {} })
    expect(Object.keys(answer.body as object)).toEqual([])
    for (const stream of streams) {
      const end = await stream.end(5000)
      expect(end.code).toBe('CANCELLED')
      expect(end.atMs - began).toBeLessThan(1000)
    }
    expect(await msUntil(portIsClosed(job), 3000, 'the port closes')).toBeLessThan(1500)
    expectShape(await client.deleteJob(job.job_id), 404, applicationError)
  })
})

describe('a client that leaves', () => {
  it('and comes back within 10 s goes on from now in the same grid, with the hole left', async () => {
    const request = waterfall(1, 50)
    const job = await client.configure(request)
    const first = client.rows(job)
    const checker = await readRows(first, rowsOf(request, job), 20)
    first.cancel()
    const [last, before] = [checker.rows.at(-1)!, checker.missing]
    await pause(2000)
    const second = client.rows(job)
    await readRows(second, rowsOf(request, job), 40, 10_000, checker)
    second.cancel()
    await client.deleteJob(job.job_id)
    const next = checker.rows.find((row) => row.index > last.index)!
    expect(next.timestampMs - last.timestampMs).toBeGreaterThan(1500)
    expect(checker.missing - before).toBeGreaterThan(25)
  })

  it('for longer than 10 s finds its live job and port closed', async () => {
    const job = await client.configure(waterfall(1, 50))
    const stream = client.rows(job)
    await stream.next()
    stream.cancel()
    const closedAfterMs = await msUntil(isGone(job), 14_000, 'the job closes')
    expect(closedAfterMs).toBeGreaterThan(8000)
    await msUntil(portIsClosed(job), 2000, 'the port closes')
  })
})

describe('a historic job', () => {
  it('keeps its first rows until its client is there', async () => {
    const start = secondsAgo(900)
    const request = waterfall(1, 20, { start_time: start, end_time: start + 5 })
    const job = await client.configure(request)
    await pause(2500)
    const { rows, missing } = await readRows(client.rows(job), rowsOf(request, job))
    expect(rows[0]!.index).toBe(0)
    expect(rows[0]!.timestampMs).toBeLessThan(start * 1000 + 1000)
    expect(missing).toBe(0)
  })

  it('runs at the pace of a client that stops for a while, and loses nothing', { timeout: 60_000 }, async () => {
    const start = secondsAgo(900)
    const job = await client.configure(waterfall(1, 2222, { start_time: start, end_time: start + 20 }))
    const stream = client.blocks(job)
    await stream.next()
    stream.pause()
    const before = server.residentBytes()
    await pause(5000)
    const after = server.residentBytes()
    if (before !== null && after !== null) expect(after - before).toBeLessThan(100e6)
    stream.resume()
    let samples = 0
    let sequence = -1n
    for (let message = await stream.next(); message; message = await stream.next()) {
      expect(message.gap).toBeUndefined()
      samples += message.block!.sample_count
      expect(BigInt(message.block!.sequence)).toBe(sequence + 1n)
      sequence = BigInt(message.block!.sequence)
    }
    expect((await stream.end()).code).toBe('OK')
    expect(samples).toBe(40_000)
  })

  it('goes on where it stopped when its client comes back', async () => {
    const start = secondsAgo(900)
    const request = waterfall(1, 500, { start_time: start, end_time: start + 60 })
    const job = await client.configure(request)
    const first = client.rows(job)
    const checker = await readRows(first, rowsOf(request, job), 20)
    first.cancel()
    await readRows(client.rows(job), rowsOf(request, job), Number.POSITIVE_INFINITY, 25_000, checker)
    expect(checker.rows.at(-1)!.timestampMs).toBeGreaterThan((start + 59) * 1000 - 1000)
  })
})

it('a live client that does not read costs bounded memory and finds its loss named', { timeout: 60_000 }, async () => {
  const job = await client.configure(waterfall(1, 2222))
  const stream = client.blocks(job)
  const began = await readBlocks(stream, ({ blocks }) => blocks.length >= 10)
  stream.pause()
  const before = server.residentBytes()
  await pause(20_000)
  const after = server.residentBytes()
  // 20 s at line rate are 178 MB.
  if (before !== null && after !== null) expect((after - before) / 1e6).toBeLessThan(120)
  stream.resume()
  const newest = () => (Date.now() - 1500) * 1e6
  const deadline = Date.now() + 15_000
  for (;;) {
    if (Date.now() > deadline) throw new Error('the stream does not catch up')
    const message = await stream.next()
    if (!message) throw new Error(`the stream ended: ${JSON.stringify(await stream.end())}`)
    began.add(message)
    if (message.block && Number(message.block.start_time_ns) > newest()) break
  }
  stream.cancel()
  await client.deleteJob(job.job_id)
  expect(began.gaps.length).toBeGreaterThan(0)
  expect(began.gaps[0]!.reason).not.toBe('')
})

it('two jobs stream at once, each its own channels', async () => {
  const requests = [waterfall(1, 1000), waterfall(1001, 2222)]
  const jobs = await Promise.all(requests.map((request) => client.configure(request)))
  const streams = jobs.map((job) => client.rows(job))
  const read = await Promise.all(streams.map((stream, at) => readRows(stream, rowsOf(requests[at]!, jobs[at]!), 40)))
  for (const { missing } of read) expect(missing).toBe(0)
  for (const stream of streams) stream.cancel()
  for (const job of jobs) await client.deleteJob(job.job_id)
})

describe('a small pool of ports', () => {
  const poolSize = 6
  let small: FocusServerProcess
  let firstPort = 0

  const bindable = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const probe = createServer()
      probe.once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
    })

  beforeAll(async () => {
    for (firstPort = 28_000 + (process.pid % 400) * 10; firstPort < 60_000; firstPort += poolSize) {
      const ports = Array.from({ length: poolSize }, (_, at) => firstPort + at)
      if ((await Promise.all(ports.map(bindable))).every(Boolean)) break
    }
    small = await startFocusServer({ args: ['--grpc-ports', `${firstPort}:${firstPort + poolSize - 1}`] })
  }, 60_000)
  afterAll(async () => {
    expect(await small?.stop(), small?.log()).toBe(0)
  })

  it('refuses what is over it with 503 and a time, validates first, and recovers', { timeout: 60_000 }, async () => {
    const pooled = strictClient(small.base)
    const answers: Answer[] = []
    for (let count = 0; count < 40; count += 1) answers.push(await pooled.post('/configure', waterfall(1, 3)))
    const made = answers.filter(({ status }) => status === 200).map(({ body }) => body as ConfigureAnswer)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(made).toHaveLength(poolSize)
    for (const { stream_port: port } of made) {
      expect(Number(port)).toBeGreaterThanOrEqual(firstPort)
      expect(Number(port)).toBeLessThan(firstPort + poolSize)
    }
    for (const answer of refused) {
      expect(expectShape(answer, 503, anyError)).toMatchObject({ error: expect.stringMatching(/no free stream port/) })
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    }
    expectShape(await pooled.post('/configure', waterfall(0, 3)), 422, validationError)
    for (let round = 0; round < 3; round += 1) {
      for (const job of made.splice(0)) expect((await pooled.deleteJob(job.job_id)).status).toBe(200)
      for (let count = 0; count < poolSize; count += 1) made.push(await pooled.configure(waterfall(1, 3)))
    }
  })
})

it('a job to which nobody connects is deleted after about 50 s', { timeout: 90_000 }, async () => {
  const livedMs = await neglected.livedMs
  expect(livedMs).toBeGreaterThan(40_000)
  expect(livedMs).toBeLessThan(75_000)
  await msUntil(portIsClosed(neglected.job), 2000, 'the port closes')
})
