import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { Band } from '../../recordings/recording.ts'

/** What a source offers. Channels are counted from index 0 here; REST counts them from 1. */
export interface SourceDescription {
  name: string
  kind: 'simulated' | 'recording'
  /** `prodml`, … for recordings; `simulated`. */
  format: string
  content: 'samples' | 'bandEnergy'
  bands: Band[]
  elementType: 'int16' | 'float32'
  /** Physical value = stored · scale, in `unit`. */
  scale: number
  unit: string
  quantity: string
  channelCount: number
  /** The source's own number of channel index 0, where it has one, and the step. */
  firstOwnChannel: number | null
  ownChannelStep: number
  firstDistanceM: number | null
  channelSpacingM: number | null
  gaugeLengthM: number | null
  sampleIntervalNs: number
  sampleRateHz: number
}

export interface SourceRange {
  startNs: Nanoseconds
  /** Null: goes on. */
  endNs: Nanoseconds | null
}

/** Random access to samples by index. Index 0 is a fixed instant of the source (recording start; epoch for the simulator). */
export interface AcquisitionSource {
  readonly description: SourceDescription
  /** Sources that are live produce samples up to now; `read` beyond now is refused by the caller, not by the source. */
  readonly live: boolean
  /** What can be opened as a historic job, given the clock. Half-open. */
  historicRange(nowNs: Nanoseconds): SourceRange | null
  /** Index of the first sample at or after a time; time of a sample. */
  sampleIndexAt(timeNs: Nanoseconds): number
  timeOfSample(index: number): Nanoseconds
  /**
   * Stored values, time-major, `sampleCount · channelCount` of them, written to the front of `target` (which has the
   * description's element type). `band` for band-energy sources. Rejects when the samples cannot be read.
   */
  read(
    range: { firstSample: number; sampleCount: number; firstChannel: number; channelCount: number; band?: number },
    target: Int16Array | Float32Array
  ): void | Promise<void>
  /** Holes in the data, as half-open time ranges, inside the given range. */
  gaps(range: SourceRange): { startNs: Nanoseconds; endNs: Nanoseconds }[]
  /** Simulated sources: what happens in [fromNs, toNs). */
  truth?(fromNs: Nanoseconds, toNs: Nanoseconds): SimulatedEvent[]
  dispose(): Promise<void>
}

/** One entry of `GET /simulation/truth`. Distances in metres along the fibre, times as nanoseconds text in JSON. */
export interface SimulatedEvent {
  id: string
  kind: 'vehicle' | 'train' | 'footsteps' | 'digging' | 'pump' | 'earthquake' | 'bad channel' | 'fading'
  startNs: Nanoseconds
  endNs: Nanoseconds
  /** Where it is at its start and at its end. */
  startDistanceM: number
  endDistanceM: number
  /** Signed apparent speed along the fibre for what moves at constant speed, else null. */
  speedMPerS: number | null
  /** Everything else that a test may check against: frequencies, P and S velocities, magnitudes … with units in the names. */
  details: Record<string, number | string>
}

/** Faults that a `faulty:` source asks the server to inject into each job's streams. Times in seconds of the job's stream. */
export interface Fault {
  kind: 'stall' | 'cut' | 'gap' | 'shape' | 'nan' | 'port-delay'
  atS: number
  durationS: number
  /** Repeats every so many seconds; null = once. */
  everyS: number | null
}
