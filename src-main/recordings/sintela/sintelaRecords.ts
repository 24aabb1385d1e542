import { shortFloat32 } from '../binary/float32.ts'
import { type BinaryFile, latin1, shown, viewOf } from '../binary/binaryFile.ts'
import { RecordingError } from '../recording.ts'
import { fieldAt, ProtobufMessage, ProtobufProblem, timestampOf } from './protobufFields.ts'

export const envelopeMagic = 'PBUF'
const envelopeBytes = 12
const mostPackets = 4_000_000
/** A packet's header lies in front of its samples and is small. */
const windowBytes = 4096
const headerLimitBytes = 1024 * 1024

export interface BandDefinition {
  lowHz: number
  highHz: number
  description: string
}

/** What all packets of a recording share. */
export interface PacketShape {
  kind: 'samples' | 'bands'
  tag: string
  channels: number
  rateHz: number
  spacingM: number
  gaugeLengthM: number
  firstChannel: number
  channelStep: number
  dataType: number
  demodulation: number
  bands: BandDefinition[]
}

export interface SintelaPacket {
  firstRow: number
  rows: number
  /** Where its samples begin. */
  place: number
  startTimeNs: bigint
}

export interface SintelaRecords {
  shape: PacketShape
  packets: SintelaPacket[]
  rows: number
  dropped: number
  metadata: Record<string, string | number>
  warnings: string[]
}

const seriesTags = ['TS05', 'RF01']
const bandTags = ['BAND']
const spectrumTags = ['FFT', 'FFT-']

/** Walks the envelopes (`PBUF`, tag of four letters, length) and reads the header of every packet, no samples. */
export function readSintelaRecords(file: BinaryFile, sizeBytes: number): SintelaRecords {
  const found: SintelaRecords = {
    shape: null as unknown as PacketShape,
    packets: [],
    rows: 0,
    dropped: 0,
    metadata: {},
    warnings: []
  }
  const seen = new Set<string>()
  let shape: PacketShape | null = null
  for (let place = 0; place < sizeBytes;) {
    const envelope = envelopeAt(file, place, sizeBytes)
    const body = place + envelopeBytes
    try {
      if (typeof envelope === 'string') throw new ProtobufProblem(envelope)
      const { tag, length } = envelope
      seen.add(tag)
      if (tag === 'META') found.metadata = metadataOf(file, body, length)
      else if (seriesTags.includes(tag) || bandTags.includes(tag)) {
        if (found.packets.length >= mostPackets) throw new ProtobufProblem(`comes after ${mostPackets} packets`)
        shape = addPacket(file, tag, body, length, shape, found)
      }
      place = body + length
    } catch (error) {
      if (!(error instanceof ProtobufProblem)) throw error
      const what = `the record at byte ${place} ${error.message}`
      if (found.packets.length === 0) throw new RecordingError(file.path, `is a damaged Sintela protobuf file: ${what}`)
      found.warnings.push(`${what[0]!.toUpperCase()}${what.slice(1)}: what lies before it was read.`)
      break
    }
  }
  if (shape === null) {
    const spectra = spectrumTags.some((tag) => seen.has(tag))
    throw new RecordingError(
      file.path,
      spectra
        ? 'is a Sintela protobuf file of spectra (FFT), which are not read: only samples (TS05, RF01) and bands (BAND) are'
        : `is a Sintela protobuf file without samples; it holds ${[...seen].map(shown).join(', ') || 'nothing'}`
    )
  }
  return { ...found, shape }
}

function envelopeAt(file: BinaryFile, place: number, sizeBytes: number): { tag: string; length: number } | string {
  if (sizeBytes - place < envelopeBytes) return 'is cut off'
  const bytes = file.read(place, envelopeBytes)
  if (latin1(bytes.subarray(0, 4)) !== envelopeMagic) return `does not begin with ${envelopeMagic}`
  const tag = latin1(bytes.subarray(4, 8)).replace(/\0+$/, '')
  const length = viewOf(bytes).getUint32(8, true)
  if (length > sizeBytes - place - envelopeBytes) return `says ${length} bytes, more than the file has left`
  return { tag, length }
}

function metadataOf(file: BinaryFile, body: number, length: number): Record<string, string | number> {
  if (length > headerLimitBytes) return {}
  const message = new ProtobufMessage(file.read(body, length))
  const identification = message.message(3)
  const fibre = message.message(7)
  const texts = {
    recorder: message.text(1),
    manufacturer: identification?.text(1) ?? '',
    systemType: identification?.text(2) ?? '',
    model: identification?.text(3) ?? '',
    serialNumber: identification?.text(4) ?? ''
  }
  const known: Record<string, string | number> = Object.fromEntries(
    Object.entries(texts).filter(([, value]) => value !== '')
  )
  if (fibre?.has(8)) known.fibre = fibre.integer(8)
  return known
}

/** Header (field 1) and the place of the samples (field 3 of a series, 2 of bands; packed floats). */
function addPacket(
  file: BinaryFile,
  tag: string,
  body: number,
  length: number,
  before: PacketShape | null,
  found: SintelaRecords
): PacketShape {
  const sampleField = bandTags.includes(tag) ? 2 : 3
  let header: ProtobufMessage | null = null
  let samples: { place: number; bytes: number } | null = null
  for (let at = 0; at < length;) {
    const window = file.read(body + at, Math.min(windowBytes, length - at))
    const { field, end } = fieldAt(window, 0, length - at)
    if (field.number === 1 && field.kind === 'bytes') {
      if (field.to - field.from > headerLimitBytes) throw new ProtobufProblem('has a header of more than 1 MiB')
      header = new ProtobufMessage(file.read(body + at + field.from, field.to - field.from))
    } else if (field.number === sampleField) {
      if (field.kind !== 'bytes') throw new ProtobufProblem('keeps its samples one by one, which is not read')
      samples = { place: body + at + field.from, bytes: field.to - field.from }
    } else if (field.number === 4 && sampleField === 3)
      throw new ProtobufProblem('holds raw frames instead of samples, which are not read')
    at += end
  }
  const common = header?.message(1)
  if (!header || !common) throw new ProtobufProblem('has no header')
  const shape = shapeOf(tag, header, common)
  if (before !== null && JSON.stringify(before) !== JSON.stringify(shape))
    throw new ProtobufProblem('has other channels, rate or type than those before')
  const rowBytes = shape.channels * 4 * Math.max(1, shape.bands.length)
  const rows = shape.kind === 'bands' ? 1 : header.integer(3)
  if (!(shape.channels > 0) || rows < 0 || (samples?.bytes ?? 0) !== rows * rowBytes)
    throw new ProtobufProblem(
      `holds ${samples?.bytes ?? 0} bytes of samples for ${rows} rows of ${shape.channels} channels`
    )
  const time = common.message(1)
  if (time === null) throw new ProtobufProblem('has no time')
  if (common.integer(10) !== 0) found.dropped += 1
  if (rows > 0)
    found.packets.push({ firstRow: found.rows, rows, place: samples!.place, startTimeNs: timestampOf(time) })
  found.rows += rows
  return shape
}

function shapeOf(tag: string, header: ProtobufMessage, common: ProtobufMessage): PacketShape {
  const isBands = bandTags.includes(tag)
  return {
    kind: isBands ? 'bands' : 'samples',
    tag,
    channels: common.integer(2),
    rateHz: shortFloat32(common.float(3)),
    spacingM: shortFloat32(common.float(4)),
    gaugeLengthM: shortFloat32(common.float(5)),
    firstChannel: common.integer(6),
    channelStep: isBands ? 1 : header.integer(4) || 1,
    dataType: common.integer(11),
    demodulation: common.integer(12),
    bands: isBands
      ? header.messages(2).map((band) => ({
          lowHz: shortFloat32(band.float(2)),
          highHz: shortFloat32(band.float(3)),
          description: band.text(5)
        }))
      : []
  }
}
