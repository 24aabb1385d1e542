import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { failure } from '../../src-preload/contract/errors.ts'
import {
  clientMessage,
  clientMessageMaxBytes,
  webSocketPath,
  webSocketProtocol,
  webSocketWindowParameter,
  windowIdPattern,
  type ServerMessage
} from '../../src-preload/contract/transport.ts'
import { rightOfEvent } from '../../src-preload/contract/callRights.ts'
import { mayRole } from '../../src-preload/contract/access.ts'
import { whyForbidden, type Identity } from '../access/identity.ts'
import type { Core, CorePort } from '../coreInterface.ts'
import { dispatch } from '../dispatch.ts'
import type { Log } from '../storage/log.ts'
import { isKnownOrigin, pathOf, refuseUpgrade, socketToken, subprotocols } from './access.ts'

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

type Upgrade = { allowed: true; identity: Identity } | { allowed: false; status: number; reason: string }

const refused = (status: number, reason: string): Upgrade => ({ allowed: false, status, reason })

/**
 * Whether a web socket may be opened: path, Origin (a page of another site cannot even try), then the token and what its
 * role may do, then the protocol.
 */
function checkUpgrade(request: IncomingMessage, { access }: Core): Upgrade {
  if (pathOf(request.url) !== webSocketPath) return refused(404, 'there is no web socket here')
  if (!isKnownOrigin(request.headers.origin, request.headers.host)) return refused(403, 'this page may not connect')
  const admission = access.admit(socketToken(request), request.socket.remoteAddress ?? null, webSocketPath)
  if (!admission.allowed) return refused(admission.status, admission.reason)
  const why = whyForbidden(admission.identity, 'connect', 'A window')
  if (why !== null) return refused(403, access.refuse(admission.identity, webSocketPath, why))
  if (!subprotocols(request).includes(webSocketProtocol)) return refused(400, `speak ${webSocketProtocol}`)
  return admission
}

export function createSocketClients(options: { core: Core; log: Log }): SocketClients {
  const { core, log } = options
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: clientMessageMaxBytes,
    perMessageDeflate: false,
    handleProtocols: () => webSocketProtocol
  })
  const counters: SocketCounters = { clients: 0, refused: 0, disconnectedForBacklog: 0, badMessages: 0 }
  const lastHeardMs = new Map<WebSocket, number>()
  const identities = new Map<WebSocket, Identity>()
  const stopWatching = core.access.tokens.onEnded((tokenId, why) => {
    for (const [socket, identity] of identities)
      if (identity.tokenId === tokenId)
        socket.close(1008, why === 'revoked' ? 'the token was revoked' : 'the token has expired')
  })

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

  function accept(socket: WebSocket, request: IncomingMessage, identity: Identity): void {
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
      identity,
      sendEvent(name, payload) {
        if (mayRole(identity.role, rightOfEvent[name])) send({ kind: 'event', name, payload })
      },
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
    identities.set(socket, identity)
    const { role, tokenId, address } = identity
    log.info('client_connected', { windowId, role, token: tokenId, address: address ?? 'unknown' })

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
      identities.delete(socket)
      disconnect()
      log.info('client_gone', { windowId, code })
    })
  }

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
      const checked = checkUpgrade(request, core)
      const full = checked.allowed && server.clients.size >= clientsMax
      const upgrade = full ? refused(503, `${clientsMax} clients are connected already`) : checked
      if (upgrade.allowed) {
        server.handleUpgrade(request, socket, head, (client) => accept(client, request, upgrade.identity))
        return
      }
      counters.refused += 1
      log.warning('client_refused', {
        status: upgrade.status,
        reason: upgrade.reason,
        origin: request.headers.origin ?? null
      })
      refuseUpgrade(socket, upgrade.status, upgrade.reason)
    },
    counters: () => ({ ...counters }),
    dispose() {
      stopWatching()
      clearInterval(heartbeat)
      for (const socket of server.clients) socket.close(1001, 'the program ends')
      setTimeout(() => {
        for (const socket of server.clients) socket.terminate()
      }, 1000).unref()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}
