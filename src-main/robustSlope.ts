export interface Slope {
  /** Units of y per unit of x: the median of the slopes between all pairs of points (Theil and Sen). */
  perUnit: number
  /** 95 % confidence interval of it (Sen, by Kendall's variance). */
  low: number
  high: number
  /** Whether the interval excludes zero. */
  isTrend: boolean
}

const pairsMost = 500

/**
 * Robust slope of a series, with its confidence: one garbage collection or one busy neighbour moves it little. Long series
 * are thinned to medians of equal parts first. Null for fewer than eight points.
 * Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968).
 */
export function robustSlope(x: readonly number[], y: readonly number[]): Slope | null {
  if (x.length < 8 || x.length !== y.length) return null
  const points = thinned(x, y)
  const slopes: number[] = []
  points.forEach(([x1, y1], at) => {
    for (const [x2, y2] of points.slice(at + 1)) if (x2 > x1) slopes.push((y2 - y1) / (x2 - x1))
  })
  slopes.sort((a, b) => a - b)
  const n = points.length
  const reach = 1.96 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const at = (index: number): number => slopes[Math.max(0, Math.min(slopes.length - 1, Math.round(index)))]!
  const low = at((slopes.length - reach) / 2)
  const high = at((slopes.length + reach) / 2)
  return { perUnit: at(slopes.length / 2), low, high, isTrend: low > 0 || high < 0 }
}

function thinned(x: readonly number[], y: readonly number[]): [number, number][] {
  const size = Math.ceil(x.length / pairsMost)
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!
  return Array.from({ length: Math.ceil(x.length / size) }, (_, part) => [
    middle(x.slice(part * size, (part + 1) * size)),
    middle(y.slice(part * size, (part + 1) * size))
  ])
}
