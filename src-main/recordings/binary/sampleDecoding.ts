import type { ElementName, SampleArray } from '../recording.ts'

/** How a file keeps one sample; `offset8`: 128 is zero, as in WAV. */
export type StoredSample =
  | 'int8'
  | 'uint8'
  | 'offset8'
  | 'int16'
  | 'uint16'
  | 'int24'
  | 'uint24'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'ibm32'

export const storedBytes: Record<StoredSample, number> = {
  int8: 1,
  uint8: 1,
  offset8: 1,
  int16: 2,
  uint16: 2,
  int24: 3,
  uint24: 3,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
  ibm32: 4
}

/** The smallest element that holds every stored value exactly; 64-bit integers beyond 2⁵³ are rounded. IBM floats reach 7·10⁷⁵, past float32. */
export const elementOf: Record<StoredSample, ElementName> = {
  int8: 'int8',
  uint8: 'int16',
  offset8: 'int8',
  int16: 'int16',
  uint16: 'int32',
  int24: 'int32',
  uint24: 'int32',
  int32: 'int32',
  uint32: 'float64',
  int64: 'float64',
  uint64: 'float64',
  float16: 'float32',
  float32: 'float32',
  float64: 'float64',
  ibm32: 'float32'
}

/** `count` samples that stand `step` bytes apart from byte `at` on, into every `targetStep`-th place of `target`. */
export interface SampleRow {
  at: number
  step: number
  count: number
  target: SampleArray
  targetAt: number
  targetStep: number
}

/** Sign, seven bits of exponent to 16, 24 bits of fraction. Beyond float32 it becomes infinite there. */
export function fromIbm(word: number): number {
  const fraction = word & 0xff_ffff
  const value = fraction * 16 ** (((word >>> 24) & 0x7f) - 70)
  return word < 0 || word > 0x7fff_ffff ? -value : value
}

/** IEEE 754 binary16: DataView reads it itself only in runtimes of 2025 and later. */
function fromHalf(word: number): number {
  const sign = word & 0x8000 ? -1 : 1
  const exponent = (word >> 10) & 0x1f
  const fraction = word & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** One loop for each kind: a call for every sample would cost more than the sample. */
export function decodeSamples(view: DataView, stored: StoredSample, littleEndian: boolean, row: SampleRow): void {
  const { step, count, target, targetStep } = row
  let { at, targetAt: to } = row
  switch (stored) {
    case 'int8':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getInt8(at)
      return
    case 'uint8':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getUint8(at)
      return
    case 'offset8':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getUint8(at) - 128
      return
    case 'int16':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getInt16(at, littleEndian)
      return
    case 'uint16':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getUint16(at, littleEndian)
      return
    case 'int24':
    case 'uint24': {
      const top = littleEndian ? 2 : 0
      const low = littleEndian ? 0 : 1
      const isSigned = stored === 'int24'
      for (let i = 0; i < count; i++, at += step, to += targetStep) {
        const high = isSigned ? view.getInt8(at + top) : view.getUint8(at + top)
        target[to] = (high << 16) | view.getUint16(at + low, littleEndian)
      }
      return
    }
    case 'int32':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getInt32(at, littleEndian)
      return
    case 'uint32':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getUint32(at, littleEndian)
      return
    case 'int64':
      for (let i = 0; i < count; i++, at += step, to += targetStep)
        target[to] = Number(view.getBigInt64(at, littleEndian))
      return
    case 'uint64':
      for (let i = 0; i < count; i++, at += step, to += targetStep)
        target[to] = Number(view.getBigUint64(at, littleEndian))
      return
    case 'float16':
      for (let i = 0; i < count; i++, at += step, to += targetStep)
        target[to] = fromHalf(view.getUint16(at, littleEndian))
      return
    case 'float32':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getFloat32(at, littleEndian)
      return
    case 'float64':
      for (let i = 0; i < count; i++, at += step, to += targetStep) target[to] = view.getFloat64(at, littleEndian)
      return
    case 'ibm32':
      for (let i = 0; i < count; i++, at += step, to += targetStep)
        target[to] = fromIbm(view.getUint32(at, littleEndian))
      return
  }
}
