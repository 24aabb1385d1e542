const lowPercentile = 0.02
const highPercentile = 0.997
/** Narrowest range shown, dB: a constant picture is not blown up to noise. */
const narrowestDb = 2

export interface Levels {
  lowDb: number
  highDb: number
}

/**
 * Levels that show what most cells hold: the 2nd and the 99.7th percentile, at least 2 dB apart, so that a few outliers or a
 * dead channel do not blank the picture.
 *
 * @param samples at least one level, all finite; sorted in place
 */
export function robustLevels(samples: Float32Array): Levels {
  const sorted = samples.sort()
  const last = sorted.length - 1
  const lowDb = sorted[Math.floor(last * lowPercentile)]!
  const highDb = sorted[Math.ceil(last * highPercentile)]!
  if (highDb - lowDb >= narrowestDb) return { lowDb, highDb }
  const middle = (highDb + lowDb) / 2
  return { lowDb: middle - narrowestDb / 2, highDb: middle + narrowestDb / 2 }
}
