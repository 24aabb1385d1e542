/** A place on the fibre at a time. */
export interface PickedPoint {
  /** Seconds, from any common zero. */
  timeS: number
  distanceM: number
}

export interface LineFit {
  /** Apparent velocity, m/s, positive towards rising distance; ±Infinity where everything happens at one time. */
  velocityMps: number
  /** Squared correlation of time and distance, 0..1; null with two points, which every line fits. */
  rSquared: number | null
  /** Root mean square of the picked times less those of the line, seconds. */
  residualS: number
  /** Time at which the line passes a distance, seconds. */
  timeAt(distanceM: number): number
}

/**
 * Least squares of time over distance: where a channel lies is known, the picked time carries the error (as in refraction
 * seismics). Null where the points are at one place, or fewer than two.
 */
export function fitApparentVelocity(points: readonly PickedPoint[]): LineFit | null {
  if (points.length < 2) return null
  const count = points.length
  let meanT = 0
  let meanX = 0
  for (const { timeS, distanceM } of points) {
    meanT += timeS / count
    meanX += distanceM / count
  }
  let xx = 0
  let xt = 0
  let tt = 0
  for (const { timeS, distanceM } of points) {
    xx += (distanceM - meanX) ** 2
    xt += (distanceM - meanX) * (timeS - meanT)
    tt += (timeS - meanT) ** 2
  }
  if (xx === 0) return null
  const slownessSPerM = xt / xx
  // Rounding may leave a trace where all points lie on the line.
  const residual = Math.max(0, tt - (xt * xt) / xx)
  return {
    velocityMps: slownessSPerM === 0 ? Infinity : 1 / slownessSPerM,
    rSquared: count < 3 ? null : tt === 0 ? 1 : 1 - residual / tt,
    residualS: Math.sqrt(residual / count),
    timeAt: (distanceM) => meanT + slownessSPerM * (distanceM - meanX)
  }
}

/** One of two cursors. */
export interface CursorPoint {
  /** Exact time, nanoseconds since the epoch. */
  timeNs: bigint
  channel: number
  /** Null where the source does not know. */
  distanceM: number | null
  /** Null in views without frequencies. */
  hertz: number | null
  /** Null where there is no value. */
  value: number | null
  unit: string
}

export interface CursorDifference {
  deltaTimeNs: bigint
  /** 1 / |Δt|, Hz: of what repeats from one cursor to the other; null at one time. */
  repeatHz: number | null
  deltaChannels: number
  deltaDistanceM: number | null
  deltaHz: number | null
  /** In the unit of both; null where they are of different quantities, or one is missing. */
  deltaValue: number | null
  /** Δx / Δt, m/s; null without distances, ±Infinity at one time. */
  velocityMps: number | null
}

/** What lies between two cursors, second less first. */
export function differenceOf(first: CursorPoint, second: CursorPoint): CursorDifference {
  const between = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : to - from
  const deltaTimeNs = second.timeNs - first.timeNs
  const deltaDistanceM = between(first.distanceM, second.distanceM)
  const seconds = Number(deltaTimeNs) / 1e9
  return {
    deltaTimeNs,
    repeatHz: seconds === 0 ? null : 1 / Math.abs(seconds),
    deltaChannels: second.channel - first.channel,
    deltaDistanceM,
    deltaHz: between(first.hertz, second.hertz),
    deltaValue: first.unit === second.unit ? between(first.value, second.value) : null,
    velocityMps: deltaDistanceM === null || deltaDistanceM === 0 ? null : deltaDistanceM / seconds
  }
}
