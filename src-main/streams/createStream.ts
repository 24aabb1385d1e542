import { credentials, type ChannelCredentials } from '@grpc/grpc-js'
import type { SiteSettings, StreamSettings } from '../../src-preload/contract/settings.ts'
import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { Clock } from '../clock.ts'
import { createBlocksStream } from './blocksStream.ts'
import type { ConfiguredJob } from './controlAnswers.ts'
import type { RowDecoder } from './rowDecoder.ts'
import { createRowsStream } from './rowsStream.ts'
import type { StreamListener, StreamSource } from './streamSource.ts'

export interface SpectraOptions {
  /** As the backend lists them; empty where it does not. */
  frequenciesHz: number[]
  /** What was asked for: a backend that lists nothing is taken to send this, evenly spaced. Null where nobody knows. */
  range: { lowHz: number; highHz: number } | null
}

/** What both services need to carry one job. */
export interface StreamOptions {
  address: string
  credentials: ChannelCredentials
  backendJobId: string
  sourceName: string
  channels: { min: number; max: number }
  live: boolean
  /** Historic: end of the range that was asked for. */
  endNs: Nanoseconds | null
  /** From `lines_dt`; null where the server does not say. */
  rowIntervalS: number | null
  streamAmount: number
  band: { lowHz: number; highHz: number } | null
  /** Rows hold spectra: by channel the values of these frequencies. Null: one value a channel. */
  spectra?: SpectraOptions | null
  /** Where channels lie, for services that do not say; null where nobody knows. */
  fibre: { firstChannel: number; startM: number; spacingM: number } | null
  rowScale: SiteSettings['rowScale']
  decoder?: RowDecoder
  /** Blocks: what was received before by a stream of the same job that is no more, and why it is not. */
  resume?: { lastSequence: number; endNs: Nanoseconds; reason: string } | null
  settings: StreamSettings
  clock: Clock
  random: () => number
  /** Milliseconds that a message took to be decoded. */
  decoded?: (milliseconds: number) => void
  /** A message was skipped because it is not what it claims to be. */
  onBadMessage?: (reason: string) => void
}

/** Hosts that mean "this machine" and are of no use to a client on another one. */
const hostsOfNowhere = new Set(['', '0.0.0.0', '::', '[::]', 'localhost', '127.0.0.1', '::1', '[::1]'])

/** Where a job's streams are: `stream_url` where it names a host that can be meant, else the host of the base URL. */
export function streamAddress(baseUrl: string, configured: ConfiguredJob): string {
  const base = new URL(baseUrl).hostname
  const named = configured.streamHost
  const host = named === null || hostsOfNowhere.has(named) ? base : named
  return `${host}:${configured.streamPort}`
}

/** Streams are plaintext unless the server's `stream_url` says https; then the site's CA counts. */
export const streamCredentials = (secure: boolean, ca: string | null): ChannelCredentials =>
  secure ? credentials.createSsl(ca === null ? null : Buffer.from(ca)) : credentials.createInsecure()

/**
 * One job's stream behind one interface. `auto` asks for raw blocks first; a backend that does not have that service is
 * asked for analysed rows.
 */
export function createStream(
  options: StreamOptions & { service: SiteSettings['service'] },
  listener: StreamListener
): StreamSource {
  if (options.service === 'rows') return createRowsStream(options, listener)
  if (options.service === 'blocks') return createBlocksStream(options, listener)

  let isPaused = false
  let isDisposed = false
  let source: StreamSource = createBlocksStream(options, {
    ...listener,
    state(state) {
      if (state.name !== 'failed' || state.code !== 'unimplemented' || isDisposed) return listener.state(state)
      source.dispose()
      source = createRowsStream(options, listener)
      source.start()
      if (isPaused) source.pause()
    }
  })
  return {
    start: () => source.start(),
    pause() {
      isPaused = true
      source.pause()
    },
    resume() {
      isPaused = false
      source.resume()
    },
    counters: () => source.counters(),
    dispose() {
      isDisposed = true
      source.dispose()
    }
  }
}
