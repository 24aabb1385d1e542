import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../../src-main/clock.ts'
import { createLog } from '../../../src-main/storage/log.ts'
import { createApi, type Api } from '../../../src-main/web/api/createApi.ts'
import { createApiServer, type ApiServer } from '../../../src-main/web/api/apiServer.ts'
import { createToken } from '../../../src-main/web/token.ts'
import { apiFixture, type ApiFixture } from '../../support/apiFixture.ts'
import { eventually } from '../../support/eventually.ts'
import { manualClock, type ManualClock } from '../../support/manualClock.ts'
import { testAccess, type TestAccess } from '../../support/testAccess.ts'

const token = createToken()
let access: TestAccess
let fixture: ApiFixture
let clock: ManualClock
let api: Api
let server: ApiServer
const sockets: WebSocket[] = []

interface Message {
  type: string
  sequence?: number
  message?: string
  data?: { name: string; labels: Record<string, string>; value: number }[]
}

beforeEach(async () => {
  clock = manualClock(Date.now())
  access = await testAccess(token)
  fixture = apiFixture(clock)
  fixture.collect()
  const log = createLog({ clock: systemClock(), sinks: [] })
  api = createApi({ source: fixture, news: fixture.news, tests: null, access, clock, log })
  server = await createApiServer({
    ...api,
    name: 'health',
    host: '127.0.0.1',
    port: 0,
    tls: null,
    loopbackNeedsToken: false,
    requestsPerMinuteMax: 60_000,
    elsewhere: []
  })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await api.dispose()
  await server.dispose()
  await access.dispose()
})

interface Listener {
  socket: WebSocket
  messages: Message[]
  say(message: object | string): void
  /** The first message of a type, once it is there. */
  first(type: string): Promise<Message>
  of(type: string): Message[]
}

async function open(authorization: string | null = `Bearer ${token}`, protocols: string[] = []): Promise<Listener> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/live`, protocols, {
    ...(authorization === null ? {} : { headers: { authorization } })
  })
  sockets.push(socket)
  const messages: Message[] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as Message))
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))))
    socket.once('error', reject)
  })
  const of = (type: string): Message[] => messages.filter((message) => message.type === type)
  return {
    socket,
    messages,
    of,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async first(type) {
      await eventually(`a message of type ${type}`, () => of(type).length > 0)
      return of(type)[0]!
    }
  }
}

describe('live readings', () => {
  it('come at once and with each collection, numbered without a hole', async () => {
    const listener = await open()
    listener.say({ action: 'subscribe', type: 'metrics' })
    const now = await listener.first('metrics')
    expect(now.data!.map(({ name }) => name)).toContain('memory_usage_bytes')
    for (let at = 0; at < 5; at++) fixture.collect()
    await eventually('five more came', () => listener.of('metrics').length === 6)
    expect(listener.of('metrics').map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5])
    listener.say({ action: 'unsubscribe', type: 'metrics' })
    await listener.first('unsubscribed')
    fixture.collect()
    listener.say({ action: 'ping' })
    await listener.first('pong')
    expect(listener.of('metrics')).toHaveLength(6)
  })

  it('are filtered by name and label', async () => {
    const listener = await open()
    const filter = { names: ['memory_usage_bytes', 'wavefall_machine_*'], component: ['rss_mb'] }
    listener.say({ action: 'get', type: 'metrics', filter })
    const got = await listener.first('metrics')
    expect(got.data!.map(({ name, labels }) => [name, labels])).toEqual([
      ['memory_usage_bytes', { component: 'rss_mb' }]
    ])
  })

  it('are not missed by who comes back: the last fifty are sent, and what is gone is said', async () => {
    const first = await open()
    first.say({ action: 'subscribe', type: 'metrics', filter: { names: 'wavefall_uptime_seconds' } })
    await first.first('metrics')
    fixture.collect()
    await eventually('the first is there', () => first.of('metrics').length === 2)
    first.socket.terminate()
    for (let at = 0; at < 60; at++) fixture.collect()
    const again = await open()
    again.say({ action: 'subscribe', type: 'metrics', since: 20, filter: { names: 'wavefall_uptime_seconds' } })
    await eventually('what was missed is there', () => again.of('metrics').length === 41)
    expect(again.of('metrics').map(({ sequence }) => sequence)).toEqual(Array.from({ length: 41 }, (_, at) => 21 + at))
    expect(again.of('missed')).toHaveLength(0)
    again.say({ action: 'get', type: 'metrics', since: 2 })
    await again.first('missed')
  })

  it('tell jobs and alerts to those who may hear them', async () => {
    const viewer = await open()
    viewer.say({ action: 'subscribe', type: 'jobs', filter: { id: 'live-2' } })
    viewer.say({ action: 'subscribe', type: 'alerts' })
    await viewer.first('alerts')
    fixture.tell('job.changed', { id: 'live-1', state: 'stalled' })
    fixture.tell('job.changed', { id: 'live-2', state: 'stalled' })
    await eventually('the job is told', () => viewer.of('jobs').some(({ sequence }) => sequence === 2))
    expect(viewer.of('jobs').some(({ sequence }) => sequence === 1)).toBe(false)

    const service = access.tokens.create({ name: 's', role: 'service', validForMs: null, createdBy: 'test' })!
    for (const authorization of [`Bearer ${service.token}`, null]) {
      const listener = await open(authorization)
      listener.say({ action: 'subscribe', type: 'jobs' })
      expect((await listener.first('error')).message).toMatch(authorization ? /viewer, operator or admin/ : /token/)
      listener.say({ action: 'get', type: 'metrics' })
      await listener.first('metrics')
    }
  })

  it('answer what is no request with a sentence, and go on', async () => {
    const listener = await open()
    for (const text of ['hello', '[]', '{"action":"fly"}', '{"action":"subscribe","type":"pictures"}'])
      listener.say(text)
    await eventually('four errors', () => listener.of('error').length === 4)
    listener.say({ action: 'ping' })
    await listener.first('pong')
  })

  it('are refused with a wrong token or from a page of another site', async () => {
    await expect(open('Bearer wrong-wrong-wrong-wrong')).rejects.toThrow('401')
    await expect(open(null, ['wavefall.v1', 'token.wrong-wrong-wrong'])).rejects.toThrow('401')
    const fromToken = await open(null, ['wavefall.v1', `token.${token}`])
    expect(fromToken.socket.protocol).toBe('wavefall.v1')
    const page = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/live`, {
      origin: 'https://elsewhere.example'
    })
    sockets.push(page)
    const status = await new Promise((resolve) => {
      page.once('unexpected-response', (_request, response) => resolve(response.statusCode))
      page.once('error', () => undefined)
    })
    expect(status).toBe(403)
  })

  it('end at once where the token is revoked', async () => {
    const made = access.tokens.create({ name: 'v', role: 'viewer', validForMs: null, createdBy: 'test' })!
    const listener = await open(`Bearer ${made.token}`)
    const other = await open()
    const closed = new Promise<number>((resolve) => listener.socket.once('close', resolve))
    access.tokens.revoke(made.record.id)
    expect(await closed).toBe(1008)
    expect(other.socket.readyState).toBe(WebSocket.OPEN)
  })

  it('beat every 30 s, and who says nothing for 120 s is let go', async () => {
    const listener = await open()
    const silent = await open()
    ;(silent.socket as unknown as { _socket: { pause(): void } })._socket.pause()
    let pings = 0
    listener.socket.on('ping', () => (pings += 1))
    for (let at = 0; at < 6; at++) {
      await clock.advance(30_000)
      await eventually('the beat is heard', () => listener.of('heartbeat').length === at + 1 && pings === at + 1)
      // Its pong is on the way back: the next message shows that it has arrived.
      listener.say({ action: 'ping' })
      await eventually('the answer came', () => listener.of('pong').length === at + 1)
    }
    await eventually('the silent one is gone', () => api.live.counters().connections === 1)
    expect(listener.socket.readyState).toBe(WebSocket.OPEN)
  })

  it('skip a client that does not read, and keep others whole', async () => {
    const slow = await open()
    const quick = await open()
    for (const listener of [slow, quick]) {
      listener.say({ action: 'subscribe', type: 'metrics' })
      await listener.first('metrics')
    }
    ;(slow.socket as unknown as { _socket: { pause(): void } })._socket.pause()
    const many = Array.from({ length: 2000 }, (_, at) => ({ name: `reading_${at}`, labels: {}, value: at }))
    for (let at = 0; at < 120; at++) api.live.publish('metrics', many)
    await eventually('readings are left out for one', () => {
      api.live.publish('metrics', many)
      return api.live.counters().dropped > 0
    })
    quick.say({ action: 'ping' })
    await quick.first('pong')
    const numbers = quick.of('metrics').map(({ sequence }) => sequence!)
    expect(quick.socket.readyState).toBe(WebSocket.OPEN)
    expect(numbers.length).toBeGreaterThan(1)
  })
})
