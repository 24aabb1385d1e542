import type { SimulatedEvent } from '../source.ts'
import type { Tile } from './emitter.ts'
import { countsPerStrainRate, type Fibre } from './fibre.ts'
import { keyOf, purpose, uniform, uniformBetween } from './hash.ts'
import type { TimeOfSample } from './layer.ts'
import { SlotCache } from './slotCache.ts'
import { fillBandNoise } from './tables.ts'

const slotS = 210
const startJitterS = 100
const pLastsS = 20
const sLastsS = 45
const slowestSMPerS = 1800
/** P over S velocity in rock whose Poisson's ratio is a quarter. */
const velocityRatio = Math.sqrt(3)
/** Knots of the envelope of each wave. */
const envelopeStepS = 0.01

interface Wave {
  key: number
  /** Arrival at the end of the fibre that it reaches first. */
  arrivalSample: number
  greatestDelay: number
  lastsSamples: number
  /** Made when it is first heard: truth alone needs none. */
  tables: WaveTables | null
  createTables(): WaveTables
}

interface WaveTables {
  /** Samples from the first arrival to each channel's. */
  delay: Int32Array
  envelope: Float32Array
}

interface Earthquake {
  slot: number
  waves: Wave[]
  endSample: number
  direction: 1 | -1
  pVelocityMPerS: number
  sVelocityMPerS: number
  magnitude: number
  pPeak: number
  sPeak: number
}

export interface EarthquakeLayer {
  addTo(tile: Tile): void
  truth(fromSample: number, toSample: number, timeOfSample: TimeOfSample): SimulatedEvent[]
}

/** Sets in sharply, dies away as a coda, and ends at zero after `lastsS`. */
function createEnvelope(peak: number, riseS: number, decayS: number, lastsS: number): Float32Array {
  return Float32Array.from({ length: Math.ceil(lastsS / envelopeStepS) + 2 }, (_, i) => {
    const seconds = i * envelopeStepS
    const rest = Math.max(0, 1 - seconds / lastsS)
    return peak * (1 - Math.exp(-seconds / riseS)) * Math.exp(-seconds / decayS) * rest * rest
  })
}

function createEarthquake(fibre: Fibre, slot: number): Earthquake {
  const key = keyOf(keyOf(fibre.key, purpose.earthquake), slot)
  const direction = uniform(key, 0) < 0.5 ? 1 : -1
  const pVelocityMPerS = uniformBetween(key, 1, slowestSMPerS * velocityRatio, 6500)
  const sVelocityMPerS = pVelocityMPerS / velocityRatio
  const magnitude = uniformBetween(key, 2, 1.8, 3.4)
  const peak = countsPerStrainRate * 70 * 10 ** (0.25 * (magnitude - 1.8))
  const sMinusPS = uniformBetween(key, 3, 3, 9)
  const pSample = Math.round((slot * slotS + startJitterS * uniform(key, 4)) * fibre.prrHz)
  const pPeak = 0.4 * peak
  const sPeak = 1.2 * peak
  const sSample = pSample + Math.round(sMinusPS * fibre.prrHz)
  const wave = (
    arrivalSample: number,
    velocityMPerS: number,
    lastsS: number,
    createShape: () => Float32Array
  ): Wave => ({
    key: keyOf(key, arrivalSample),
    arrivalSample,
    greatestDelay: Math.ceil((fibre.lengthM / velocityMPerS) * fibre.prrHz),
    lastsSamples: Math.ceil(lastsS * fibre.prrHz),
    tables: null,
    createTables: () => ({
      delay: Int32Array.from(fibre.distanceM, (distanceM) => {
        const wayM = direction > 0 ? distanceM - fibre.startDistanceM : fibre.endDistanceM - distanceM
        return Math.round((wayM / velocityMPerS) * fibre.prrHz)
      }),
      envelope: createShape()
    })
  })
  const waves = [
    wave(pSample, pVelocityMPerS, pLastsS, () => createEnvelope(pPeak, 0.03, 3, pLastsS)),
    wave(sSample, sVelocityMPerS, sLastsS, () => createEnvelope(sPeak, 0.06, 7, sLastsS))
  ]
  return {
    slot,
    waves,
    endSample: sSample + waves[1]!.lastsSamples + waves[1]!.greatestDelay,
    direction,
    pVelocityMPerS,
    sVelocityMPerS,
    magnitude,
    pPeak: pPeak / countsPerStrainRate,
    sPeak: sPeak / countsPerStrainRate
  }
}

export function createEarthquakeLayer(fibre: Fibre, tileSamples: number): EarthquakeLayer {
  const slotSamples = slotS * fibre.prrHz
  const slowestCrossingS = fibre.lengthM / slowestSMPerS
  const slotsBack = Math.ceil((startJitterS + 60 + slowestCrossingS) / slotS)
  const cache = new SlotCache(4 * (slotsBack + 1), (slot) => createEarthquake(fibre, slot))
  const shape = new Float32Array(tileSamples + Math.ceil(slowestCrossingS * fibre.prrHz) + 2)
  const knotsPerSample = 1 / (envelopeStepS * fibre.prrHz)

  const visit = (fromSample: number, toSample: number, visitor: (earthquake: Earthquake) => void): void => {
    const last = Math.floor(toSample / slotSamples)
    for (let slot = Math.floor(fromSample / slotSamples) - slotsBack; slot <= last; slot++) {
      const earthquake = cache.get(slot)
      if (!earthquake || earthquake.endSample <= fromSample) continue
      if (earthquake.waves[0]!.arrivalSample < toSample) visitor(earthquake)
    }
  }

  const fillShape = (wave: Wave, envelope: Float32Array, from: number, count: number): void => {
    fillBandNoise(fibre.seismic, wave.key, from, count, 1, shape)
    for (let i = 0; i < count; i++) {
      const position = (from + i - wave.arrivalSample) * knotsPerSample
      const knot = Math.floor(position)
      const level =
        position >= 0 && knot + 1 < envelope.length
          ? envelope[knot]! + (position - knot) * (envelope[knot + 1]! - envelope[knot]!)
          : 0
      shape[i]! *= level
    }
  }

  const addWave = (tile: Tile, wave: Wave): void => {
    const { firstSample, sampleCount, firstChannel, channelCount, values } = tile
    const end = wave.arrivalSample + wave.lastsSamples + wave.greatestDelay
    if (firstSample >= end || firstSample + sampleCount <= wave.arrivalSample) return
    const history = wave.greatestDelay
    const { delay, envelope } = (wave.tables ??= wave.createTables())
    fillShape(wave, envelope, firstSample - history, sampleCount + history)
    for (let row = 0, place = 0; row < sampleCount; row++) {
      const now = row + history
      for (let channel = firstChannel; channel < firstChannel + channelCount; channel++, place++) {
        values[place]! += fibre.coupling[channel]! * shape[now - delay[channel]!]!
      }
    }
  }

  return {
    addTo(tile) {
      visit(tile.firstSample, tile.firstSample + tile.sampleCount, ({ waves }) => {
        for (const wave of waves) addWave(tile, wave)
      })
    },
    truth(fromSample, toSample, timeOfSample) {
      const events: SimulatedEvent[] = []
      visit(fromSample, toSample, (earthquake) => {
        const { direction, waves, endSample } = earthquake
        const near = direction > 0 ? fibre.startDistanceM : fibre.endDistanceM
        events.push({
          id: `earthquake-${earthquake.slot}`,
          kind: 'earthquake',
          startNs: timeOfSample(waves[0]!.arrivalSample),
          endNs: timeOfSample(endSample),
          startDistanceM: near,
          endDistanceM: direction > 0 ? fibre.endDistanceM : fibre.startDistanceM,
          speedMPerS: null,
          details: {
            magnitude: earthquake.magnitude,
            // Signed apparent velocities along the fibre; arrivals at `startDistanceM`.
            pVelocityMPerS: direction * earthquake.pVelocityMPerS,
            sVelocityMPerS: direction * earthquake.sVelocityMPerS,
            pArrivalNs: timeOfSample(waves[0]!.arrivalSample).toString(),
            sArrivalNs: timeOfSample(waves[1]!.arrivalSample).toString(),
            pPeakNmPerMPerS: earthquake.pPeak,
            sPeakNmPerMPerS: earthquake.sPeak
          }
        })
      })
      return events
    }
  }
}
