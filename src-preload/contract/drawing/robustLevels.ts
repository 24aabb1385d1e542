const lowPercentile = 0.02
const highPercentile = 0.997
/**
 * One broken sample is in every window over it, which may be more than the percentile leaves out: levels reach no further than
 * this beyond what four fifths of the cells hold, in their spread and at least in dB.
 */
const bulkReach = 2
const leastReachDb = 40
/** Levels of a power of zero, as the analysis writes them. */
const silentDb = -300
/** Narrowest range shown, dB: a constant picture is not blown up to noise. */
const narrowestDb = 2

export interface Levels {
  lowDb: number
  highDb: number
}

/**
 * Levels that show what most cells hold: the 2nd and the 99.7th percentile, at least 2 dB apart, so that a few outliers or a
 * dead channels do not blank the picture.
 *
 * @param samples at least one level, all finite; sorted in place
 */
export function robustLevels(samples: Float32Array): Levels {
  const all = samples.sort()
  // What is silent says nothing of the levels of what is not.
  let silent = 0
  while (silent < all.length && all[silent]! <= silentDb) silent++
  if (silent === all.length && silent > 0) return { lowDb: silentDb, highDb: silentDb + narrowestDb }
  const sorted = all.subarray(silent)
  const last = sorted.length - 1
  const [bulkLow, bulkHigh] = [sorted[Math.floor(last * 0.1)]!, sorted[Math.ceil(last * 0.9)]!]
  const reach = Math.max(leastReachDb, bulkReach * (bulkHigh - bulkLow))
  const lowDb = Math.max(sorted[Math.floor(last * lowPercentile)]!, bulkLow - reach)
  const highDb = Math.min(sorted[Math.ceil(last * highPercentile)]!, bulkHigh + reach)
  if (highDb - lowDb >= narrowestDb) return { lowDb, highDb }
  const middle = (highDb + lowDb) / 2
  return { lowDb: middle - narrowestDb / 2, highDb: middle + narrowestDb / 2 }
}
