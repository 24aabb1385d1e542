import { RecordingError, type RecordingInfo, unsaidInfo } from '../recording.ts'
import { type TimeAxis, timeFields } from '../timeAxis.ts'
import { elementOf, type SampleDataset, unwrittenWarnings } from './hdf5Array.ts'
import type { DatasetShape, Hdf5Reader, StoredElement } from './hdf5File.ts'

/** A dataset of numbers with that many dimensions and none of them empty, or a `RecordingError` that says what it is instead. */
export function numbersAt(
  reader: Hdf5Reader,
  file: string,
  path: string,
  dimensions: number
): DatasetShape & { element: StoredElement } {
  const name = path.slice(1)
  const dataset = reader.dataset(path)
  if (!dataset) throw new RecordingError(file, `${name} is missing, which should hold the samples`)
  const { shape, element, chunks, isMostlyUnwritten } = dataset
  if (shape.length !== dimensions)
    throw new RecordingError(file, `${name} has ${shape.length} dimensions instead of ${dimensions}`)
  if (element === null) throw new RecordingError(file, `${name} does not hold integers or floating-point numbers`)
  if (shape.includes(0)) throw new RecordingError(file, `${name} is ${shape.join(' × ')}: it holds no samples`)
  return { shape, element, chunks, isMostlyUnwritten }
}

/** A two-dimensional dataset of samples in a known order. Throws `RecordingError` where it is none. */
export function sampleDatasetAt(
  reader: Hdf5Reader,
  file: string,
  path: string,
  order: SampleDataset['order']
): SampleDataset {
  const { shape, element, chunks, isMostlyUnwritten } = numbersAt(reader, file, path, 2)
  const [first, second] = shape as [number, number]
  const isTimeFirst = order === 'time-channel'
  return {
    path,
    element,
    shape: { time: isTimeFirst ? first : second, channel: isTimeFirst ? second : first },
    order,
    chunks,
    isMostlyUnwritten
  }
}

/**
 * Which axis of a two-dimensional dataset is time, where the file says the number of channels or of rows: the lengths
 * decide, and `usual` where they leave both open.
 */
export function orderByLengths(
  shape: number[],
  usual: SampleDataset['order'],
  known: { channels?: number | null; rows?: number | null },
  warnings: string[]
): SampleDataset['order'] {
  const fits = (order: SampleDataset['order']): boolean => {
    const [rows, channels] = order === 'time-channel' ? shape : [shape[1], shape[0]]
    return (known.channels ?? channels) === channels && (known.rows ?? rows) === rows
  }
  const other = usual === 'time-channel' ? 'channel-time' : 'time-channel'
  if (fits(usual) || !fits(other)) return usual
  warnings.push(`The samples are stored as ${other.replace('-', ' × ')}, by their lengths.`)
  return other
}

type Given = Pick<RecordingInfo, 'format' | 'formatVersion' | 'file' | 'warnings' | 'metadata'>

/**
 * The description of a recording that is one dataset: shape, order and type from the dataset, times from the axis, and
 * what `given` says; all else is not known. Adds the warnings of the axis.
 */
export function describeDataset(
  dataset: Omit<SampleDataset, 'chunks'>,
  axis: TimeAxis,
  given: Given & Partial<RecordingInfo>
): RecordingInfo {
  const warnings = [...given.warnings, ...axis.warnings, ...unwrittenWarnings(dataset)]
  const dtype = elementOf(dataset.element)
  if (dtype !== dataset.element) warnings.push(`The file holds ${dataset.element}, which is handed out as ${dtype}.`)
  return {
    ...unsaidInfo(),
    shape: dataset.shape,
    storedOrder: dataset.order === 'time-channel' ? ['time', 'channel'] : ['channel', 'time'],
    dtype,
    ...timeFields(axis),
    ...given,
    warnings
  }
}
