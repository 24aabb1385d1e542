import type { SimulatedEvent } from '../source.ts'
import type { Emitter } from './emitter.ts'
import { reachInWidths, reachM } from './emitter.ts'
import { countsPerStrainRate, type Fibre } from './fibre.ts'
import { keyOf, purpose, uniform, uniformBetween } from './hash.ts'
import type { EmitterLayer, TimeOfSample } from './layer.ts'
import { SlotCache } from './slotCache.ts'
import { fillBandNoise, sineOfTurns } from './tables.ts'

/** One vehicle a slot and direction, 10 to 26 s after the one before. */
const vehicleSlotS = 18
const vehicleJitterS = 8
const slowestMPerS = 8
const trainSlotS = 600
const trainSlowestMPerS = 18
const trainJitterS = 400
const longestTrainM = 320
const greatestWidthM = 22

interface Traffic {
  id: string
  kind: 'vehicle' | 'train'
  /** The front is at the fibre's near end (for its direction) at `startSample` and the last wheel leaves at `endSample`. */
  startSample: number
  endSample: number
  startDistanceM: number
  speedMPerS: number
  heardFrom: number
  heardTo: number
  emitters: Emitter[]
  details: Record<string, number | string>
}

interface VehicleType {
  name: string
  upTo: number
  speed: [number, number]
  width: [number, number]
  /** nm/m/s: rms of the dynamic band beside the vehicle, and peak of the quasi-static response. */
  dynamic: [number, number]
  quasiStatic: [number, number]
  engineHz: [number, number]
}

const vehicleTypes: VehicleType[] = [
  {
    name: 'car',
    upTo: 0.66,
    speed: [15, 31],
    width: [6, 9],
    dynamic: [30, 70],
    quasiStatic: [12, 25],
    engineHz: [38, 62]
  },
  {
    name: 'van',
    upTo: 0.8,
    speed: [14, 27],
    width: [6.5, 9],
    dynamic: [50, 90],
    quasiStatic: [20, 40],
    engineHz: [32, 50]
  },
  {
    name: 'truck',
    upTo: 0.92,
    speed: [13, 24],
    width: [8, 11],
    dynamic: [90, 170],
    quasiStatic: [60, 120],
    engineHz: [18, 30]
  },
  {
    name: 'tractor',
    upTo: 0.96,
    speed: [8, 11],
    width: [7, 9],
    dynamic: [60, 110],
    quasiStatic: [35, 60],
    engineHz: [20, 30]
  },
  {
    name: 'motorcycle',
    upTo: 1.01,
    speed: [24, 35],
    width: [5, 7],
    dynamic: [25, 45],
    quasiStatic: [8, 14],
    engineHz: [60, 90]
  }
]

interface RollingSound {
  key: number
  rms: number
  engineHz: number
  enginePart: number
}

/** Tyre or wheel noise with an engine's tone and its second harmonic. */
function rollingFill(fibre: Fibre, referenceSample: number, sound: RollingSound): Emitter['fill'] {
  const turnsPerSample = sound.engineHz / fibre.prrHz
  const tone = Math.SQRT2 * sound.rms * sound.enginePart
  // Turns are counted from far enough back to be positive wherever the vehicle is heard.
  const origin = referenceSample - Math.ceil(4096 * fibre.prrHz)
  return (from, count, target) => {
    fillBandNoise(fibre.rolling, sound.key, from, count, sound.rms, target)
    if (tone === 0) return
    for (let i = 0; i < count; i++) {
      const turns = (from + i - origin) * turnsPerSample
      target[i]! += tone * (sineOfTurns(fibre.sine, turns) + 0.5 * sineOfTurns(fibre.sine, 2 * turns))
    }
  }
}

function onRange(fibre: Fibre, startSample: number, speedMPerS: number, lengthM: number) {
  const metresPerSample = speedMPerS / fibre.prrHz
  const crossing = Math.max(1, Math.floor((fibre.lengthM + lengthM) / Math.abs(metresPerSample)))
  return { metresPerSample, endSample: startSample + crossing }
}

function createVehicle(fibre: Fibre, direction: 1 | -1, slot: number): Traffic {
  const key = keyOf(keyOf(fibre.key, direction > 0 ? purpose.vehicleOut : purpose.vehicleBack), slot)
  const draw = uniform(key, 0)
  const type = vehicleTypes.find(({ upTo }) => draw < upTo)!
  const speedMPerS = direction * uniformBetween(key, 1, ...type.speed)
  const startSample = Math.round((slot * vehicleSlotS + vehicleJitterS * uniform(key, 2)) * fibre.prrHz)
  const { metresPerSample, endSample } = onRange(fibre, startSample, speedMPerS, 0)
  const startDistanceM = direction > 0 ? fibre.startDistanceM : fibre.endDistanceM
  const dynamic = uniformBetween(key, 3, ...type.dynamic)
  const quasiStatic = uniformBetween(key, 4, ...type.quasiStatic)
  const engineHz = Math.min(uniformBetween(key, 5, ...type.engineHz), 0.2 * fibre.prrHz)
  const widthM = uniformBetween(key, 6, ...type.width)
  const emitter: Emitter = {
    fromSample: 0,
    toSample: 0,
    referenceSample: startSample,
    referenceDistanceM: startDistanceM,
    metresPerSample,
    widthM,
    load: quasiStatic * countsPerStrainRate,
    loadWidthM: Math.max(10, 0.45 * Math.abs(speedMPerS)),
    fill: rollingFill(fibre, startSample, { key, rms: dynamic * countsPerStrainRate, engineHz, enginePart: 0.35 })
  }
  const lead = Math.ceil(reachM(emitter) / Math.abs(metresPerSample))
  emitter.fromSample = startSample - lead
  emitter.toSample = endSample + lead
  return {
    id: `vehicle-${direction > 0 ? 'out' : 'back'}-${slot}`,
    kind: 'vehicle',
    startSample,
    endSample,
    startDistanceM,
    speedMPerS,
    heardFrom: emitter.fromSample,
    heardTo: emitter.toSample,
    emitters: [emitter],
    details: {
      type: type.name,
      engineHz,
      widthM,
      dynamicLowHz: 10,
      dynamicHighHz: 100,
      dynamicRmsNmPerMPerS: dynamic,
      quasiStaticPeakNmPerMPerS: quasiStatic
    }
  }
}

function createTrain(fibre: Fibre, slot: number): Traffic {
  const key = keyOf(keyOf(fibre.key, purpose.train), slot)
  const direction = uniform(key, 0) < 0.5 ? 1 : -1
  const speedMPerS = direction * uniformBetween(key, 1, trainSlowestMPerS, 30)
  const cars = 6 + Math.floor(uniform(key, 2) * 7)
  const carM = 25
  const lengthM = cars * carM
  const startSample = Math.round((slot * trainSlotS + trainJitterS * uniform(key, 3)) * fibre.prrHz)
  const { metresPerSample, endSample } = onRange(fibre, startSample, speedMPerS, lengthM)
  const startDistanceM = direction > 0 ? fibre.startDistanceM : fibre.endDistanceM
  const dynamic = uniformBetween(key, 4, 130, 220)
  const emitters: Emitter[] = []
  for (let car = 0; car < cars; car++) {
    // A bogie with two axles near each end of the car, heard and weighing as one source each.
    for (const bogieM of [4, carM - 4]) {
      const behindM = car * carM + bogieM
      const emitter: Emitter = {
        fromSample: 0,
        toSample: 0,
        referenceSample: startSample,
        referenceDistanceM: startDistanceM - direction * behindM,
        metresPerSample,
        widthM: 5,
        load: uniformBetween(key, 5, 60, 100) * countsPerStrainRate,
        loadWidthM: Math.max(10, 0.45 * Math.abs(speedMPerS)),
        fill: rollingFill(fibre, startSample, {
          key: keyOf(key, emitters.length),
          rms: dynamic * countsPerStrainRate,
          engineHz: 0,
          enginePart: 0
        })
      }
      const reach = reachM(emitter)
      emitter.fromSample = startSample + Math.floor((behindM - reach) / Math.abs(metresPerSample))
      emitter.toSample = startSample + Math.ceil((fibre.lengthM + behindM + reach) / Math.abs(metresPerSample))
      emitters.push(emitter)
    }
  }
  return {
    id: `train-${slot}`,
    kind: 'train',
    startSample,
    endSample,
    startDistanceM,
    speedMPerS,
    heardFrom: emitters[0]!.fromSample,
    heardTo: emitters.at(-1)!.toSample,
    emitters,
    details: {
      reference: 'front',
      lengthM,
      cars,
      axles: 4 * cars,
      dynamicLowHz: 10,
      dynamicHighHz: 100,
      dynamicRmsNmPerMPerS: dynamic
    }
  }
}

function createTrafficLayer(
  fibre: Fibre,
  slotS: number,
  /** From the start of a slot until its last vehicle is heard no more. */
  longestS: number,
  create: (slot: number) => Traffic
): EmitterLayer {
  const slotSamples = slotS * fibre.prrHz
  const slotsBack = Math.ceil(longestS / slotS) + 1
  const cache = new SlotCache(4 * (slotsBack + 4), create)
  // A vehicle is heard before it is on the fibre, hence the slot after the range too.
  const slotsAhead = Math.ceil((reachInWidths * greatestWidthM) / slowestMPerS / slotS)

  const visit = (fromSample: number, toSample: number, visitor: (traffic: Traffic) => void): void => {
    const last = Math.floor(toSample / slotSamples) + slotsAhead
    for (let slot = Math.floor(fromSample / slotSamples) - slotsBack; slot <= last; slot++) {
      const traffic = cache.get(slot)
      if (traffic) visitor(traffic)
    }
  }

  return {
    greatestWidthM,
    collect(fromSample, toSample, emitters) {
      visit(fromSample, toSample, (traffic) => {
        if (traffic.heardFrom >= toSample || traffic.heardTo <= fromSample) return
        for (const emitter of traffic.emitters) {
          if (emitter.fromSample < toSample && emitter.toSample > fromSample) emitters.push(emitter)
        }
      })
    },
    truth(fromSample, toSample, timeOfSample) {
      const events: SimulatedEvent[] = []
      visit(fromSample, toSample, (traffic) => {
        if (traffic.startSample >= toSample || traffic.endSample <= fromSample) return
        events.push(truthOf(fibre, traffic, timeOfSample))
      })
      return events
    }
  }
}

function truthOf(fibre: Fibre, traffic: Traffic, timeOfSample: TimeOfSample): SimulatedEvent {
  const seconds = (traffic.endSample - traffic.startSample) / fibre.prrHz
  return {
    id: traffic.id,
    kind: traffic.kind,
    startNs: timeOfSample(traffic.startSample),
    endNs: timeOfSample(traffic.endSample),
    startDistanceM: traffic.startDistanceM,
    endDistanceM: traffic.startDistanceM + traffic.speedMPerS * seconds,
    speedMPerS: traffic.speedMPerS,
    details: traffic.details
  }
}

export function createTrafficLayers(fibre: Fibre): EmitterLayer[] {
  const vehicleLongestS = vehicleJitterS + (fibre.lengthM + reachInWidths * greatestWidthM) / slowestMPerS
  const trainLongestS =
    trainJitterS + (fibre.lengthM + longestTrainM + reachInWidths * greatestWidthM) / trainSlowestMPerS
  return [
    createTrafficLayer(fibre, vehicleSlotS, vehicleLongestS, (slot) => createVehicle(fibre, 1, slot)),
    createTrafficLayer(fibre, vehicleSlotS, vehicleLongestS, (slot) => createVehicle(fibre, -1, slot)),
    createTrafficLayer(fibre, trainSlotS, trainLongestS, (slot) => createTrain(fibre, slot))
  ]
}
