import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { listenLocally } from './listenLocally.ts'
import type { SelfSigned } from './selfSignedCertificate.ts'

export interface Received {
  atMs: number
  path: string
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
}

/** What a server does with the next request: answers, never answers, or cuts the connection. */
export type Behaviour = { status: number; headers?: Record<string, string>; text?: string } | 'hang' | 'cut'

export interface AlertReceiver {
  readonly url: string
  readonly received: Received[]
  /** For each request from now on, in order; the last one stays. */
  behave(...behaviours: Behaviour[]): void
  close(): Promise<void>
}

/** A real HTTP or HTTPS server that takes webhooks, and can be as bad as real ones. */
export async function startAlertReceiver(options: { tls?: SelfSigned; port?: number } = {}): Promise<AlertReceiver> {
  const received: Received[] = []
  let behaviours: Behaviour[] = [{ status: 200, text: 'ok' }]
  const answer: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>
      received.push({ atMs: performance.now(), path: request.url ?? '', headers: request.headers, body })
      const behaviour = behaviours.length > 1 ? behaviours.shift()! : behaviours[0]!
      if (behaviour === 'hang') return
      if (behaviour === 'cut') return void request.socket.destroy()
      response.writeHead(behaviour.status, behaviour.headers).end(behaviour.text ?? '')
    })
  }
  const server: Server = options.tls
    ? createHttpsServer({ key: options.tls.keyPem, cert: options.tls.certificatePem }, answer)
    : createHttpServer(answer)
  const port = await listenLocally(server, options.port ?? 0)
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    received,
    behave(...next) {
      behaviours = next
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}
