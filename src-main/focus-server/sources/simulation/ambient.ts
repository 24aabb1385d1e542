import { countsPerStrainRate, type Fibre, texture } from './fibre.ts'
import { keyOf, mix, purpose, uniform, uniformBetween } from './hash.ts'
import { gaussianCount, noiseGroup } from './tables.ts'

const gaussianMask = gaussianCount - 1
const golden = 0x9e3779b9

/** nm/m/s rms of the white noise of a quiet channel (half of it below PRR/4). */
const whiteRms = 7
/** Laser noise: the same on all channels. */
const commonRms = 0.8
/** Slow noise: knots between two lattice points, and nm/m/s rms. At 16 ms a knot: 31, 4, 0.5 and 0.06 Hz. */
const octaves = [
  { knots: 1, rms: 2 },
  { knots: 8, rms: 2.5 },
  { knots: 64, rms: 3 },
  { knots: 512, rms: 3 }
]
/** Channels between two lattice points of the slow noise along the fibre. */
const nodeChannels = 8

export interface AmbientNoise {
  /** Amplitude of each channel's white noise in counts, without fading. */
  whiteGain: Float32Array
  /** Writes the slow noise at a knot, in counts, to `slow[channel − firstChannel]`. */
  slowAt(knot: number, slow: Float32Array, firstChannel: number, channelCount: number): void
  /** White noise, laser noise and the slow part at `fraction` between two knots, over a row of `values`. */
  writeRow(sample: number, values: Float32Array, offset: number, row: NoiseRow): void
}

export interface NoiseRow {
  firstChannel: number
  channelCount: number
  /** By channel − firstChannel: amplitude, slow part at the knot before, and its change to the knot after. */
  gain: Float32Array
  slow: Float32Array
  slowChange: Float32Array
  fraction: number
}

/** Some stretches of a fibre are louder: loose ducts, bridges, a river. */
function createGain(fibre: Fibre): Float32Array {
  const key = keyOf(fibre.key, purpose.texture)
  const zones = Array.from({ length: 3 }, (_, zone) => ({
    centre: uniform(key, 3 * zone) * fibre.lengthM,
    width: uniformBetween(key, 3 * zone + 1, 15, 45),
    factor: uniformBetween(key, 3 * zone + 2, 1, 2.5)
  }))
  return Float32Array.from({ length: fibre.channels }, (_, channel) => {
    const along = channel * fibre.spacingM
    let gain = Math.exp(0.35 * texture(key, along, 120) + 0.2 * texture(mix(key), along, 18))
    gain *= 1 + 0.12 * (2 * uniform(keyOf(key, channel), 5) - 1)
    for (const { centre, width, factor } of zones) gain *= 1 + factor * Math.exp(-(((along - centre) / width) ** 2))
    return gain
  })
}

export function createAmbientNoise(fibre: Fibre): AmbientNoise {
  const { gaussian } = fibre
  const gain = createGain(fibre)
  const rowKey = keyOf(fibre.key, purpose.noise)
  const commonKey = keyOf(fibre.key, purpose.commonMode)
  const slowKeys = octaves.map((_, octave) => keyOf(keyOf(fibre.key, purpose.slowNoise), octave))
  const nodes = new Float32Array(Math.ceil(fibre.channels / nodeChannels) + 2)

  const fillNodes = (knot: number, firstNode: number, lastNode: number): void => {
    nodes.fill(0, firstNode, lastNode + 1)
    for (let octave = 0; octave < octaves.length; octave++) {
      const { knots, rms } = octaves[octave]!
      const lattice = Math.floor(knot / knots)
      const fraction = knot / knots - lattice
      const before = keyOf(slowKeys[octave]!, lattice)
      const after = keyOf(slowKeys[octave]!, lattice + 1)
      for (let node = firstNode; node <= lastNode; node++) {
        const place = Math.imul(node + 1, golden)
        const a = gaussian[mix(before ^ place) & gaussianMask]!
        const b = gaussian[mix(after ^ place) & gaussianMask]!
        nodes[node]! += countsPerStrainRate * rms * (a + fraction * (b - a))
      }
    }
  }

  return {
    whiteGain: gain.map((value) => value * whiteRms * countsPerStrainRate),

    slowAt(knot, slow, firstChannel, channelCount) {
      const end = firstChannel + channelCount
      fillNodes(knot, Math.floor(firstChannel / nodeChannels), Math.floor((end - 1) / nodeChannels) + 1)
      for (let channel = firstChannel; channel < end; channel++) {
        const node = Math.floor(channel / nodeChannels)
        const left = nodes[node]!
        const between = (channel % nodeChannels) / nodeChannels
        slow[channel - firstChannel] = gain[channel]! * (left + between * (nodes[node + 1]! - left))
      }
    },

    writeRow(sample, values, offset, row) {
      const { firstChannel, gain: rowGain, slow, slowChange, fraction } = row
      const common = commonRms * countsPerStrainRate * gaussian[keyOf(commonKey, sample) & gaussianMask]!
      const key = keyOf(rowKey, sample)
      const end = firstChannel + row.channelCount
      // Each row takes a run of the table at an offset hashed for the row and the group of channels: a channel's noise is
      // white in time, and neighbours are as independent as neighbours in the table.
      for (let channel = firstChannel, i = 0; channel < end;) {
        const group = Math.floor(channel / noiseGroup)
        const stop = Math.min(end, (group + 1) * noiseGroup) - firstChannel
        let entry = (mix(key ^ Math.imul(group + 1, golden)) & gaussianMask) + (channel - group * noiseGroup)
        for (; i < stop; i++, entry++) {
          values[offset + i] = common + gaussian[entry]! * rowGain[i]! + slow[i]! + fraction * slowChange[i]!
        }
        channel = firstChannel + stop
      }
    }
  }
}
