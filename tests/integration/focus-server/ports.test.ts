import { createServer, type Server } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { listenLocally } from '../../support/listenLocally.ts'
import { strictClient, waterfall } from '../../support/strictClient.ts'
import { startServer } from './start.ts'

/** Ports next to each other, all free a moment ago, the first `occupied` of them held by somebody else. */
async function portsInARow(count: number, occupied: number): Promise<{ first: number; last: number; free(): void }> {
  for (let first = 43_000 + Math.floor(Math.random() * 8000); ; first += count) {
    const held: Server[] = []
    const all = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const server = createServer()
        held[index] = server
        return listenLocally(server, first + index).catch(() => null)
      })
    )
    const keep = all.every((port) => port !== null) ? occupied : 0
    await Promise.all(held.slice(keep).map((server) => new Promise((resolve) => server.close(resolve))))
    if (!all.every((port) => port !== null)) continue
    const free = () => held.slice(0, keep).forEach((server) => server.close())
    onTestFinished(free)
    return { first, last: first + count - 1, free }
  }
}

it('skips a port that somebody else has, names it in the log, and says when none is left', async () => {
  const grpcPorts = await portsInARow(3, 1)
  const { server, log } = await startServer({ grpcPorts })
  const client = strictClient(server.base)
  const jobs = [await client.configure(waterfall(1, 3)), await client.configure(waterfall(1, 3))]
  expect(jobs.map((job) => Number(job.stream_port))).toEqual([grpcPorts.first + 1, grpcPorts.first + 2])
  expect(log).toContainEqual({
    event: 'stream_port_skipped',
    values: expect.objectContaining({ port: grpcPorts.first })
  })
  const refused = await client.post('/configure', waterfall(1, 3))
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect(refused.body).toEqual({
    error: `no free stream port, 2 in use by jobs ${jobs.map((job) => job.job_id).join(', ')}, 1 in use by other programs`
  })
  // What was refused has cost nothing; what ends gives its port back, and so does the other program.
  await client.deleteJob(jobs[0]!.job_id)
  expect(Number((await client.configure(waterfall(1, 3))).stream_port)).toBe(grpcPorts.first + 1)
  grpcPorts.free()
  expect(Number((await client.configure(waterfall(1, 3))).stream_port)).toBe(grpcPorts.first)
})

it('refuses, and does not search for ever, where every port is somebody else’s', async () => {
  const grpcPorts = await portsInARow(2, 2)
  const client = strictClient((await startServer({ grpcPorts })).server.base)
  const refused = await client.post('/configure', waterfall(1, 3))
  expect(refused.status).toBe(503)
  expect(refused.body).toEqual({ error: 'no free stream port, 0 in use, 2 in use by other programs' })
})

it('survives exhaustion again and again without losing a port', { timeout: 60_000 }, async () => {
  const grpcPorts = await portsInARow(4, 0)
  const { server } = await startServer({ grpcPorts })
  const client = strictClient(server.base)
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.post('/configure', waterfall(1, 3))))
    const made = answers.filter(({ status }) => status === 200)
    expect(made).toHaveLength(4)
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(6)
    const ids = made.map(({ body }) => (body as { job_id: string }).job_id)
    const deleted = await Promise.all([...ids, ...ids].map((id) => client.deleteJob(id)))
    expect(deleted.filter(({ status }) => status === 200)).toHaveLength(4)
    expect(deleted.filter(({ status }) => status === 404)).toHaveLength(4)
  }
  expect(server.openJobs).toBe(0)
})

it('refuses what is over the number of jobs, and counts right', async () => {
  const client = strictClient((await startServer({ jobsMax: 3 })).server.base)
  const answers = await Promise.all(Array.from({ length: 6 }, () => client.post('/configure', waterfall(1, 3))))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 503, 503, 503])
})
