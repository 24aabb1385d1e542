import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { failure } from '../../src-preload/contract/errors.ts'
import {
  clientMessage,
  clientMessageMaxBytes,
  webSocketProtocol,
  webSocketWindowParameter,
  windowIdPattern,
  type ServerMessage
} from '../../src-preload/contract/transport.ts'
import type { Core, CorePort } from '../coreInterface.ts'
import { dispatch } from '../dispatch.ts'
import type { Log } from '../storage/log.ts'
import { checkUpgrade, type Access } from './access.ts'

/** A reload, or a network that blinks, is not a goodbye. */
const returnsWithinMs = 10_000
const pingEveryMs = 30_000
const deadAfterMs = 120_000
/** Credits bound the rows; a client that lets this much pile up anyway reads nothing any more. */
const bufferedMaxBytes = 16 * 1024 * 1024
const callsAtOnceMax = 64
const clientsMax = 200

export interface SocketCounters {
  clients: number
  refused: number
  disconnectedForBacklog: number
  badMessages: number
}

export interface SocketClients {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  counters(): SocketCounters
  dispose(): Promise<void>
}

/** A page keeps its id over a reload, so that its jobs are still its own. */
function returningWindow(request: IncomingMessage): string | null {
  const given = new URL(request.url ?? '/', 'http://localhost').searchParams.get(webSocketWindowParameter)
  return given !== null && windowIdPattern.test(given) ? given : null
}

export function createSocketClients(options: { core: Core; token: string; log: Log }): SocketClients {
  const { core, token, log } = options
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: clientMessageMaxBytes,
    perMessageDeflate: false,
    handleProtocols: () => webSocketProtocol
  })
  const counters: SocketCounters = { clients: 0, refused: 0, disconnectedForBacklog: 0, badMessages: 0 }
  const lastHeardMs = new Map<WebSocket, number>()

  function guardBacklog(socket: WebSocket): boolean {
    if (socket.readyState !== socket.OPEN) return false
    if (socket.bufferedAmount <= bufferedMaxBytes) return true
    counters.disconnectedForBacklog += 1
    log.warning('client_disconnected', { reason: 'it reads too slowly', bufferedBytes: socket.bufferedAmount })
    // The farewell waits behind what is not read, so the connection is cut soon after.
    socket.close(1013, 'it reads too slowly')
    setTimeout(() => socket.terminate(), 1000).unref()
    return false
  }

  function accept(socket: WebSocket, request: IncomingMessage): void {
    const returning = returningWindow(request)
    const windowId = returning ?? randomUUID()
    let callsAtOnce = 0
    const send = (message: ServerMessage): void => {
      if (guardBacklog(socket)) socket.send(JSON.stringify(message))
    }
    const port: CorePort = {
      windowId,
      // Who has no name cannot come back under it.
      returnsWithinMs: returning === null ? 0 : returnsWithinMs,
      sendEvent: (name, payload) => send({ kind: 'event', name, payload }),
      sendRows: (frame) => {
        if (guardBacklog(socket)) socket.send(frame)
      }
    }
    const refuseMessage = (reason: string): void => {
      counters.badMessages += 1
      socket.close(1008, reason)
    }
    const disconnect = core.connect(port)
    counters.clients += 1
    lastHeardMs.set(socket, performance.now())
    log.info('client_connected', { windowId, address: request.socket.remoteAddress ?? 'unknown' })

    socket.on('pong', () => lastHeardMs.set(socket, performance.now()))
    socket.on('error', (error) => log.warning('client_error', { windowId, reason: error.message }))
    socket.on('message', (data, isBinary) => {
      lastHeardMs.set(socket, performance.now())
      if (isBinary) return refuseMessage('text messages only')
      let message: unknown
      try {
        message = JSON.parse((data as Buffer).toString('utf8'))
      } catch {
        return refuseMessage('not JSON')
      }
      if (callsAtOnce >= callsAtOnceMax) {
        const call = clientMessage.safeParse(message)
        if (!call.success) return refuseMessage('not a call')
        const sentence = `${callsAtOnceMax} calls of this window are under way; wait for their answers.`
        return send({ kind: 'answer', id: call.data.id, result: failure('refused', sentence) })
      }
      callsAtOnce += 1
      const onBug = (name: string, error: unknown): void =>
        log.error('call_failed', {
          name,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error)
        })
      void dispatch(core, port, message, onBug).then((answer) => {
        callsAtOnce -= 1
        if (answer) send(answer)
        else refuseMessage('not a call')
      })
    })
    socket.on('close', (code) => {
      counters.clients -= 1
      lastHeardMs.delete(socket)
      disconnect()
      log.info('client_gone', { windowId, code })
    })
  }

  server.on('connection', accept)
  const heartbeat = setInterval(() => {
    for (const [socket, heardMs] of lastHeardMs) {
      if (performance.now() - heardMs > deadAfterMs) socket.terminate()
      else socket.ping()
    }
  }, pingEveryMs)
  heartbeat.unref()

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const checked = checkUpgrade(request, token)
      const full = checked.allowed && server.clients.size >= clientsMax
      const access: Access = full
        ? { allowed: false, status: 503, reason: `${clientsMax} clients are connected already` }
        : checked
      if (access.allowed) {
        server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request))
        return
      }
      counters.refused += 1
      log.warning('client_refused', {
        status: access.status,
        reason: access.reason,
        origin: request.headers.origin ?? null
      })
      socket.end(
        `HTTP/1.1 ${access.status} ${STATUS_CODES[access.status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${access.reason}\n`
      )
    },
    counters: () => ({ ...counters }),
    dispose() {
      clearInterval(heartbeat)
      for (const socket of server.clients) socket.close(1001, 'the program ends')
      setTimeout(() => {
        for (const socket of server.clients) socket.terminate()
      }, 1000).unref()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}
