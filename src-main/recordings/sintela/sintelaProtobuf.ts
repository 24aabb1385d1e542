import { latin1, viewOf, withFile } from '../binary/binaryFile.ts'
import { readRows, type RowLayout } from '../binary/gridReading.ts'
import { axisOfRuns } from '../binary/runAxis.ts'
import { decodeSamples } from '../binary/sampleDecoding.ts'
import { createRecording } from '../createRecording.ts'
import { type ReadRange, RecordingError, type RecordingInfo, type SampleArray } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { snapped, type TimeAxis, TimeStampScan } from '../timeAxis.ts'
import { envelopeMagic, readSintelaRecords, type SintelaPacket, type SintelaRecords } from './sintelaRecords.ts'

/** As Sintela counts them in its protobuf recordings; 0 and 1 are both phase. */
const quantities: Record<number, { quantity: string; unit: string }> = {
  0: { quantity: 'phase', unit: 'rad' },
  1: { quantity: 'phase', unit: 'rad' },
  2: { quantity: 'phase difference', unit: 'rad' },
  3: { quantity: 'phase rate', unit: 'rad/s' },
  4: { quantity: 'strain', unit: 'µstrain' },
  5: { quantity: 'strain rate', unit: 'µstrain/s' }
}

/** Sintela's protobuf recordings: samples (TS05, RF01) and band energies (BAND). Layout after dascore's reader of them. */
export const sintelaProtobuf: RecordingFormat = {
  name: 'sintela-protobuf',
  title: 'Sintela protobuf',

  recognise: ({ head }) => Promise.resolve(latin1(head.subarray(0, 4)) === envelopeMagic),

  open({ path, sizeBytes }) {
    const records = withFile(path, (file) => readSintelaRecords(file, sizeBytes))
    if (records.rows === 0) throw new RecordingError(path, 'is a Sintela protobuf file without a row of samples')
    const info = describe(records, path)
    const { shape, packets } = records
    const layout: RowLayout = {
      channels: shape.channels,
      stored: 'float32',
      littleEndian: true,
      runOf: (row) => packetOf(packets, row)
    }
    return Promise.resolve(
      createRecording(info, {
        read: async (range) =>
          withFile(path, (file) =>
            shape.kind === 'samples'
              ? readRows(file, layout, range)
              : readBand(packets, shape.bands.length, range, (place, bytes) => file.read(place, bytes))
          ),
        close: () => Promise.resolve()
      })
    )
  }
}

function packetOf(packets: SintelaPacket[], row: number): SintelaPacket {
  let low = 0
  let high = packets.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (packets[middle]!.firstRow <= row) low = middle
    else high = middle - 1
  }
  return packets[low]!
}

/** A packet of bands is one row; the bands of a channel lie side by side. */
function readBand(
  packets: SintelaPacket[],
  bands: number,
  { time, channel, band = 0 }: ReadRange,
  read: (place: number, bytes: number) => Uint8Array
): SampleArray {
  const timeStep = time.stride ?? 1
  const channelStep = channel.stride ?? 1
  const rows = Math.ceil((time.to - time.from) / timeStep)
  const columns = Math.ceil((channel.to - channel.from) / channelStep)
  const target = new Float32Array(rows * columns)
  if (target.length === 0) return target
  const rowBytes = (channel.to - channel.from) * bands * 4
  for (let row = 0; row < rows; row++) {
    const { place } = packets[time.from + row * timeStep]!
    decodeSamples(viewOf(read(place + channel.from * bands * 4, rowBytes)), 'float32', true, {
      at: band * 4,
      step: channelStep * bands * 4,
      count: columns,
      target,
      targetAt: row * columns,
      targetStep: 1
    })
  }
  return target
}

function describe(records: SintelaRecords, file: string): RecordingInfo {
  const { shape, packets, rows, metadata, dropped } = records
  const warnings = [...records.warnings]
  if (dropped > 0) warnings.push(`${dropped} packets say that samples before them were dropped.`)
  const isSamples = shape.kind === 'samples'
  const kind = isSamples ? quantities[shape.dataType] : { quantity: 'band energy', unit: null }
  if (!kind) warnings.push(`Data type ${shape.dataType} is not known: quantity and unit are not known.`)
  const axis = isSamples ? axisOfSamples(packets, rows, shape.rateHz, file) : axisOfBands(packets)
  const spacing = shape.spacingM > 0 ? shape.spacingM : null
  const { manufacturer = 'Sintela', model = '' } = metadata
  return {
    format: 'sintela-protobuf',
    formatVersion: shape.tag,
    file,
    instrument: `${manufacturer} ${model}`.trim(),
    shape: { time: rows, channel: shape.channels },
    storedOrder: ['time', 'channel'],
    dtype: 'float32',
    quantity: kind?.quantity ?? null,
    unit: kind?.unit ?? null,
    scale: 1,
    ...axis,
    channelSpacingM: spacing === null ? null : spacing * shape.channelStep,
    firstChannel: shape.firstChannel,
    channelStep: shape.channelStep,
    firstDistanceM: spacing === null ? null : shape.firstChannel * spacing,
    distancesM: null,
    channelNames: null,
    gaugeLengthM: shape.gaugeLengthM > 0 ? shape.gaugeLengthM : null,
    bands: shape.bands.map(({ lowHz, highHz }) => ({ lowHz, highHz })),
    annotations: 0,
    warnings: [...warnings, ...axis.warnings],
    metadata: {
      ...metadata,
      packets: packets.length,
      demodulation: shape.demodulation,
      ...Object.fromEntries(shape.bands.map(({ description }, k) => [`band ${k}`, description]))
    }
  }
}

function axisOfSamples(packets: SintelaPacket[], rows: number, rateHz: number, file: string): TimeAxis {
  if (!(rateHz > 0) || !Number.isFinite(rateHz))
    throw new RecordingError(file, `is a damaged Sintela protobuf file: its packets say ${rateHz} Hz`)
  const intervalNs = snapped(1e9 / rateHz)
  const runs: { firstIndex: number; startTimeNs: bigint }[] = []
  let endNs: bigint | null = null
  for (const packet of packets) {
    // From packet to packet: clocks are steered, and a step of less than half a sample is no hole.
    if (endNs === null || Math.abs(Number(packet.startTimeNs - endNs)) >= intervalNs / 2)
      runs.push({ firstIndex: packet.firstRow, startTimeNs: packet.startTimeNs })
    endNs = packet.startTimeNs + BigInt(Math.round(packet.rows * intervalNs))
  }
  return axisOfRuns(runs, rows, intervalNs, rateHz)
}

function axisOfBands(packets: SintelaPacket[]): TimeAxis {
  const scan = new TimeStampScan(1n, null)
  scan.add(BigInt64Array.from(packets, ({ startTimeNs }) => startTimeNs))
  const { lastTimeNs: _, ...axis } = scan.axis('The time of the packets')
  return axis
}
