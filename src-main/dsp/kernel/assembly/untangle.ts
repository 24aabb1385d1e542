/**
 * The complex transform Z of M values (even samples + j · odd samples) → the powers of the real one's bins 0..M, one v128
 * (four channels) a bin. X[k] = (E + W^k·O)/2 and X[M−k] = conj(E − W^k·O)/2 with E = Z[k] + conj Z[M−k], O = −j(Z[k] −
 * conj Z[M−k]), W = exp(−2πj/2M). The half and the doubling of the one-sided spectrum lie in the window.
 */

// @ts-ignore: decorator
@inline
function square(re: v128, im: v128): v128 {
  return f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im))
}

/** Bins 0, M and M/2, from Z[0] and Z[M/2]. The first two are not doubled in a one-sided spectrum. */
// @ts-ignore: decorator
@inline
function edges(firstRe: v128, firstIm: v128, middleRe: v128, middleIm: v128, power: usize, size: i32): void {
  const two = f32x4.splat(2)
  const sum = f32x4.add(firstRe, firstIm)
  const difference = f32x4.sub(firstRe, firstIm)
  v128.store(power, f32x4.mul(two, f32x4.mul(sum, sum)))
  v128.store(power + (<usize>size << 4), f32x4.mul(two, f32x4.mul(difference, difference)))
  v128.store(power + (<usize>size << 3), f32x4.mul(f32x4.splat(4), square(middleRe, middleIm)))
}

/** Bins k and M−k from Z[k] (low) and Z[M−k] (high), W^k. */
// @ts-ignore: decorator
@inline
function pair(
  lr: v128, li: v128, hr: v128, hi: v128, wr: v128, wi: v128, lowPower: usize, highPower: usize
): void {
  const er = f32x4.add(lr, hr)
  const ei = f32x4.sub(li, hi)
  const or = f32x4.add(li, hi)
  const oi = f32x4.sub(hr, lr)
  const tr = f32x4.sub(f32x4.mul(or, wr), f32x4.mul(oi, wi))
  const ti = f32x4.add(f32x4.mul(or, wi), f32x4.mul(oi, wr))
  v128.store(lowPower, square(f32x4.add(er, tr), f32x4.add(ei, ti)))
  v128.store(highPower, square(f32x4.sub(er, tr), f32x4.sub(ei, ti)))
}

/** The same for k' = M/2 − k with the twiddle of k: W^k' = −j · conj(W^k). */
// @ts-ignore: decorator
@inline
function mirroredPair(
  lr: v128, li: v128, hr: v128, hi: v128, wr: v128, wi: v128, lowPower: usize, highPower: usize
): void {
  const er = f32x4.add(lr, hr)
  const ei = f32x4.sub(li, hi)
  const or = f32x4.add(li, hi)
  const oi = f32x4.sub(hr, lr)
  const tr = f32x4.sub(f32x4.mul(oi, wr), f32x4.mul(or, wi))
  const minusTi = f32x4.add(f32x4.mul(or, wr), f32x4.mul(oi, wi))
  v128.store(lowPower, square(f32x4.add(er, tr), f32x4.sub(ei, minusTi)))
  v128.store(highPower, square(f32x4.sub(er, tr), f32x4.add(ei, minusTi)))
}

/** Bins k and M−k for k in [from, to), 1 ≤ from, to ≤ M/2; beside them always 0, M/2 and M. */
export function untangle(spectrum: usize, size: i32, twiddles: usize, power: usize, from: i32, to: i32): void {
  const middle = spectrum + (<usize>size << 4)
  edges(v128.load(spectrum), v128.load(spectrum, 16), v128.load(middle), v128.load(middle, 16), power, size)
  let low = spectrum + (<usize>from << 5)
  let high = spectrum + (<usize>(size - from) << 5)
  let lowPower = power + (<usize>from << 4)
  let highPower = power + (<usize>(size - from) << 4)
  twiddles += <usize>from << 3
  for (let k = from; k < to; k++) {
    pair(
      v128.load(low), v128.load(low, 16), v128.load(high), v128.load(high, 16),
      v128.load_splat<f32>(twiddles), v128.load_splat<f32>(twiddles + 4),
      lowPower, highPower
    )
    low += 32
    high -= 32
    lowPower += 16
    highPower -= 16
    twiddles += 8
  }
}

/**
 * The last pass of radix 2 and the untangling of all bins in one: with a = input[k], b = input[M/2 + k] and c, d the same for
 * M/2 − k, Z[k] = a + b goes with Z[M−k] = c − d, and Z[M/2 − k] = c + d with Z[M/2 + k] = a − b.
 */
export function radix2AndUntangle(input: usize, size: i32, twiddles: usize, power: usize): void {
  const half = <usize>size << 4
  const halfPower = <usize>size << 3
  const zeroRe = v128.load(input)
  const zeroIm = v128.load(input, 16)
  const halfRe = v128.load(input + half)
  const halfIm = v128.load(input + half, 16)
  edges(
    f32x4.add(zeroRe, halfRe), f32x4.add(zeroIm, halfIm), f32x4.sub(zeroRe, halfRe), f32x4.sub(zeroIm, halfIm),
    power, size
  )
  let low = input + 32
  let high = input + half - 32
  let lowPower = power + 16
  let highPower = power + halfPower - 16
  // At k = M/4 both pairs are one and the same: it is computed twice.
  for (; low <= high; low += 32) {
    twiddles += 8
    const wr = v128.load_splat<f32>(twiddles)
    const wi = v128.load_splat<f32>(twiddles + 4)
    const ar = v128.load(low)
    const ai = v128.load(low, 16)
    const br = v128.load(low + half)
    const bi = v128.load(low + half, 16)
    const cr = v128.load(high)
    const ci = v128.load(high, 16)
    const dr = v128.load(high + half)
    const di = v128.load(high + half, 16)
    pair(
      f32x4.add(ar, br), f32x4.add(ai, bi), f32x4.sub(cr, dr), f32x4.sub(ci, di),
      wr, wi, lowPower, highPower + halfPower
    )
    mirroredPair(
      f32x4.add(cr, dr), f32x4.add(ci, di), f32x4.sub(ar, br), f32x4.sub(ai, bi),
      wr, wi, highPower, lowPower + halfPower
    )
    high -= 32
    lowPower += 16
    highPower -= 16
  }
}
