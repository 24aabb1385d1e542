import type { Fibre } from './fibre.ts'

/** Speed of the waves that a source in or on the ground sends along the fibre. */
export const groundSpeedMPerS = 350
/** The envelope of an emitter ends at this many widths. */
export const reachInWidths = 6
const envelopeSteps = 512

/** A source of sound at one place, fixed or moving at constant speed. Amplitudes in counts, times in samples since 1970. */
export interface Emitter {
  /** It is heard in [fromSample, toSample) only. */
  fromSample: number
  toSample: number
  /** It is at `referenceDistanceM` at `referenceSample`. */
  referenceSample: number
  referenceDistanceM: number
  metresPerSample: number
  /** Distance from the fibre, more or less: see `createEnvelope`. */
  widthM: number
  /** Peak of the quasi-static strain rate under the load, positive where the load approaches; 0 = none. */
  load: number
  loadWidthM: number
  /** Counts at the source for samples [from, from + count), to the front of `target`: a pure function of the sample. */
  fill(from: number, count: number, target: Float32Array): void
}

/** A piece of fibre and time that is being made. Time-major, in counts. */
export interface Tile {
  firstSample: number
  sampleCount: number
  firstChannel: number
  channelCount: number
  values: Float32Array
}

export interface EmitterField {
  addTo(tile: Tile, emitter: Emitter): void
  /** Adds the quasi-static response at one instant to `slow[channel − firstChannel]`. */
  addLoad(slow: Float32Array, sample: number, firstChannel: number, channelCount: number, emitter: Emitter): void
}

export function reachM(emitter: Emitter): number {
  return reachInWidths * Math.max(emitter.widthM, emitter.load === 0 ? 0 : emitter.loadWidthM)
}

export function createEmitterField(fibre: Fibre, tileSamples: number, greatestWidthM: number): EmitterField {
  const { distanceM, coupling, channels, spacingM, startDistanceM } = fibre
  const delayPerM = fibre.prrHz / groundSpeedMPerS
  const greatestDelay = Math.ceil(reachInWidths * greatestWidthM * delayPerM) + 2
  const wave = new Float32Array(tileSamples + greatestDelay)
  const envelope = createEnvelope()
  const loadShape = createLoadShape()

  const firstWithin = (distance: number): number => Math.max(0, Math.ceil((distance - startDistanceM) / spacingM))
  const lastWithin = (distance: number): number =>
    Math.min(channels - 1, Math.floor((distance - startDistanceM) / spacingM))

  const positionAt = (emitter: Emitter, sample: number): number =>
    emitter.referenceDistanceM + emitter.metresPerSample * (sample - emitter.referenceSample)

  return {
    addTo(tile, emitter) {
      const from = Math.max(tile.firstSample, emitter.fromSample)
      const to = Math.min(tile.firstSample + tile.sampleCount, emitter.toSample)
      if (from >= to) return
      const reach = reachInWidths * emitter.widthM
      const lastChannel = tile.firstChannel + tile.channelCount - 1
      const here = positionAt(emitter, from)
      const there = positionAt(emitter, to - 1)
      if (firstWithin(Math.min(here, there) - reach) > lastChannel) return
      if (lastWithin(Math.max(here, there) + reach) < tile.firstChannel) return

      const history = Math.ceil(reach * delayPerM) + 2
      emitter.fill(from - history, to - from + history, wave)
      const stepsPerM = envelopeSteps / emitter.widthM
      const { values, channelCount, firstChannel } = tile
      for (let sample = from; sample < to; sample++) {
        const position = positionAt(emitter, sample)
        const start = Math.max(firstChannel, firstWithin(position - reach))
        const end = Math.min(lastChannel, lastWithin(position + reach))
        const now = sample - from + history
        const row = (sample - tile.firstSample) * channelCount - firstChannel
        for (let channel = start; channel <= end; channel++) {
          const away = Math.abs(distanceM[channel]! - position)
          const delay = away * delayPerM
          const whole = delay | 0
          const late = wave[now - whole]!
          const arrived = late + (delay - whole) * (wave[now - whole - 1]! - late)
          values[row + channel]! += envelope[(away * stepsPerM) | 0]! * coupling[channel]! * arrived
        }
      }
    },

    addLoad(slow, sample, firstChannel, channelCount, emitter) {
      if (emitter.load === 0 || sample < emitter.fromSample || sample >= emitter.toSample) return
      const position = positionAt(emitter, sample)
      const reach = reachInWidths * emitter.loadWidthM
      const start = Math.max(firstChannel, firstWithin(position - reach))
      const end = Math.min(firstChannel + channelCount - 1, lastWithin(position + reach))
      const stepsPerM = envelopeSteps / emitter.loadWidthM
      const peak = emitter.metresPerSample < 0 ? -emitter.load : emitter.load
      for (let channel = start; channel <= end; channel++) {
        const ahead = distanceM[channel]! - position
        const shape = loadShape[(Math.abs(ahead) * stepsPerM) | 0]! * coupling[channel]!
        slow[channel - firstChannel]! += ahead < 0 ? -peak * shape : peak * shape
      }
    }
  }
}

const tableLength = reachInWidths * envelopeSteps + 2

/** Spreading and damping over distance in widths: (1 + u²)^−¾ · e^(−u/3), led smoothly to zero over the last fifth. */
function createEnvelope(): Float32Array {
  return Float32Array.from({ length: tableLength }, (_, i) => {
    const widths = (i + 0.5) / envelopeSteps
    const rest = Math.max(0, Math.min(1, (reachInWidths - widths) / (0.2 * reachInWidths)))
    return (1 + widths * widths) ** -0.75 * Math.exp(-widths / 3) * rest * rest * (3 - 2 * rest)
  })
}

/**
 * Strain rate under a load that passes: the time derivative of a strain (1 + u²)^(−3/2), u in widths, scaled to peak 1. Its
 * spectrum falls off above speed / (2π · width), so that it stays below 1 Hz.
 */
function createLoadShape(): Float32Array {
  return Float32Array.from({ length: tableLength }, (_, i) => {
    const widths = i / envelopeSteps
    return (widths * (1 + widths * widths) ** -2.5) / (0.5 * 1.25 ** -2.5)
  })
}
