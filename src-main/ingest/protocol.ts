import type { SiteSettings } from '../../src-preload/contract/settings.ts'
import type { StoredBlock } from '../analysis/analysis.ts'
import type { VitalsReport } from '../analysis/workerThread.ts'
import type { SampleRing } from '../analysis/sampleRing.ts'
import type { StreamOptions } from '../streams/createStream.ts'
import type { RowBlock, StreamCounters, StreamGap, StreamOffer, StreamState } from '../streams/streamSource.ts'

/** What a stream is opened with, as plain data: clocks and connections belong to the thread that runs it. */
export type IngestStreamOptions = Omit<
  StreamOptions,
  'credentials' | 'decoder' | 'clock' | 'random' | 'decoded' | 'onBadMessage'
> & {
  service: SiteSettings['service']
  /** TLS with this CA (PEM text; null: the system's); null: plaintext. */
  tls: { ca: string | null } | null
  /** Longest window that the first reader needs, samples: decides on the size of the ring. */
  windowSamples: number
}

/** Where a ring's writer had come to, for a stream that is opened again. */
export interface RingState {
  ring: SampleRing
  position: number
}

/** What main tells the ingest thread. */
export type IngestCommand =
  | { kind: 'open'; stream: number; options: IngestStreamOptions; ring: RingState | null; paused: boolean }
  | { kind: 'pause'; stream: number }
  | { kind: 'resume'; stream: number }
  | { kind: 'close'; stream: number }
  /** `options` is the kind's own, plain data. It hears nothing before it is moved to a stream. */
  | { kind: 'makeTap'; tap: number; tapKind: string; options: unknown }
  /** Every block of this stream from now on; null: of none. */
  | { kind: 'moveTap'; tap: number; stream: number | null }
  | { kind: 'tellTap'; tap: number; message: unknown }
  | { kind: 'removeTap'; tap: number }

export interface IngestCounters extends StreamCounters {
  /** Part of the ring's room that readers with a hold still need, 0..1; above a half the stream is paused. */
  ringFill: number
  ringBytes: number
  /** Blocks that found no room in the ring. */
  ringDrops: number
}

export type IngestReport =
  | { kind: 'offer'; stream: number; offer: StreamOffer }
  /** Blocks from now on lie in this ring. */
  | { kind: 'ring'; stream: number; ring: SampleRing }
  | ({ kind: 'block'; stream: number } & StoredBlock)
  /** The values are transferred. */
  | { kind: 'rows'; stream: number; rows: RowBlock }
  | { kind: 'gap'; stream: number; gap: StreamGap }
  | { kind: 'state'; stream: number; state: StreamState; counters: IngestCounters }
  | { kind: 'counters'; stream: number; counters: IngestCounters }
  | { kind: 'badMessage'; stream: number; reason: string }
  /** What a tap says of itself; `message` is the tap's own, plain data. */
  | { kind: 'tap'; tap: number; message: unknown }
  /** A tap that cannot go on; the stream does. */
  | { kind: 'tapFailed'; tap: number; reason: string }
  | VitalsReport
