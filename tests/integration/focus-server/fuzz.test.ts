/** Whatever is posted, the server answers: a refusal that names the fields, or a job; never a 500, never silence. */
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { expectShape, spectrograms, strictClient, validationError, waterfall } from '../../support/strictClient.ts'
import { streamPorts } from '../../support/streamPorts.ts'
import { specOf } from './start.ts'
import { createFocusServer, type FocusServer } from '../../../src-main/focus-server/focusServer.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'

let server: FocusServer
const problems: unknown[] = []

beforeAll(async () => {
  server = await createFocusServer({
    host: '127.0.0.1',
    port: 0,
    grpcPorts: streamPorts,
    specs: [specOf('simulated:channels=60,prr=1000,seed=3')],
    recordingsFolder: null,
    openRecording,
    recordsFile: null,
    clock: systemClock(),
    log: (event, values) => {
      if (event === 'request_failed') problems.push(values)
    },
    version: 'test',
    requests: { perSecond: 1e6, burst: 1e6 }
  })
  return () => server.dispose()
})

const nowS = Math.floor(Date.now() / 1000)
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', '1', '-1', 0, -1, 1.5, 1e300, -1e300, 2 ** 53, 2 ** 31, 1e10, true, [], {}, '__proto__')
)
const number = fc.oneof(fc.integer({ min: -10, max: 5000 }), fc.constantFrom(1, 60, 61, 128, 500, 1024, 2048, 65_536))
const range = fc.oneof(fc.record({ min: number, max: number }), fc.record({ min: odd, max: odd }), odd)
const time = fc.oneof(fc.constant(null), fc.integer({ min: nowS - 100_000, max: nowS + 100 }), odd)
const body = fc.record(
  {
    displayTimeAxisDuration: fc.oneof(number, odd),
    nfftSelection: fc.oneof(number, odd),
    displayInfo: fc.oneof(fc.record({ height: fc.oneof(number, odd) }), odd),
    channels: range,
    frequencyRange: fc.oneof(fc.constant(null), range),
    start_time: time,
    end_time: time,
    view_type: fc.oneof(fc.constantFrom('0', '1', '2'), odd),
    recording: fc.oneof(fc.constant(null), fc.string(), odd)
  },
  { requiredKeys: [] }
)
/** A request that is mostly right, with one or two fields made odd. */
const nearlyRight = fc
  .tuple(fc.constantFrom(waterfall(1, 5), spectrograms(1, 9), spectrograms(3, 3)), body)
  .chain(([good, bad]) =>
    fc.subarray(Object.keys(bad), { maxLength: 2 }).map((keys) => ({
      ...good,
      ...Object.fromEntries(keys.map((key) => [key, bad[key as keyof typeof bad]]))
    }))
  )

async function answers(value: unknown): Promise<number> {
  const client = strictClient(server.base)
  const answer = await client.post('/configure', value)
  expect([200, 404, 422, 503], answer.text).toContain(answer.status)
  if (answer.status === 422) {
    const { detail } = expectShape(answer, 422, validationError)
    const fields = detail.map(({ loc }) => loc.join('.'))
    expect(new Set(fields).size).toBe(fields.length)
  }
  if (answer.status === 200) {
    const { job_id: id } = answer.body as { job_id: string }
    expect((await client.deleteJob(id)).status).toBe(200)
  }
  expect(problems).toEqual([])
  return answer.status
}

it('/configure answers anything', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(body, fc.jsonValue()), async (value) => void (await answers(value))),
    {
      numRuns: 300
    }
  )
})

it('/configure answers what is nearly right, and takes some of it', { timeout: 120_000 }, async () => {
  const seen = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(nearlyRight, async (value) => {
      const status = await answers(value)
      seen.set(status, (seen.get(status) ?? 0) + 1)
    }),
    { numRuns: 300 }
  )
  expect(seen.get(200)).toBeGreaterThan(0)
  expect(seen.get(422)).toBeGreaterThan(0)
})

it('/recordings_in_time_range and /simulation/truth answer anything', { timeout: 120_000 }, async () => {
  const client = strictClient(server.base)
  await fc.assert(
    fc.asyncProperty(odd, odd, async (a, b) => {
      const listed = await client.post('/recordings_in_time_range', { start_time: a, end_time: b })
      expect([200, 422]).toContain(listed.status)
      const query = `from=${encodeURIComponent(JSON.stringify(a))}&to=${encodeURIComponent(JSON.stringify(b))}`
      expect([200, 422]).toContain((await client.request('GET', `/simulation/truth?${query}`)).status)
    }),
    { numRuns: 150 }
  )
  expect(problems).toEqual([])
})
