/**
 * Integer hashing: the only source of chance in the simulator. Everything random is a hash of (seed, what, which), so any
 * sample of any channel can be computed without the ones before it.
 */

/** A bijection of 32-bit integers in which every input bit reaches every output bit. */
export function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return h ^ (h >>> 16)
}

/** A new key out of a key and an integer. Indices may exceed 32 bits (2 kHz since 1970 is about 3.6e12). */
export function keyOf(key: number, index: number): number {
  const high = Math.floor(index / 4_294_967_296)
  return mix(mix(key + Math.imul(high, 0x632be5ab) + 0x1b873593) ^ (index | 0))
}

const golden = 0x9e3779b9

/** The n-th independent value in [0, 1) that belongs to a key. */
export function uniform(key: number, n: number): number {
  return (mix(key ^ Math.imul(n + 1, golden)) >>> 0) / 4_294_967_296
}

export function uniformBetween(key: number, n: number, low: number, high: number): number {
  return low + (high - low) * uniform(key, n)
}

/** What a key is for: two kinds never share their chances. */
export const purpose = {
  vehicleOut: 1,
  vehicleBack: 2,
  train: 3,
  footsteps: 4,
  digging: 5,
  pump: 6,
  earthquake: 7,
  fading: 8,
  noise: 9,
  slowNoise: 10,
  texture: 11,
  coupling: 12,
  badChannel: 13,
  tables: 14,
  commonMode: 15
} as const
