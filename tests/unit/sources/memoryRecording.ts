import {
  type ElementName,
  type ReadRange,
  type Recording,
  RecordingError,
  type RecordingInfo,
  type SampleArray
} from '../../../src-main/recordings/recording.ts'

const arrays = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array
}

export interface MemoryRecording extends Recording {
  isClosed: boolean
  reads: ReadRange[]
}

/** A recording whose value at (row, channel) of band b is `valueAt`, row · 10 + channel + b · 1000 unless told. */
export function createMemoryRecording(
  shape: { time: number; channel: number },
  options: Partial<RecordingInfo> & { valueAt?: (row: number, channel: number, band: number) => number } = {}
): MemoryRecording {
  const { valueAt = (row, channel, band) => row * 10 + channel + band * 1000, ...given } = options
  const dtype: ElementName = given.dtype ?? 'int16'
  const info: RecordingInfo = {
    format: 'memory',
    formatVersion: null,
    file: '/recordings/memory.h5',
    instrument: null,
    shape,
    storedOrder: ['time', 'channel'],
    dtype,
    quantity: 'strain rate',
    unit: 'nm/m/s',
    scale: 0.5,
    startTimeNs: 1_700_000_000_000_000_000n,
    endTimeNs: null,
    sampleIntervalNs: 1_000_000,
    sampleRateHz: 1000,
    channelSpacingM: 2,
    firstChannel: -260,
    channelStep: 1,
    firstDistanceM: -520,
    gaugeLengthM: 10,
    bands: [],
    segments: null,
    distancesM: null,
    channelNames: null,
    gaps: [],
    annotations: 0,
    warnings: [],
    metadata: {},
    ...given
  }
  const recording: MemoryRecording = {
    info,
    isClosed: false,
    reads: [],
    read({ time, channel, band = 0 }): Promise<SampleArray> {
      recording.reads.push({ time, channel, band })
      if (time.from < 0 || time.to > shape.time || channel.from < 0 || channel.to > shape.channel) {
        return Promise.reject(new RecordingError(info.file, 'outside the shape'))
      }
      const columns = channel.to - channel.from
      const values = new arrays[dtype]((time.to - time.from) * columns)
      for (let i = 0; i < values.length; i++) {
        values[i] = valueAt(time.from + Math.floor(i / columns), channel.from + (i % columns), band)
      }
      return Promise.resolve(values)
    },
    close() {
      recording.isClosed = true
      return Promise.resolve()
    }
  }
  return recording
}
