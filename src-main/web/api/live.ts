import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { mayRole } from '../../../src-preload/contract/access.ts'
import { webSocketProtocol } from '../../../src-preload/contract/transport.ts'
import type { Access } from '../../access/access.ts'
import { whyForbidden, type Identity } from '../../access/identity.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../storage/log.ts'
import { refuseUpgrade, socketToken, subprotocols } from '../access.ts'
import { identify } from './identify.ts'
import { livePath, liveRequest, rightOfLive, type LiveFilter, type LiveType } from './liveMessages.ts'
import { createLiveSubjects, filtered } from './liveSubjects.ts'

export interface Live {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, isOpen: boolean): void
  publish(type: LiveType, data: unknown[]): void
  /** Somebody listens to it: what costs something need not be made otherwise. */
  isWanted(type: LiveType): boolean
  counters(): LiveCounters
  dispose(): void
}

export interface LiveCounters {
  connections: number
  refused: number
  messages: number
  /** Left out for clients that read too slowly. */
  dropped: number
  disconnectedForBacklog: number
  subscriptions: Record<LiveType, number>
}

/** What a subject is now: for `get`, and for who has just subscribed. */
export type LiveCurrent = (type: LiveType) => Promise<unknown[]>

const clientsMax = 1200
const requestMaxBytes = 16 * 1024
const pingEveryMs = 30_000
const sweepEveryMs = 60_000
const deadAfterMs = 120_000
/** Past the first, readings are left out (newer ones come); past the second, the client is sent away. */
const slowBytes = 1024 * 1024
const backlogMaxBytes = 8 * 1024 * 1024

interface Client {
  identity: Identity
  isAnonymous: boolean
  heardMs: number
  filters: Map<LiveType, LiveFilter | null>
}

const anonymousTypes: ReadonlySet<LiveType> = new Set(['metrics', 'alerts'])

export function createLive(options: { access: Access; clock: Clock; log: Log; current: LiveCurrent }): Live {
  const { access, clock, log, current } = options
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: requestMaxBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has(webSocketProtocol) ? webSocketProtocol : false)
  })
  const clients = new Map<WebSocket, Client>()
  const subjects = createLiveSubjects()
  const counters = { refused: 0, messages: 0, dropped: 0, disconnectedForBacklog: 0 }
  const now = (): string => new Date(clock.nowMs()).toISOString()

  /** `mayDrop`: newer ones follow. */
  const send = (socket: WebSocket, text: string, mayDrop: boolean): void => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > backlogMaxBytes) {
      counters.disconnectedForBacklog += 1
      return socket.terminate()
    }
    if (mayDrop && socket.bufferedAmount > slowBytes) {
      counters.dropped += 1
      return
    }
    counters.messages += 1
    socket.send(text)
  }
  const sendObject = (socket: WebSocket, message: object): void => send(socket, JSON.stringify(message), false)
  const refuse = (socket: WebSocket, error: string, message: string): void =>
    sendObject(socket, { type: 'error', error, message, timestamp: now() })

  const mayHear = ({ identity, isAnonymous }: Client, type: LiveType): boolean =>
    isAnonymous ? anonymousTypes.has(type) : mayRole(identity.role, rightOfLive[type])

  async function answer(socket: WebSocket, client: Client, text: string): Promise<void> {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return refuse(socket, 'invalid', 'That is not JSON.')
    }
    const parsed = liveRequest.safeParse(value)
    if (!parsed.success)
      return refuse(
        socket,
        'invalid',
        'Send {"action":"subscribe|unsubscribe|get|ping","type":"metrics|alerts|jobs|tasks","filter":{…}}.'
      )
    const request = parsed.data
    if (request.action === 'ping') return sendObject(socket, { type: 'pong', timestamp: now() })
    const { type } = request
    if (request.action === 'unsubscribe') {
      client.filters.delete(type)
      return sendObject(socket, { type: 'unsubscribed', subject: type, timestamp: now() })
    }
    if (!mayHear(client, type)) {
      const why = client.isAnonymous
        ? `"${type}" needs a token.`
        : whyForbidden(client.identity, rightOfLive[type], `"${type}"`)!
      access.refuse(client.identity, `${livePath} ${type}`, why)
      return refuse(socket, 'forbidden', why)
    }
    const filter = request.filter ?? null
    const sequence = subjects.sequence(type)
    if (request.action === 'subscribe') {
      client.filters.set(type, filter)
      sendObject(socket, { type: 'subscribed', subject: type, sequence, timestamp: now() })
    }
    if (request.since !== undefined) {
      const { messages, missed } = subjects.after(type, request.since)
      for (const message of messages) {
        const seen = filtered(message, filter)
        if (seen) sendObject(socket, seen)
      }
      if (missed) sendObject(socket, { type: 'missed', subject: type, since: request.since, timestamp: now() })
      return
    }
    const data = await current(type)
    const seen = filtered({ type, sequence, timestamp: now(), data }, filter)
    sendObject(socket, seen ?? { type, sequence, timestamp: now(), data: [] })
  }

  function accept(socket: WebSocket, client: Client): void {
    clients.set(socket, client)
    socket.on('pong', () => (client.heardMs = clock.monotonicMs()))
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => clients.delete(socket))
    socket.on('message', (data, isBinary) => {
      client.heardMs = clock.monotonicMs()
      if (isBinary) return refuse(socket, 'invalid', 'Text messages only.')
      answer(socket, client, (data as Buffer).toString('utf8')).catch((error: unknown) => {
        log.error('live_failed', { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) })
        refuse(socket, 'failed', 'Something failed in the program; its log says what.')
      })
    })
  }

  const stopPings = clock.every(pingEveryMs, () => {
    const heartbeat = JSON.stringify({ type: 'heartbeat', timestamp: now() })
    for (const socket of clients.keys()) {
      if (socket.readyState === socket.OPEN) socket.ping()
      send(socket, heartbeat, true)
    }
  })
  const stopSweeps = clock.every(sweepEveryMs, () => {
    for (const [socket, { heardMs }] of clients) if (clock.monotonicMs() - heardMs > deadAfterMs) socket.terminate()
  })
  const stopWatching = access.tokens.onEnded((tokenId, why) => {
    for (const [socket, { identity }] of clients)
      if (identity.tokenId === tokenId)
        socket.close(1008, why === 'revoked' ? 'the token was revoked' : 'the token has expired')
  })

  return {
    upgrade(request, socket, head, isOpen) {
      socket.on('error', () => socket.destroy())
      const refuseWith = (status: number, reason: string): void => {
        counters.refused += 1
        refuseUpgrade(socket, status, reason)
      }
      const asked = { headers: request.headers, ip: request.socket.remoteAddress ?? null }
      const found = identify(asked, access, { isOpen, right: 'metrics', what: livePath, token: socketToken(request) })
      if (!found.allowed) return refuseWith(found.status, found.reason)
      const why = found.isAnonymous ? null : whyForbidden(found.identity, 'metrics', livePath)
      if (why !== null) return refuseWith(403, access.refuse(found.identity, livePath, why))
      if (clients.size >= clientsMax) return refuseWith(503, `${clientsMax} clients are connected already`)
      // A browser must be given one of the protocols that it named.
      if (subprotocols(request).length > 0 && !subprotocols(request).includes(webSocketProtocol))
        return refuseWith(400, `speak ${webSocketProtocol}`)
      server.handleUpgrade(request, socket, head, (client) =>
        accept(client, {
          identity: found.identity,
          isAnonymous: found.isAnonymous,
          heardMs: clock.monotonicMs(),
          filters: new Map()
        })
      )
    },
    publish(type, data) {
      const message = subjects.publish(type, data, now())
      const texts = new Map<string, string | null>()
      for (const [socket, { filters }] of clients) {
        const filter = filters.get(type)
        if (filter === undefined) continue
        const key = filter ? JSON.stringify(filter) : ''
        if (!texts.has(key)) {
          const seen = filtered(message, filter)
          texts.set(key, seen && JSON.stringify(seen))
        }
        const text = texts.get(key)
        if (text) send(socket, text, type === 'metrics')
      }
    },
    isWanted: (type) => [...clients.values()].some(({ filters }) => filters.has(type)),
    counters() {
      const subscriptions: Record<LiveType, number> = { metrics: 0, alerts: 0, jobs: 0, tasks: 0 }
      for (const { filters } of clients.values()) for (const type of filters.keys()) subscriptions[type] += 1
      return { connections: clients.size, ...counters, subscriptions }
    },
    dispose() {
      stopPings()
      stopSweeps()
      stopWatching()
      for (const socket of clients.keys()) {
        socket.close(1001, 'the program ends')
        setTimeout(() => socket.terminate(), 1000).unref()
      }
      server.close()
    }
  }
}
