import { shortFloat32 } from '../binary/float32.ts'
import { type BinaryFile, viewOf } from '../binary/binaryFile.ts'
import { RecordingError } from '../recording.ts'

export const syncWord = 0x11223344
/** The fields of version 3, without what a longer header may add. */
export const packetHeaderBytes = 96

/** The header of a packet, little-endian throughout. */
export interface PacketHeader {
  headerBytes: number
  version: number
  sampleCount: bigint
  startTimeNs: bigint
  channels: number
  samples: number
  rateHz: number
  spacingM: number
  gaugeLengthM: number
  firstChannel: number
  channelStep: number
  gpsStatus: number
  dataType: number
  demodulation: number
}

export function packetHeaderOf(bytes: Uint8Array): PacketHeader | null {
  if (bytes.length < packetHeaderBytes) return null
  const view = viewOf(bytes)
  if (view.getUint32(0, true) !== syncWord) return null
  return {
    headerBytes: view.getUint32(4, true),
    version: view.getUint32(8, true),
    sampleCount: view.getBigUint64(12, true),
    startTimeNs: view.getBigUint64(20, true),
    channels: view.getUint32(28, true),
    samples: view.getUint32(32, true),
    rateHz: shortFloat32(view.getFloat32(36, true)),
    spacingM: shortFloat32(view.getFloat32(40, true)),
    gaugeLengthM: shortFloat32(view.getFloat32(44, true)),
    firstChannel: view.getUint32(52, true),
    channelStep: view.getUint32(56, true),
    gpsStatus: view.getUint32(68, true),
    dataType: view.getUint8(76),
    demodulation: view.getUint8(77)
  }
}

export interface PacketRun {
  firstPacket: number
  startTimeNs: bigint
}

export interface PacketLayout {
  first: PacketHeader
  packetBytes: number
  /** Packets with whole rows; the last may be cut off. */
  packets: number
  rows: number
  /** Packets that follow each other without a hole. */
  runs: PacketRun[]
  warnings: string[]
}

const mostRuns = 10_000

/**
 * Finds packets and holes. All packets are of one size, so a stretch whose ends lie as far apart as its packets say has no
 * hole and is not looked into: a long file without holes costs a handful of reads.
 */
export function readPacketLayout(file: BinaryFile, first: PacketHeader, sizeBytes: number): PacketLayout {
  const rowBytes = first.channels * 4
  const packetBytes = first.headerBytes + first.samples * rowBytes
  const whole = Math.floor(sizeBytes / packetBytes)
  const restBytes = sizeBytes - whole * packetBytes
  const warnings: string[] = []
  const restRows = Math.max(0, Math.floor((restBytes - first.headerBytes) / rowBytes))
  if (restBytes > 0)
    warnings.push(
      `The last packet, at byte ${whole * packetBytes}, is cut off: ${restRows} of its ${first.samples} rows are there.`
    )
  const scan = new PacketScan(file, first, packetBytes, whole + (restRows > 0 ? 1 : 0))
  const runs = scan.runs()
  const { usable } = scan
  if (scan.problem !== null) warnings.push(scan.problem)
  const rows = usable > whole ? whole * first.samples + restRows : usable * first.samples
  if (rows === 0) throw new RecordingError(file.path, 'is a Sintela file without a whole row of samples')
  return { first, packetBytes, packets: usable, rows, runs, warnings }
}

class PacketScan {
  usable: number
  problem: string | null = null
  readonly #file: BinaryFile
  readonly #first: PacketHeader
  readonly #packetBytes: number
  readonly #intervalNs: number
  readonly #runs: PacketRun[]

  constructor(file: BinaryFile, first: PacketHeader, packetBytes: number, packets: number) {
    this.#file = file
    this.#first = first
    this.#packetBytes = packetBytes
    this.#intervalNs = 1e9 / first.rateHz
    this.usable = packets
    this.#runs = [{ firstPacket: 0, startTimeNs: first.startTimeNs }]
  }

  runs(): PacketRun[] {
    if (this.usable > 1) {
      const last = this.#header(this.usable - 1)
      this.#stretch(0, this.#first, this.usable - 1, last)
    }
    return this.#runs
  }

  #header(packet: number): PacketHeader | null {
    const header = packetHeaderOf(this.#file.read(packet * this.#packetBytes, packetHeaderBytes))
    const isSame =
      header !== null &&
      header.channels === this.#first.channels &&
      header.samples === this.#first.samples &&
      header.headerBytes === this.#first.headerBytes &&
      header.rateHz === this.#first.rateHz
    return isSame ? header : null
  }

  /** Finds the holes between two packets; `high` null: a packet that is damaged or of another shape. */
  #stretch(lowAt: number, low: PacketHeader, highAt: number, high: PacketHeader | null): void {
    if (lowAt >= this.usable - 1 || (high !== null && this.#isEven(lowAt, low, highAt, high))) return
    if (highAt - lowAt === 1) {
      if (high === null) this.#endAt(highAt)
      else if (this.#runs.length >= mostRuns) this.#endAt(highAt, `has more than ${mostRuns} holes`)
      else this.#runs.push({ firstPacket: highAt, startTimeNs: high.startTimeNs })
      return
    }
    const middleAt = (lowAt + highAt) >> 1
    const middle = this.#header(middleAt)
    this.#stretch(lowAt, low, middleAt, middle)
    if (middle !== null) this.#stretch(middleAt, middle, highAt, high)
  }

  #isEven(lowAt: number, low: PacketHeader, highAt: number, high: PacketHeader): boolean {
    const samples = (highAt - lowAt) * this.#first.samples
    const expectedNs = samples * this.#intervalNs
    const offNs = Math.abs(Number(high.startTimeNs - low.startTimeNs) - expectedNs)
    if (offNs < this.#intervalNs / 2) return true
    // A clock that runs otherwise than the nominal rate is no hole where the counter of samples shows none.
    return highAt - lowAt > 1 && high.sampleCount - low.sampleCount === BigInt(samples) && offNs < expectedNs * 1e-4
  }

  #endAt(packet: number, why = 'is damaged or of another shape'): void {
    if (packet >= this.usable) return
    this.usable = packet
    this.problem = `Packet ${packet + 1}, at byte ${packet * this.#packetBytes}, ${why}: what lies before it was read.`
  }
}
