/**
 * The passes of a Stockham autosort transform, decimation in frequency, radix 4 (Swarztrauber, "FFT algorithms for vector
 * computers", Parallel Computing 1, 1984). A lane is a channel; a complex record is re[4], im[4], 32 bytes. With n values
 * left and stride s: y[q + s(4p + j)] = W_n^(jp) · Σ_i (−j)^(ij) x[q + s(p + i·n/4)], for p < n/4, q < s.
 */

const recordBytes: usize = 32

// @ts-ignore: decorator
@inline
function put(at: usize, re: v128, im: v128): void {
  v128.store(at, re)
  v128.store(at, im, 16)
}

/** Four samples of a strip, widened. */
// @ts-ignore: decorator
@inline
function sample<T>(at: usize): v128 {
  if (sizeof<T>() == 2) return f32x4.convert_i32x4_s(v128.load_ext<i16>(at))
  return v128.load(at)
}

// @ts-ignore: decorator
@inline
function weight(at: usize): v128 {
  return v128.load_splat<f32>(at)
}

/** The first pass (s = 1), with the window: two neighbouring samples make one complex value. */
export function firstPass<T>(strip: usize, window: usize, twiddles: usize, output: usize, quarter: i32): void {
  const pair: usize = sizeof<T>() * 8
  const odd: usize = sizeof<T>() * 4
  const stripB = strip + <usize>quarter * pair
  const stripC = stripB + <usize>quarter * pair
  const stripD = stripC + <usize>quarter * pair
  const windowB = window + (<usize>quarter << 3)
  const windowC = windowB + (<usize>quarter << 3)
  const windowD = windowC + (<usize>quarter << 3)
  const end = <usize>quarter
  for (let p: usize = 0; p < end; p++) {
    const at = p * pair
    const w = p << 3
    const ar = f32x4.mul(sample<T>(strip + at), weight(window + w))
    const ai = f32x4.mul(sample<T>(strip + at + odd), weight(window + w + 4))
    const cr = f32x4.mul(sample<T>(stripC + at), weight(windowC + w))
    const ci = f32x4.mul(sample<T>(stripC + at + odd), weight(windowC + w + 4))
    const sr = f32x4.add(ar, cr)
    const si = f32x4.add(ai, ci)
    const tr = f32x4.sub(ar, cr)
    const ti = f32x4.sub(ai, ci)
    const br = f32x4.mul(sample<T>(stripB + at), weight(windowB + w))
    const bi = f32x4.mul(sample<T>(stripB + at + odd), weight(windowB + w + 4))
    const dr = f32x4.mul(sample<T>(stripD + at), weight(windowD + w))
    const di = f32x4.mul(sample<T>(stripD + at + odd), weight(windowD + w + 4))
    turn(
      sr, si, tr, ti,
      f32x4.add(br, dr), f32x4.add(bi, di), f32x4.sub(br, dr), f32x4.sub(bi, di),
      weight(twiddles), weight(twiddles + 4), weight(twiddles + 8),
      weight(twiddles + 12), weight(twiddles + 16), weight(twiddles + 20),
      output, output + 32, output + 64, output + 96
    )
    twiddles += 24
    output += 128
  }
}

/** Second half of a butterfly with its twiddles: s = a + c, t = a − c, u = b + d, v = b − d. */
// @ts-ignore: decorator
@inline
function turn(
  sr: v128, si: v128, tr: v128, ti: v128, ur: v128, ui: v128, vr: v128, vi: v128,
  w1r: v128, w1i: v128, w2r: v128, w2i: v128, w3r: v128, w3i: v128,
  y0: usize, y1: usize, y2: usize, y3: usize
): void {
  put(y0, f32x4.add(sr, ur), f32x4.add(si, ui))
  const er = f32x4.sub(sr, ur)
  const ei = f32x4.sub(si, ui)
  put(
    y2,
    f32x4.sub(f32x4.mul(er, w2r), f32x4.mul(ei, w2i)),
    f32x4.add(f32x4.mul(er, w2i), f32x4.mul(ei, w2r))
  )
  const fr = f32x4.add(tr, vi)
  const fi = f32x4.sub(ti, vr)
  put(
    y1,
    f32x4.sub(f32x4.mul(fr, w1r), f32x4.mul(fi, w1i)),
    f32x4.add(f32x4.mul(fr, w1i), f32x4.mul(fi, w1r))
  )
  const gr = f32x4.sub(tr, vi)
  const gi = f32x4.add(ti, vr)
  put(
    y3,
    f32x4.sub(f32x4.mul(gr, w3r), f32x4.mul(gi, w3i)),
    f32x4.add(f32x4.mul(gr, w3i), f32x4.mul(gi, w3r))
  )
}

/** Butterflies without twiddles (p = 0, and the whole last pass of a power of four): inputs and outputs `count` records long. */
export function plainPass(input: usize, inputStep: usize, output: usize, outputStep: usize, count: i32): void {
  const inputB = input + inputStep
  const inputC = inputB + inputStep
  const inputD = inputC + inputStep
  const outputB = output + outputStep
  const outputC = outputB + outputStep
  const outputD = outputC + outputStep
  const end = <usize>count * recordBytes
  for (let q: usize = 0; q < end; q += recordBytes) {
    const ar = v128.load(input + q)
    const ai = v128.load(input + q, 16)
    const cr = v128.load(inputC + q)
    const ci = v128.load(inputC + q, 16)
    const sr = f32x4.add(ar, cr)
    const si = f32x4.add(ai, ci)
    const tr = f32x4.sub(ar, cr)
    const ti = f32x4.sub(ai, ci)
    const br = v128.load(inputB + q)
    const bi = v128.load(inputB + q, 16)
    const dr = v128.load(inputD + q)
    const di = v128.load(inputD + q, 16)
    const ur = f32x4.add(br, dr)
    const ui = f32x4.add(bi, di)
    const vr = f32x4.sub(br, dr)
    const vi = f32x4.sub(bi, di)
    put(output + q, f32x4.add(sr, ur), f32x4.add(si, ui))
    put(outputB + q, f32x4.add(tr, vi), f32x4.sub(ti, vr))
    put(outputC + q, f32x4.sub(sr, ur), f32x4.sub(si, ui))
    put(outputD + q, f32x4.sub(tr, vi), f32x4.add(ti, vr))
  }
}

/** A pass in the middle: `quarter` = n/4, `stride` = s records. */
export function middlePass(input: usize, output: usize, twiddles: usize, quarter: i32, stride: i32): void {
  const span = <usize>stride * recordBytes
  const inputStep = <usize>quarter * span
  plainPass(input, inputStep, output, span, stride)
  for (let p = 1; p < quarter; p++) {
    twiddles += 24
    input += span
    output += 4 * span
    const inputB = input + inputStep
    const inputC = inputB + inputStep
    const inputD = inputC + inputStep
    const outputB = output + span
    const outputC = outputB + span
    const outputD = outputC + span
    const w1r = weight(twiddles)
    const w1i = weight(twiddles + 4)
    const w2r = weight(twiddles + 8)
    const w2i = weight(twiddles + 12)
    const w3r = weight(twiddles + 16)
    const w3i = weight(twiddles + 20)
    for (let q: usize = 0; q < span; q += recordBytes) {
      const ar = v128.load(input + q)
      const ai = v128.load(input + q, 16)
      const cr = v128.load(inputC + q)
      const ci = v128.load(inputC + q, 16)
      const sr = f32x4.add(ar, cr)
      const si = f32x4.add(ai, ci)
      const tr = f32x4.sub(ar, cr)
      const ti = f32x4.sub(ai, ci)
      const br = v128.load(inputB + q)
      const bi = v128.load(inputB + q, 16)
      const dr = v128.load(inputD + q)
      const di = v128.load(inputD + q, 16)
      turn(
        sr, si, tr, ti,
        f32x4.add(br, dr), f32x4.add(bi, di), f32x4.sub(br, dr), f32x4.sub(bi, di),
        w1r, w1i, w2r, w2i, w3r, w3i,
        output + q, outputB + q, outputC + q, outputD + q
      )
    }
  }
}

/** The last pass where the size is no power of four: sums and differences. */
export function radix2Pass(input: usize, output: usize, half: i32): void {
  const step = <usize>half * recordBytes
  for (let q: usize = 0; q < step; q += recordBytes) {
    const ar = v128.load(input + q)
    const ai = v128.load(input + q, 16)
    const br = v128.load(input + step + q)
    const bi = v128.load(input + step + q, 16)
    put(output + q, f32x4.add(ar, br), f32x4.add(ai, bi))
    put(output + step + q, f32x4.sub(ar, br), f32x4.sub(ai, bi))
  }
}
