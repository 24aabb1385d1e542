import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import type { Clock } from '../clock.ts'

export interface HttpAnswer {
  kind: 'answer'
  status: number
  retryAfterMs: number | null
  text: string
}

/** The peer gave no answer that can be read; `cause` decides whether trying again makes sense and is safe. */
export interface HttpFailure {
  kind: 'failure'
  /** `not-connected`: the request never left, repeating it is safe. */
  cause: 'not-connected' | 'timed-out' | 'broken' | 'too-large' | 'untrusted' | 'aborted'
  message: string
}

export interface HttpClientOptions {
  /** May have a path; with or without a slash at its end. */
  baseUrl: string
  /** PEM text. */
  ca: string | null
  /** SHA-256 of the server's certificate, hex, colons allowed; replaces the check against a CA. */
  fingerprint256: string | null
  timeoutMs: number
  responseMaxBytes: number
  /** With every request; names in small letters. */
  headers?: Record<string, string>
  clock: Clock
}

/** Connections to one server. */
export interface SocketCounts {
  inUse: number
  /** Open and kept for the next request. */
  kept: number
  /** Requests that wait for one. */
  waiting: number
  most: number
}

export interface HttpClient {
  sockets(): SocketCounts
  request(method: string, path: string, body?: object): Promise<HttpAnswer | HttpFailure>
  dispose(): void
}

const normalFingerprint = (text: string): string => text.replace(/[^0-9a-f]/gi, '').toLowerCase()

class UntrustedError extends Error {
  override readonly name = 'UntrustedError'
}

/** The certificate is compared before a byte of the request is sent. */
class PinnedAgent extends https.Agent {
  readonly #fingerprint: string

  constructor(options: https.AgentOptions, fingerprint: string) {
    super(options)
    this.#fingerprint = normalFingerprint(fingerprint)
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback?: (error: Error | null, socket: Duplex) => void
  ): undefined {
    const done = callback as (error: Error | null, socket?: Duplex) => void
    const socket = tls.connect({ ...(options as tls.ConnectionOptions), rejectUnauthorized: false })
    const onError = (error: Error): void => done(error)
    socket.once('error', onError)
    socket.once('secureConnect', () => {
      socket.off('error', onError)
      const seen = normalFingerprint(socket.getPeerCertificate().fingerprint256)
      if (seen === this.#fingerprint) return done(null, socket)
      socket.destroy()
      done(new UntrustedError(`its certificate has the SHA-256 fingerprint ${seen}, which is not the one set`))
    })
    return undefined
  }
}

function retryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const dateMs = Date.parse(header)
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs)
}

const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])

function failureOf(error: NodeJS.ErrnoException, where: string): HttpFailure {
  const code = error.code ?? ''
  if (error instanceof UntrustedError || /CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|UNABLE_TO_VERIFY/.test(code))
    return { kind: 'failure', cause: 'untrusted', message: `${where} is not trusted: ${error.message}` }
  if (notConnected.has(code))
    return { kind: 'failure', cause: 'not-connected', message: `${where} does not answer (${code})` }
  return { kind: 'failure', cause: 'broken', message: `The connection to ${where} broke (${code || error.message})` }
}

const countOf = (lists: NodeJS.ReadOnlyDict<unknown[]>): number =>
  Object.values(lists).reduce((sum, list) => sum + (list?.length ?? 0), 0)

/** JSON over HTTP or HTTPS on kept-alive connections, with one time-out for the whole exchange and a size limit. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const base = new URL(options.baseUrl)
  const basePath = base.pathname.replace(/\/+$/, '')
  const secure = base.protocol === 'https:'
  const agentOptions = { keepAlive: true, maxSockets: 8, maxFreeSockets: 2, scheduling: 'lifo' as const }
  const agent = !secure
    ? new http.Agent(agentOptions)
    : options.fingerprint256 !== null
      ? new PinnedAgent(agentOptions, options.fingerprint256)
      : new https.Agent({ ...agentOptions, ...(options.ca === null ? {} : { ca: options.ca }) })
  const running = new Set<http.ClientRequest>()
  let disposed = false

  const exchange = (method: string, path: string, body: object | undefined): Promise<HttpAnswer | HttpFailure> =>
    new Promise((resolve) => {
      const payload = body === undefined ? null : Buffer.from(JSON.stringify(body))
      const request = (secure ? https : http).request({
        agent,
        method,
        host: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port || (secure ? 443 : 80),
        path: basePath + path,
        headers: {
          accept: 'application/json',
          ...options.headers,
          ...(payload ? { 'content-type': 'application/json', 'content-length': String(payload.length) } : {})
        }
      })
      running.add(request)
      const finish = (result: HttpAnswer | HttpFailure): void => {
        cancelTimeout()
        running.delete(request)
        resolve(result)
        if (result.kind === 'failure') request.destroy()
      }
      const cancelTimeout = options.clock.after(options.timeoutMs, () =>
        finish({
          kind: 'failure',
          cause: 'timed-out',
          message: `${base.host} did not answer ${method} ${path} within ${options.timeoutMs / 1000} s`
        })
      )
      request.on('error', (error) =>
        finish(
          disposed
            ? { kind: 'failure', cause: 'aborted', message: 'The connection was closed by the program' }
            : failureOf(error, base.host)
        )
      )
      request.on('response', (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          chunks.push(chunk)
          if (size > options.responseMaxBytes)
            finish({
              kind: 'failure',
              cause: 'too-large',
              message: `${base.host} answered ${method} ${path} with more than ${options.responseMaxBytes} bytes`
            })
        })
        response.on('error', (error) => finish(failureOf(error, base.host)))
        response.on('end', () =>
          finish({
            kind: 'answer',
            status: response.statusCode ?? 0,
            retryAfterMs: retryAfter(response.headers['retry-after'], options.clock.nowMs()),
            text: Buffer.concat(chunks).toString('utf8')
          })
        )
      })
      request.end(payload ?? undefined)
    })

  return {
    async request(method, path, body) {
      if (disposed) return { kind: 'failure', cause: 'aborted', message: 'The connection was closed by the program' }
      const first = await exchange(method, path, body)
      // A kept connection that the server closed just before its reuse says nothing about the server.
      const reusable = first.kind === 'failure' && first.cause === 'broken' && method !== 'POST' && !disposed
      return reusable ? exchange(method, path, body) : first
    },
    sockets: () => ({
      inUse: countOf(agent.sockets),
      kept: countOf(agent.freeSockets),
      waiting: countOf(agent.requests),
      most: agentOptions.maxSockets
    }),
    dispose() {
      disposed = true
      for (const request of running) request.destroy()
      agent.destroy()
    }
  }
}
