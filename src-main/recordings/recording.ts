import type { Nanoseconds } from '../../src-preload/contract/units.ts'

export type SampleArray = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array
export type ElementName = 'int8' | 'int16' | 'int32' | 'float32' | 'float64'

export interface Band {
  lowHz: number
  highHz: number
}

export interface TimeSegment {
  firstIndex: number
  startTimeNs: Nanoseconds
}

/**
 * What the opener says of a file that does not say it itself (plain HDF5, NPY, WAV …). Used only where the file is silent, and
 * then named in a warning.
 */
export interface RecordingAssumptions {
  sampleRateHz?: number
  channelSpacingM?: number
  firstDistanceM?: number
  startTimeNs?: Nanoseconds
  /** Which axis of a two-dimensional array is time. */
  timeAxis?: 0 | 1
  unit?: string
}

/** What a recording knows of itself. What the format does not say is null, never invented; what was assumed is a warning. */
export interface RecordingInfo {
  /** `prodml`, `asn-optodas`, `silixa-tdms`, … */
  format: string
  formatVersion: string | null
  file: string
  instrument: string | null
  /** Stored rows and channels: a gap takes no rows, it shows in `segments` and `gaps`. */
  shape: { time: number; channel: number }
  storedOrder: ['time', 'channel'] | ['channel', 'time']
  dtype: ElementName
  quantity: string | null
  /** Unit of stored value · scale. */
  unit: string | null
  scale: number
  startTimeNs: Nanoseconds | null
  /** Time of the last row + one interval: half-open, as ranges are. */
  endTimeNs: Nanoseconds | null
  /** May be fractional (1999.98 Hz); block times are computed from start and index, so nothing drifts. */
  sampleIntervalNs: number | null
  sampleRateHz: number | null
  channelSpacingM: number | null
  /** The recording's own number of channel index 0, and the step between channels. */
  firstChannel: number | null
  channelStep: number
  firstDistanceM: number | null
  /** Where every channel lies, for channels that are not evenly spaced; null where first distance and spacing say it all. */
  distancesM: number[] | null
  /** The name of every channel, for formats that name them (`9N.00066..HSF`); null otherwise. */
  channelNames: string[] | null
  gaugeLengthM: number | null
  /** Band-energy recordings: the bands in file order. Empty for samples. `samples` of band k are read with `band: k`. */
  bands: Band[]
  gaps: { startTimeNs: Nanoseconds; endTimeNs: Nanoseconds }[]
  /**
   * Runs of rows without a gap, ascending: `firstIndex` is the row index that `startTimeNs` belongs to; the first run begins
   * at row 0. Null: one run from `startTimeNs` on (or no known times at all).
   */
  segments: TimeSegment[] | null
  annotations: number
  warnings: string[]
  /** Everything else the file says, flat, JSON-able. */
  metadata: Record<string, string | number | boolean | null | (string | number)[]>
}

type UnsaidField =
  | 'instrument'
  | 'quantity'
  | 'unit'
  | 'scale'
  | 'channelSpacingM'
  | 'firstChannel'
  | 'channelStep'
  | 'firstDistanceM'
  | 'distancesM'
  | 'channelNames'
  | 'gaugeLengthM'
  | 'bands'
  | 'annotations'

/** What is said of a recording whose format says nothing of it; what a format knows is written over it. */
export const unsaidInfo = (): Pick<RecordingInfo, UnsaidField> => ({
  instrument: null,
  quantity: null,
  unit: null,
  scale: 1,
  channelSpacingM: null,
  firstChannel: null,
  channelStep: 1,
  firstDistanceM: null,
  distancesM: null,
  channelNames: null,
  gaugeLengthM: null,
  bands: [],
  annotations: 0
})

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
