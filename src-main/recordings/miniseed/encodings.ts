import { viewOf } from '../binary/binaryFile.ts'
import { decodeSamples } from '../binary/sampleDecoding.ts'
import type { BlockElement } from '../blocks/blockList.ts'
import type { Samples } from '../blocks/gridReader.ts'
import type { RecordHeader } from './recordHeader.ts'
import { decodeSteim } from './steimDecode.ts'

const steim1 = 10
const steim2 = 11

export const elementOfEncoding: Record<number, BlockElement> = {
  1: 'int16',
  2: 'int32',
  3: 'int32',
  4: 'float32',
  5: 'float64',
  [steim1]: 'int32',
  [steim2]: 'int32'
}

const readNames: Record<number, string> = {
  1: 'int16',
  2: 'int24',
  3: 'int32',
  4: 'float32',
  5: 'float64',
  [steim1]: 'Steim-1',
  [steim2]: 'Steim-2'
}

const names: Record<number, string> = {
  0: 'text',
  12: 'GEOSCOPE 24 bits',
  13: 'GEOSCOPE 16/3 bits',
  14: 'GEOSCOPE 16/4 bits',
  15: 'US National Network',
  16: 'CDSN',
  17: 'Graefenberg',
  18: 'IPG Strasbourg',
  19: 'Steim-3',
  30: 'SRO',
  31: 'HGLP',
  32: 'DWWSSN',
  33: 'RSTN',
  100: 'opaque bytes'
}

export const nameOfEncoding = (encoding: number): string =>
  readNames[encoding] ?? names[encoding] ?? `encoding ${encoding}`

const plain = { 1: 'int16', 2: 'int24', 3: 'int32', 4: 'float32', 5: 'float64' } as const
const bytesOf: Record<number, number> = { 1: 2, 2: 3, 3: 4, 4: 4, 5: 8 }

/** How many samples the bytes of a record can hold at most: what it announces beyond is damage. */
export function mostSamples({ encoding, dataBytes }: RecordHeader): number {
  const bytes = bytesOf[encoding]
  if (bytes !== undefined) return Math.floor(dataBytes / bytes)
  const frames = Math.floor(dataBytes / 64)
  return frames === 0 ? 0 : (frames * 15 - 2) * (encoding === steim2 ? 7 : 4)
}

/** The samples of a whole record, or a sentence that goes on after "the record at byte …". */
export function decodeRecord(record: Uint8Array, header: RecordHeader): Samples | string {
  const data = record.subarray(header.dataOffset, header.dataOffset + header.dataBytes)
  const { encoding, samples, littleEndian } = header
  if (encoding === steim1 || encoding === steim2) {
    const { values, problem } = decodeSteim(data, samples, encoding === steim1 ? 1 : 2, littleEndian)
    return problem ?? values
  }
  const stored = plain[encoding as keyof typeof plain]
  const bytes = bytesOf[encoding]
  if (stored === undefined || bytes === undefined) return `holds ${nameOfEncoding(encoding)}, which is not read`
  if (data.length < samples * bytes)
    return `holds ${Math.floor(data.length / bytes)} of the ${samples} samples that it announces`
  const target =
    stored === 'int16'
      ? new Int16Array(samples)
      : stored === 'float32'
        ? new Float32Array(samples)
        : stored === 'float64'
          ? new Float64Array(samples)
          : new Int32Array(samples)
  decodeSamples(viewOf(data), stored, littleEndian, {
    at: 0,
    step: bytes,
    count: samples,
    target,
    targetAt: 0,
    targetStep: 1
  })
  return target
}
