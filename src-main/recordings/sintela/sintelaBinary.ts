import { withFile } from '../binary/binaryFile.ts'
import { readRows, type RowLayout } from '../binary/gridReading.ts'
import { createRecording } from '../createRecording.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { axisOfRuns } from '../binary/runAxis.ts'
import { snapped } from '../timeAxis.ts'
import { packetHeaderBytes, packetHeaderOf, type PacketLayout, readPacketLayout } from './sintelaPackets.ts'

const quantities: Record<number, { quantity: string; unit: string }> = {
  0: { quantity: 'phase', unit: 'rad' },
  1: { quantity: 'phase difference', unit: 'rad' },
  2: { quantity: 'phase rate', unit: 'rad/s' },
  3: { quantity: 'strain', unit: 'µstrain' },
  4: { quantity: 'strain rate', unit: 'µstrain/s' }
}

/** Sintela's binary recordings, version 3: packets of a header and float32 rows. */
export const sintelaBinary: RecordingFormat = {
  name: 'sintela-binary',
  title: 'Sintela binary',

  recognise: ({ head }) => Promise.resolve(packetHeaderOf(head) !== null),

  open({ path, head, sizeBytes }) {
    const first = packetHeaderOf(head)!
    if (first.version !== 3)
      throw new RecordingError(path, `is Sintela binary of version ${first.version}; only version 3 is read`)
    const isPlausible =
      first.headerBytes >= packetHeaderBytes &&
      first.headerBytes <= 65_536 &&
      first.channels > 0 &&
      first.channels <= 1_000_000 &&
      first.samples > 0 &&
      first.samples <= 100_000_000 &&
      first.rateHz > 0 &&
      first.rateHz < 1e9
    if (!isPlausible)
      throw new RecordingError(
        path,
        `is a damaged Sintela file: its first packet says ${first.channels} channels, ${first.samples} rows, ${first.rateHz} Hz, ${first.headerBytes} bytes of header`
      )
    const layout = withFile(path, (file) => readPacketLayout(file, first, sizeBytes))
    const rowLayout: RowLayout = {
      channels: first.channels,
      stored: 'float32',
      littleEndian: true,
      runOf(row) {
        const packet = Math.floor(row / first.samples)
        const firstRow = packet * first.samples
        const rows = Math.min(first.samples, layout.rows - firstRow)
        return { firstRow, rows, place: packet * layout.packetBytes + first.headerBytes }
      }
    }
    return Promise.resolve(
      createRecording(describe(layout, path), {
        read: async (range) => withFile(path, (file) => readRows(file, rowLayout, range)),
        close: () => Promise.resolve()
      })
    )
  }
}

function describe({ first, rows, runs, packets, warnings }: PacketLayout, file: string): RecordingInfo {
  const intervalNs = snapped(1e9 / first.rateHz)
  const kind = quantities[first.dataType]
  if (!kind) warnings.push(`Data type ${first.dataType} is not known: quantity and unit are not known.`)
  const axis = axisOfRuns(
    runs.map(({ firstPacket, startTimeNs }) => ({ firstIndex: firstPacket * first.samples, startTimeNs })),
    rows,
    intervalNs,
    first.rateHz
  )
  const spacing = first.spacingM > 0 ? first.spacingM : null
  const channelStep = first.channelStep > 0 ? first.channelStep : 1
  if (first.channelStep === 0) warnings.push('The channel step is 0; 1 was assumed.')
  return {
    format: 'sintela-binary',
    formatVersion: String(first.version),
    file,
    instrument: 'Sintela',
    shape: { time: rows, channel: first.channels },
    storedOrder: ['time', 'channel'],
    dtype: 'float32',
    quantity: kind?.quantity ?? null,
    unit: kind?.unit ?? null,
    scale: 1,
    ...axis,
    channelSpacingM: spacing === null ? null : spacing * channelStep,
    firstChannel: first.firstChannel,
    channelStep,
    firstDistanceM: spacing === null ? null : first.firstChannel * spacing,
    distancesM: null,
    channelNames: null,
    gaugeLengthM: first.gaugeLengthM > 0 ? first.gaugeLengthM : null,
    bands: [],
    annotations: 0,
    warnings: [...warnings, ...axis.warnings],
    metadata: {
      packets,
      samplesInPacket: first.samples,
      gpsStatus: first.gpsStatus,
      demodulation: first.demodulation,
      firstSampleCount: String(first.sampleCount)
    }
  }
}
