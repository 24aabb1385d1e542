import type { SimulatedEvent } from '../source.ts'
import { type Emitter } from './emitter.ts'
import { countsPerStrainRate, type Fibre, placeOnFibre } from './fibre.ts'
import { keyOf, purpose, uniform } from './hash.ts'
import type { EmitterLayer } from './layer.ts'
import { SlotCache } from './slotCache.ts'
import { sineOfTurns } from './tables.ts'

const slotS = 300
const rampS = 2
const widthM = 4
const peakNmPerMPerS = 30
const harmonicParts = [1, 0.5, 0.3, 0.15]

interface Run {
  slot: number
  emitter: Emitter
}

/** A pump that runs most of every five minutes, always at the same place, a little below mains frequency as slip has it. */
export function createPumpLayer(fibre: Fibre): EmitterLayer {
  const key = keyOf(fibre.key, purpose.pump)
  const distanceM = placeOnFibre(fibre, key, 0, 0.55, 0.7)
  const frequencyHz = 49.6
  const harmonics = harmonicParts.filter((_, h) => frequencyHz * (h + 1) < 0.45 * fibre.prrHz)

  const createRun = (slot: number): Run => {
    const runKey = keyOf(key, slot)
    const fromSample = Math.round(slot * slotS * fibre.prrHz)
    const toSample = fromSample + Math.round((slotS - 20 - 40 * uniform(runKey, 0)) * fibre.prrHz)
    const ramp = rampS * fibre.prrHz
    const turnsPerSample = frequencyHz / fibre.prrHz
    return {
      slot,
      emitter: {
        fromSample,
        toSample,
        referenceSample: fromSample,
        referenceDistanceM: distanceM,
        metresPerSample: 0,
        widthM,
        load: 0,
        loadWidthM: 0,
        fill(from, count, target) {
          for (let i = 0; i < count; i++) {
            const since = from + i - fromSample
            const level = Math.max(0, Math.min(1, since / ramp, (toSample - fromSample - since) / ramp))
            let value = 0
            for (let h = 0; level > 0 && h < harmonics.length; h++) {
              value += harmonics[h]! * sineOfTurns(fibre.sine, since * turnsPerSample * (h + 1))
            }
            target[i] = peakNmPerMPerS * countsPerStrainRate * level * value
          }
        }
      }
    }
  }

  const slotSamples = slotS * fibre.prrHz
  const cache = new SlotCache(8, createRun)
  const visit = (fromSample: number, toSample: number, visitor: (run: Run) => void): void => {
    for (let slot = Math.floor(fromSample / slotSamples); slot <= Math.floor(toSample / slotSamples); slot++) {
      const run = cache.get(slot)
      if (run && run.emitter.fromSample < toSample && run.emitter.toSample > fromSample) visitor(run)
    }
  }
  return {
    greatestWidthM: widthM,
    collect(fromSample, toSample, emitters) {
      visit(fromSample, toSample, (run) => emitters.push(run.emitter))
    },
    truth(fromSample, toSample, timeOfSample) {
      const events: SimulatedEvent[] = []
      visit(fromSample, toSample, ({ slot, emitter }) => {
        events.push({
          id: `pump-${slot}`,
          kind: 'pump',
          startNs: timeOfSample(emitter.fromSample),
          endNs: timeOfSample(emitter.toSample),
          startDistanceM: distanceM,
          endDistanceM: distanceM,
          speedMPerS: null,
          details: { frequencyHz, harmonics: harmonics.length, peakNmPerMPerS }
        })
      })
      return events
    }
  }
}
