import { describe, expect, test } from 'vitest'
import { createSimulatedFibre } from '../../../src-main/focus-server/sources/simulatedFibre.ts'
import type { SimulatedEvent } from '../../../src-main/focus-server/sources/source.ts'
import { findRidges } from '../../support/ridges.ts'
import {
  amplitudeAt,
  bandDecibels,
  correlation,
  median,
  readSeconds,
  rms,
  type Samples,
  second,
  someTimeNs,
  trace
} from './signals.ts'

const source = createSimulatedFibre()
const { sampleRateHz, channelSpacingM, channelCount } = source.description
const spacingM = channelSpacingM!
const hour = source.truth!(someTimeNs, someTimeNs + 3600n * second)
const ofKind = (kind: SimulatedEvent['kind']): SimulatedEvent[] => hour.filter((event) => event.kind === kind)
const secondsBetween = (fromNs: bigint, toNs: bigint): number => Number(toNs - fromNs) / 1e9
const positionAt = (event: SimulatedEvent, timeNs: bigint): number =>
  event.startDistanceM + event.speedMPerS! * secondsBetween(event.startNs, timeNs)
const channelAt = (distanceM: number): number => Math.round(distanceM / spacingM)
/** Metres from a place to the nearest vehicle or train that is on the fibre, in a time. */
function nearestTrafficM(distanceM: number, fromNs: bigint, seconds: number, except?: SimulatedEvent): number {
  let nearest = Infinity
  for (const event of hour) {
    if ((event.kind !== 'vehicle' && event.kind !== 'train') || event === except) continue
    for (let s = 0; s <= seconds; s += 0.5) {
      const timeNs = fromNs + BigInt(s * 1e9)
      if (timeNs < event.startNs - 10n * second || timeNs > event.endNs + 10n * second) continue
      const front = positionAt(event, timeNs)
      const back = front - Math.sign(event.speedMPerS!) * Number(event.details.lengthM ?? 0)
      const inside = distanceM >= Math.min(front, back) && distanceM <= Math.max(front, back)
      nearest = Math.min(nearest, inside ? 0 : Math.min(Math.abs(front - distanceM), Math.abs(back - distanceM)))
    }
  }
  return nearest
}
const isDuring = (event: SimulatedEvent, fromNs: bigint, seconds: number): boolean =>
  event.endNs > fromNs - second && event.startNs < fromNs + BigInt(Math.ceil(seconds) + 1) * second
const withoutEarthquake = (fromNs: bigint, seconds: number): boolean =>
  !ofKind('earthquake').some((event) => isDuring(event, fromNs, seconds))
/** Nothing but noise at a place in a time. */
const isQuiet = (distanceM: number, fromNs: bigint, seconds: number): boolean =>
  withoutEarthquake(fromNs, seconds) &&
  nearestTrafficM(distanceM, fromNs, seconds) > 80 &&
  hour.every((event) => {
    if (event.kind === 'vehicle' || event.kind === 'train' || !isDuring(event, fromNs, seconds)) return true
    const reachM = event.kind === 'bad channel' || event.kind === 'fading' ? 8 : 40
    const low = Math.min(event.startDistanceM, event.endDistanceM) - reachM
    return distanceM < low || distanceM > Math.max(event.startDistanceM, event.endDistanceM) + reachM
  })
/** A quiet place and time of some seconds. */
function quietPlace(seconds: number): { channel: number; fromNs: bigint } {
  for (let s = 0n; s < 3500n; s += 3n) {
    const fromNs = someTimeNs + s * second
    for (let channel = 100; channel < channelCount - 100; channel += 40) {
      if (isQuiet(channel * spacingM, fromNs, seconds)) return { channel, fromNs }
    }
  }
  throw new Error('no quiet place')
}

describe('vehicles', () => {
  test('are where the truth says, at its speeds: ridges found in the data without it', () => {
    const seconds = 30
    // A time without train and earthquake, which the ridge finder is not made for.
    const fromNs = [...Array(100).keys()]
      .map((n) => someTimeNs + BigInt(n * 30) * second)
      .find((time) =>
        [...ofKind('train'), ...ofKind('earthquake')].every(
          (event) => event.endNs < time || event.startNs > time + BigInt(seconds) * second
        )
      )!
    const frame = 512
    const step = 2
    const samples = readSeconds(source, fromNs, seconds)
    const { rows, columns, values } = bandDecibels(samples, sampleRateHz, { lowHz: 10, highHz: 100 }, frame, step)
    const middleS = (rows * frame) / sampleRateHz / 2
    const middleNs = fromNs + BigInt(Math.round(middleS * 1e9))
    const there = ofKind('vehicle').filter((event) => {
      if (event.endNs < fromNs + BigInt(seconds) * second || event.startNs > fromNs) return false
      return event.details.type !== 'motorcycle'
    })
    expect(there.length).toBeGreaterThan(4)
    const ridges = findRidges(
      {
        rows,
        columns,
        brightness: values,
        secondsOfRow: (row) => ((row + 0.5) * frame) / sampleRateHz,
        metresOfColumn: (column) => column * step * spacingM
      },
      { speeds: { from: 7, to: 36, step: 0.25 }, leastSeconds: 20, halfWidthM: 12, most: there.length + 6 }
    )
    const found = there.filter((event) =>
      ridges.some(
        (ridge) =>
          Math.abs(ridge.metres - positionAt(event, middleNs)) < 6 &&
          Math.abs(ridge.speedMPerS - event.speedMPerS!) < 0.6
      )
    )
    expect(found.map(({ id }) => id)).toEqual(there.map(({ id }) => id))
    // And the strongest ridges are vehicles, not something else.
    const all = ofKind('vehicle')
    for (const ridge of ridges.slice(0, 5)) {
      const match = all.find(
        (event) =>
          Math.abs(ridge.metres - positionAt(event, middleNs)) < 6 &&
          Math.abs(ridge.speedMPerS - event.speedMPerS!) < 0.6
      )
      expect(match, JSON.stringify(ridge)).toBeDefined()
    }
    // Seconds on a machine of its own; a busy one may take a minute.
  }, 120_000)

  test('go both ways at 8 to 35 m/s, some always on the fibre, never a crowd', () => {
    const vehicles = ofKind('vehicle')
    expect(vehicles.some(({ speedMPerS }) => speedMPerS! > 0)).toBe(true)
    expect(vehicles.some(({ speedMPerS }) => speedMPerS! < 0)).toBe(true)
    for (const { speedMPerS, startDistanceM, endDistanceM } of vehicles) {
      expect(Math.abs(speedMPerS!)).toBeGreaterThanOrEqual(8)
      expect(Math.abs(speedMPerS!)).toBeLessThanOrEqual(35)
      expect(Math.min(startDistanceM, endDistanceM)).toBeGreaterThan(-0.1)
      expect(Math.max(startDistanceM, endDistanceM)).toBeLessThan(channelCount * spacingM)
    }
    for (let s = 0n; s < 3600n; s += 5n) {
      const time = someTimeNs + s * second
      const there = vehicles.filter((event) => event.startNs <= time && event.endNs > time)
      expect(there.length).toBeGreaterThanOrEqual(3)
      expect(there.length).toBeLessThanOrEqual(26)
    }
  })

  test('press the ground below 1 Hz as they pass: up as they come, down as they go', () => {
    const middle = (event: SimulatedEvent): bigint => (event.startNs + event.endNs) / 2n
    const truck = ofKind('vehicle').find((event) => {
      const fromNs = middle(event) - 5n * second
      const isHeavy = Number(event.details.quasiStaticPeakNmPerMPerS) > 40
      if (!isHeavy || !withoutEarthquake(fromNs, 10)) return false
      return nearestTrafficM(positionAt(event, middle(event)), fromNs, 10, event) > 80
    })!
    const middleNs = middle(truck)
    const centre = channelAt(positionAt(truck, middleNs))
    const samples = readSeconds(source, middleNs - 5n * second, 10, centre - 5, 11)
    // A mean over 0.25 s and 11 channels leaves what is slow.
    const window = sampleRateHz / 4
    const slow: number[] = []
    for (let i = 0; i + window <= samples.sampleCount; i += window / 5) {
      let sum = 0
      for (const value of samples.counts.subarray(i * 11, (i + window) * 11)) sum += value
      slow.push((sum / window / 11) * source.description.scale)
    }
    const secondsOf = (i: number): number => -5 + (i * (window / 5) + window / 2) / sampleRateHz
    const up = slow.indexOf(Math.max(...slow))
    const down = slow.indexOf(Math.min(...slow))
    const peak = Number(truck.details.quasiStaticPeakNmPerMPerS)
    expect(secondsOf(up)).toBeLessThan(0)
    expect(secondsOf(up)).toBeGreaterThan(-1.2)
    expect(secondsOf(down)).toBeGreaterThan(0)
    expect(secondsOf(down)).toBeLessThan(1.2)
    expect(Math.max(...slow)).toBeGreaterThan(0.5 * peak)
    expect(Math.min(...slow)).toBeLessThan(-0.5 * peak)
    // Below 1 Hz lies most of what is there below 5 Hz.
    const values = trace(samples, centre)
    const energy = (fromHz: number, toHz: number): number => {
      let sum = 0
      for (let f = fromHz; f < toHz; f += 0.1) sum += amplitudeAt(values, sampleRateHz, f) ** 2
      return sum
    }
    expect(energy(0.1, 1)).toBeGreaterThan(4 * energy(1, 5))
  })
})

describe('what happens now and then', () => {
  test('a train: long, strong, its front where the truth says', () => {
    const train = ofKind('train')[0]!
    const middleNs = train.startNs + (train.endNs - train.startNs) / 2n
    const samples = readSeconds(source, middleNs - second / 4n, 0.5)
    const { values } = bandDecibels(samples, sampleRateHz, { lowHz: 10, highHz: 100 }, 512)
    const sign = Math.sign(train.speedMPerS!)
    const frontM = positionAt(train, middleNs)
    const level = (fromM: number, toM: number): number => {
      const low = channelAt(Math.min(frontM - sign * fromM, frontM - sign * toM))
      const high = channelAt(Math.max(frontM - sign * fromM, frontM - sign * toM))
      return median([...values.subarray(low, high)])
    }
    const lengthM = Number(train.details.lengthM)
    expect(lengthM).toBeGreaterThanOrEqual(150)
    const inside = level(10, lengthM - 10)
    expect(inside).toBeGreaterThan(level(-120, -50) + 8)
    expect(inside).toBeGreaterThan(level(lengthM + 50, lengthM + 120) + 8)
    expect(Number(train.details.axles)).toBeGreaterThanOrEqual(24)
  })

  test('an earthquake: P and S picked channel by channel move out as the truth says', () => {
    const quakes = ofKind('earthquake')
    expect(quakes.length).toBeGreaterThanOrEqual(12)
    const quake = quakes[2]!
    const pNs = BigInt(quake.details.pArrivalNs!)
    const sNs = BigInt(quake.details.sArrivalNs!)
    const spreadS = (channelCount * spacingM) / Math.abs(Number(quake.details.sVelocityMPerS))
    /** First time at which a channel is far above what it was before. */
    const pick = (samples: Samples, channel: number, beforeS: number, factor: number): number => {
      const values = trace(samples, channel)
      // Five-sample means lower what is above the band.
      const smooth = values.map((_, i) => (i < 20 ? 0 : values.subarray(i - 20, i).reduce((a, b) => a + b, 0) / 20))
      const before = rms(smooth.subarray(20, Math.floor(beforeS * sampleRateHz)))
      return smooth.findIndex((value) => Math.abs(value) > factor * before) / sampleRateHz
    }
    const check = (arrivalNs: bigint, velocityMPerS: number, factor: number): void => {
      const beforeS = 0.8
      const errors: number[] = []
      for (let channel = 60; channel < channelCount - 60; channel += 60) {
        const wayM = (channel * spacingM - quake.startDistanceM) * Math.sign(velocityMPerS)
        const expectedS = wayM / Math.abs(velocityMPerS)
        const fromNs = arrivalNs + BigInt(Math.round((expectedS - 1) * 1e9))
        if (nearestTrafficM(channel * spacingM, fromNs, 3) < 60) continue
        const picked = pick(readSeconds(source, fromNs, 3, channel, 1), channel, beforeS, factor) - 1
        errors.push(picked)
      }
      expect(errors.length).toBeGreaterThan(5)
      expect(Math.abs(median(errors))).toBeLessThan(0.15)
      expect(errors.filter((error) => Math.abs(error) < 0.3).length).toBeGreaterThan(0.7 * errors.length)
    }
    expect(spreadS).toBeGreaterThan(0.4)
    check(pNs, Number(quake.details.pVelocityMPerS), 6)
    check(sNs, Number(quake.details.sVelocityMPerS), 3.2)
    expect(sNs).toBeGreaterThan(pNs + 2n * second)
  })

  test('a pump: its tone and harmonics stand at the stated frequency and place', () => {
    const pump = ofKind('pump')[0]!
    const frequencyHz = Number(pump.details.frequencyHz)
    const channel = channelAt(pump.startDistanceM)
    const values = trace(readSeconds(source, pump.startNs + 20n * second, 20, channel, 1), channel)
    let best = 0
    for (let f = 46; f < 53; f += 0.01) {
      if (amplitudeAt(values, sampleRateHz, f) > amplitudeAt(values, sampleRateHz, best)) best = f
    }
    expect(best).toBeCloseTo(frequencyHz, 1)
    const peak = Number(pump.details.peakNmPerMPerS) / source.description.scale
    expect(amplitudeAt(values, sampleRateHz, frequencyHz)).toBeGreaterThan(0.6 * peak)
    for (const harmonic of [2, 3, 4]) {
      const beside = amplitudeAt(values, sampleRateHz, harmonic * frequencyHz + 1.7)
      expect(amplitudeAt(values, sampleRateHz, harmonic * frequencyHz)).toBeGreaterThan(6 * beside)
    }
    const far = trace(readSeconds(source, pump.startNs + 20n * second, 20, channel - 60, 1), channel - 60)
    expect(amplitudeAt(far, sampleRateHz, frequencyHz)).toBeLessThan(0.05 * peak)
  })

  test('footsteps: one thud after the other, a step apart, at the walker', () => {
    const walk = ofKind('footsteps').find((event) =>
      isClear(positionAt(event, event.startNs + 5n * second), event.startNs, 8)
    )!
    const channel = channelAt(positionAt(walk, walk.startNs + 5n * second))
    const values = trace(readSeconds(source, walk.startNs + 3n * second, 5, channel, 1), channel)
    const energy = Float64Array.from({ length: 500 }, (_, i) => rms(values.subarray(i * 20, i * 20 + 20)) ** 2)
    const mean = energy.reduce((a, b) => a + b, 0) / energy.length
    const centred = energy.map((value) => value - mean)
    const lags = Array.from({ length: 60 }, (_, i) => correlation(centred, centred, 30 + i))
    const best = (30 + lags.indexOf(Math.max(...lags))) * 0.01
    expect(best).toBeCloseTo(1 / Number(walk.details.stepsPerSecond), 1)
  })

  test('digging: blows of uneven spacing at one place', () => {
    const dig = ofKind('digging').find((event) => isClear(event.startDistanceM, event.startNs, 12))!
    const channel = channelAt(dig.startDistanceM)
    const values = trace(readSeconds(source, dig.startNs, 12, channel, 1), channel)
    const floor = rms(values.subarray(Math.floor(0.4 * sampleRateHz), Math.floor(0.65 * sampleRateHz)))
    const blows: number[] = []
    for (let i = 0; i < values.length; i++) {
      if (Math.abs(values[i]!) < 6 * floor) continue
      blows.push(i / sampleRateHz)
      i += 0.4 * sampleRateHz
    }
    expect(blows.length).toBeGreaterThan(4)
    expect(blows[0]).toBeLessThan(0.1)
    const spacings = blows.slice(1).map((time, i) => time - blows[i]!)
    expect(Math.max(...spacings) - Math.min(...spacings)).toBeGreaterThan(0.5)
  })

  function isClear(distanceM: number, fromNs: bigint, seconds: number): boolean {
    return nearestTrafficM(distanceM, fromNs, seconds) > 60 && withoutEarthquake(fromNs, seconds)
  }
})

describe('noise and channels', () => {
  test('is white without repetition: no correlation in time beyond the slow part, nor with a neighbour', () => {
    const { channel, fromNs } = quietPlace(20)
    const samples = readSeconds(source, fromNs, 20, channel, 2)
    /** Second differences take away what is slow and leave known correlations at lags 1 and 2 only. */
    const rough = (at: number): Float64Array => {
      const values = trace(samples, at)
      return values.subarray(1, -1).map((value, i) => value - 0.5 * (values[i]! + values[i + 2]!))
    }
    const here = rough(channel)
    const bound = 5 / Math.sqrt(here.length)
    for (let lag = 3; lag < 20_000; lag += 1)
      expect(Math.abs(correlation(here, here, lag)), `lag ${lag}`).toBeLessThan(0.06)
    let beyond = 0
    for (let lag = 3; lag < 5000; lag++) if (Math.abs(correlation(here, here, lag)) > bound) beyond++
    expect(beyond).toBeLessThan(5)
    expect(Math.abs(correlation(here, rough(channel + 1)))).toBeLessThan(0.06)
  })

  test('has texture along the fibre, some nm/m/s strong', () => {
    const levels: number[] = []
    for (let s = 0n; s < 600n; s += 20n) {
      const fromNs = someTimeNs + s * second
      for (let channel = 50; channel < channelCount - 50; channel += 75) {
        if (!isQuiet(channel * spacingM, fromNs, 1)) continue
        levels.push(rms(trace(readSeconds(source, fromNs, 1, channel, 1), channel)) * source.description.scale)
      }
    }
    expect(median(levels)).toBeGreaterThan(4)
    expect(median(levels)).toBeLessThan(20)
    expect(Math.max(...levels)).toBeGreaterThan(2 * Math.min(...levels))
  })

  test('dead channels are zero, noisy ones far above their neighbours', () => {
    const bad = ofKind('bad channel')
    const samples = readSeconds(source, someTimeNs, 1)
    for (const { details } of bad) {
      const channel = Number(details.channel) - 1
      const level = rms(trace(samples, channel))
      if (details.fault === 'dead') expect(level).toBe(0)
      else expect(level).toBeGreaterThan(4 * rms(trace(samples, channel + 3)))
    }
    expect(new Set(bad.map(({ details }) => details.fault))).toEqual(new Set(['dead', 'noisy']))
  })

  test('fading raises the noise of the stated channels, then lets it go', () => {
    const fade = ofKind('fading').find((event) => {
      const seconds = secondsBetween(event.startNs, event.endNs)
      if (Number(event.details.noiseFactor) < 5 || !withoutEarthquake(event.startNs - second, seconds + 2)) return false
      if (nearestTrafficM(event.startDistanceM, event.startNs - second, seconds + 2) < 60) return false
      return hour.every((other) => {
        if (other === event || other.kind === 'vehicle' || other.kind === 'train') return true
        return !isDuring(other, event.startNs, seconds) || Math.abs(other.startDistanceM - event.startDistanceM) > 150
      })
    })
    expect(fade).toBeDefined()
    const channel = Number(fade!.details.firstChannel) - 1
    const middleNs = (fade!.startNs + fade!.endNs) / 2n
    const level = (fromNs: bigint, at: number): number => rms(trace(readSeconds(source, fromNs, 0.5, at, 1), at))
    const before = level(fade!.startNs - second, channel)
    expect(level(middleNs, channel)).toBeGreaterThan(0.5 * Number(fade!.details.noiseFactor) * before)
    expect(level(fade!.endNs, channel)).toBeLessThan(2 * before)
  })
})
