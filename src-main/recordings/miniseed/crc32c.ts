/** Castagnoli's polynomial, reflected (RFC 3720, appendix B.4). */
const polynomial = 0x82f63b78

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1
    return sum
  })
}

/** Makes the function once: it owns its table. */
export function createCrc32c(): (bytes: Uint8Array, before?: number) => number {
  const table = makeTable()
  return (bytes, before = 0) => {
    let sum = ~before
    for (const byte of bytes) sum = (sum >>> 8) ^ table[(sum ^ byte) & 0xff]!
    return ~sum >>> 0
  }
}
