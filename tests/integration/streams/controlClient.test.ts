import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { createControlClient, type ConfigureBody, type ControlClient } from '../../../src-main/streams/controlClient.ts'
import { createServer as createSecureServer } from 'node:https'
import { X509Certificate } from 'node:crypto'
import { createSelfSignedCertificate } from '../../support/selfSignedCertificate.ts'
import { listenLocally } from '../../support/listenLocally.ts'

type Route = (request: IncomingMessage, body: string, response: ServerResponse) => void

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const json = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}

/** A site's server as the interface page describes one, with the answers a test gives it. */
async function siteServer(route: Route): Promise<{ url: string; seen: string[]; server: Server }> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`.trim())
      route(request, body, response)
    })
  })
  const port = await listenLocally(server)
  cleanups.push(() => void server.close())
  cleanups.push(() => server.closeAllConnections())
  return { url: `http://127.0.0.1:${port}`, seen, server }
}

function clientFor(
  baseUrl: string,
  settings: Partial<ReturnType<typeof defaultSettings>['streams']> = {},
  onReachable?: () => void
): ControlClient {
  const client = createControlClient({
    baseUrl,
    ca: null,
    fingerprint256: null,
    settings: { ...defaultSettings().streams, retryFirstMs: 20, retryMaxMs: 50, ...settings },
    clock: systemClock(),
    ...(onReachable ? { onReachable } : {})
  })
  cleanups.push(() => client.dispose())
  return client
}

const waterfall: ConfigureBody = {
  displayTimeAxisDuration: null,
  nfftSelection: 1,
  displayInfo: { height: 200 },
  channels: { min: 11, max: 109 },
  frequencyRange: null,
  start_time: null,
  end_time: null,
  view_type: '2'
}

const answerOfOldServer = {
  status: '',
  job_id: '3-17',
  stream_url: 'http://das-host',
  stream_port: 50054,
  frequencies_list: {},
  frequencies_amount: '0',
  lines_dt: '0.05',
  channel_to_stream_index: {},
  stream_amount: '1',
  channel_amount: 99,
  view_type: 2
}

test('numbers as text, text as numbers and {} for an empty list are understood', async () => {
  const { url, seen } = await siteServer((request, _body, response) =>
    request.method === 'POST'
      ? json(response, 200, answerOfOldServer)
      : request.url === '/channels'
        ? json(response, 200, { lowest_channel: '1', highest_channel: 2337 })
        : json(response, 200, { dx: '1.02', prr: 2000, fiber_start_meters: null, number_of_channels: '2337' })
  )
  const client = clientFor(`${url}/`)
  expect(await client.configure(waterfall)).toEqual({
    ok: true,
    value: {
      jobId: '3-17',
      streamHost: 'das-host',
      streamSecure: false,
      streamPort: 50054,
      frequenciesHz: [],
      rowIntervalS: 0.05,
      streamAmount: 1,
      channelAmount: 99
    }
  })
  expect(JSON.parse(seen[0]!.replace('POST /configure ', ''))).toEqual(waterfall)
  expect(await client.channels()).toEqual({ ok: true, value: { lowest: 1, highest: 2337 } })
  expect(await client.liveFibre()).toMatchObject({ ok: true, value: { channelSpacingM: 1.02, channelCount: 2337 } })
})

test('a base URL with a path keeps it', async () => {
  const { url, seen } = await siteServer((_request, _body, response) => json(response, 200, ''))
  expect((await clientFor(`${url}/focus-server/`).acknowledge()).ok).toBe(true)
  expect((await clientFor(`${url}/focus-server`).acknowledge()).ok).toBe(true)
  expect(seen).toEqual(['GET /focus-server/ack', 'GET /focus-server/ack'])
})

test.each([
  [404, { error: 'Invalid job_id' }, 'not-found', 'Invalid job_id', []],
  [
    422,
    {
      error: 'channels.min: 0 is below 1',
      detail: [{ loc: ['body', 'channels', 'min'], msg: '0 is below 1', type: 'x' }]
    },
    'invalid',
    'channels.min: 0 is below 1',
    [{ path: 'channels.min', message: '0 is below 1' }]
  ],
  [
    422,
    { detail: [{ loc: ['body', 'view_type'], msg: 'str type expected', type: 'type_error.str' }] },
    'invalid',
    'view_type: str type expected',
    [{ path: 'view_type', message: 'str type expected' }]
  ],
  [503, { detail: 'no fibre' }, 'refused', 'no fibre', undefined],
  [500, { error: 'Error parsing configuration' }, 'failed', 'Error parsing configuration', undefined],
  [500, '<html>oops</html>', 'unavailable', '500', undefined]
] as const)('%i %j is told as what it is', async (status, body, code, words, fields) => {
  const { url, seen } = await siteServer((_request, _body, response) => json(response, status, body))
  const result = await clientFor(url).configure(waterfall)
  expect(result.ok).toBe(false)
  if (result.ok) return
  expect(result.error.code).toBe(code)
  expect(result.error.message).toContain(words)
  expect(result.error.fields).toEqual(fields?.length === 0 ? undefined : fields)
  // Once it may have arrived, /configure is not sent again.
  expect(seen.length).toBe(1)
})

test('Retry-After comes through, in seconds and as a date', async () => {
  let header = '7'
  const { url } = await siteServer((_request, _body, response) =>
    json(response, 503, { error: 'no free stream port' }, { 'retry-after': header })
  )
  const first = await clientFor(url).configure(waterfall)
  expect(!first.ok && first.error.retryAfterMs).toBe(7000)
  header = new Date(Date.now() + 60_000).toUTCString()
  const second = await clientFor(url).configure(waterfall)
  expect(!second.ok && second.error.retryAfterMs).toBeGreaterThan(50_000)
})

test('DELETE: deleted, gone, and a server that has no such route', async () => {
  const { url } = await siteServer((request, _body, response) =>
    request.url === '/job/1'
      ? json(response, 200, {})
      : json(response, 404, request.url === '/job/2' ? { error: 'Invalid job_id' } : { detail: 'Not Found' })
  )
  const client = clientFor(url)
  expect(await client.deleteJob('1')).toEqual({ ok: true, value: 'deleted' })
  expect(await client.deleteJob('2')).toEqual({ ok: true, value: 'gone' })
  expect(await client.deleteJob('3')).toEqual({ ok: true, value: 'unsupported' })
})

test('recordings: our list of names, or ranges in both shapes, and none found', async () => {
  let ranges: [number, unknown] = [
    200,
    [
      [1000, 2000],
      [3000, -1]
    ]
  ]
  let named = false
  const { url, seen } = await siteServer((request, _body, response) =>
    request.url === '/recordings_in_time_range'
      ? json(response, ...ranges)
      : named
        ? json(response, 200, {
            recordings: [
              {
                name: 'a.h5',
                start_time_ns: '1500000000000000000',
                end_time_ns: '1500000010000000000',
                format: 'prodml',
                channels: { min: 1, max: 512 },
                sample_rate_hz: 200,
                bands: [],
                unit: 'nm/m/s'
              },
              { nonsense: true }
            ]
          })
        : json(response, 404, { detail: 'Not Found' })
  )
  const client = clientFor(url)
  const expected = [
    { name: null, startNs: '1000000000000', endNs: '2000000000000' },
    { name: null, startNs: '3000000000000', endNs: null }
  ]
  expect(await client.recordings(1_500_000_000_000n, null)).toMatchObject({ ok: true, value: expected })
  expect(JSON.parse(seen[1]!.replace('POST /recordings_in_time_range ', ''))).toMatchObject({ start_time: 1500 })
  ranges = [
    200,
    {
      recordings: [
        [1000, 2000],
        [3000, -1]
      ]
    }
  ]
  expect(await client.recordings(null, null)).toMatchObject({ ok: true, value: expected })
  ranges = [404, { error: 'No recording found in given time range' }]
  expect(await client.recordings(null, null)).toEqual({ ok: true, value: [] })
  ranges = [200, {}]
  expect(await client.recordings(null, null)).toEqual({ ok: true, value: [] })
  named = true
  const other = clientFor(url)
  expect(await other.recordings(null, null)).toMatchObject({
    ok: true,
    value: [{ name: 'a.h5', startNs: '1500000000000000000', channels: { min: 1, max: 512 }, sampleRateHz: 200 }]
  })
  expect(await other.recordings(1_600_000_000_000_000_000n, null)).toEqual({ ok: true, value: [] })
})

test('an answer without end, a hang and a closed connection all end the call with a sentence', async () => {
  const { url } = await siteServer((request, _body, response) => {
    if (request.url === '/channels') response.end(Buffer.alloc(9 * 1024 * 1024, 32))
    if (request.url === '/live_metadata') request.socket.destroy()
  })
  const client = clientFor(url, { controlTimeoutMs: 300 })
  const results = [
    await client.channels({ once: true }),
    await client.liveFibre({ once: true }),
    await client.acknowledge({ once: true })
  ]
  expect(results.map((result) => !result.ok && result.error.code)).toEqual(['unavailable', 'unavailable', 'timed-out'])
  expect(!results[2]!.ok && results[2]!.error.message).toContain('did not answer GET /ack within 0.3 s')
})

test('a 200 that is not what was asked for is unreadable, not a crash', async () => {
  let body: unknown = 'not json'
  const { url } = await siteServer((_request, _body, response) => json(response, 200, body))
  const client = clientFor(url)
  for (body of [
    'not json',
    [],
    null,
    7,
    {},
    { job_id: '1-1', stream_port: 'x' },
    { job_id: '1-1', stream_port: 99999 }
  ]) {
    const result = await client.configure(waterfall)
    expect(!result.ok && result.error.code).toBe('unreadable')
  }
})

test('a gateway that answers 502 twice is asked again; the circuit opens when it goes on', async () => {
  let failuresLeft = 2
  const { url, seen } = await siteServer((_request, _body, response) =>
    failuresLeft-- > 0 ? json(response, 502, 'bad gateway') : json(response, 200, {})
  )
  const client = clientFor(url, { circuitOpenMs: 60_000 })
  expect((await client.acknowledge()).ok).toBe(true)
  expect(seen.length).toBe(3)
  failuresLeft = 1000
  await client.acknowledge()
  await client.acknowledge()
  expect(client.circuit()).toMatchObject({ state: 'open', failures: 5 })
  const refused = await client.acknowledge()
  expect(!refused.ok && refused.error).toMatchObject({ code: 'unavailable' })
  expect(!refused.ok && refused.error.retryAfterMs).toBeGreaterThan(50_000)
  expect(seen.length).toBe(8)
  failuresLeft = 0
  client.allowProbe()
  expect((await client.acknowledge()).ok).toBe(true)
  expect(client.circuit().state).toBe('closed')
})

test('a closed port is knocked at while the circuit is open, without a request; when it opens, the next call may probe', async () => {
  const { url, server, seen } = await siteServer((_request, _body, response) => json(response, 200, {}))
  server.close()
  server.closeAllConnections()
  let reachable = 0
  const client = clientFor(url, { circuitFailures: 2, circuitOpenMs: 60_000 }, () => reachable++)
  await client.acknowledge()
  expect(client.circuit()).toMatchObject({ state: 'open', failures: 2 })
  await listenLocally(server, Number(new URL(url).port))
  await expect.poll(() => reachable, { timeout: 10_000 }).toBe(1)
  expect(seen).toEqual([])
  expect((await client.acknowledge()).ok).toBe(true)
  expect(client.circuit().state).toBe('closed')
})

test('refused connections may be repeated even for /configure, and dispose ends the waiting', async () => {
  const { url, server } = await siteServer(() => undefined)
  server.close()
  server.closeAllConnections()
  const client = clientFor(url, { retryFirstMs: 60_000, retryMaxMs: 60_000 })
  const pending = client.configure(waterfall)
  setTimeout(() => client.dispose(), 50)
  const result = await pending
  expect(!result.ok && result.error.code).toBe('cancelled')
})

test('https: trusted by CA or by fingerprint, and by nothing else; nothing is sent to a server that is not trusted', async () => {
  let requests = 0
  const { certificatePem, keyPem } = createSelfSignedCertificate()
  const server = createSecureServer({ cert: certificatePem, key: keyPem }, (_request, response) => {
    requests++
    json(response, 200, { lowest_channel: 1, highest_channel: 5 })
  })
  const baseUrl = `https://127.0.0.1:${await listenLocally(server)}`
  cleanups.push(() => void server.close())
  const ask = async (ca: string | null, fingerprint256: string | null): Promise<string> => {
    const settings = { ...defaultSettings().streams, retryFirstMs: 10 }
    const client = createControlClient({ baseUrl, ca, fingerprint256, settings, clock: systemClock() })
    const first = await client.channels()
    const second = await client.channels()
    client.dispose()
    return first.ok && second.ok ? 'trusted' : !first.ok ? first.error.message : 'odd'
  }
  expect(await ask(null, null)).toContain('is not trusted')
  expect(await ask(null, 'ab'.repeat(32))).toContain('which is not the one set')
  expect(requests).toBe(0)
  expect(await ask(certificatePem, null)).toBe('trusted')
  const fingerprint = new X509Certificate(certificatePem).fingerprint256
  expect(await ask(null, fingerprint)).toBe('trusted')
  expect(await ask(null, fingerprint.replaceAll(':', '').toLowerCase())).toBe('trusted')
  expect(requests).toBe(6)
  server.closeAllConnections()
})
