/** Powers at or below 1e-30 are shown as this. */
export const decibelFloor = -300

const powerFloor = 1e-30

/** 10·log10 of a power, exact, with the floor at −300 dB. A power that is NaN or negative has no level: NaN. */
export function exactDecibels(power: number): number {
  if (!(power >= 0)) return Number.NaN
  return power > powerFloor ? 10 * Math.log10(power) : decibelFloor
}

/** 10^(level / 10). A level that is NaN has no power. */
export const exactPower = (level: number): number => Math.exp(level * perDecibel)

const perDecibel = Math.LN10 / 10

const mantissaBits = 12
const dropBits = 23 - mantissaBits
const mantissaMask = (1 << mantissaBits) - 1
const decibelsPerOctave = 10 * Math.log10(2)
const infinityBits = 0x7f800000
const floorBits = new Int32Array(Float32Array.of(powerFloor).buffer)[0]!

/** 10·log10 of 1.m for the first 12 bits of a mantissa, taken in the middle of the interval that shares them (16 KiB). */
const mantissaDecibels = Float32Array.from(
  { length: 1 << mantissaBits },
  (_, index) => 10 * Math.log10(1 + (index + 0.5) / (1 << mantissaBits))
)

/**
 * 10·log10 of float32 powers by their bits, exponent and a table of mantissas: off by at most 0.0006 dB, about ten times as
 * fast as `Math.log10`. Floor, NaN and negative values as in `exactDecibels`; infinite powers come out as 385 dB.
 *
 * @param powerBits the powers' bits: `new Int32Array(powers.buffer, powers.byteOffset, powers.length)`
 */
export function fastDecibels(powerBits: Int32Array, target: Float32Array, count: number, targetOffset = 0): void {
  for (let index = 0, to = targetOffset; index < count; index++, to++) {
    const bits = powerBits[index]!
    if (bits > floorBits && bits <= infinityBits) {
      target[to] = ((bits >>> 23) - 127) * decibelsPerOctave + mantissaDecibels[(bits >>> dropBits) & mantissaMask]!
    } else if (bits >= 0 && bits <= floorBits) {
      target[to] = decibelFloor
    } else {
      // Not a number or negative; −0 is a zero.
      target[to] = bits === -0x80000000 ? decibelFloor : Number.NaN
    }
  }
}

const notANumberBits = 0x7fc00000
const octavesPerDecibel = 1 / decibelsPerOctave

/** Mantissa bits of 2^f for f in [0, 1) in steps of 2^−12, taken in the middle of the step. */
const octaveMantissas = Int32Array.from({ length: 1 << mantissaBits }, (_, index) => {
  const power = 2 ** ((index + 0.5) / (1 << mantissaBits))
  return new Int32Array(Float32Array.of(power).buffer)[0]! & 0x7fffff
})
/**
 * 10^(level / 10) by exponent and a table, off by at most 0.0004 dB and several times as fast as `Math.exp`; NaN for NaN. What
 * float32 cannot hold is cut to its ends.
 *
 * @param powerBits where the powers go: `new Int32Array(powers.buffer, powers.byteOffset, powers.length)`
 */
export function fastPowers(levels: Float32Array, offset: number, powerBits: Int32Array, count: number): void {
  for (let index = 0; index < count; index++) {
    const exponent = levels[offset + index]! * octavesPerDecibel + 127
    if (exponent >= 1 && exponent < 255) {
      const whole = exponent | 0
      powerBits[index] = (whole << 23) | octaveMantissas[((exponent - whole) * (1 << mantissaBits)) | 0]!
    } else {
      powerBits[index] = exponent < 1 ? 0 : exponent >= 255 ? infinityBits : notANumberBits
    }
  }
}
