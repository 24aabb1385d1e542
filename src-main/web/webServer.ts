import staticFiles from '@fastify/static'
import { fastify, type FastifyInstance } from 'fastify'
import { readFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { mayRole } from '../../src-preload/contract/access.ts'
import { desktopOrigin, securityHeaders } from '../../src-preload/contract/security.ts'
import { sessionPath } from '../../src-preload/contract/transport.ts'
import type { Core } from '../coreInterface.ts'
import type { Log } from '../storage/log.ts'
import { bearerToken, isKnownOrigin, pathOf } from './access.ts'
import { shownUrl, isLoopback } from './address.ts'
import type { Api } from './api/createApi.ts'
import { livePath } from './api/liveMessages.ts'
import { answerMissing, mountApi } from './api/mountApi.ts'
import { createSocketClients, type SocketCounters } from './socketClients.ts'
import { addZarrRoutes } from './zarrRoutes.ts'

/** Where the usual port is taken, so many after it are tried. */
const portsTried = 20

export interface WebServerOptions {
  core: Core
  host: string
  /** 0 = any free one. */
  port: number
  /** A taken port is not an error: the next free one is used. */
  mayMove: boolean
  /** The built windows. */
  rendererFolder: string
  tls: { certificateFile: string; keyFile: string } | null
  /** Mounted behind the token; null: this server has none. */
  api: Api | null
  requestsPerMinuteMax: number
  log: Log
}

export interface WebServer {
  /** Without the token. */
  readonly url: string
  readonly port: number
  /** Another port than the one asked for, because that one was taken. */
  readonly moved: boolean
  counters(): SocketCounters
  /** Connections that are open, whatever they carry. */
  sockets(): number
  dispose(): Promise<void>
}

const requestTimeoutMs = 30_000

async function createHttpServer(tls: WebServerOptions['tls']): Promise<FastifyInstance> {
  const common = {
    bodyLimit: 1024,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: requestTimeoutMs,
    forceCloseConnections: true
  }
  if (tls === null) return fastify(common)
  const [cert, key] = await Promise.all([readFile(tls.certificateFile), readFile(tls.keyFile)])
  return fastify({ ...common, https: { cert, key, minVersion: 'TLSv1.2' } }) as unknown as FastifyInstance
}

/** Tells a page whether its token is right: from a refused web socket a browser learns nothing. */
function addSession(server: FastifyInstance, { access }: Core): void {
  const forDesktop = { 'access-control-allow-origin': desktopOrigin, 'cross-origin-resource-policy': 'cross-origin' }
  server.options(sessionPath, (_request, reply) =>
    reply
      .code(204)
      .headers({ ...forDesktop, 'access-control-allow-headers': 'authorization' })
      .send()
  )
  server.get(sessionPath, (request, reply) => {
    const { origin, host, authorization } = request.headers
    if (!isKnownOrigin(origin, host)) return reply.code(403).send()
    const admission = access.admit(bearerToken(authorization), request.ip, sessionPath)
    const status = !admission.allowed ? admission.status : mayRole(admission.identity.role, 'connect') ? 204 : 403
    return reply
      .code(status)
      .headers({ 'cache-control': 'no-store', ...(origin === desktopOrigin ? forDesktop : {}) })
      .send()
  })
}

async function listen(server: FastifyInstance, { host, port, mayMove }: WebServerOptions): Promise<number> {
  const last = mayMove && port !== 0 ? Math.min(port + portsTried, 65_535) : port
  for (let candidate = port; ; candidate++) {
    try {
      await server.listen({ host, port: candidate })
      return (server.server.address() as AddressInfo).port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || candidate >= last) throw error
    }
  }
}

/**
 * The web shell: the built windows over HTTP(S), the core over a web socket on the same port. The files are no secret; the
 * token opens the socket. Rejects when the port cannot be bound or a certificate cannot be read.
 */
export async function createWebServer(options: WebServerOptions): Promise<WebServer> {
  const { core, host, log, tls, api } = options
  const server = await createHttpServer(tls)
  let open = 0
  server.server.on(tls === null ? 'connection' : 'secureConnection', (socket: Socket) => {
    open++
    socket.once('close', () => open--)
  })
  const clients = createSocketClients({ core, log })
  server.server.on('upgrade', (request, socket, head) =>
    api && pathOf(request.url) === livePath
      ? api.live.upgrade(request, socket, head, false)
      : clients.upgrade(request, socket, head)
  )
  server.addHook('onSend', async (request, reply) => {
    // Some browsers do not take 'self' to cover the web socket of the same host, so it is named.
    const own = request.headers.host ?? ''
    const headers = securityHeaders(/^[\w.:[\]-]+$/.test(own) ? [`${tls ? 'wss' : 'ws'}://${own}`] : [])
    for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) void reply.header(name, value)
  })
  await server.register(staticFiles, {
    root: options.rendererFolder,
    cacheControl: false,
    etag: true,
    // Built names carry a hash of their content; the page itself must always be the newest.
    setHeaders: (reply, path) =>
      reply.header('cache-control', /[\\/]assets[\\/]/.test(path) ? 'max-age=31536000, immutable' : 'no-cache')
  })
  if (api) await mountApi(server, { ...api, isOpen: false, requestsPerMinuteMax: options.requestsPerMinuteMax })
  addSession(server, core)
  addZarrRoutes(server, core.served, core.access)
  server.setNotFoundHandler((request, reply) => {
    if (api && answerMissing(request, reply, api.routes)) return reply
    reply.type('text/plain; charset=utf-8')
    if (request.method === 'GET' || request.method === 'HEAD') return reply.code(404).send('There is nothing here.\n')
    return reply.code(405).header('allow', 'GET, HEAD').send('Only GET and HEAD are answered here.\n')
  })
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) log.error('request_failed', { reason: error.message })
    const words = status >= 500 ? 'Something failed; the log says what.' : error.message
    return reply.code(status).type('text/plain; charset=utf-8').send(`${words}\n`)
  })
  const port = await listen(server, options)
  const url = shownUrl(host, port, tls !== null)
  const stopListing = core.access.listens(() => ({
    name: 'web',
    url,
    encrypted: tls !== null,
    loopback: isLoopback(host),
    open: false,
    connections: clients.counters().clients
  }))
  return {
    url,
    port,
    moved: options.port !== 0 && port !== options.port,
    counters: () => clients.counters(),
    sockets: () => open,
    async dispose() {
      stopListing()
      await clients.dispose()
      await server.close()
    }
  }
}
