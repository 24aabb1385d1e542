import type { AcquisitionSource, SimulatedEvent } from '../source.ts'
import { countsPerStrainRate, type SimulatedFibreOptions } from './fibre.ts'
import { keyOf, mix, purpose, uniform } from './hash.ts'
import { checkRead, simulatedBasis } from './simulatedBasis.ts'

/** Values of noise that are made once; a row of a group of channels is a run of them at a hashed place. */
const poolCount = 131_072
const groupChannels = 8192
const noiseRms = 7
/** Every so many channels one carries a tone, so that what was computed from the noise can be checked against the truth. */
const beaconEvery = 500
const beaconFirst = 250
const beaconAmplitude = 200
/** Samples in a period of the first beacon; each further one has one more, and then it begins again. */
const periodLeast = 8
const periods = 24

const periodOf = (beacon: number): number => periodLeast + (beacon % periods)

/**
 * White noise with a tone on every 500th channel: what load is made with, since it costs one copy of memory whatever the
 * rate. As pure a function of seed, channel and time as the fibre beside a road: any range in any pieces gives the same
 * values. A channel's noise is white in time; over rows the same run comes again at random, never in order.
 */
export function createNoiseFibre(options: Required<SimulatedFibreOptions>): AcquisitionSource {
  const { channels, prrHz, seed, spacingM, startDistanceM, elementType } = options
  const { basis } = simulatedBasis(options, 'Simulated noise')
  const isCounts = elementType === 'int16'
  const ArrayType = isCounts ? Int16Array : Float32Array
  const key = keyOf(0x4e6f6973, seed)
  const rowKey = keyOf(key, purpose.noise)
  const stored = (strainRate: number): number => (isCounts ? Math.round(strainRate * countsPerStrainRate) : strainRate)
  const tones = Array.from({ length: periods }, (_, beacon) => {
    const tone = new ArrayType(periodOf(beacon))
    for (let at = 0; at < tone.length; at++)
      tone[at] = stored(beaconAmplitude * Math.sin((2 * Math.PI * at) / tone.length))
    return tone
  })
  const pool = createPool(key, stored, new ArrayType(poolCount + groupChannels))

  const writeNoise = (
    rowSeed: number,
    firstChannel: number,
    end: number,
    target: Int16Array | Float32Array,
    at: number
  ): void => {
    for (let channel = firstChannel; channel < end;) {
      const group = Math.floor(channel / groupChannels)
      const stop = Math.min(end, (group + 1) * groupChannels)
      const place =
        (mix(rowSeed ^ Math.imul(group + 1, 0x9e3779b9)) & (poolCount - 1)) + channel - group * groupChannels
      target.set(pool.subarray(place, place + stop - channel), at + channel - firstChannel)
      channel = stop
    }
  }

  return {
    ...basis,
    read(range, target) {
      checkRead(range, target, channels)
      const { firstSample, sampleCount, firstChannel, channelCount } = range
      const end = firstChannel + channelCount
      const firstBeacon = Math.max(0, Math.ceil((firstChannel - beaconFirst) / beaconEvery))
      for (let row = 0, at = 0; row < sampleCount; row++, at += channelCount) {
        const sample = firstSample + row
        writeNoise(keyOf(rowKey, sample), firstChannel, end, target, at)
        for (let beacon = firstBeacon; ; beacon++) {
          const channel = beaconFirst + beacon * beaconEvery
          if (channel >= end) break
          const tone = tones[beacon % periods]!
          target[at + channel - firstChannel] = tone[sample % tone.length]!
        }
      }
    },
    truth(fromNs, toNs) {
      const events: SimulatedEvent[] = []
      for (let channel = beaconFirst, beacon = 0; channel < channels; channel += beaconEvery, beacon++) {
        const distanceM = startDistanceM + channel * spacingM
        events.push({
          id: `beacon-${beacon}`,
          kind: 'pump',
          startNs: fromNs,
          endNs: toNs,
          startDistanceM: distanceM,
          endDistanceM: distanceM,
          speedMPerS: null,
          details: {
            channel: channel + 1,
            frequencyHz: prrHz / periodOf(beacon),
            harmonics: 1,
            peakNmPerMPerS: beaconAmplitude
          }
        })
      }
      return events
    }
  }
}

/** Gaussian by Box and Muller; a group's length more than is addressed, so that no run needs to wrap. */
function createPool<Values extends Int16Array | Float32Array>(
  key: number,
  stored: (strainRate: number) => number,
  pool: Values
): Values {
  for (let i = 0; i < poolCount; i += 2) {
    const radius = noiseRms * Math.sqrt(-2 * Math.log(1 - uniform(key, 2 * i)))
    const angle = 2 * Math.PI * uniform(key, 2 * i + 1)
    pool[i] = stored(radius * Math.cos(angle))
    pool[i + 1] = stored(radius * Math.sin(angle))
  }
  pool.copyWithin(poolCount, 0, groupChannels)
  return pool
}
