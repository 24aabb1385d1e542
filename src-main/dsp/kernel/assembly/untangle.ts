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

/** Bins k and M−k for k in [from, to), 1 ≤ from, to ≤ M/2; beside them always 0, M/2 and M. */
export function untangle(spectrum: usize, size: i32, twiddles: usize, power: usize, from: i32, to: i32): void {
  const dcRe = v128.load(spectrum)
  const dcIm = v128.load(spectrum, 16)
  const two = f32x4.splat(2)
  const sum = f32x4.add(dcRe, dcIm)
  const difference = f32x4.sub(dcRe, dcIm)
  // Not doubled in a one-sided spectrum: half of what the window's factor stands for, of (2X)².
  v128.store(power, f32x4.mul(two, f32x4.mul(sum, sum)))
  v128.store(power + (<usize>size << 4), f32x4.mul(two, f32x4.mul(difference, difference)))
  const middle = spectrum + (<usize>size << 4)
  v128.store(power + (<usize>size << 3), f32x4.mul(f32x4.splat(4), square(v128.load(middle), v128.load(middle, 16))))

  let low = spectrum + (<usize>from << 5)
  let high = spectrum + (<usize>(size - from) << 5)
  let lowPower = power + (<usize>from << 4)
  let highPower = power + (<usize>(size - from) << 4)
  twiddles += <usize>from << 3
  for (let k = from; k < to; k++) {
    const lr = v128.load(low)
    const li = v128.load(low, 16)
    const hr = v128.load(high)
    const hi = v128.load(high, 16)
    const wr = v128.load_splat<f32>(twiddles)
    const wi = v128.load_splat<f32>(twiddles + 4)
    const er = f32x4.add(lr, hr)
    const ei = f32x4.sub(li, hi)
    const or = f32x4.add(li, hi)
    const oi = f32x4.sub(hr, lr)
    const tr = f32x4.sub(f32x4.mul(or, wr), f32x4.mul(oi, wi))
    const ti = f32x4.add(f32x4.mul(or, wi), f32x4.mul(oi, wr))
    v128.store(lowPower, square(f32x4.add(er, tr), f32x4.add(ei, ti)))
    v128.store(highPower, square(f32x4.sub(er, tr), f32x4.sub(ei, ti)))
    low += 32
    high -= 32
    lowPower += 16
    highPower -= 16
    twiddles += 8
  }
}
