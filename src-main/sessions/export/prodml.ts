import { randomUUID } from 'node:crypto'
import { isoFromNanoseconds, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { RecordingInfo } from '../../recordings/recording.ts'
import { blockRows, contentBlocks } from './contentBlocks.ts'
import { type ContentRun, type ExportContent, rowBytes } from './exportContent.ts'
import type { ExportFormat, ExportTarget, FormatCheck } from './exportFormat.ts'
import { type AttributeValue, chunkShape, Hdf5Writer } from './hdf5Writer.ts'

/** Each is a group of its own. */
const mostRuns = 500

/** To the microsecond, as the stored times are, with its zone. */
const stamp = (microseconds: bigint): string => `${isoFromNanoseconds(microseconds * 1000n).slice(0, -4)}+00:00`
const microseconds = (timeNs: Nanoseconds): bigint => (timeNs >= 0n ? timeNs + 500n : timeNs - 500n) / 1000n

/**
 * Place of the first channel in channel spacings, which is all that the format has for it: x0 = StartLocusIndex · spacing.
 * `isExact` is false where the first channel lies elsewhere.
 */
function firstLocus(content: ExportContent): { index: number; isExact: boolean } {
  const distance = content.distanceM(0)
  const spacing = content.channelSpacingM
  if (distance === null || spacing === null || spacing === 0)
    return { index: content.channelNumber(0), isExact: content.channelSpacingM !== null }
  const index = Math.round(distance / spacing)
  return { index, isExact: Math.abs(index * spacing - distance) <= 1e-6 * Math.max(1, Math.abs(distance)) }
}

/** Spacing of channels that are not evenly spaced: that of the even ones with the same ends. */
function spacingOf(content: ExportContent): number | null {
  if (content.channelSpacingM !== null) return content.channelSpacingM
  const [first, last] = [content.distanceM(0), content.distanceM(content.channels - 1)]
  return first === null || last === null || content.channels < 2 ? null : (last - first) / (content.channels - 1)
}

function check(content: ExportContent): FormatCheck {
  const limits: string[] = []
  const { sampleIntervalNs, source, runs } = content
  if (sampleIntervalNs === null) return { limits, refusal: 'The sample rate is not known, and PRODML needs one.' }
  if (runs.length > mostRuns)
    return { limits, refusal: `PRODML would need ${runs.length} parts for its gaps, and ${mostRuns} are the most.` }
  const isWhole = (timeNs: Nanoseconds): boolean => timeNs % 1000n === 0n
  if (sampleIntervalNs % 1000 !== 0 || !runs.every(({ startTimeNs }) => isWhole(startTimeNs)))
    limits.push('PRODML holds times to the microsecond: the nanoseconds are in the file beside it.')
  if (runs.length > 1)
    limits.push(
      `Gaps divide it into ${runs.length} parts, Raw[0] to Raw[${runs.length - 1}]; some readers open the first one alone.`
    )
  if (source.distancesM)
    limits.push('PRODML holds one channel spacing: the place of each channel is in the file beside it.')
  else if (content.channelSpacingM === null)
    limits.push('The channel spacing is not known, and PRODML needs one: 1 m is written.')
  else if (!firstLocus(content).isExact)
    limits.push(
      `PRODML counts places in whole channel spacings: the first channel is at ${content.distanceM(0)} m, not at ${firstLocus(content).index * content.channelSpacingM} m.`
    )
  return { limits, refusal: null }
}

/** A number that the source says under a PRODML name, wherever it stands in its description. */
function knownNumber({ metadata }: RecordingInfo, name: string): number {
  const key = Object.keys(metadata).find(
    (path) => path === name || path.endsWith(`.${name}`) || path.endsWith(`/${name}`)
  )
  const value = key === undefined ? null : Number(metadata[key])
  return value === null ? NaN : value
}

function acquisitionAttributes(content: ExportContent): Record<string, AttributeValue> {
  const { source, runs, channels, sampleRateHz } = content
  const nyquistHz = (sampleRateHz ?? NaN) / 2
  return {
    schemaVersion: '2.1',
    uuid: randomUUID(),
    AcquisitionId: randomUUID(),
    AcquisitionDescription: 'Exported by Wavefall',
    FacilityId: ['not stated'],
    VendorCode: source.instrument ?? 'not stated',
    MeasurementStartTime: stamp(microseconds(runs[0]!.startTimeNs)),
    NumberOfLoci: { int32: channels },
    StartLocusIndex: { int32: firstLocus(content).index },
    SpatialSamplingInterval: spacingOf(content) ?? 1,
    'SpatialSamplingInterval.uom': 'm',
    GaugeLength: source.gaugeLengthM ?? NaN,
    'GaugeLength.uom': 'm',
    PulseRate: knownNumber(source, 'PulseRate'),
    'PulseRate.uom': 'Hz',
    PulseWidth: knownNumber(source, 'PulseWidth'),
    'PulseWidth.uom': 'ns',
    MinimumFrequency: 0,
    'MinimumFrequency.uom': 'Hz',
    MaximumFrequency: nyquistHz,
    'MaximumFrequency.uom': 'Hz',
    TriggeredMeasurement: 'false'
  }
}

interface PartTimes {
  start: bigint
  end: bigint
  attributes: Record<string, AttributeValue>
}

function partTimes(content: ExportContent, run: ContentRun): PartTimes {
  const start = microseconds(run.startTimeNs)
  const end = microseconds(content.timeNs(run.firstRow + run.rows - 1))
  return {
    start,
    end,
    attributes: { PartStartTime: stamp(start), PartEndTime: stamp(end), StartIndex: 0n }
  }
}

interface PartNames {
  group: string
  /** Path of the values of each band; one path for samples. */
  data: string[]
  time: string
  groupAttributes: Record<string, AttributeValue>
  dataAttributes(index: number): Record<string, AttributeValue>
}

function partNames(content: ExportContent, index: number): PartNames {
  const { bands, channels, sampleRateHz } = content
  const unit = content.unit ?? 'unitless'
  const common = {
    OutputDataRate: sampleRateHz!,
    'OutputDataRate.uom': 'Hz',
    NumberOfLoci: { int32: channels }
  }
  if (bands.length === 0) {
    const group = `/Acquisition/Raw[${index}]`
    return {
      group,
      data: [`${group}/RawData`],
      time: `${group}/RawDataTime`,
      groupAttributes: {
        ...common,
        uuid: randomUUID(),
        RawIndex: { int32: index },
        RawDataUnit: unit,
        RawDescription: content.quantity ?? 'not stated'
      },
      dataAttributes: () => ({})
    }
  }
  const group = `/Acquisition/Processed/Fbe[${index}]`
  return {
    group,
    data: bands.map((_, band) => `${group}/FbeData[${band}]`),
    time: `${group}/FbeDataTime`,
    groupAttributes: {
      ...common,
      uuid: randomUUID(),
      FbeIndex: { int32: index },
      FbeDataUnit: unit,
      Dimensions: ['time', 'locus'],
      SpatialSamplingInterval: spacingOf(content) ?? 1,
      'SpatialSamplingInterval.uom': 'm'
    },
    dataAttributes: (band) => ({
      StartFrequency: bands[band]!.lowHz,
      'StartFrequency.uom': 'Hz',
      EndFrequency: bands[band]!.highHz,
      'EndFrequency.uom': 'Hz'
    })
  }
}

async function writePart(
  file: Hdf5Writer,
  content: ExportContent,
  run: ContentRun,
  names: PartNames,
  target: ExportTarget
): Promise<void> {
  const { channels, element } = content
  const times = partTimes(content, run)
  file.group(names.group, names.groupAttributes)
  file.column(names.time, 'int64', run.rows, (from, to) =>
    BigInt64Array.from({ length: to - from }, (_, i) => microseconds(content.timeNs(run.firstRow + from + i)))
  )
  file.attributes(names.time, { ...times.attributes, Count: BigInt(run.rows), Dimensions: ['time'] })
  for (const [band, path] of names.data.entries()) {
    file.samples(path, run.rows, channels, element)
    file.attributes(path, {
      ...times.attributes,
      Dimensions: ['time', 'locus'],
      Count: BigInt(run.rows) * BigInt(channels),
      ...names.dataAttributes(band)
    })
    const [chunkRows] = chunkShape(run.rows, channels, rowBytes(content) / channels)
    const range = { from: run.firstRow, to: run.firstRow + run.rows, rows: blockRows(content, chunkRows), band }
    for await (const { firstRow, rows, values } of contentBlocks(content, target.signal, range)) {
      file.writeRows(path, firstRow - run.firstRow, rows, channels, values)
      target.onRows((band * content.rows + firstRow + rows) / names.data.length)
    }
  }
}

/** PRODML 2.1 in HDF5: `Raw[n]`, or for band energy `Processed/Fbe[n]`, one for each run without a gap. */
export const prodml: ExportFormat = {
  name: 'prodml',
  title: 'PRODML 2.1 (HDF5)',
  endings: ['.h5', '.hdf5'],
  gaps: 'kept',
  holdsBands: true,
  check,
  estimateBytes: (content) =>
    content.rows * (rowBytes(content) * Math.max(1, content.bands.length) + 8) + 65_536 + content.runs.length * 8192,
  write: (content, target) =>
    Hdf5Writer.make(target.path, async (file) => {
      file.group('/Acquisition', acquisitionAttributes(content))
      if (content.bands.length > 0) file.group('/Acquisition/Processed', {})
      for (const [index, run] of content.runs.entries())
        await writePart(file, content, run, partNames(content, index), target)
    })
}
