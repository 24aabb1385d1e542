import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { decodeFrame } from '../../../src-preload/contract/frames.ts'
import { desktopOrigin } from '../../../src-preload/contract/security.ts'
import { clientMessageMaxBytes, webSocketProtocol } from '../../../src-preload/contract/transport.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { createLog } from '../../../src-main/storage/log.ts'
import { createToken } from '../../../src-main/web/token.ts'
import { createWebServer, type WebServer, type WebServerOptions } from '../../../src-main/web/webServer.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort, listenLocally } from '../../support/listenLocally.ts'
import { smallCore, type SmallCore } from '../../support/smallCore.ts'
import { testAccess, type TestAccess } from '../../support/testAccess.ts'
import { createSelfSignedCertificate } from '../../support/selfSignedCertificate.ts'

const token = createToken()
let folder: string
let core: SmallCore
let access: TestAccess
let server: WebServer
const sockets: WebSocket[] = []
const servers: WebServer[] = []

async function serve(more: Partial<WebServerOptions> = {}): Promise<WebServer> {
  const log = createLog({ clock: systemClock(), sinks: [] })
  const made = await createWebServer({
    core,
    host: '127.0.0.1',
    port: 0,
    mayMove: false,
    rendererFolder: join(folder, 'renderer'),
    tls: null,
    api: null,
    requestsPerMinuteMax: 60_000,
    log,
    ...more
  })
  servers.push(made)
  return made
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wavefall-web-'))
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>Wavefall</title>')
  writeFileSync(join(folder, 'renderer', 'assets', 'main-abc.js'), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  access = await testAccess(token)
  core = smallCore(undefined, access)
  server = await serve()
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  for (const made of servers.splice(0)) await made.dispose()
  await access.dispose()
  rmSync(folder, { recursive: true, force: true })
})

interface Opening {
  status: number | 'open'
  socket: WebSocket
}

function open(
  protocols: string[] = [webSocketProtocol, `token.${token}`],
  options: { origin?: string; path?: string; base?: string; ca?: string } = {}
): Promise<Opening> {
  const url = `${(options.base ?? server.url).replace(/^http/, 'ws')}${options.path ?? '/socket'}`
  const socket = new WebSocket(url, protocols, {
    ...(options.origin ? { origin: options.origin } : {}),
    ...(options.ca ? { ca: options.ca } : {})
  })
  sockets.push(socket)
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ status: 'open', socket }))
    socket.once('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode ?? 0, socket })
      response.resume()
    })
    socket.once('error', reject)
  })
}

const nextText = (socket: WebSocket): Promise<Record<string, unknown>> =>
  new Promise((resolve) =>
    socket.once('message', (data) => resolve(JSON.parse(String(data)) as Record<string, unknown>))
  )

const closing = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => socket.once('close', (code) => resolve(code)))

async function ask(socket: WebSocket, message: unknown): Promise<Record<string, unknown>> {
  const answered = nextText(socket)
  socket.send(JSON.stringify(message))
  return answered
}

describe('who may open a web socket', () => {
  it('lets the right token in, and speaks our protocol alone', async () => {
    const { status, socket } = await open()
    expect(status).toBe('open')
    expect(socket.protocol).toBe(webSocketProtocol)
  })

  it.each([
    ['no token', [webSocketProtocol]],
    ['a wrong token', [webSocketProtocol, `token.${createToken()}`]],
    ['a part of the token', [webSocketProtocol, `token.${token.slice(0, -1)}`]],
    ['the token and more', [webSocketProtocol, `token.${token}A`]]
  ])('refuses %s with 401, before the upgrade', async (_name, protocols) => {
    expect((await open(protocols)).status).toBe(401)
    expect(core.ports.size).toBe(0)
    expect(server.counters().refused).toBe(1)
  })

  it('refuses pages of another host, whatever token they have', async () => {
    expect((await open(undefined, { origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await open(undefined, { origin: 'null' })).status).toBe(403)
    expect((await open(undefined, { origin: `http://127.0.0.1:${server.port + 1}` })).status).toBe(403)
  })

  it('takes its own pages and the windows of the desktop program', async () => {
    expect((await open(undefined, { origin: server.url })).status).toBe('open')
    expect((await open(undefined, { origin: desktopOrigin })).status).toBe('open')
  })

  it('refuses other paths and other protocols', async () => {
    expect((await open(undefined, { path: '/elsewhere' })).status).toBe(404)
    expect((await open([`token.${token}`])).status).toBe(400)
  })
})

describe('calls', () => {
  it('answers each with its id', async () => {
    const { socket } = await open()
    expect(await ask(socket, { kind: 'call', id: 41, name: 'jobs.list', arguments: {} })).toEqual({
      kind: 'answer',
      id: 41,
      result: { ok: true, value: [] }
    })
  })

  it('answers an unknown call, wrong arguments and a bug as failures, and goes on', async () => {
    const { socket } = await open()
    const unknown = await ask(socket, { kind: 'call', id: 1, name: 'jobs.explode', arguments: {} })
    expect(unknown).toMatchObject({ id: 1, result: { ok: false, error: { code: 'not-found' } } })
    const inherited = await ask(socket, { kind: 'call', id: 2, name: 'constructor', arguments: {} })
    expect(inherited).toMatchObject({ id: 2, result: { ok: false, error: { code: 'not-found' } } })
    const wrong = await ask(socket, { kind: 'call', id: 3, name: 'views.detach', arguments: { subscription: 'one' } })
    expect(wrong).toMatchObject({
      id: 3,
      result: { ok: false, error: { code: 'invalid', fields: [{ path: 'subscription' }] } }
    })
    const bug = await ask(socket, { kind: 'call', id: 4, name: 'jobs.close', arguments: { jobId: 'x' } })
    expect(bug).toMatchObject({ id: 4, result: { ok: false, error: { code: 'failed' } } })
    expect(JSON.stringify(bug)).not.toContain('secret')
    expect(await ask(socket, { kind: 'call', id: 5, name: 'jobs.list', arguments: {} })).toMatchObject({ id: 5 })
  })

  it('refuses more calls at once than it has room for, each by its id', async () => {
    const release = core.holdJobsList()
    const { socket } = await open()
    const answers: { id: number; result: { ok: boolean; error?: { code: string } } }[] = []
    socket.on('message', (data) => answers.push(JSON.parse(String(data)) as (typeof answers)[number]))
    for (let id = 0; id < 70; id++) socket.send(JSON.stringify({ kind: 'call', id, name: 'jobs.list', arguments: {} }))
    await eventually('the calls past the limit are refused', () => answers.length === 6)
    expect(answers.map(({ id, result }) => [id, result.error?.code])).toEqual(
      [64, 65, 66, 67, 68, 69].map((id) => [id, 'refused'])
    )
    release()
    await eventually('the others are answered', () => answers.length === 70)
  })

  it.each([
    ['text that is no JSON', 'hello'],
    ['JSON that is no message', '{"kind":"call"}'],
    ['a number', '7']
  ])('sends a client away for %s', async (_name, text) => {
    const { socket } = await open()
    const closed = closing(socket)
    socket.send(text)
    expect(await closed).toBe(1008)
    expect(server.counters().badMessages).toBe(1)
  })

  it('sends a client away for a message over the limit, without reading it', async () => {
    const { socket } = await open()
    const closed = closing(socket)
    socket.send(JSON.stringify({ kind: 'call', id: 1, name: 'x'.repeat(clientMessageMaxBytes), arguments: {} }))
    expect(await closed).toBe(1009)
    expect(core.asked).toEqual([])
  })

  it('sends a client away for binary messages', async () => {
    const { socket } = await open()
    const closed = closing(socket)
    socket.send(Buffer.from([1, 2, 3]))
    expect(await closed).toBe(1008)
  })
})

describe('windows', () => {
  it('carries row frames as the bytes they are', async () => {
    const { socket } = await open()
    const received = new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)))
    core.sendRows(2, 3)
    const bytes = await received
    const frame = decodeFrame(new Uint8Array(bytes).buffer)
    expect(frame).toMatchObject({ kind: 'rows', firstRow: 7, rowCount: 2, columnCount: 3 })
  })

  it('knows a window again by its id, and gives it time to come back', async () => {
    const { socket } = await open(undefined, { path: '/socket?window=window-0123456789' })
    expect([...core.ports].map((port) => port.windowId)).toEqual(['window-0123456789'])
    socket.close()
    await eventually('the window is gone', () => core.left.length === 1)
    expect(core.left).toEqual([{ windowId: 'window-0123456789', returnsWithinMs: 10_000 }])
  })

  it('gives no time to a script, nor to an id that is none', async () => {
    const { socket } = await open(undefined, { path: '/socket?window=..%2F..' })
    socket.close()
    await eventually('the client is gone', () => core.left.length === 1)
    expect(core.left[0]!.returnsWithinMs).toBe(0)
    expect(core.left[0]!.windowId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('sends a client away that reads nothing, and counts it', async () => {
    const { socket } = await open()
    const other = await open()
    // The socket below, so that the system's buffers fill and the bytes pile up here.
    ;(socket as unknown as { _socket: { pause(): void } })._socket.pause()
    await eventually('the client is sent away', () => {
      core.sendRows(64, 16_384)
      return server.counters().disconnectedForBacklog >= 1
    })
    await eventually('it is gone', () => core.left.length >= 1)
    expect(other.socket.readyState).toBe(WebSocket.OPEN)
  })
})

describe('HTTP', () => {
  it('serves the page with the security headers, and never from a cache unasked', async () => {
    const answer = await fetch(server.url)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('Wavefall')
    const policy = answer.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).not.toContain('*')
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port}`)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const asset = await fetch(`${server.url}/assets/main-abc.js`)
    expect(asset.headers.get('cache-control')).toContain('immutable')
    expect(asset.headers.get('content-type')).toContain('javascript')
  })

  it('answers 404 to what is not there, 405 to what may not be done, each with the headers', async () => {
    const missing = await fetch(`${server.url}/nothing`)
    expect(missing.status).toBe(404)
    expect(missing.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await fetch(`${server.url}/`, { method })).status, method).toBe(405)
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt'
  ])('gives nothing outside of its folder: %s', async (path) => {
    const text = await rawRequest(server.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 (400|403|404) /)
    expect(text.split('\r\n\r\n')[1]).not.toBe('secret')
  })

  it('tells a page whether its token is right', async () => {
    const ask = (authorization?: string, origin?: string): Promise<Response> =>
      fetch(`${server.url}/session`, {
        headers: { ...(authorization ? { authorization } : {}), ...(origin ? { origin } : {}) }
      })
    expect((await ask()).status).toBe(401)
    expect((await ask(`Bearer ${createToken()}`)).status).toBe(401)
    expect((await ask(`Bearer ${token}`)).status).toBe(204)
    expect((await ask(`Bearer ${token}`, 'https://elsewhere.example')).status).toBe(403)
    const desktop = await ask(`Bearer ${token}`, desktopOrigin)
    expect(desktop.headers.get('access-control-allow-origin')).toBe(desktopOrigin)
  })

  it('moves to the next free port where it may, and fails where it may not', async () => {
    const { createServer } = await import('node:net')
    const other = createServer()
    const port = await listenLocally(other, await freePort())
    await expect(serve({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const moved = await serve({ port, mayMove: true })
    expect(moved.port).toBeGreaterThan(port)
    expect(moved.moved).toBe(true)
    expect((await fetch(moved.url)).status).toBe(200)
    await new Promise((resolve) => other.close(resolve))
  })

  it('speaks TLS with a certificate of files, web socket included', async () => {
    const { certificatePem, keyPem } = createSelfSignedCertificate()
    writeFileSync(join(folder, 'cert.pem'), certificatePem)
    writeFileSync(join(folder, 'key.pem'), keyPem)
    const secure = await serve({
      tls: { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
    })
    expect(secure.url).toMatch(/^https:/)
    expect((await open(undefined, { base: secure.url, ca: certificatePem })).status).toBe('open')
    await expect(
      serve({ tls: { certificateFile: join(folder, 'missing.pem'), keyFile: join(folder, 'key.pem') } })
    ).rejects.toThrow(/missing\.pem/)
  })
})

function rawRequest(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => (answer += part))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}
