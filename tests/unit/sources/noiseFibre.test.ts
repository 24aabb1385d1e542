import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSimulatedFibre } from '../../../src-main/focus-server/sources/simulatedFibre.ts'

const start = 3_580_000_000_017

function read(
  source: ReturnType<typeof createSimulatedFibre>,
  range: { firstSample: number; sampleCount: number; firstChannel: number; channelCount: number }
): Int16Array | Float32Array {
  const ArrayType = source.description.elementType === 'int16' ? Int16Array : Float32Array
  const target = new ArrayType(range.sampleCount * range.channelCount)
  void source.read(range, target)
  return target
}

describe.each(['int16', 'float32'] as const)('simulated noise, stored as %s', (elementType) => {
  const channels = 20_000
  const source = createSimulatedFibre({ scene: 'noise', channels, elementType })
  const whole = { firstSample: start, sampleCount: 40, firstChannel: 0, channelCount: channels }
  const atOnce = read(source, whole)

  test('any range in any pieces gives the same values', () => {
    fc.assert(
      fc.property(fc.nat(39), fc.nat(39), fc.nat(channels - 1), fc.nat(channels - 1), (a, b, c, d) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b) + 1]
        const firstChannel = Math.min(c, d)
        const channelCount = Math.abs(c - d) + 1
        const piece = read(source, { firstSample: start + from, sampleCount: to - from, firstChannel, channelCount })
        for (let row = from; row < to; row++) {
          const wanted = atOnce.subarray(row * channels + firstChannel, row * channels + firstChannel + channelCount)
          const got = piece.subarray((row - from) * channelCount, (row - from + 1) * channelCount)
          if (Buffer.compare(Buffer.from(wanted.slice().buffer), Buffer.from(got.slice().buffer)) !== 0) return false
        }
        return true
      }),
      { numRuns: 40 }
    )
  })

  test('noise of 7 nm/m/s, white in time; rows and channels are not alike', () => {
    const { scale } = source.description
    const samples = 4096
    const [one, other] = [3, 9_001].map((firstChannel) =>
      Float64Array.from(
        read(source, { firstSample: start, sampleCount: samples, firstChannel, channelCount: 1 }),
        (v) => v * scale
      )
    )
    const product = (a: Float64Array, b: Float64Array, lag: number): number => {
      let sum = 0
      for (let i = 0; i + lag < samples; i++) sum += a[i]! * b[i + lag]!
      return sum / samples
    }
    const power = product(one!, one!, 0)
    expect(Math.sqrt(power)).toBeGreaterThan(6.5)
    expect(Math.sqrt(power)).toBeLessThan(7.5)
    for (const lag of [1, 2, 7, 8, 100]) expect(Math.abs(product(one!, one!, lag) / power)).toBeLessThan(0.08)
    expect(Math.abs(product(one!, other!, 0) / power)).toBeLessThan(0.08)
  })

  test('each beacon is the tone that the truth states, at its channel', () => {
    const beacons = source.truth!(0n, 1n)
    expect(beacons).toHaveLength(40)
    for (const { details } of [beacons[0]!, beacons[23]!, beacons[24]!, beacons[39]!]) {
      const samples = 2000
      const values = read(source, {
        firstSample: start,
        sampleCount: samples,
        firstChannel: Number(details.channel) - 1,
        channelCount: 1
      })
      let re = 0
      let im = 0
      for (let i = 0; i < samples; i++) {
        const turn = (2 * Math.PI * Number(details.frequencyHz) * i) / 2000
        re += (2 * values[i]! * source.description.scale * Math.cos(turn)) / samples
        im += (2 * values[i]! * source.description.scale * Math.sin(turn)) / samples
      }
      expect(Math.hypot(re, im)).toBeCloseTo(200, -1)
    }
  })
})

test('a fibre beside a road in float32 is the one in counts, unrounded', () => {
  const range = { firstSample: start, sampleCount: 200, firstChannel: 0, channelCount: 50 }
  const counts = read(createSimulatedFibre({ channels: 50 }), range)
  const source = createSimulatedFibre({ channels: 50, elementType: 'float32' })
  const strainRate = read(source, range)
  expect(source.description).toMatchObject({ elementType: 'float32', scale: 1 })
  const dead = counts.map((value, i) => (Math.abs(value) === 32_767 ? i : -1)).filter((i) => i >= 0)
  const wrong = [...counts].filter((value, i) => !dead.includes(i) && Math.abs(value * 0.1 - strainRate[i]!) > 0.051)
  expect(wrong).toEqual([])
})
