import type { SimulatedEvent } from '../source.ts'
import type { Fibre } from './fibre.ts'
import { keyOf, purpose, uniform } from './hash.ts'

const noiseFactor = 25

export interface BadChannels {
  /** Channel indices that give nothing but zeros. */
  dead: number[]
  /** Channel indices whose white noise is much too strong. */
  noisy: number[]
  /** Multiplies the noisy channels of an amplitude array that covers the whole fibre. */
  applyTo(gain: Float32Array): void
  /** They are bad at all times: the events last as long as what was asked for. */
  truth(fromNs: bigint, toNs: bigint): SimulatedEvent[]
}

/** About one dead and one noisy channel in 700, at least one of each; none on fibres too short to spare them. */
export function createBadChannels(fibre: Fibre): BadChannels {
  const key = keyOf(fibre.key, purpose.badChannel)
  const each = fibre.channels < 64 ? 0 : Math.max(1, Math.round(fibre.channels / 700))
  const chosen = new Set<number>()
  for (let n = 0; chosen.size < 2 * each; n++) chosen.add(Math.floor(uniform(key, n) * fibre.channels))
  const all = [...chosen]
  const dead = all.slice(0, each).sort((a, b) => a - b)
  const noisy = all.slice(each).sort((a, b) => a - b)

  return {
    dead,
    noisy,
    applyTo(gain) {
      for (const channel of noisy) gain[channel]! *= noiseFactor
    },
    truth(fromNs, toNs) {
      return [...dead, ...noisy].map((channel) => ({
        id: `bad-channel-${channel + 1}`,
        kind: 'bad channel',
        startNs: fromNs,
        endNs: toNs,
        startDistanceM: fibre.distanceM[channel]!,
        endDistanceM: fibre.distanceM[channel]!,
        speedMPerS: null,
        details: { channel: channel + 1, fault: dead.includes(channel) ? 'dead' : 'noisy' }
      }))
    }
  }
}
