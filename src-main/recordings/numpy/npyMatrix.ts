import type { BinaryFile } from '../binary/binaryFile.ts'
import { readRows, readTraces } from '../binary/gridReading.ts'
import { elementOf } from '../binary/sampleDecoding.ts'
import { type ReadRange, type RecordingInfo, type SampleArray, unsaidInfo } from '../recording.ts'
import { type TimeAxis, timeFields } from '../timeAxis.ts'
import type { NpyArray } from './npyHeader.ts'

/** A two-dimensional array of samples whose time axis is known. */
export interface NpyMatrix {
  array: NpyArray
  /** Where the file has the first sample. */
  place: number
  shape: RecordingInfo['shape']
  /** Whether the samples of a row lie together. */
  isTimeMajor: boolean
}

/** An array of one dimension is one channel. `timeAxis` is the one that NumPy shows. */
export function npyMatrix(array: NpyArray, place: number, timeAxis: 0 | 1): NpyMatrix {
  const [first, second] = array.shape.length === 1 ? [array.shape[0]!, 1] : (array.shape as [number, number])
  const shape = timeAxis === 0 ? { time: first, channel: second } : { time: second, channel: first }
  return { array, place, shape, isTimeMajor: (timeAxis === 0) !== array.isFortranOrder }
}

export function readMatrix(
  file: BinaryFile,
  { array, place, shape, isTimeMajor }: NpyMatrix,
  range: ReadRange
): SampleArray {
  const { stored, littleEndian, bytes } = array
  if (!isTimeMajor)
    return readTraces(file, { stored, littleEndian, placeOf: (channel) => place + channel * shape.time * bytes }, range)
  const run = { firstRow: 0, rows: shape.time, place }
  return readRows(file, { channels: shape.channel, stored, littleEndian, runOf: () => run }, range)
}

type Given = Partial<RecordingInfo> & Pick<RecordingInfo, 'format' | 'file' | 'warnings' | 'metadata'>

/** The description of such an array with what `given` says; all else is not known. */
export function describeMatrix({ array, shape, isTimeMajor }: NpyMatrix, axis: TimeAxis, given: Given): RecordingInfo {
  const dtype = elementOf[array.stored]
  const warnings = [...given.warnings, ...axis.warnings]
  if (dtype !== array.stored) warnings.push(`The file holds ${array.stored}, which is handed out as ${dtype}.`)
  return {
    ...unsaidInfo(),
    formatVersion: null,
    shape,
    storedOrder: isTimeMajor ? ['time', 'channel'] : ['channel', 'time'],
    dtype,
    ...timeFields(axis),
    ...given,
    warnings
  }
}
