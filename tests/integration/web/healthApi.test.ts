import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RoleName } from '../../../src-preload/contract/access.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { createLog } from '../../../src-main/storage/log.ts'
import { createApi, type Api } from '../../../src-main/web/api/createApi.ts'
import { createApiServer, type ApiServer, type ApiServerOptions } from '../../../src-main/web/api/apiServer.ts'
import { createToken } from '../../../src-main/web/token.ts'
import { apiFixture, type ApiFixture } from '../../support/apiFixture.ts'
import { checkAnswer } from '../../support/checkAnswer.ts'
import { eventually } from '../../support/eventually.ts'
import { rawHttp } from '../../support/rawHttp.ts'
import { createSelfSignedCertificate } from '../../support/selfSignedCertificate.ts'
import { testAccess, type TestAccess } from '../../support/testAccess.ts'

const token = createToken()
const clock = systemClock()
const log = createLog({ clock, sinks: [] })
let access: TestAccess
let fixture: ApiFixture
let api: Api
let server: ApiServer
const servers: ApiServer[] = []

async function serve(more: Partial<ApiServerOptions> = {}): Promise<ApiServer> {
  const made = await createApiServer({
    ...api,
    name: 'health',
    host: '127.0.0.1',
    port: 0,
    tls: null,
    loopbackNeedsToken: false,
    requestsPerMinuteMax: 60_000,
    elsewhere: [],
    ...more
  })
  servers.push(made)
  return made
}

beforeEach(async () => {
  access = await testAccess(token)
  fixture = apiFixture(clock)
  fixture.collect()
  api = createApi({ source: fixture, news: fixture.news, tests: null, access, clock, log })
  server = await serve()
})
afterEach(async () => {
  for (const made of servers.splice(0)) await made.dispose()
  await api.dispose()
  await access.dispose()
})

const bearer = (text: string): Record<string, string> => ({ authorization: `Bearer ${text}` })
const get = (path: string, headers: Record<string, string> = {}, base = server.url): Promise<Response> =>
  fetch(base + path, { headers })
const post = (path: string, body: unknown, headers = bearer(token), base = server.url): Promise<Response> =>
  fetch(base + path, {
    method: 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
/** The body, checked against the OpenAPI file. */
async function checked(response: Response, method = 'GET'): Promise<Record<string, unknown>> {
  const body = (await response.json()) as Record<string, unknown>
  checkAnswer(api.document, method, response, body)
  return body
}
const makeToken = (role: RoleName): string =>
  access.tokens.create({ name: role, role, validForMs: null, createdBy: 'test' })!.token

describe('what the API tells', () => {
  it('answers /health with exactly its fields', async () => {
    const body = await checked(await get('/health'))
    expect(Object.keys(body).sort()).toEqual(
      [
        'status',
        'timestamp',
        'uptime_seconds',
        'monitoring_active',
        'memory_usage_mb',
        'memory_percentage',
        'active_alerts'
      ].sort()
    )
    expect(body.memory_usage_mb).toBeCloseTo(fixture.readings.value('process_resident_memory_bytes')! / 1e6, 1)
    expect(Math.abs(Date.now() - Date.parse(body.timestamp as string))).toBeLessThan(5000)
  })

  it('answers /health/memory with exactly its fields', async () => {
    fixture.collect((store) => store.set('wavefall_process_gc_total', { process: 'core' }, 3))
    const body = await checked(await get('/health/memory'))
    expect(Object.keys(body).sort()).toEqual(
      [
        'timestamp', 'rss_mb', 'vms_mb', 'percent', 'available_mb', 'swap_percent', 'gc_collections', 'gc_objects',
        'heap_used_mb', 'external_mb'
      ].sort() // prettier-ignore
    )
    expect(body).toMatchObject({ gc_objects: null, gc_collections: 3, vms_mb: 2000 })
  })

  it('counts alerts of the last hours by severity and component, and lists them filtered', async () => {
    const base = { title: 'Stream live-1 is stalled', description: 'No block for 3 s.', resolvedAtMs: null }
    const hour = 3_600_000
    fixture.setAlerts([
      { ...base, id: 'a', component: 'streams', severity: 'critical', status: 'active', createdAtMs: Date.now() },
      {
        ...base,
        id: 'b',
        component: 'memory',
        severity: 'warning',
        status: 'resolved',
        createdAtMs: Date.now() - hour,
        resolvedAtMs: Date.now()
      },
      {
        ...base,
        id: 'c',
        component: 'memory',
        severity: 'warning',
        status: 'acknowledged',
        createdAtMs: Date.now() - 30 * hour
      }
    ])
    expect(await checked(await get('/health/alerts?hours=24'))).toEqual({
      total_alerts: 2,
      active_alerts: 1,
      resolved_alerts: 1,
      by_severity: { critical: 1, warning: 1 },
      by_component: { streams: 1, memory: 1 }
    })
    expect(await checked(await get('/health/alerts?hours=48'))).toMatchObject({ total_alerts: 3, active_alerts: 2 })
    const list = (await checked(await get('/api/v1/alerts?severity=warning&status=resolved'))) as unknown as object[]
    expect(list).toHaveLength(1)
    expect(Object.keys(list[0]!).sort()).toEqual(
      ['id', 'title', 'description', 'severity', 'status', 'createdAt', 'resolvedAt'].sort()
    )
    expect((await get('/api/v1/alerts?severity=dreadful')).status).toBe(400)
  })

  it('aggregates a reading over time, each series by itself, and gives the current values without a name', async () => {
    fixture.collect()
    const response = await get('/api/v1/metrics?metric=memory_usage_bytes&timeRange=1h&aggregation=max&interval=1m')
    const body = (await checked(response)) as { metric: string; data: { labels: object }[]; summary: { count: number } }
    expect(body.metric).toBe('memory_usage_bytes')
    expect(new Set(body.data.map(({ labels }) => JSON.stringify(labels))).size).toBe(5)
    expect(body.summary.count).toBeGreaterThanOrEqual(5)
    const one = (await checked(
      await get(
        `/api/v1/metrics?metric=${encodeURIComponent('memory_usage_bytes{component="vms_mb"}')}&aggregation=count`
      )
    )) as { data: { value: number }[]; summary: object }
    expect(one.summary).toMatchObject({ min: 2000, max: 2000, avg: 2000, latest: 2000 })
    const current = (await checked(await get('/api/v1/metrics'))) as { metric: null; data: { metric: string }[] }
    expect(current.metric).toBeNull()
    expect(current.data.map(({ metric }) => metric)).toContain('wavefall_machine_cpu_ratio')
  })

  it.each([
    ['metric=memory_usage&timeRange=1h', 404, /memory_usage_bytes/],
    ['metric=wavefall_uptime_seconds&timeRange=yesterday', 400, /yesterday/],
    ['metric=wavefall_uptime_seconds&interval=often', 400, /often/],
    ['metric=wavefall_uptime_seconds&aggregation=median', 400, /aggregation/],
    ['metric=wavefall_uptime_seconds&timeRange=365d&interval=1s', 400, /points/],
    ['metric=a b c', 400, /a b c/]
  ])('refuses %s with %i and a sentence', async (query, status, sentence) => {
    const response = await get(`/api/v1/metrics?${query}`)
    expect(response.status).toBe(status)
    expect((await checked(response)).message).toMatch(sentence)
  })

  it('gives the history in records, and what is measured of each service', async () => {
    const history = await checked(await get('/health/metrics/history?hours=1'))
    expect(history).toMatchObject({ hours: 1, count: 1 })
    expect((history.history as object[])[0]).toMatchObject({ vms_mb: 2000 })
    expect((await get('/health/metrics/history?hours=-1')).status).toBe(400)
    expect((await get('/health/metrics/history?hours=much')).status).toBe(400)
    fixture.collect()
    const sla = (await checked(await get('/api/v1/sla/status'))) as { services: { service: string; status: string }[] }
    expect(sla.services.find(({ service }) => service === 'api')).toMatchObject({ status: 'healthy', error_percent: 0 })
    expect(sla.services.find(({ service }) => service === 'backend')).toMatchObject({ status: 'unknown' })
  })

  it('frees memory when it is told to, and writes down who told it', async () => {
    const gc = await checked(await post('/health/actions/gc', undefined), 'POST')
    expect(Object.keys(gc).sort()).toEqual(['success', 'before_mb', 'after_mb', 'collected_mb', 'timestamp'].sort())
    const optimized = await checked(await post('/health/actions/optimize', { aggressive: true }), 'POST')
    expect(optimized).toMatchObject({ aggressive: true, actions: ['free memory thoroughly in a test'] })
    expect((await post('/health/actions/optimize', { aggressive: 'very' })).status).toBe(400)
    const entries = await access.audit.list(10, null)
    expect(entries.map(({ action, actor, outcome }) => [action, actor, outcome])).toEqual([
      ['POST /health/actions/optimize', 'start token', 'done'],
      ['POST /health/actions/gc', 'start token', 'done']
    ])
  })

  it('writes all readings for Prometheus', async () => {
    const response = await get('/metrics')
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const text = await response.text()
    for (const line of ['rss_mb', 'vms_mb', 'percent', 'available_mb', 'swap_percent'])
      expect(text).toMatch(new RegExp(`^memory_usage_bytes\\{component="${line}"\\} [\\d.]+`, 'm'))
    expect(text).toContain('# TYPE memory_check_duration_seconds histogram')
  })

  it('counts its own answers as readings', async () => {
    await get('/health')
    await get('/metrics')
    await eventually(
      'both are counted',
      () => (fixture.readings.value('wavefall_requests_total', { service: 'api' }) ?? 0) >= 2
    )
  })
})

describe('paths that are elsewhere', () => {
  it.each([
    ['/api/health', '/health'],
    ['/api/metrics/current', '/api/v1/metrics'],
    ['/api/metrics/history', '/health/metrics/history'],
    ['/system/memory/usage', '/health/memory'],
    ['/metrics/memory', '/health/memory'],
    ['/api/v2/performance/metrics/summary', '/api/v1/metrics'],
    ['/api/v2/alerts/', '/api/v1/alerts'],
    ['/ws', '/api/v1/live'],
    ['/ws/realtime', '/api/v1/live'],
    ['/health/', '/health']
  ])('%s answers 404 and names %s', async (path, right) => {
    const response = await get(path)
    expect(response.status).toBe(404)
    expect(((await response.json()) as { message: string }).message).toContain(right)
  })

  it('answers 405 with the method that there is', async () => {
    const response = await post('/health', {})
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET')
    expect((await get('/health/actions/gc')).status).toBe(405)
  })
})

describe('who may ask', () => {
  it('reads without a token on the loopback alone, and never acts without one', async () => {
    expect((await get('/health')).status).toBe(200)
    expect((await get('/api/v1/alerts')).status).toBe(200)
    const acting = await post('/health/actions/gc', undefined, {})
    expect(acting.status).toBe(401)
    expect(acting.headers.get('www-authenticate')).toContain('Bearer')
    expect(((await acting.json()) as { message: string }).message).toContain('token')
    const guarded = await serve({ loopbackNeedsToken: true })
    expect((await get('/health', {}, guarded.url)).status).toBe(401)
    expect((await get('/health', bearer(token), guarded.url)).status).toBe(200)
    const everywhere = await serve({ host: '0.0.0.0' })
    expect((await get('/metrics', {}, everywhere.url)).status).toBe(401)
    expect((await get('/metrics', bearer(makeToken('service')), everywhere.url)).status).toBe(200)
  })

  it('never takes a wrong token for none', async () => {
    for (const authorization of ['Bearer wrong-wrong-wrong-wrong', 'Bearer', 'Basic dXNlcjpwYXNz', '']) {
      const response = await get('/health', { authorization })
      expect(response.status, authorization).toBe(401)
    }
  })

  it('answers no page of another site, and no name that was pointed here', async () => {
    expect((await get('/health', { origin: 'https://elsewhere.example' })).status).toBe(403)
    const text = await rawHttp(server.port, 'GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
  })

  it.each([
    ['service', 200, 403, 403],
    ['auditor', 200, 200, 403],
    ['viewer', 200, 200, 403],
    ['operator', 200, 200, 200],
    ['admin', 200, 200, 200]
  ] as const)('%s: metrics %i, alerts %i, actions %i', async (role, metrics, alerts, actions) => {
    const own = bearer(makeToken(role))
    expect((await get('/metrics', own)).status).toBe(metrics)
    expect((await get('/api/v1/metrics', own)).status).toBe(metrics)
    expect((await get('/api/v1/alerts', own)).status).toBe(alerts)
    const acting = await post('/health/actions/gc', undefined, own)
    expect(acting.status).toBe(actions)
    if (actions === 403) expect(((await acting.json()) as { message: string }).message).toContain('operator or admin')
  })

  it('forgets a revoked token at once', async () => {
    const made = access.tokens.create({ name: 'x', role: 'viewer', validForMs: null, createdBy: 'test' })!
    expect((await get('/health', bearer(made.token))).status).toBe(200)
    access.tokens.revoke(made.record.id)
    const response = await get('/health', bearer(made.token))
    expect(response.status).toBe(401)
    expect(((await response.json()) as { message: string }).message).toContain('revoked')
  })

  it('speaks TLS with a certificate of files', async () => {
    const { certificatePem, keyPem } = createSelfSignedCertificate()
    writeFileSync(join(access.folder, 'cert.pem'), certificatePem)
    writeFileSync(join(access.folder, 'key.pem'), keyPem)
    const secure = await serve({
      tls: { certificateFile: join(access.folder, 'cert.pem'), keyFile: join(access.folder, 'key.pem') }
    })
    expect(secure.url).toMatch(/^https:/)
    const { request } = await import('node:https')
    const status = await new Promise<number>((resolve, reject) =>
      request(`${secure.url}/health`, { ca: certificatePem }, (answer) => resolve(answer.statusCode ?? 0))
        .on('error', reject)
        .end()
    )
    expect(status).toBe(200)
    expect(access.listeners().find(({ url }) => url === secure.url)).toMatchObject({ encrypted: true, open: true })
  })
})

describe('what is too much', () => {
  it('refuses a body of 10 MB with 413 at once, however it is sent', async () => {
    const startMs = performance.now()
    const big = await post('/health/actions/optimize', { aggressive: 'x'.repeat(10 * 1024 * 1024) })
    expect(big.status).toBe(413)
    expect((await checked(big, 'POST')).message).toContain('64 KiB')
    const size = 10 * 1024 * 1024
    const announced = await rawHttp(
      server.port,
      `POST /health/actions/optimize HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n{`
    )
    expect(announced).toMatch(/^HTTP\/1\.1 413 /)
    const chunk = 'x'.repeat(16 * 1024)
    const chunked = await rawHttp(
      server.port,
      `POST /health/actions/optimize HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `4000\r\n${chunk}\r\n`.repeat(8)
    )
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /)
    expect(performance.now() - startMs).toBeLessThan(5000)
    expect((await get('/health')).status).toBe(200)
  })

  it('refuses what is no JSON, and other kinds of bodies', async () => {
    const send = (type: string, body: string): Promise<Response> =>
      fetch(`${server.url}/health/actions/optimize`, {
        method: 'POST',
        headers: { ...bearer(token), 'content-type': type },
        body
      })
    expect((await send('application/json', '{')).status).toBe(400)
    expect((await send('text/plain', 'hello')).status).toBe(415)
    expect(((await (await send('application/xml', '<a/>')).json()) as { message: string }).message).toContain('json')
  })

  it('limits the requests of one token and not those of others', async () => {
    const limited = await serve({ requestsPerMinuteMax: 10 })
    const other = bearer(makeToken('viewer'))
    const statuses = []
    for (let at = 0; at < 12; at++) statuses.push((await get('/health', bearer(token), limited.url)).status)
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429])
    const refused = await get('/health', bearer(token), limited.url)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await checked(refused)).toMatchObject({ error: 'too-many' })
    expect((await get('/health', other, limited.url)).status).toBe(200)
  })

  it('serves 200 slow scrapers from one text, cuts none that reads, and stays quick for others', async () => {
    const before = process.memoryUsage().rss
    const slow: Socket[] = []
    for (let at = 0; at < 200; at++) {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write('GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
      )
      socket.on('error', () => undefined)
      socket.pause()
      slow.push(socket)
    }
    await eventually('all are connected', () => server.counters().connections >= 200)
    const startMs = performance.now()
    for (let at = 0; at < 20; at++) expect((await get('/metrics')).status).toBe(200)
    expect((performance.now() - startMs) / 20).toBeLessThan(2000)
    expect(process.memoryUsage().rss - before).toBeLessThan(120e6)
    for (const socket of slow) socket.destroy()
    await eventually('they are gone', () => server.counters().connections < 10)
  })
})
