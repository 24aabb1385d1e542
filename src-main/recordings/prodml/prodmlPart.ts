import { elementOf, type SampleDataset, unwrittenWarnings } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { addAttributes, addTree } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, integerOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import { ProdmlAttributes } from './prodmlAttributes.ts'
import { storedOrder } from './prodmlOrder.ts'
import { prodmlTimeAxis } from './prodmlTime.ts'

/** A part to describe: `Acquisition/Raw[n]` or `Acquisition/Processed/Fbe[n]`. */
export interface Part {
  reader: Hdf5Reader
  file: string
  path: string
  acquisition: Attributes
  warnings: string[]
}

export interface PartDescription {
  info: RecordingInfo
  /** One for samples, one a band for band energy. */
  datasets: SampleDataset[]
}

/** Names such as `Raw[0]`, `Raw[10]`, in the order of their numbers. */
export function numbered(names: string[], stem: string): string[] {
  const pattern = new RegExp(`^${stem}(?:\\[(\\d+)\\])?$`)
  const numberOf = (name: string): number => Number(pattern.exec(name)?.[1] ?? -1)
  return names.filter((name) => pattern.test(name)).sort((a, b) => numberOf(a) - numberOf(b))
}

export const holdsSamples = (reader: Hdf5Reader, path: string): boolean => {
  const dataset = reader.dataset(path)
  return dataset !== null && dataset.shape.length > 0 && dataset.shape.every((length) => length > 0)
}

/** Shape, order and element of a two-dimensional dataset of a part. */
export function sampleDataset(part: Part, path: string, loci: number | null, timePath: string): SampleDataset {
  const { reader, file, warnings } = part
  const name = path.slice(1)
  const { shape, element, chunks, isMostlyUnwritten } = reader.dataset(path)!
  if (shape.length !== 2) throw new RecordingError(file, `${name} has ${shape.length} dimensions instead of two`)
  if (element === null) throw new RecordingError(file, `${name} does not hold integers or floating-point numbers`)
  const times = reader.dataset(timePath)?.shape[0] ?? null
  const dimensions = reader.attributes(path).Dimensions ?? null
  const order = storedOrder({ shape: [shape[0]!, shape[1]!], dimensions, loci, times, name }, warnings)
  if (order !== 'time-channel' && order !== 'channel-time') throw new RecordingError(file, order)
  const [time, channel] = order === 'time-channel' ? [shape[0]!, shape[1]!] : [shape[1]!, shape[0]!]
  return { path, element, shape: { time, channel }, order, chunks, isMostlyUnwritten }
}

/** Everything that raw samples and band energy have in common. */
export function describePart(
  part: Part,
  datasets: SampleDataset[],
  timePath: string,
  own: Pick<RecordingInfo, 'quantity' | 'unit' | 'scale' | 'bands'>
): PartDescription {
  const { reader, file, path, acquisition, warnings } = part
  const [dataset] = datasets as [SampleDataset]
  const attributes = new ProdmlAttributes([reader.attributes(path), acquisition], warnings)
  const data = reader.attributes(dataset.path)
  const rate = outputRate(attributes, warnings, own.bands.length > 0)
  const axis = prodmlTimeAxis(reader, timePath, dataset.shape.time, rate, {
    data,
    times: reader.kindOf(timePath) ? reader.attributes(timePath) : {},
    acquisition
  })
  warnings.push(...axis.warnings, ...unwrittenWarnings(dataset))
  const count = integerOf(data.Count)
  const values = dataset.shape.time * dataset.shape.channel
  if (count !== null && count !== values)
    warnings.push(`Count of ${dataset.path.slice(1)} says ${count}, but it holds ${values} values.`)
  const elementInFile = elementOf(dataset.element)
  if (elementInFile !== dataset.element)
    warnings.push(`The file holds ${dataset.element}, which is handed out as ${elementInFile}.`)
  const spacing = positiveOf(attributes.length('SpatialSamplingInterval'))
  const firstChannel = integerOf(attributes.value('StartLocusIndex'))
  const { startTimeNs, endTimeNs, sampleIntervalNs, sampleRateHz, gaps, segments } = axis
  const info: RecordingInfo = {
    format: 'prodml',
    formatVersion: textOf(acquisition.schemaVersion),
    file,
    instrument: textOf(acquisition.VendorCode),
    shape: dataset.shape,
    storedOrder: dataset.order === 'time-channel' ? ['time', 'channel'] : ['channel', 'time'],
    dtype: elementInFile,
    ...own,
    startTimeNs,
    endTimeNs,
    sampleIntervalNs,
    sampleRateHz,
    channelSpacingM: spacing,
    firstChannel,
    channelStep: 1,
    firstDistanceM: spacing !== null && firstChannel !== null ? firstChannel * spacing : null,
    gaugeLengthM: positiveOf(attributes.length('GaugeLength')),
    gaps,
    segments,
    distancesM: null,
    channelNames: null,
    annotations: 0,
    warnings,
    metadata: metadataOf(part, dataset.path)
  }
  return { info, datasets }
}

/** Without OutputDataRate samples come at the rate of the pulses; bands do not. */
function outputRate(attributes: ProdmlAttributes, warnings: string[], isBands: boolean): number | null {
  const rate = positiveOf(attributes.rate('OutputDataRate'))
  if (rate !== null || isBands) return rate
  const pulses = positiveOf(attributes.rate('PulseRate'))
  if (pulses !== null) warnings.push('There is no OutputDataRate: PulseRate was taken, as the standard says.')
  return pulses
}

function metadataOf({ reader, path, acquisition }: Part, datasetPath: string): RecordingInfo['metadata'] {
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  addAttributes(metadata, 'Acquisition', acquisition)
  addAttributes(metadata, path.slice(1), reader.attributes(path))
  addAttributes(metadata, datasetPath.slice(1), reader.attributes(datasetPath))
  for (const custom of ['/Acquisition/Custom', `${path}/Custom`])
    if (reader.isGroup(custom)) addTree(metadata, reader, custom)
  return metadata
}
