import type { SimulatedEvent } from '../source.ts'
import type { Fibre } from './fibre.ts'
import { keyOf, purpose, uniform, uniformBetween } from './hash.ts'
import type { TimeOfSample } from './layer.ts'
import { SlotCache } from './slotCache.ts'

const slotS = 16
const groupChannels = 5
const chance = 0.012

interface Fade {
  id: string
  firstChannel: number
  channelCount: number
  startSample: number
  endSample: number
  /** Factor on the noise at its height. */
  factor: number
}

export interface Fading {
  /** Multiplies `gain[channel − firstChannel]` by the fading at a sample. */
  applyTo(gain: Float32Array, sample: number, firstChannel: number, channelCount: number): void
  truth(fromSample: number, toSample: number, timeOfSample: TimeOfSample): SimulatedEvent[]
}

/**
 * Where the light that comes back from a stretch nearly cancels, the phase is noisy for some seconds: a few groups of
 * channels at any time, up to ten times their noise, rising and falling smoothly.
 */
export function createFading(fibre: Fibre): Fading {
  const key = keyOf(fibre.key, purpose.fading)
  const slotSamples = slotS * fibre.prrHz

  const createFades = (slot: number): Fade[] => {
    const slotKey = keyOf(key, slot)
    const fades: Fade[] = []
    for (let firstChannel = 0; firstChannel < fibre.channels; firstChannel += groupChannels) {
      const fadeKey = keyOf(slotKey, firstChannel)
      if (uniform(fadeKey, 0) >= chance) continue
      const seconds = uniformBetween(fadeKey, 1, 3, 15)
      const startSample = Math.round((slot * slotS + uniform(fadeKey, 2) * (slotS - seconds)) * fibre.prrHz)
      fades.push({
        id: `fading-${slot}-${firstChannel}`,
        firstChannel,
        channelCount: Math.min(fibre.channels - firstChannel, 1 + Math.floor(groupChannels * uniform(fadeKey, 3))),
        startSample,
        endSample: startSample + Math.round(seconds * fibre.prrHz),
        factor: uniformBetween(fadeKey, 4, 3, 10)
      })
    }
    return fades
  }
  const cache = new SlotCache(8, createFades)

  return {
    applyTo(gain, sample, firstChannel, channelCount) {
      const fades = cache.get(Math.floor(sample / slotSamples)) ?? []
      for (const fade of fades) {
        if (sample < fade.startSample || sample >= fade.endSample) continue
        const phase = (sample - fade.startSample) / (fade.endSample - fade.startSample)
        const factor = 1 + (fade.factor - 1) * Math.sin(Math.PI * phase) ** 2
        const end = Math.min(fade.firstChannel + fade.channelCount, firstChannel + channelCount)
        for (let channel = Math.max(fade.firstChannel, firstChannel); channel < end; channel++) {
          gain[channel - firstChannel]! *= factor
        }
      }
    },

    truth(fromSample, toSample, timeOfSample) {
      const events: SimulatedEvent[] = []
      const last = Math.floor(toSample / slotSamples)
      for (let slot = Math.floor(fromSample / slotSamples); slot <= last; slot++) {
        for (const fade of cache.get(slot) ?? []) {
          if (fade.startSample >= toSample || fade.endSample <= fromSample) continue
          events.push({
            id: fade.id,
            kind: 'fading',
            startNs: timeOfSample(fade.startSample),
            endNs: timeOfSample(fade.endSample),
            startDistanceM: fibre.distanceM[fade.firstChannel]!,
            endDistanceM: fibre.distanceM[fade.firstChannel + fade.channelCount - 1]!,
            speedMPerS: null,
            // Channels as REST counts them, from 1.
            details: {
              firstChannel: fade.firstChannel + 1,
              lastChannel: fade.firstChannel + fade.channelCount,
              noiseFactor: fade.factor
            }
          })
        }
      }
      return events
    }
  }
}
