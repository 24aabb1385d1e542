import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import { createAmbientNoise, type NoiseRow } from './simulation/ambient.ts'
import { createBadChannels } from './simulation/badChannels.ts'
import { createEarthquakeLayer } from './simulation/earthquakes.ts'
import { createEmitterField, type Emitter, type Tile } from './simulation/emitter.ts'
import { createFading } from './simulation/fading.ts'
import { createFibre, resolveFibreOptions, type SimulatedFibreOptions, strainRatePerCount } from './simulation/fibre.ts'
import { createImpulseLayers } from './simulation/impulses.ts'
import { createNoiseFibre } from './simulation/noiseFibre.ts'
import { createPumpLayer } from './simulation/pump.ts'
import { checkRead, simulatedBasis } from './simulation/simulatedBasis.ts'
import { createTrafficLayers } from './simulation/traffic.ts'
import type { AcquisitionSource } from './source.ts'

/** Values made at once: a tile and its tables stay in the second-level cache. */
const tileValues = 131_072
const greatestTileSamples = 2048
const leastTileSamples = 16

/**
 * A fibre beside a road. Each sample is a pure function of seed, channel and time since 1970 (index · interval), so that
 * any range, read in any pieces, gives the same values: what was live an hour ago is there to be opened again.
 * Strain rate in nm/m/s = stored value · scale. Throws `RangeError` for options outside `simulatedFibreLimits`.
 */
export function createSimulatedFibre(options: SimulatedFibreOptions = {}): AcquisitionSource {
  const resolved = resolveFibreOptions(options)
  if (resolved.scene === 'noise') return createNoiseFibre(resolved)
  const fibre = createFibre(resolved)
  const { channels, knotSamples } = fibre
  const tileSamples = Math.max(leastTileSamples, Math.floor(tileValues / channels))
  const greatestSamples = Math.min(greatestTileSamples, tileSamples)
  const layers = [...createTrafficLayers(fibre), ...createImpulseLayers(fibre), createPumpLayer(fibre)]
  const emitterTileSamples = greatestTileSamples
  const field = createEmitterField(fibre, emitterTileSamples, Math.max(...layers.map((layer) => layer.greatestWidthM)))
  const earthquakes = createEarthquakeLayer(fibre, emitterTileSamples)
  const ambient = createAmbientNoise(fibre)
  const fading = createFading(fibre)
  const badChannels = createBadChannels(fibre)
  badChannels.applyTo(ambient.whiteGain)
  const { clock, basis } = simulatedBasis(resolved, 'Simulated fibre')

  const values = new Float32Array(Math.max(tileValues, leastTileSamples * channels))
  const tile: Tile = { firstSample: 0, sampleCount: 0, firstChannel: 0, channelCount: 0, values }
  const gain = new Float32Array(channels)
  const slow = new Float32Array(channels)
  const slowAfter = new Float32Array(channels)
  const slowChange = new Float32Array(channels)
  const row: NoiseRow = { firstChannel: 0, channelCount: 0, gain, slow, slowChange, fraction: 0 }
  const emitters: Emitter[] = []

  const fillSlow = (knot: number, target: Float32Array): void => {
    ambient.slowAt(knot, target, tile.firstChannel, tile.channelCount)
    for (const emitter of emitters) {
      field.addLoad(target, knot * knotSamples, tile.firstChannel, tile.channelCount, emitter)
    }
  }

  const writeNoise = (): void => {
    const { firstSample, sampleCount, firstChannel, channelCount } = tile
    row.firstChannel = firstChannel
    row.channelCount = channelCount
    const end = firstSample + sampleCount
    let knot = Math.floor(firstSample / knotSamples)
    fillSlow(knot, slowAfter)
    for (let sample = firstSample; sample < end; knot++) {
      slow.set(slowAfter)
      fillSlow(knot + 1, slowAfter)
      for (let i = 0; i < channelCount; i++) slowChange[i] = slowAfter[i]! - slow[i]!
      gain.set(ambient.whiteGain.subarray(firstChannel, firstChannel + channelCount))
      fading.applyTo(gain, knot * knotSamples, firstChannel, channelCount)
      const stop = Math.min(end, (knot + 1) * knotSamples)
      for (; sample < stop; sample++) {
        row.fraction = (sample - knot * knotSamples) / knotSamples
        ambient.writeRow(sample, values, (sample - firstSample) * channelCount, row)
      }
    }
  }

  const makeTile = (): void => {
    const knotBefore = Math.floor(tile.firstSample / knotSamples) * knotSamples
    const knotAfter = (Math.floor((tile.firstSample + tile.sampleCount - 1) / knotSamples) + 1) * knotSamples
    emitters.length = 0
    for (const layer of layers) layer.collect(knotBefore, knotAfter + 1, emitters)
    writeNoise()
    for (const emitter of emitters) field.addTo(tile, emitter)
    earthquakes.addTo(tile)
  }

  return {
    ...basis,

    read(range, target) {
      checkRead(range, target, channels)
      const { firstSample, sampleCount, firstChannel, channelCount } = range
      const rows = Math.max(greatestSamples, Math.min(greatestTileSamples, Math.floor(tileValues / channelCount)))
      tile.firstChannel = firstChannel
      tile.channelCount = channelCount
      for (let done = 0; done < sampleCount; done += tile.sampleCount) {
        tile.firstSample = firstSample + done
        tile.sampleCount = Math.min(rows, sampleCount - done)
        makeTile()
        const count = tile.sampleCount * channelCount
        if (target instanceof Int16Array) writeCounts(values, count, target, done * channelCount)
        else writeStrainRate(values, count, target, done * channelCount)
        for (const channel of badChannels.dead) {
          const place = channel - firstChannel
          if (place < 0 || place >= channelCount) continue
          for (let i = place; i < count; i += channelCount) target[done * channelCount + i] = 0
        }
      }
    },

    truth(fromNs, toNs) {
      const from = clock.indexAt(fromNs)
      const to = clock.indexAt(toNs)
      const timeOf = (sample: number): Nanoseconds => clock.timeOf(sample)
      return [
        ...layers.flatMap((layer) => layer.truth(from, to, timeOf)),
        ...earthquakes.truth(from, to, timeOf),
        ...fading.truth(from, to, timeOf),
        ...badChannels.truth(fromNs, toNs)
      ].sort((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0))
    }
  }
}

/** Rounds to int16; what is too strong is clipped, as a recorder clips it. */
function writeCounts(values: Float32Array, count: number, target: Int16Array, offset: number): void {
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    // Adding the offset first makes truncation round half up on both sides of zero.
    const counts = ((value + 32768.5) | 0) - 32768
    target[offset + i] = counts > 32767 ? 32767 : counts < -32768 ? -32768 : counts
  }
}

/** Unrounded and unclipped, in nm/m/s. */
function writeStrainRate(values: Float32Array, count: number, target: Float32Array, offset: number): void {
  for (let i = 0; i < count; i++) target[offset + i] = values[i]! * strainRatePerCount
}
