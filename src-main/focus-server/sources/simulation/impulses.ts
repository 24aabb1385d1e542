import type { SimulatedEvent } from '../source.ts'
import { type Emitter, groundSpeedMPerS, reachM } from './emitter.ts'
import { countsPerStrainRate, type Fibre, placeOnFibre } from './fibre.ts'
import { keyOf, purpose, uniform, uniformBetween } from './hash.ts'
import type { EmitterLayer } from './layer.ts'
import { SlotCache } from './slotCache.ts'

const walkingMPerS = 1.4
const stepsPerSecond = 1.8
const thudS = 0.25

interface Activity {
  event: Omit<SimulatedEvent, 'startNs' | 'endNs'>
  startSample: number
  endSample: number
  /** Made when it is first heard: truth alone needs none. */
  emitters: Emitter[] | null
  createEmitters(): Emitter[]
}

/** A thud, near 1 at its height: a sine that sets in within a period and dies away within five. */
function createThud(fibre: Fibre, frequencyHz: number): Float32Array {
  return Float32Array.from({ length: Math.ceil(thudS * fibre.prrHz) }, (_, i) => {
    const periods = (i / fibre.prrHz) * frequencyHz
    const end = 1 - i / (thudS * fibre.prrHz)
    return Math.sin(2 * Math.PI * periods) * Math.exp(-0.7 * periods) * Math.min(1, 2 * periods) * end
  })
}

function createThudEmitter(
  fibre: Fibre,
  sample: number,
  distanceM: number,
  widthM: number,
  thud: Float32Array,
  peak: number
): Emitter {
  const emitter: Emitter = {
    fromSample: sample,
    toSample: 0,
    referenceSample: sample,
    referenceDistanceM: distanceM,
    metresPerSample: 0,
    widthM,
    load: 0,
    loadWidthM: 0,
    fill(from, count, target) {
      for (let i = 0, at = from - sample; i < count; i++, at++) {
        target[i] = at >= 0 && at < thud.length ? peak * thud[at]! : 0
      }
    }
  }
  emitter.toSample = sample + thud.length + Math.ceil((reachM(emitter) / groundSpeedMPerS) * fibre.prrHz) + 2
  return emitter
}

function createWalk(fibre: Fibre, slot: number): Activity | null {
  const key = keyOf(keyOf(fibre.key, purpose.footsteps), slot)
  if (uniform(key, 0) > 0.85) return null
  const seconds = uniformBetween(key, 1, 60, 110)
  const startSample = Math.round((slot * 120 + uniform(key, 3) * 60) * fibre.prrHz)
  const startDistanceM = placeOnFibre(fibre, key, 4)
  const along = (startDistanceM - fibre.startDistanceM) / Math.max(1, fibre.lengthM)
  // Who starts near an end walks away from it.
  const isOutward = along < 0.15 || (along < 0.85 && uniform(key, 2) < 0.5)
  const speedMPerS = isOutward ? walkingMPerS : -walkingMPerS
  const peak = uniformBetween(key, 5, 60, 130)
  const steps = Math.floor(seconds * stepsPerSecond)
  const createEmitters = (): Emitter[] => {
    const thud = createThud(fibre, uniformBetween(key, 6, 24, 40))
    return Array.from({ length: steps }, (_, step) => {
      const sample = startSample + Math.round((step / stepsPerSecond) * fibre.prrHz)
      const distanceM = startDistanceM + (speedMPerS * (sample - startSample)) / fibre.prrHz
      return createThudEmitter(fibre, sample, distanceM, 1.8, thud, peak * countsPerStrainRate)
    })
  }
  const endSample = startSample + Math.round((steps / stepsPerSecond) * fibre.prrHz)
  return {
    event: {
      id: `footsteps-${slot}`,
      kind: 'footsteps',
      startDistanceM,
      endDistanceM: startDistanceM + (speedMPerS * (endSample - startSample)) / fibre.prrHz,
      speedMPerS,
      details: { steps, stepsPerSecond, peakNmPerMPerS: peak }
    },
    startSample,
    endSample,
    emitters: null,
    createEmitters
  }
}

function createDig(fibre: Fibre, slot: number): Activity | null {
  const key = keyOf(keyOf(fibre.key, purpose.digging), slot)
  if (uniform(key, 0) > 0.8) return null
  const startSample = Math.round((slot * 180 + uniform(key, 1) * 60) * fibre.prrHz)
  const startDistanceM = placeOnFibre(fibre, key, 2)
  const blows = 25 + Math.floor(uniform(key, 3) * 30)
  const peak = uniformBetween(key, 4, 180, 360)
  const frequencyHz = uniformBetween(key, 5, 18, 32)
  const atS = [0]
  for (let blow = 0; blow < blows; blow++) atS.push(atS[blow]! + uniformBetween(keyOf(key, blow), 1, 0.7, 2.6))
  const createEmitters = (): Emitter[] => {
    const thud = createThud(fibre, frequencyHz)
    return Array.from({ length: blows }, (_, blow) => {
      const sample = startSample + Math.round(atS[blow]! * fibre.prrHz)
      const strength = peak * uniformBetween(keyOf(key, blow), 0, 0.5, 1) * countsPerStrainRate
      return createThudEmitter(fibre, sample, startDistanceM, 4, thud, strength)
    })
  }
  return {
    event: {
      id: `digging-${slot}`,
      kind: 'digging',
      startDistanceM,
      endDistanceM: startDistanceM,
      speedMPerS: null,
      details: { blows, frequencyHz, peakNmPerMPerS: peak }
    },
    startSample,
    endSample: startSample + Math.round(atS[blows]! * fibre.prrHz),
    emitters: null,
    createEmitters
  }
}

function createImpulseLayer(
  fibre: Fibre,
  slotS: number,
  widthM: number,
  create: (slot: number) => Activity | null
): EmitterLayer {
  const slotSamples = slotS * fibre.prrHz
  const cache = new SlotCache(8, create)
  const visit = (fromSample: number, toSample: number, visitor: (activity: Activity) => void): void => {
    // No activity reaches further than into the slot after its own.
    for (let slot = Math.floor(fromSample / slotSamples) - 1; slot <= Math.floor(toSample / slotSamples); slot++) {
      const activity = cache.get(slot)
      if (activity) visitor(activity)
    }
  }
  return {
    greatestWidthM: widthM,
    collect(fromSample, toSample, emitters) {
      visit(fromSample, toSample, (activity) => {
        activity.emitters ??= activity.createEmitters()
        for (const emitter of activity.emitters) {
          if (emitter.fromSample < toSample && emitter.toSample > fromSample) emitters.push(emitter)
        }
      })
    },
    truth(fromSample, toSample, timeOfSample) {
      const events: SimulatedEvent[] = []
      visit(fromSample, toSample, ({ event, startSample, endSample }) => {
        if (startSample >= toSample || endSample <= fromSample) return
        events.push({ ...event, startNs: timeOfSample(startSample), endNs: timeOfSample(endSample) })
      })
      return events
    }
  }
}

export function createImpulseLayers(fibre: Fibre): EmitterLayer[] {
  return [
    createImpulseLayer(fibre, 120, 1.8, (slot) => createWalk(fibre, slot)),
    createImpulseLayer(fibre, 180, 4, (slot) => createDig(fibre, slot))
  ]
}
