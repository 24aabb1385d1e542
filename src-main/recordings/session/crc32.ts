import * as zlib from 'node:zlib'

const polynomial = 0xedb88320
const slices = 8

/** Eight tables of 256: table k advances a byte by k more zero bytes ("slicing by eight", Kounavis and Berry 2005). */
function makeTables(): Int32Array[] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1
    return sum
  })
  const tables = [first]
  for (let k = 1; k < slices; k++) {
    const before = tables[k - 1]!
    tables.push(before.map((sum) => (sum >>> 8) ^ first[sum & 0xff]!))
  }
  return tables
}

function createPortableCrc32(): (bytes: Uint8Array, before?: number) => number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = makeTables() as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array
  ]
  return (bytes, before = 0) => {
    let sum = ~before
    const eights = bytes.length - (bytes.length % slices)
    let at = 0
    for (; at < eights; at += slices) {
      sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
      sum =
        t7[sum & 0xff]! ^
        t6[(sum >>> 8) & 0xff]! ^
        t5[(sum >>> 16) & 0xff]! ^
        t4[sum >>> 24]! ^
        t3[bytes[at + 4]!]! ^
        t2[bytes[at + 5]!]! ^
        t1[bytes[at + 6]!]! ^
        t0[bytes[at + 7]!]!
    }
    for (; at < bytes.length; at++) sum = (sum >>> 8) ^ t0[(sum ^ bytes[at]!) & 0xff]!
    return ~sum >>> 0
  }
}

/** For runtimes whose zlib does not offer its own sum. */
export const portableCrc32 = createPortableCrc32()

/**
 * CRC-32 of IEEE 802.3 (that of zlib, gzip and PNG), 0 … 2³² − 1. `before` continues a sum: crc32(b, crc32(a)) is that of a
 * followed by b.
 */
export const crc32: (bytes: Uint8Array, before?: number) => number =
  typeof zlib.crc32 === 'function' ? (bytes, before = 0) => zlib.crc32(bytes, before) : portableCrc32
