import type { Nanoseconds } from '../../src-preload/contract/units.ts'

export type SampleArray = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array
export type ElementName = 'int8' | 'int16' | 'int32' | 'float32' | 'float64'

export interface Band {
  lowHz: number
  highHz: number
}

/** What a recording knows of itself. What the format does not say is null, never invented; what was assumed is a warning. */
export interface RecordingInfo {
  /** `prodml`, `asn-optodas`, `silixa-tdms`, … */
  format: string
  formatVersion: string | null
  file: string
  instrument: string | null
  shape: { time: number; channel: number }
  storedOrder: ['time', 'channel'] | ['channel', 'time']
  dtype: ElementName
  quantity: string | null
  /** Unit of stored value · scale. */
  unit: string | null
  scale: number
  startTimeNs: Nanoseconds | null
  /** Start + shape.time · interval: half-open, as ranges are. */
  endTimeNs: Nanoseconds | null
  /** May be fractional (1999.98 Hz); block times are computed from start and index, so nothing drifts. */
  sampleIntervalNs: number | null
  sampleRateHz: number | null
  channelSpacingM: number | null
  /** The recording's own number of channel index 0, and the step between channels. */
  firstChannel: number | null
  channelStep: number
  firstDistanceM: number | null
  gaugeLengthM: number | null
  /** Band-energy recordings: the bands in file order. Empty for samples. `samples` of band k are read with `band: k`. */
  bands: Band[]
  gaps: { startTimeNs: Nanoseconds; endTimeNs: Nanoseconds }[]
  annotations: number
  warnings: string[]
  /** Everything else the file says, flat, JSON-able. */
  metadata: Record<string, string | number | boolean | null | (string | number)[]>
}

export interface ReadRange {
  /** Half-open range of time indices and of channel indices (0-based), with strides ≥ 1. */
  time: { from: number; to: number; stride?: number }
  channel: { from: number; to: number; stride?: number }
  /** Index into `info.bands`; 0 when absent. */
  band?: number
}

/** A recording opened lazily: `read` touches only what it is asked for. */
export interface Recording {
  readonly info: RecordingInfo
  /**
   * Stored values (before `scale`), time-major, in a fresh array of length rows · channels that belongs to the caller.
   * Throws `RecordingError` for ranges outside the shape and for parts that cannot be read.
   */
  read(range: ReadRange): Promise<SampleArray>
  close(): Promise<void>
}

/** Says which file, where in it, and what is wrong. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
  readonly file: string

  constructor(file: string, message: string) {
    super(`${file}: ${message}`)
    this.file = file
  }
}
