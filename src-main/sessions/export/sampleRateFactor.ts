const most = 32_767

/** How miniSEED says a rate: two 16-bit numbers, negative where they divide. */
export interface RateFactor {
  factor: number
  multiplier: number
  /** The rate itself where the two are not exact; blockette 100 says it as a 32-bit float. */
  actualHz: number | null
  /** What readers get. */
  rateHz: number
}

/** The fraction of two numbers up to 32 767 that is nearest to `value` > 0, by its continued fraction. */
function nearestFraction(value: number): [number, number] {
  let [p0, q0, p1, q1] = [0, 1, 1, 0]
  let rest = value
  let best: [number, number] = [Math.max(1, Math.min(most, Math.round(value))), 1]
  for (let step = 0; step < 40; step++) {
    const whole = Math.floor(rest)
    const [p2, q2] = [whole * p1 + p0, whole * q1 + q0]
    if (p2 > most || q2 > most) {
      // The last step in part: the nearest fraction may lie between two convergents.
      const part = Math.min(Math.floor((most - p0) / Math.max(1, p1)), Math.floor((most - q0) / Math.max(1, q1)), whole)
      const [p, q] = [part * p1 + p0, part * q1 + q0]
      if (p > 0 && q > 0 && Math.abs(p / q - value) < Math.abs(best[0] / best[1] - value)) best = [p, q]
      break
    }
    if (p2 > 0 && q2 > 0) best = [p2, q2]
    if (p2 / q2 === value || rest === whole) break
    rest = 1 / (rest - whole)
    ;[p0, q0, p1, q1] = [p1, q1, p2, q2]
  }
  return best
}

/** A double of a fraction is not the fraction: so near counts as the same. */
const sameRate = 1e-9

/** Factor and multiplier of a rate, as near as they come: exact for whole rates up to 32 767 Hz and for whole intervals. */
export function rateFactor(rateHz: number): RateFactor {
  const [p, q] = nearestFraction(rateHz)
  // A negative multiplier divides. (SEED 2.4, fixed header, fields 10 and 11.)
  const multiplier = q === 1 ? 1 : -q
  if (Math.abs(p / q / rateHz - 1) <= sameRate) return { factor: p, multiplier, actualHz: null, rateHz: p / q }
  return { factor: p, multiplier, actualHz: rateHz, rateHz: Math.fround(rateHz) }
}
