/** What becomes of the powers of a group: sums over bins, combinations of transforms, means over channels, levels. */

const infinityBits: i32 = 0x7f800000
const nanBits: i32 = 0x7fc00000

// @ts-ignore: decorator
@inline
function noOverflow(power: v128): v128 {
  // What came out as NaN though its samples were finite has outgrown float32. The second wins where it is not less.
  return f32x4.pmin(v128.splat<i32>(infinityBits), power)
}

/** Lanes, as bits, that hold a sample that is not finite, given what came out at DC: any such sample shows there. */
export function brokenLanes(dc: v128, strip: usize, samples: i32): i32 {
  if (v128.all_true<i32>(f32x4.lt(dc, v128.splat<i32>(infinityBits)))) return 0
  const magnitude = v128.splat<i32>(0x7fffffff)
  let peak = v128.splat<i32>(0)
  for (let sample = 0; sample < samples; sample++) {
    peak = i32x4.max_s(peak, v128.and(v128.load(strip), magnitude))
    strip += 16
  }
  return v128.bitmask<i32>(i32x4.ge_s(peak, v128.splat<i32>(infinityBits)))
}

// @ts-ignore: decorator
@inline
function maskOf(lanes: i32): v128 {
  const bits = i32x4(1, 2, 4, 8)
  return i32x4.eq(v128.and(i32x4.splat(lanes), bits), bits)
}

/** Σ of `count` powers by lane, in blocks, so that rounding does not grow with their number. NaN in the broken lanes. */
export function sumOfBins(power: usize, count: i32, broken: i32): v128 {
  let total = v128.splat<i32>(0)
  const end = power + (<usize>count << 4)
  while (power < end) {
    const blockEnd = min<usize>(end, power + 64 * 16)
    let block = v128.splat<i32>(0)
    for (; power < blockEnd; power += 16) block = f32x4.add(block, v128.load(power))
    total = f32x4.add(total, block)
  }
  total = noOverflow(total)
  return broken == 0 ? total : v128.or(total, v128.and(maskOf(broken), v128.splat<i32>(nanBits)))
}

/** Adds to (or raises) what earlier transforms of the row left. */
export function combine(target: usize, power: usize, count: i32, isMaximum: bool): void {
  const end = power + (<usize>count << 4)
  for (; power < end; power += 16) {
    const before = v128.load(target)
    const now = v128.load(power)
    v128.store(target, isMaximum ? f32x4.max(before, now) : f32x4.add(before, now))
    target += 16
  }
}

/**
 * 10·log10 of powers as exponent and mantissa in one: the bits of a float32, read as an integer, are its logarithm drawn
 * with straight lines, and a polynomial of the mantissa (minimax, degree 5) adds what the lines miss. 5e-5 dB. Powers up to
 * 1e-30 give −300, infinite ones 385. Constants come from memory: where they are immediate, making them costs more than
 * using them.
 */
// @ts-ignore: decorator
@inline
function decibels(
  power: v128, greatest: v128, mantissa: v128, one: v128, slope: v128,
  c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, floor: v128
): v128 {
  // As unsigned integers all NaN are above infinity: what overflowed comes out as infinite.
  const bits = i32x4.min_u(power, greatest)
  const m = v128.or(v128.and(bits, mantissa), one)
  let level = f32x4.add(f32x4.mul(c5, m), c4)
  level = f32x4.add(f32x4.mul(level, m), c3)
  level = f32x4.add(f32x4.mul(level, m), c2)
  level = f32x4.add(f32x4.mul(level, m), c1)
  level = f32x4.add(f32x4.mul(level, m), c0)
  level = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(bits, one)), slope), level)
  return f32x4.pmax(floor, level)
}

// @ts-ignore: decorator
@inline
function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5)
}

// @ts-ignore: decorator
@inline
function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7)
}

/** `left` < 4 values, and zeros. */
function takeSome(from: usize, left: i32): v128 {
  const second = left > 1 ? f32.load(from, 4) : 0
  const third = left > 2 ? f32.load(from, 8) : 0
  const two = f32x4.replace_lane(f32x4.splat(0), 0, f32.load(from))
  return f32x4.replace_lane(f32x4.replace_lane(two, 1, second), 2, third)
}

/** The first `left` < 4 values. */
function putSome(target: usize, values: v128, left: i32): void {
  f32.store(target, f32x4.extract_lane(values, 0))
  if (left > 1) f32.store(target, f32x4.extract_lane(values, 1), 4)
  if (left > 2) f32.store(target, f32x4.extract_lane(values, 2), 8)
}

/** Levels of `count` values side by side, in place; NaN stays. */
export function levelsOfRow(values: usize, count: i32, constants: usize): void {
  const greatest = v128.load_splat<f32>(constants)
  const mantissa = v128.load_splat<f32>(constants + 4)
  const one = v128.load_splat<f32>(constants + 8)
  const slope = v128.load_splat<f32>(constants + 12)
  const c0 = v128.load_splat<f32>(constants + 16)
  const c1 = v128.load_splat<f32>(constants + 20)
  const c2 = v128.load_splat<f32>(constants + 24)
  const c3 = v128.load_splat<f32>(constants + 28)
  const c4 = v128.load_splat<f32>(constants + 32)
  const c5 = v128.load_splat<f32>(constants + 36)
  const floor = v128.load_splat<f32>(constants + 40)
  for (; count > 0; count -= 4) {
    const value = count >= 4 ? v128.load(values) : takeSome(values, count)
    const level = decibels(value, greatest, mantissa, one, slope, c0, c1, c2, c3, c4, c5, floor)
    putUpTo(values, v128.bitselect(level, value, f32x4.eq(value, value)), count)
    values += 16
  }
}

/**
 * Powers of `count` bins of a group → each channel's bins side by side in its own column, `columnBytes` apart, as they are.
 * Writes nothing beyond a column, so that columns may lie in the row that is asked for.
 */
export function powersByChannel(
  power: usize, count: i32, target: usize, columnBytes: usize, lanes: i32, broken: i32
): void {
  for (let lane = 0; lane < lanes; lane++) {
    const column = target + <usize>lane * columnBytes
    if ((broken >> lane) & 1) {
      fillInvalid(column, count)
      continue
    }
    const from = power + (<usize>lane << 2)
    for (let bin = 0; bin < count; bin++) {
      const bits = i32.load(from + (<usize>bin << 4))
      i32.store(column + (<usize>bin << 2), <i32>min<u32>(<u32>bits, <u32>infinityBits))
    }
  }
}

/** The same in dB. */
export function levelsByChannel(
  power: usize, count: i32, target: usize, columnBytes: usize, lanes: i32, broken: i32, constants: usize
): void {
  const greatest = v128.load_splat<f32>(constants)
  const mantissa = v128.load_splat<f32>(constants + 4)
  const one = v128.load_splat<f32>(constants + 8)
  const slope = v128.load_splat<f32>(constants + 12)
  const c0 = v128.load_splat<f32>(constants + 16)
  const c1 = v128.load_splat<f32>(constants + 20)
  const c2 = v128.load_splat<f32>(constants + 24)
  const c3 = v128.load_splat<f32>(constants + 28)
  const c4 = v128.load_splat<f32>(constants + 32)
  const c5 = v128.load_splat<f32>(constants + 36)
  const floor = v128.load_splat<f32>(constants + 40)
  const columnB = target + columnBytes
  const columnC = columnB + columnBytes
  const columnD = columnC + columnBytes
  const isWhole = lanes == 4 && count >= 4
  for (let bin = 0; bin < count; bin += 4) {
    // The last four bins overlap those before where their number is no multiple of four.
    const first = bin + 4 > count && count > 4 ? count - 4 : bin
    const from = power + (<usize>first << 4)
    const at = <usize>first << 2
    const a = decibels(v128.load(from), greatest, mantissa, one, slope, c0, c1, c2, c3, c4, c5, floor)
    const c = decibels(v128.load(from, 32), greatest, mantissa, one, slope, c0, c1, c2, c3, c4, c5, floor)
    const acLow = lowPairs(a, c)
    const acHigh = highPairs(a, c)
    const b = decibels(v128.load(from, 16), greatest, mantissa, one, slope, c0, c1, c2, c3, c4, c5, floor)
    const d = decibels(v128.load(from, 48), greatest, mantissa, one, slope, c0, c1, c2, c3, c4, c5, floor)
    const bdLow = lowPairs(b, d)
    const bdHigh = highPairs(b, d)
    const valuesA = lowPairs(acLow, bdLow)
    const valuesB = highPairs(acLow, bdLow)
    const valuesC = lowPairs(acHigh, bdHigh)
    const valuesD = highPairs(acHigh, bdHigh)
    if (isWhole) {
      v128.store(target + at, valuesA)
      v128.store(columnB + at, valuesB)
      v128.store(columnC + at, valuesC)
      v128.store(columnD + at, valuesD)
    } else {
      const left = count - first
      putUpTo(target + at, valuesA, left)
      if (lanes > 1) putUpTo(columnB + at, valuesB, left)
      if (lanes > 2) putUpTo(columnC + at, valuesC, left)
      if (lanes > 3) putUpTo(columnD + at, valuesD, left)
    }
  }
  if (broken == 0) return
  for (let lane = 0; lane < lanes; lane++) {
    if ((broken >> lane) & 1) fillInvalid(target + <usize>lane * columnBytes, count)
  }
}

function putUpTo(target: usize, values: v128, left: i32): void {
  if (left >= 4) v128.store(target, values)
  else putSome(target, values, left)
}

export function fillInvalid(target: usize, count: i32): void {
  for (let index = 0; index < count; index++) i32.store(target + (<usize>index << 2), nanBits)
}

/** Adds the powers of some lanes of a group to their column's. */
export function addLanes(column: usize, power: usize, count: i32, lanes: i32, isFirst: bool): void {
  const mask = maskOf(lanes)
  const end = power + (<usize>count << 4)
  for (; power < end; power += 16) {
    const chosen = v128.and(noOverflow(v128.load(power)), mask)
    v128.store(column, isFirst ? chosen : f32x4.add(v128.load(column), chosen))
    column += 16
  }
}

/** Mean powers of a column, side by side: its lanes added up, times `factor`. */
export function powersOfColumn(column: usize, count: i32, target: usize, factor: f32): void {
  const scale = f32x4.splat(factor)
  for (let bin = 0; bin < count; bin += 4) {
    const first = bin + 4 > count && count > 4 ? count - 4 : bin
    const from = column + (<usize>first << 4)
    const a = v128.load(from)
    const b = v128.load(from, 16)
    const c = v128.load(from, 32)
    const d = v128.load(from, 48)
    const ac = f32x4.add(lowPairs(a, c), highPairs(a, c))
    const bd = f32x4.add(lowPairs(b, d), highPairs(b, d))
    const sum = f32x4.add(lowPairs(ac, bd), highPairs(ac, bd))
    putUpTo(target + (<usize>first << 2), f32x4.mul(sum, scale), count - first)
  }
}
