/** Bins [first, first + count) of a one-sided spectrum with nfft/2 + 1 bins. */
export interface BinRange {
  first: number
  count: number
}

/** Part of a bin by which a band limit may miss a bin and still hold it: 1e9/period and k·rate/nfft are not exact. */
const tolerance = 1e-6

/**
 * The bins whose frequency k · sampleRateHz / nfft lies in [lowHz, highHz], both ends in, cut to 0..Nyquist. `count` is 0
 * for a band that lies between two bins; who validates a request should refuse that.
 */
export function bandBins(nfft: number, sampleRateHz: number, lowHz: number, highHz: number): BinRange {
  const binWidthHz = sampleRateHz / nfft
  const first = Math.max(0, Math.ceil(lowHz / binWidthHz - tolerance))
  const last = Math.min(nfft / 2, Math.floor(highHz / binWidthHz + tolerance))
  return { first, count: Math.max(0, last - first + 1) }
}

/** Frequencies of the bins of a range, Hz. */
export function binFrequencies(nfft: number, sampleRateHz: number, bins: BinRange): Float64Array {
  return Float64Array.from({ length: bins.count }, (_, index) => ((bins.first + index) * sampleRateHz) / nfft)
}
