import { Client, status as grpcStatus, type ChannelCredentials, type ClientReadableStream } from '@grpc/grpc-js'
import type { StreamSettings } from '../../src-preload/contract/settings.ts'
import type { Clock } from '../clock.ts'
import { backoffDelayMs } from './backoff.ts'
import { createSilenceWatch } from './silenceWatch.ts'
import type { StreamState } from './streamSource.ts'

/** One decoded message, or null where the bytes are none of the protocol; `bytes` is its size on the wire. */
export interface Received {
  message: object | null
  bytes: number
}

export type ReceivedStream = ClientReadableStream<Received>

export interface StreamConnectionOptions {
  address: string
  credentials: ChannelCredentials
  settings: StreamSettings
  clock: Clock
  random: () => number
  live: boolean
  /** Opens the job's streams on a connected client; all of them together are the connection. */
  open(client: Client): ReceivedStream[]
  message(received: Received, streamIndex: number): void
  /** A connection after one that had delivered: what was missed is a gap. */
  reconnected(): void
  state(state: StreamState): void
  /** Time between two messages as the stream itself lets expect it, ms; 0 where it is not known yet. */
  expectedIntervalMs(): number
}

export interface StreamConnection {
  start(): void
  pause(): void
  resume(): void
  counters(): { pauses: number; reconnects: number; lastArrivalMs: number | null }
  dispose(): void
}

/** A job's stream server may need seconds to start; a job nobody connects to is deleted after about 50 s. */
const startWithinMs = 50_000
const startRetry = { firstMs: 250, maxMs: 1000 }
/** How long an unknown job is believed to be one whose stream server does not know it yet. */
const unknownWithinMs = 5000
const connectWithinMs = 5000

const channelOptions = {
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  // A connection of its own for each job: one that is paused must not hold up another.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0
}

/** What grpc-js says of a stream that was reset without a status. */
const resetDetails = 'Call cancelled'

const statusName = (code: number): string => grpcStatus[code] ?? String(code)

/**
 * Keeps a job's gRPC streams open: retries while the server starts, reconnects with backoff and jitter, watches for
 * silence, pauses. Knows nothing of what the messages mean.
 */
export function createStreamConnection(options: StreamConnectionOptions): StreamConnection {
  const { clock, settings } = options
  let client: Client | null = null
  let streams: ReceivedStream[] = []
  let generation = 0
  let attempts = 0
  let startedAtMs = 0
  let delivered = false
  let deliveredNow = false
  let paused = false
  let ended = false
  let cancelRetry: (() => void) | null = null
  const counters = { pauses: 0, reconnects: 0, lastArrivalMs: null as number | null }

  const silence = createSilenceWatch({
    clock,
    settings,
    live: options.live,
    expectedIntervalMs: options.expectedIntervalMs,
    changed: (level, silentMs) => {
      if (ended || (client === null && level !== 'limit')) return
      const seconds = silentMs < 1000 ? (silentMs / 1000).toFixed(2) : (silentMs / 1000).toFixed(0)
      if (level === 'limit') finish({ name: 'failed', code: 'no-data', reason: `No data for ${seconds} s.` })
      else if (level === 'flowing') options.state({ name: 'streaming', reason: 'Data is arriving again.' })
      else {
        const reason = level === 'stalled' ? `No block for ${seconds} s.` : `No data for ${seconds} s; still connected.`
        options.state({ name: delivered ? 'stalled' : 'connecting', reason })
      }
    }
  })

  const drop = (): void => {
    generation++
    cancelRetry?.()
    cancelRetry = null
    for (const stream of streams) stream.cancel()
    streams = []
    client?.close()
    client = null
  }

  const finish = (state: StreamState): void => {
    if (ended) return
    ended = true
    silence.dispose()
    drop()
    options.state(state)
  }

  const retry = (reason: string): void => {
    drop()
    const sinceStartMs = clock.monotonicMs() - startedAtMs
    attempts++
    if (!delivered) {
      if (sinceStartMs > startWithinMs)
        return finish({
          name: 'failed',
          code: 'not-reachable',
          reason: `The stream server at ${options.address} did not come up within ${startWithinMs / 1000} s (${reason}).`
        })
      options.state({ name: 'connecting', reason: `Waiting for the stream server at ${options.address} (${reason}).` })
      cancelRetry = clock.after(backoffDelayMs(attempts, startRetry, options.random), connect)
      return
    }
    if (attempts > settings.streamRetries)
      return finish({
        name: 'failed',
        code: 'not-reachable',
        reason: `The stream was lost (${reason}) and ${settings.streamRetries} attempts to get it back failed.`
      })
    // The first time at once: most often only the connection broke, and the server waits for its client for 10 s.
    const first = { firstMs: Math.min(200, settings.retryFirstMs), maxMs: settings.retryMaxMs }
    const later = { firstMs: settings.retryFirstMs, maxMs: settings.retryMaxMs }
    const waitMs = backoffDelayMs(Math.max(1, attempts - 1), attempts === 1 ? first : later, options.random)
    options.state({
      name: 'reconnecting',
      reason: `The stream was lost (${reason}); attempt ${attempts} of ${settings.streamRetries} in ${(waitMs / 1000).toFixed(1)} s.`
    })
    cancelRetry = clock.after(waitMs, connect)
  }

  const streamEnded = (code: number, details: string): void => {
    const words = details && details !== 'OK' ? `${statusName(code)}: ${details}` : statusName(code)
    // A stream that was reset is how a server that goes down looks; one that ends a job sends a status with its own words.
    if (code === grpcStatus.CANCELLED && details !== resetDetails)
      return finish({ name: 'cancelled', reason: 'The backend ended the job.' })
    if (code === grpcStatus.UNIMPLEMENTED) return finish({ name: 'failed', code: 'unimplemented', reason: words })
    if (code === grpcStatus.NOT_FOUND && (delivered || clock.monotonicMs() - startedAtMs > unknownWithinMs))
      return finish({ name: 'failed', code: 'job-unknown', reason: `The backend does not know the job (${words}).` })
    if (code === grpcStatus.PERMISSION_DENIED || code === grpcStatus.UNAUTHENTICATED)
      return finish({ name: 'failed', code: 'refused', reason: `The backend refuses the stream (${words}).` })
    retry(words)
  }

  const adopt = (opened: ReceivedStream[]): void => {
    const mine = generation
    let open = opened.length
    streams = opened
    opened.forEach((stream, index) => {
      let status: { code: number; details: string } | null = null
      stream.on('data', (received: Received) => {
        if (mine !== generation) return
        counters.lastArrivalMs = clock.nowMs()
        if (!deliveredNow) {
          deliveredNow = true
          attempts = 0
          if (delivered) {
            counters.reconnects++
            options.reconnected()
          }
          delivered = true
          options.state({ name: 'streaming', reason: 'Data is arriving.' })
        }
        silence.arrived()
        options.message(received, index)
      })
      stream.on('error', () => undefined)
      stream.on('status', (received: { code: number; details: string }) => (status = received))
      // 'end' comes after the last buffered message, also when the stream broke; 'status' may come before it.
      stream.on('end', () =>
        setImmediate(() => {
          if (mine !== generation || ended) return
          const { code, details } = status ?? { code: grpcStatus.UNKNOWN, details: 'ended without a status' }
          if (code !== grpcStatus.OK) return streamEnded(code, details)
          if (--open > 0) return
          if (options.live) retry('the backend closed it')
          else finish({ name: 'completed', reason: 'The end of the range has been reached.' })
        })
      )
      if (paused) stream.pause()
    })
  }

  const connect = (): void => {
    cancelRetry = null
    deliveredNow = false
    const mine = generation
    const opened = new Client(options.address, options.credentials, channelOptions)
    client = opened
    opened.waitForReady(Date.now() + connectWithinMs, (error) => {
      if (mine !== generation) return
      if (error) return retry('it does not accept connections')
      silence.restart()
      adopt(options.open(opened))
    })
  }

  return {
    start() {
      startedAtMs = clock.monotonicMs()
      options.state({ name: 'connecting', reason: `Connecting to the stream server at ${options.address}.` })
      silence.start()
      connect()
    },
    pause() {
      if (paused || ended) return
      paused = true
      counters.pauses++
      silence.suspend()
      for (const stream of streams) stream.pause()
    },
    resume() {
      if (!paused) return
      paused = false
      silence.restart()
      for (const stream of streams) stream.resume()
    },
    counters: () => ({ ...counters }),
    dispose() {
      ended = true
      silence.dispose()
      drop()
    }
  }
}
