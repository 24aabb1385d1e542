/** Modified Bessel function of the first kind, order 0, by its series; exact to double precision for x < 50. */
export function besselI0(x: number): number {
  let term = 1
  let sum = 1
  for (let k = 1; term > sum * 1e-17 && k < 500; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

/** Kaiser's window for side lobes that many dB down (Kaiser 1974; β by his empirical formulas). */
export function kaiserWindow(length: number, attenuationDb: number): Float64Array {
  const beta =
    attenuationDb > 50
      ? 0.1102 * (attenuationDb - 8.7)
      : attenuationDb > 21
        ? 0.5842 * (attenuationDb - 21) ** 0.4 + 0.07886 * (attenuationDb - 21)
        : 0
  const half = (length - 1) / 2
  const whole = besselI0(beta)
  return Float64Array.from({ length }, (_, i) =>
    half === 0 ? 1 : besselI0(beta * Math.sqrt(1 - ((i - half) / half) ** 2)) / whole
  )
}
