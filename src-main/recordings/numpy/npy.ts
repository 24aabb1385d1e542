import { readFile, stat } from 'node:fs/promises'
import { withFile } from '../binary/binaryFile.ts'
import { createRecording } from '../createRecording.ts'
import { distanceAxis } from '../distanceAxis.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import type { Candidate, RecordingFormat } from '../recordingFormat.ts'
import { evenTimeAxis } from '../timeAxis.ts'
import { elementCount, isNpy, type NpyArray, npyArray } from './npyHeader.ts'
import { describeMatrix, npyMatrix, type NpyMatrix, readMatrix } from './npyMatrix.ts'
import { type StatedFields, statedFields } from './statedFields.ts'

/** A NumPy array on its own: samples and nothing else, unless the file that this program exports beside it is there. */
export const npy: RecordingFormat = {
  name: 'npy',
  title: 'NumPy NPY',
  isFallback: true,
  isBare: true,

  recognise: ({ head }) => Promise.resolve(isNpy(head)),

  async open(candidate) {
    const { path, head } = candidate
    const array = npyArray(head)
    if (typeof array === 'string') throw new RecordingError(path, array)
    const stated = await statedBeside(path)
    const warnings: string[] = []
    const matrix = matrixOf(candidate, array, stated, warnings)
    const info = describe(path, matrix, stated, warnings)
    return createRecording(info, {
      read: (range) => Promise.resolve(withFile(path, (file) => readMatrix(file, matrix, range))),
      close: () => Promise.resolve()
    })
  }
}

function matrixOf(
  { path, sizeBytes, assumptions }: Candidate,
  array: NpyArray,
  stated: StatedFields | null,
  warnings: string[]
): NpyMatrix {
  const why = whyNoMatrix(array)
  if (why !== null) throw new RecordingError(path, why)
  const isGuessed = assumptions.timeAxis === undefined && stated === null && array.shape.length === 2
  if (isGuessed)
    warnings.push(
      `The array is ${array.shape.join(' × ')} and does not say which axis is time; the first one was assumed. Another can be stated when it is opened.`
    )
  const matrix = npyMatrix(array, array.place, assumptions.timeAxis ?? 0)
  const held = Math.floor((sizeBytes - array.place) / array.bytes)
  const { time, channel } = matrix.shape
  if (held >= time * channel) return matrix
  const rows = matrix.isTimeMajor ? Math.floor(held / channel) : 0
  if (rows === 0)
    throw new RecordingError(path, `is cut off: it holds ${held} of the ${time * channel} values that it names`)
  warnings.push(`The file is cut off: ${rows} of ${time} rows are there.`)
  return { ...matrix, shape: { time: rows, channel } }
}

/** Why an array is no samples, or null. */
export function whyNoMatrix(array: NpyArray): string | null {
  if (array.kind === 'text') return 'holds text, no samples'
  if (array.shape.length === 0 || array.shape.length > 2)
    return `holds an array of ${array.shape.length} dimensions instead of two`
  if (elementCount(array) === 0) return `holds an array of ${array.shape.join(' × ')}: no samples`
  return null
}

function describe(file: string, matrix: NpyMatrix, stated: StatedFields | null, warnings: string[]): RecordingInfo {
  const { time, channel } = matrix.shape
  const axis = evenTimeAxis(stated?.startTimeNs ?? null, stated?.sampleRateHz ?? null, time)
  if (stated) warnings.push('Times, distances and unit are those of the .json file beside it.')
  return describeMatrix(matrix, axis, {
    format: 'npy',
    file,
    warnings,
    metadata: {},
    ...(stated ? fieldsOf(stated, channel, warnings) : {})
  })
}

export function fieldsOf(stated: StatedFields, channels: number, warnings: string[]): Partial<RecordingInfo> {
  const { channelSpacingM, firstDistanceM, unit, quantity, gaugeLengthM, distancesM } = stated
  const list = distancesM ? distanceAxis(distancesM, channels, warnings) : null
  return { channelSpacingM, firstDistanceM, unit, quantity, gaugeLengthM, ...list }
}

const largestSidecar = 16 * 1024 * 1024

async function statedBeside(path: string): Promise<StatedFields | null> {
  const beside = `${path}.json`
  try {
    const { size } = await stat(beside)
    return size > largestSidecar ? null : statedFields(await readFile(beside, 'utf8'))
  } catch {
    // It is there or it is not: an array on its own is the usual case.
    return null
  }
}
