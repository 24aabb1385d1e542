import type { SiteSettings } from '../../src-preload/contract/settings.ts'
import type { DataStreamMessage } from './grpcServices.ts'

export interface DecodedRows {
  rowCount: number
  valuesPerRow: number
  /** rowCount · valuesPerRow, dB. */
  values: Float32Array
}

/** Reads the rows of one message, or says what is wrong with it. The element type of `main_data` is a server's own. */
export type RowDecoder = (message: DataStreamMessage) => DecodedRows | string

const floorDb = -300
const decibelsOfNeper = 10 / Math.LN10

function scaleInPlace(values: Float32Array, rowScale: SiteSettings['rowScale']): void {
  if (rowScale === 'as sent') return
  const linear = rowScale === 'linear'
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!
    // NaN stays NaN, and a negative power is as invalid.
    const decibels = linear ? 10 * Math.log10(value) : value * decibelsOfNeper
    values[k] = decibels < floorDb ? floorDb : decibels
  }
}

/**
 * Little-endian float32. The bytes must be exactly x · y · z values before they are taken for that; how they are split into
 * parts (one a row, or all in one) does not matter.
 */
export function createFloat32Decoder(rowScale: SiteSettings['rowScale']): RowDecoder {
  return ({ dataShapeX: x, dataShapeY: y, dataShapeZ, mainData }) => {
    // Absent and 0 are both "no third dimension".
    const z = dataShapeZ === undefined || dataShapeZ === 0 ? 1 : dataShapeZ
    if (x < 1 || y < 1 || z < 1) return `rows of the shape ${x} × ${y} × ${z}`
    const expected = x * y * z * 4
    const bytes = mainData.reduce((sum, part) => sum + part.length, 0)
    if (bytes !== expected) return `rows of ${bytes} bytes that should have ${expected} (${x} × ${y} × ${z} float32)`
    const values = new Float32Array(x * y * z)
    const target = new Uint8Array(values.buffer)
    let offset = 0
    for (const part of mainData) {
      target.set(part, offset)
      offset += part.length
    }
    scaleInPlace(values, rowScale)
    return { rowCount: y, valuesPerRow: x * z, values }
  }
}
