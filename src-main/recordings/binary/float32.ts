/** The shortest decimal number that a float32 can stand for: 0.01, where the bits say 0.009999999776. */
export function shortFloat32(value: number): number {
  if (!Number.isFinite(value)) return value
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}

/** The rate of a float32 interval in seconds: whole where a whole rate has this very interval. Null where it is none. */
export function rateOfFloat32Interval(interval: number): number | null {
  if (!(interval > 0) || !Number.isFinite(interval)) return null
  const whole = Math.round(1 / interval)
  return whole > 0 && Math.fround(1 / whole) === Math.fround(interval) ? whole : 1 / shortFloat32(Math.fround(interval))
}
