import { fastify, type FastifyInstance } from 'fastify'
import { readFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { securityHeaders } from '../../../src-preload/contract/security.ts'
import type { ListenerState } from '../../../src-preload/contract/access.ts'
import { isLoopback, shownUrl } from '../address.ts'
import { pathOf, refuseUpgrade } from '../access.ts'
import type { ApiRoute } from './apiRoute.ts'
import type { Live } from './live.ts'
import { livePath } from './liveMessages.ts'
import { answerMissing, mountApi, type MountOptions } from './mountApi.ts'

export interface ApiServerOptions extends Omit<MountOptions, 'isOpen'> {
  name: ListenerState['name']
  host: string
  /** 0 = any free one. */
  port: number
  tls: { certificateFile: string; keyFile: string } | null
  loopbackNeedsToken: boolean
  live: Live | null
  /** Of the routes that are elsewhere, for the sentence of a 404: empty where all are here. */
  elsewhere: readonly ApiRoute[]
}

export interface ApiServer {
  readonly url: string
  readonly port: number
  counters(): ApiServerCounters
  dispose(): Promise<void>
}

export interface ApiServerCounters {
  connections: number
  /** Connections beyond the most there may be. */
  dropped: number
  /** Connections that sent or read too slowly, and what was no HTTP. */
  timedOut: number
  malformed: number
}

/** Room for a thousand live listeners beside scrapers and pages. */
const connectionsMax = 1536
const requestWithinMs = 10_000
const idleWithinMs = 15_000
const keptAliveMs = 60_000

async function createServer(tls: ApiServerOptions['tls']): Promise<FastifyInstance> {
  const common = {
    bodyLimit: 64 * 1024,
    requestTimeout: requestWithinMs,
    connectionTimeout: idleWithinMs,
    keepAliveTimeout: keptAliveMs,
    forceCloseConnections: true
  }
  if (!tls) return fastify(common)
  const [cert, key] = await Promise.all([readFile(tls.certificateFile), readFile(tls.keyFile)])
  return fastify({ ...common, https: { cert, key, minVersion: 'TLSv1.2' } }) as unknown as FastifyInstance
}

/** The health API, or a part of it, on a port of its own. Rejects where the port cannot be had. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { host, tls, live, log, access } = options
  const isOpen = isLoopback(host) && !options.loopbackNeedsToken
  const server = await createServer(tls)
  const counters = { dropped: 0, timedOut: 0, malformed: 0 }
  const sockets = new Set<Socket>()
  const http = server.server
  http.maxConnections = connectionsMax
  http.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A reader that takes nothing for so long is cut: what waits for it is bounded by the connections there may be.
    socket.on('timeout', () => (counters.timedOut += 1))
  })
  http.on('drop', () => {
    counters.dropped += 1
    if (counters.dropped === 1 || counters.dropped % 1000 === 0)
      log.warning('connections_refused', { port: options.name, count: counters.dropped, most: connectionsMax })
  })
  http.on('clientError', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') counters.timedOut += 1
    else counters.malformed += 1
  })
  http.on('upgrade', (request, socket, head) => {
    if (live && pathOf(request.url) === livePath) return live.upgrade(request, socket, head, isOpen)
    refuseUpgrade(socket, 404, `There is no web socket here${live ? `: it is ${livePath}` : ''}.`)
  })
  server.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(securityHeaders()))
      if (!reply.hasHeader(name)) void reply.header(name, value)
  })
  await mountApi(server, { ...options, isOpen })
  server.setNotFoundHandler((request, reply) => {
    if (answerMissing(request, reply, options.routes, options.elsewhere)) return reply
    return reply
      .code(404)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ error: 'not-found', message: `There is no ${pathOf(request.url)} here.` }))
  })
  await server.listen({ host, port: options.port })
  const { port } = http.address() as AddressInfo
  const url = shownUrl(host, port, tls !== null)
  const stopListing = access.listens(() => ({
    name: options.name,
    url,
    encrypted: tls !== null,
    loopback: isLoopback(host),
    open: isOpen,
    connections: sockets.size
  }))
  return {
    url,
    port,
    counters: () => ({ connections: sockets.size, ...counters }),
    async dispose() {
      stopListing()
      await server.close()
    }
  }
}
