import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import { crc32 } from './crc32.ts'

/** What a frame carries: samples, the record of a gap (JSON), or the description that each segment begins with (JSON). */
export type FrameKind = 'data' | 'gap' | 'description'
export type FrameElement = 'int16' | 'float32'

/** Bytes of the header; the payload follows at once, and the next frame follows the payload. */
export const frameHeaderBytes = 64
export const frameVersion = 1
/** A greater payload is damage, whatever its header says. */
export const framePayloadMaxBytes = 256 * 1024 * 1024

export const elementBytes: Record<FrameElement, number> = { int16: 2, float32: 4 }

/**
 * Header of a frame, little-endian:
 *
 *      0  4  magic "WFF1"                      28  4  frame number, rises by one
 *      4  2  version, 1                        32  8  sequence number of the source
 *      6  1  kind: 0 data, 1 gap, 2 description 40  8  start, ns since 1970 (signed)
 *      7  1  element: 1 int16, 2 float32       48  8  first sample, on the source's own grid
 *      8  4  CRC-32 of the other 60 bytes      56  8  sample interval, ns (double)
 *     12  4  CRC-32 of the payload
 *     16  4  payload bytes
 *     20  4  samples (of each channel)
 *     24  4  channels
 */
export interface FrameHeader {
  kind: FrameKind
  element: FrameElement
  payloadCrc: number
  payloadBytes: number
  sampleCount: number
  channelCount: number
  /** Counts the frames of a session, modulo 2³². */
  frame: number
  sequence: number
  startNs: Nanoseconds
  firstSample: number
  sampleIntervalNs: number
}

export const frameMagic = Buffer.from('WFF1', 'latin1')
/** In the order of their numbers in header and index. */
export const frameKinds: readonly FrameKind[] = ['data', 'gap', 'description']
const elements: readonly (FrameElement | null)[] = [null, 'int16', 'float32']

const headerSum = (bytes: Uint8Array): number =>
  crc32(bytes.subarray(12, frameHeaderBytes), crc32(bytes.subarray(0, 8)))

/** Writes the 64 bytes of a header to the front of `target`. */
export function encodeFrameHeader(header: FrameHeader, target: Uint8Array): void {
  const view = new DataView(target.buffer, target.byteOffset, frameHeaderBytes)
  target.set(frameMagic, 0)
  view.setUint16(4, frameVersion, true)
  view.setUint8(6, frameKinds.indexOf(header.kind))
  view.setUint8(7, elements.indexOf(header.element))
  view.setUint32(12, header.payloadCrc, true)
  view.setUint32(16, header.payloadBytes, true)
  view.setUint32(20, header.sampleCount, true)
  view.setUint32(24, header.channelCount, true)
  view.setUint32(28, header.frame, true)
  view.setBigUint64(32, BigInt(header.sequence), true)
  view.setBigInt64(40, header.startNs, true)
  view.setBigUint64(48, BigInt(header.firstSample), true)
  view.setFloat64(56, header.sampleIntervalNs, true)
  view.setUint32(8, headerSum(target), true)
}

/** Null where these 64 bytes are no whole header of this version. */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader | null {
  if (bytes.length < frameHeaderBytes) return null
  for (let k = 0; k < frameMagic.length; k++) if (bytes[k] !== frameMagic[k]) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, frameHeaderBytes)
  if (view.getUint32(8, true) !== headerSum(bytes) || view.getUint16(4, true) !== frameVersion) return null
  const kind = frameKinds[view.getUint8(6)]
  const element = elements[view.getUint8(7)]
  const header = {
    payloadCrc: view.getUint32(12, true),
    payloadBytes: view.getUint32(16, true),
    sampleCount: view.getUint32(20, true),
    channelCount: view.getUint32(24, true),
    frame: view.getUint32(28, true),
    sequence: Number(view.getBigUint64(32, true)),
    startNs: view.getBigInt64(40, true),
    firstSample: Number(view.getBigUint64(48, true)),
    sampleIntervalNs: view.getFloat64(56, true)
  }
  if (!kind || !element || header.payloadBytes > framePayloadMaxBytes) return null
  const dataBytes = header.sampleCount * header.channelCount * elementBytes[element]
  return kind === 'data' && dataBytes !== header.payloadBytes ? null : { kind, element, ...header }
}
