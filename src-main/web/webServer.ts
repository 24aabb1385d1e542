import staticFiles from '@fastify/static'
import { fastify, type FastifyInstance } from 'fastify'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { securityHeaders } from '../../src-preload/contract/security.ts'
import type { Core } from '../coreInterface.ts'
import type { Log } from '../storage/log.ts'
import { createSocketClients, type SocketCounters } from './socketClients.ts'

export interface WebServerOptions {
  core: Core
  host: string
  /** 0 = any free one. */
  port: number
  token: string
  /** The built windows. */
  rendererFolder: string
  tls: { certificateFile: string; keyFile: string } | null
  log: Log
}

export interface WebServer {
  /** Without the token. */
  readonly url: string
  readonly port: number
  counters(): SocketCounters
  dispose(): Promise<void>
}

const requestTimeoutMs = 30_000

async function createHttpServer(tls: WebServerOptions['tls']): Promise<FastifyInstance> {
  const common = { bodyLimit: 64 * 1024, requestTimeout: requestTimeoutMs, connectionTimeout: requestTimeoutMs }
  if (tls === null) return fastify(common)
  const [cert, key] = await Promise.all([readFile(tls.certificateFile), readFile(tls.keyFile)])
  return fastify({ ...common, https: { cert, key } }) as unknown as FastifyInstance
}

/** Hosts that only this machine reaches; anything else deserves a warning when it is not encrypted. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1|\[::1\])$/.test(host)

/**
 * The web shell: the built windows over HTTP(S), the core over a web socket on the same port. The files are no secret; the
 * token opens the socket. Rejects when the port cannot be bound or a certificate cannot be read.
 */
export async function createWebServer(options: WebServerOptions): Promise<WebServer> {
  const { core, host, token, log, tls } = options
  const server = await createHttpServer(tls)
  const clients = createSocketClients({ core, token, log })
  server.server.on('upgrade', (request, socket, head) => clients.upgrade(request, socket, head))
  server.addHook('onSend', async (request, reply) => {
    const own = request.headers.host
    const sockets = own === undefined ? [] : [`${tls ? 'wss' : 'ws'}://${own}`]
    void reply.headers(securityHeaders(/^[\w.:[\]-]+$/.test(own ?? '') ? sockets : []))
  })
  await server.register(staticFiles, { root: options.rendererFolder, cacheControl: false, etag: true })
  server.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('There is nothing here.\n'))
  await server.listen({ host, port: options.port })
  const { port } = server.server.address() as AddressInfo
  const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return {
    url: `${tls ? 'https' : 'http'}://${shownHost}:${port}`,
    port,
    counters: () => clients.counters(),
    async dispose() {
      await clients.dispose()
      await server.close()
    }
  }
}
