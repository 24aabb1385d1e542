/** Every REST endpoint of the embedded server against its page: shapes, statuses and refusals. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFocusServer, type FocusServerProcess } from '../../support/focusServerProcess.ts'
import {
  anyError,
  applicationError,
  expectShape,
  strictClient,
  validationError,
  waterfall,
  type StrictClient
} from '../../support/strictClient.ts'

let server: FocusServerProcess
let client: StrictClient

beforeAll(async () => {
  server = await startFocusServer({ args: ['--source', 'simulated:channels=2222,prr=2000,spacing=1.02,seed=7'] })
  client = strictClient(server.base)
}, 60_000)
afterAll(async () => {
  expect(await server?.stop(), server?.log()).toBe(0)
})

const json = { 'content-type': 'application/json' }

describe('reading', () => {
  it('GET /ack is 200 and empty or {}', async () => {
    const { status, text } = await client.request('GET', '/ack')
    expect(status).toBe(200)
    expect(['', '{}']).toContain(text)
  })

  it('GET /channels', async () => {
    expect(await client.channels()).toEqual({ lowest_channel: 1, highest_channel: 2222 })
  })

  it('GET /live_metadata has the simulated fibre', async () => {
    const fibre = await client.liveMetadata()
    expect(fibre).toMatchObject({ dx: 1.02, prr: 2000, number_of_channels: 2222 })
    expect(fibre.fiber_description).not.toMatch(/waiting for fiber/)
  })

  it('GET /metadata gives back what /configure answered', async () => {
    const job = await client.configure(waterfall(1, 10))
    const answer = await client.request('GET', `/metadata/${job.job_id}`)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(job)
    await client.deleteJob(job.job_id)
  })

  it.each(['9999-9999', 'abc', '%00', '..%2f..%2fetc%2fpasswd'])(
    'GET /metadata of the unknown job %s is 404 Invalid job_id',
    async (id) => {
      const answer = await client.request('GET', `/metadata/${id}`)
      expect(expectShape(answer, 404, applicationError)).toEqual({ error: 'Invalid job_id' })
    }
  )

  it('an id of any length is refused in a documented shape', async () => {
    const answer = await client.request('GET', `/metadata/${'1'.repeat(500)}`)
    expect([404, 414]).toContain(answer.status)
    expectShape(answer, answer.status, anyError)
  })

  it('GET /get_recordings_timeline is a page', async () => {
    const answer = await client.request('GET', '/get_recordings_timeline')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(answer.text).toMatch(/<html/i)
  })
})

describe('POST /recordings_in_time_range', () => {
  const now = () => Math.floor(Date.now() / 1000)

  it('lists ranges of epoch seconds that overlap the one asked for', async () => {
    const [from, to] = [now() - 3600, now()]
    const ranges = await client.recordings(from, to)
    expect(ranges.length).toBeGreaterThan(0)
    for (const [start, end] of ranges) {
      expect(start).toBeLessThan(to)
      expect(end === -1 || (end > start && end > from)).toBe(true)
    }
  })

  it('lists nothing for a time in which nothing was recorded', async () => {
    expect(await client.recordings(1_000_000_000, 1_000_003_600)).toEqual([])
  })

  it.each([{}, { start_time: 1 }, { start_time: 'a', end_time: 2 }, { start_time: null, end_time: null }])(
    'refuses %j with one message a field',
    async (body) => {
      expectShape(await client.post('/recordings_in_time_range', body), 422, validationError)
    }
  )

  it('refuses a range that ends before it starts, or lists nothing', async () => {
    const answer = await client.post('/recordings_in_time_range', { start_time: now(), end_time: now() - 60 })
    if (answer.status === 200) expect([[], { recordings: [] }]).toContainEqual(answer.body)
    else expectShape(answer, 422, validationError)
  })
})

describe('what is not there', () => {
  it.each([
    ['GET', '/nothing'],
    ['POST', '/'],
    ['GET', '/%c0%ae%c0%ae/etc/passwd']
  ])('%s %s is 404 or 400 without a stack or a path', async (method, path) => {
    const answer = await client.request(method, path)
    expect([400, 404]).toContain(answer.status)
    expectShape(answer, answer.status, anyError)
  })

  it.each([
    ['GET', '/configure'],
    ['PUT', '/configure'],
    ['POST', '/channels'],
    ['DELETE', '/ack'],
    ['POST', '/metadata/1-1'],
    ['GET', '/recordings_in_time_range'],
    ['PATCH', '/job/1-1']
  ])('%s %s is 405', async (method, path) => {
    const answer = await client.request(method, path)
    expectShape(answer, 405, anyError)
  })

  it('a DELETE of an unknown job is 404', async () => {
    expectShape(await client.deleteJob('9999-9999'), 404, applicationError)
  })
})

describe('bodies that are no request', () => {
  it.each(['', '{', 'null,', '{"channels":', '\u0000', '<xml/>'])('%j as JSON is 400', async (body) => {
    const answer = await client.request('POST', '/configure', { headers: json, body })
    expectShape(answer, 400, applicationError)
  })

  it('another content type is 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const answer = await client.request('POST', '/configure', {
        headers: { 'content-type': type },
        body: JSON.stringify(waterfall(1, 10))
      })
      expectShape(answer, 415, applicationError)
    }
  })

  it.each([70_000, 5_000_000])('%i bytes are 413', async (size) => {
    const answer = await client
      .request('POST', '/configure', { headers: json, body: JSON.stringify({ note: 'x'.repeat(size) }) })
      // A server may also cut the connection of who goes on sending after the refusal.
      .catch((error: Error) => error)
    if (answer instanceof Error) expect(size).toBeGreaterThan(1_000_000)
    else expectShape(answer, 413, applicationError)
    expect((await client.request('GET', '/ack')).status).toBe(200)
  })

  it('a body just below 64 KiB is read', async () => {
    const answer = await client.post('/configure', { ...waterfall(1, 10), note: 'x'.repeat(60_000) })
    expect(answer.status, answer.text).toBe(200)
    await client.deleteJob((answer.body as { job_id: string }).job_id)
  })

  it.each([[], 'text', 7, null, true])('%j is 422', async (body) => {
    expectShape(await client.post('/configure', body), 422, validationError)
  })

  it('a request line that is no HTTP closes the connection and harms nothing', async () => {
    const socket = connect(Number(new URL(server.base).port), '127.0.0.1')
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      socket.on('data', (data) => (text += data.toString('latin1')))
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
      socket.write('\x16\x03\x01 nonsense\r\n\r\n')
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect((await client.request('GET', '/ack')).status).toBe(200)
  })
})

it('writes nothing to standard output after the ready line', () => {
  expect(server.furtherOutput()).toBe('')
})
