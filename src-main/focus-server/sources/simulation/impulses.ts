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
  emitters: Emitter[]
}

/** A thud: a sine that sets in within a period and dies away within five. */
function createThud(fibre: Fibre, frequencyHz: number, peak: number): Float32Array {
  return Float32Array.from({ length: Math.ceil(thudS * fibre.prrHz) }, (_, i) => {
    const periods = (i / fibre.prrHz) * frequencyHz
    const end = 1 - i / (thudS * fibre.prrHz)
    return peak * Math.sin(2 * Math.PI * periods) * Math.exp(-0.7 * periods) * Math.min(1, 2 * periods) * end
  })
}

function createThudEmitter(
  fibre: Fibre,
  sample: number,
  distanceM: number,
  widthM: number,
  thud: Float32Array
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
        target[i] = at >= 0 && at < thud.length ? thud[at]! : 0
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
  const speedMPerS = uniform(key, 2) < 0.5 ? walkingMPerS : -walkingMPerS
  const startSample = Math.round((slot * 120 + uniform(key, 3) * 60) * fibre.prrHz)
  const startDistanceM = placeOnFibre(fibre, key, 4)
  const peak = uniformBetween(key, 5, 60, 130)
  const thud = createThud(fibre, uniformBetween(key, 6, 24, 40), peak * countsPerStrainRate)
  const steps = Math.floor(seconds * stepsPerSecond)
  const emitters = Array.from({ length: steps }, (_, step) => {
    const sample = startSample + Math.round((step / stepsPerSecond) * fibre.prrHz)
    const distanceM = startDistanceM + (speedMPerS * (sample - startSample)) / fibre.prrHz
    return createThudEmitter(fibre, sample, distanceM, 1.8, thud)
  })
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
    emitters
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
  const emitters: Emitter[] = []
  let seconds = 0
  for (let blow = 0; blow < blows; blow++) {
    const blowKey = keyOf(key, blow)
    const thud = createThud(fibre, frequencyHz, peak * uniformBetween(blowKey, 0, 0.5, 1) * countsPerStrainRate)
    emitters.push(createThudEmitter(fibre, startSample + Math.round(seconds * fibre.prrHz), startDistanceM, 4, thud))
    seconds += uniformBetween(blowKey, 1, 0.7, 2.6)
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
    endSample: startSample + Math.round(seconds * fibre.prrHz),
    emitters
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
