import { withFile } from '../binary/binaryFile.ts'
import { createRecording } from '../createRecording.ts'
import { distanceAxis } from '../distanceAxis.ts'
import type { Hdf5Value } from '../hdf5/hdf5Values.ts'
import { metadataValue } from '../hdf5/hdf5Values.ts'
import { rowTimeAxis } from '../hdf5/rowTimes.ts'
import { channelNumbers } from '../netcdf/coordinates.ts'
import { isDistanceName, isTimeName, type NamedValue, unitOfEpoch, usualValues } from '../plain/usualNames.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import type { Candidate, RecordingFormat } from '../recordingFormat.ts'
import { evenTimeAxis, type TimeAxis } from '../timeAxis.ts'
import { fieldsOf, whyNoMatrix } from './npy.ts'
import { elementCount } from './npyHeader.ts'
import { describeMatrix, npyMatrix, readMatrix } from './npyMatrix.ts'
import { type NpzArray, npzArrays, NpzFile } from './npzFile.ts'
import { type StatedFields, statedFields } from './statedFields.ts'
import { zipMembers } from './zipDirectory.ts'

/** Names of the samples: ours and xarray's, and those of programs that keep channels first. */
const usualSamples = ['data', 'tr', 'traces', 'values', 'samples', 'strain_rate', 'strain']
/** DASexplorer's traces: one row a channel. */
const channelFirst = new Set(['tr', 'traces'])
const smallestValues = 64

/** NumPy archives: ours (`data`, `time_ns`, `distance_m`), DASexplorer's (`tr`, `dist_m`, `fs_hz` …), and the like. */
export const npz: RecordingFormat = {
  name: 'npz',
  title: 'NumPy NPZ',
  isFallback: true,
  isBare: true,

  recognise({ path, head, sizeBytes }) {
    const isZip = head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)
    if (!isZip) return Promise.resolve(false)
    const members = withFile(path, (file) => zipMembers(file, sizeBytes))
    // A cut archive has lost the directory at its end; its first member still has a name.
    if (typeof members === 'string') return Promise.resolve(/^[\w ./-]{1,100}\.npy/.test(firstName(head)))
    return Promise.resolve(members.some(({ name }) => name.endsWith('.npy')))
  },

  async open(candidate) {
    const { path, sizeBytes } = candidate
    const warnings: string[] = []
    const arrays = npzArrays(path, sizeBytes, warnings)
    if (typeof arrays === 'string') throw new RecordingError(path, arrays)
    const file = new NpzFile(path)
    try {
      const { info, read } = await describe(candidate, arrays, file, warnings)
      return createRecording(info, { read, close: () => file.dispose() })
    } catch (error) {
      await file.dispose()
      throw error
    }
  }
}

const firstName = (head: Uint8Array): string => String.fromCharCode(...head.subarray(30, 30 + Math.min(120, head[26]!)))

function samplesOf(arrays: NpzArray[], path: string, warnings: string[]): NpzArray {
  const rank = (name: string): number =>
    (usualSamples.indexOf(name) + usualSamples.length + 1) % (usualSamples.length + 1)
  const matrices = arrays
    .filter(({ array }) => array.shape.length === 2 && whyNoMatrix(array) === null)
    .sort((a, b) => rank(a.name) - rank(b.name) || elementCount(b.array) - elementCount(a.array))
  const [samples, ...others] = matrices
  if (!samples) {
    const names = arrays.map(({ name, array }) => `${name} (${array.shape.join(' × ') || 'one value'})`).join(', ')
    throw new RecordingError(
      path,
      `holds no two-dimensional array of numbers: ${[names || 'it is empty', ...warnings].join('; ')}`
    )
  }
  if (others.length > 0)
    warnings.push(`Only ${samples.name} was opened; not opened: ${others.map(({ name }) => name).join(', ')}.`)
  return samples
}

async function describe(
  { path, assumptions }: Candidate,
  arrays: NpzArray[],
  file: NpzFile,
  warnings: string[]
): Promise<{ info: RecordingInfo; read: Parameters<typeof createRecording>[1]['read'] }> {
  const samples = samplesOf(arrays, path, warnings)
  file.check(samples)
  const vectors = arrays.filter(({ array }) => array.kind === 'samples' && array.shape.length === 1)
  const fits = (found: NpzArray): boolean => samples.array.shape.includes(elementCount(found.array))
  const time = vectors.find((found) => isTimeName(found.name) && fits(found))
  const distance = vectors.find((found) => isDistanceName(found.name) && fits(found))
  const timeAxis = assumptions.timeAxis ?? timeAxisOf(samples, time, distance, warnings)
  const matrix = npyMatrix(samples.array, 0, timeAxis)
  const { time: rows, channel } = matrix.shape
  const { values, stated } = await smallValues(arrays, samples, file)
  const usual = usualValues(values)
  const stored = time && elementCount(time.array) === rows ? await vectorTimes(file, time, rows) : null
  const start = stated?.startTimeNs ?? usual.startTimeNs
  const rate = usual.sampleRateHz ?? stated?.sampleRateHz ?? stored?.sampleRateHz ?? null
  const axis = stored && stored.startTimeNs !== null ? stored : evenTimeAxis(start, rate, rows)
  const distances = distance && elementCount(distance.array) === channel ? await file.numbers(distance) : null
  // Unknown distances are written as NaN by this program.
  const isKnown = distances?.some((value) => !Number.isNaN(value)) ?? false
  const numbers = vectors.find(({ name }) => /^channels?$/i.test(name))
  const info = describeMatrix(matrix, axis, {
    format: 'npz',
    file: path,
    unit: usual.unit,
    channelSpacingM: usual.channelSpacingM,
    firstDistanceM: usual.firstDistanceM,
    gaugeLengthM: usual.gaugeLengthM,
    ...(stated ? fieldsOf(stated, channel, warnings) : {}),
    ...(isKnown ? distanceAxis(distances, channel, warnings) : {}),
    ...(numbers ? channelNumbers(await file.numbers(numbers), channel) : {}),
    warnings,
    metadata: Object.fromEntries(values.map(({ name, value }) => [name, metadataValue(value)]))
  })
  return {
    info,
    read: (range) => file.with(samples, (bytes, place) => readMatrix(bytes, { ...matrix, place }, range))
  }
}

function timeAxisOf(
  { name, array }: NpzArray,
  time: NpzArray | undefined,
  distance: NpzArray | undefined,
  warnings: string[]
): 0 | 1 {
  const [first, second] = array.shape as [number, number]
  const usual = channelFirst.has(name) ? 1 : 0
  if (first === second) return usual
  if (time) return elementCount(time.array) === first ? 0 : 1
  if (distance) return elementCount(distance.array) === second ? 0 : 1
  if (usual === 0)
    warnings.push(
      `${name} is ${first} × ${second} and does not say which axis is time; the first one was assumed. Another can be stated when it is opened.`
    )
  return usual
}

/** Everything that is no array of samples or coordinates, by name; and what this program wrote as `attributes`. */
async function smallValues(
  arrays: NpzArray[],
  samples: NpzArray,
  file: NpzFile
): Promise<{ values: NamedValue[]; stated: StatedFields | null }> {
  const values: NamedValue[] = []
  let stated: StatedFields | null = null
  for (const found of arrays) {
    const count = elementCount(found.array)
    const isCoordinate = count > 1 && (isTimeName(found.name) || isDistanceName(found.name))
    if (found === samples || isCoordinate || count > smallestValues) continue
    const text = await file.text(found)
    if (text !== null && found.name === 'attributes') stated = statedFields(text)
    if (text !== null && /json/i.test(found.name)) values.push(...jsonValues(text))
    const value: Hdf5Value = text ?? (await file.numbers(found))
    values.push({ name: found.name, value: Array.isArray(value) && value.length === 1 ? value[0]! : value })
  }
  return { values, stated }
}

function jsonValues(text: string): NamedValue[] {
  try {
    const document = JSON.parse(text) as unknown
    if (typeof document !== 'object' || document === null) return []
    return Object.entries(document).flatMap(([name, value]): NamedValue[] =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [{ name, value }] : []
    )
  } catch {
    return []
  }
}

/** Times of rows: nanoseconds where the name or the size says so, seconds otherwise; without a start where they count from 0. */
async function vectorTimes(file: NpzFile, found: NpzArray, rows: number): Promise<TimeAxis | null> {
  const { name } = found
  return file.times(found, (store) => {
    const first = Number(store.slab('', 'float64', [0], [1], [1])[0])
    const isNanoseconds = /_?ns$/i.test(name)
    const epochUnit = unitOfEpoch(first)
    const unitNs = isNanoseconds ? 1 : (epochUnit ?? 1e9)
    const axis = rowTimeAxis(store, { path: name, name, unitNs, rows, nominalIntervalNs: null })
    return axis && (isNanoseconds || epochUnit !== null) ? axis : axis && { ...axis, startTimeNs: null }
  })
}
