import { createRecording } from '../createRecording.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, numbersAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { readBlocks, type SampleBlocks } from './febusBlocks.ts'
import { chooseZone, febusZones, type Zone } from './febusZones.ts'
import { febusTimes } from './febusTime.ts'

/**
 * HDF5 files of Febus' A1: `<device>/SourceN/ZoneN/<dataset>` holds blocks × time × channels, blocks that may overlap.
 * Without the attribute `Version` it is the first layout.
 */
export const febus: RecordingFormat = {
  name: 'febus',
  title: 'Febus A1 (HDF5)',

  async recognise({ hdf5 }) {
    return hdf5 ? hdf5.use((reader) => febusZones(reader).length > 0) : false
  },

  async open({ path, hdf5 }) {
    const file = hdf5!
    const { info, blocks } = await file.use((reader) => describe(reader, path))
    return createRecording(info, { read: (range) => readBlocks(file, blocks, range), close: () => file.close() })
  }
}

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; blocks: SampleBlocks } {
  const warnings: string[] = []
  const zone = chooseZone(reader, file, warnings)
  const { shape, element, isMostlyUnwritten } = numbersAt(reader, file, zone.dataset, 3)
  const [stored, blockRows, channels] = shape as [number, number, number]
  const source = reader.attributes(zone.sourcePath)
  const attributes = { ...source, ...reader.attributes(zone.path) }
  const {
    axis,
    blocks: timed,
    skippedRows,
    keptRows
  } = febusTimes({ reader, file, attributes, timePath: `${zone.sourcePath}/time`, blocks: stored, blockRows }, warnings)
  const blocks: SampleBlocks = { path: zone.dataset, element, blocks: timed, skippedRows, keptRows, channels }
  const version = textOf(attributes.Version)
  const host = textOf(attributes.Hostname)
  const dataset = {
    path: zone.dataset,
    element,
    shape: { time: timed * keptRows, channel: channels },
    order: 'time-channel' as const,
    isMostlyUnwritten
  }
  const info = describeDataset(dataset, axis, {
    format: 'febus',
    formatVersion: version ?? '1',
    file,
    instrument: `Febus A1${host === null ? '' : ` ${host}`}`,
    quantity: zone.quantity,
    unit: zone.quantity === 'strain rate' ? 'nε/s' : zone.quantity === 'strain' ? 'nε' : null,
    ...channelAxis(attributes, warnings),
    gaugeLengthM: positiveOf(attributes.GaugeLength),
    warnings,
    metadata: metadataOf(reader, zone)
  })
  return { info, blocks }
}

function channelAxis(
  attributes: Attributes,
  warnings: string[]
): Pick<RecordingInfo, 'channelSpacingM' | 'firstChannel' | 'firstDistanceM'> {
  const spacing = positiveOf(attributes.Spacing)
  if (spacing === null) warnings.push('Spacing is missing: the channel spacing is not known.')
  const extent = numberOf(attributes.Extent)
  const firstChannel = extent !== null && Number.isSafeInteger(extent) ? extent : null
  const origin = numberOf(attributes.Origin)
  return {
    channelSpacingM: spacing,
    firstChannel,
    firstDistanceM: spacing === null || origin === null ? null : origin + (firstChannel ?? 0) * spacing
  }
}

function metadataOf(reader: Hdf5Reader, zone: Zone): RecordingInfo['metadata'] {
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  const device = zone.sourcePath.slice(0, zone.sourcePath.lastIndexOf('/'))
  for (const path of [device, zone.sourcePath, zone.path, zone.dataset])
    addAttributes(metadata, path.slice(1), reader.attributes(path))
  return metadata
}
