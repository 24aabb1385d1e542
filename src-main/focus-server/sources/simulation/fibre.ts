import { keyOf, purpose, uniform, uniformBetween } from './hash.ts'
import { type BandNoise, createBandNoise, createGaussianTable, createSineTable } from './tables.ts'

export interface SimulatedFibreOptions {
  channels?: number
  /** Pulse repetition rate: the sample rate in Hz, to a thousandth of a hertz. */
  prrHz?: number
  spacingM?: number
  seed?: number
  startDistanceM?: number
  /** What is stored: counts of 0.1 nm/m/s, or strain rate in nm/m/s as it is. */
  elementType?: 'int16' | 'float32'
  /** `road`: traffic, trains, earthquakes … · `noise`: white noise and beacons, at next to no cost for any rate. */
  scene?: 'road' | 'noise'
}

/** Options that are one of some words; the others are numbers. */
export const simulatedFibreChoices = { elementType: ['int16', 'float32'], scene: ['road', 'noise'] } as const
type NumberOption = Exclude<keyof SimulatedFibreOptions, keyof typeof simulatedFibreChoices>

export const simulatedFibreDefaults: Required<SimulatedFibreOptions> = {
  channels: 2222,
  prrHz: 2000,
  spacingM: 1.02,
  seed: 7,
  startDistanceM: 0,
  elementType: 'int16',
  scene: 'road'
}

/** Inclusive. What lies outside is refused. */
export const simulatedFibreLimits: Record<NumberOption, { min: number; max: number; integer: boolean }> = {
  channels: { min: 1, max: 100_000, integer: true },
  prrHz: { min: 50, max: 50_000, integer: false },
  spacingM: { min: 0.1, max: 100, integer: false },
  seed: { min: 0, max: 4_294_967_295, integer: true },
  startDistanceM: { min: -1e6, max: 1e6, integer: false }
}

/** With defaults, and the rate to a thousandth of a hertz. Throws `RangeError` for what lies outside the limits. */
export function resolveFibreOptions(options: SimulatedFibreOptions): Required<SimulatedFibreOptions> {
  const resolved = { ...simulatedFibreDefaults, ...options }
  for (const [name, { min, max, integer }] of Object.entries(simulatedFibreLimits)) {
    const value = resolved[name as NumberOption]
    if (!(value >= min && value <= max) || (integer && !Number.isInteger(value))) {
      throw new RangeError(`${name}: ${value} is not ${integer ? 'a whole number ' : ''}in ${min} to ${max}`)
    }
  }
  return { ...resolved, prrHz: Math.round(resolved.prrHz * 1000) / 1000 }
}

/** nm/m/s for one count: full scale is 3 276.7 nm/m/s. */
export const strainRatePerCount = 0.1
export const countsPerStrainRate = 10

/** Everything about the simulated fibre that does not change with time. Amplitudes are in counts. */
export interface Fibre extends Required<SimulatedFibreOptions> {
  key: number
  lengthM: number
  endDistanceM: number
  distanceM: Float64Array
  /** How well the ground shakes each channel: about 0.7 to 1.3, smooth over some tens of metres. */
  coupling: Float32Array
  /** Samples between two knots of everything slow (about 16 ms); a power of two. */
  knotSamples: number
  gaussian: Float32Array
  sine: Float32Array
  /** Tyres, wheels and engines: 10 to 100 Hz. */
  rolling: BandNoise
  /** Earthquakes: 1.5 to 20 Hz. */
  seismic: BandNoise
}

export function createFibre(options: Required<SimulatedFibreOptions>): Fibre {
  const { channels, prrHz, spacingM, seed, startDistanceM } = options
  const key = keyOf(0x57617665, seed)
  const distanceM = Float64Array.from({ length: channels }, (_, c) => startDistanceM + c * spacingM)
  const tables = keyOf(key, purpose.tables)
  return {
    ...options,
    key,
    lengthM: (channels - 1) * spacingM,
    endDistanceM: startDistanceM + (channels - 1) * spacingM,
    distanceM,
    coupling: Float32Array.from({ length: channels }, (_, c) => {
      return 1 + 0.3 * texture(keyOf(key, purpose.coupling), c * spacingM, 45)
    }),
    knotSamples: 2 ** Math.max(0, Math.round(Math.log2(prrHz / 62.5))),
    gaussian: createGaussianTable(key),
    sine: createSineTable(),
    rolling: createBandNoise(prrHz, rollingAmplitude, 0.5, keyOf(tables, 1)),
    seismic: createBandNoise(prrHz, seismicAmplitude, 2, keyOf(tables, 2))
  }
}

/** Smooth chance along the fibre, −1 to 1, over a length in metres. */
export function texture(key: number, distanceM: number, lengthM: number): number {
  const node = Math.floor(distanceM / lengthM)
  const fraction = distanceM / lengthM - node
  const blend = fraction * fraction * (3 - 2 * fraction)
  const left = uniform(keyOf(key, node), 0)
  return 2 * (left + blend * (uniform(keyOf(key, node + 1), 0) - left)) - 1
}

/** Edges of a decade-wide band, with the weight below 45 Hz where road noise in soil is strongest. */
function rollingAmplitude(frequencyHz: number): number {
  if (frequencyHz < 10 || frequencyHz > 100) return 0
  const edge = Math.min(1, (frequencyHz - 10) / 3, (100 - frequencyHz) / 15)
  return edge / Math.sqrt(1 + (frequencyHz / 45) ** 2)
}

function seismicAmplitude(frequencyHz: number): number {
  if (frequencyHz < 1.5 || frequencyHz > 20) return 0
  return Math.min(1, (frequencyHz - 1.5) / 1, (20 - frequencyHz) / 10)
}

/** A place on the fibre, not at its very ends. */
export function placeOnFibre(fibre: Fibre, key: number, n: number, from = 0.05, to = 0.95): number {
  return fibre.startDistanceM + fibre.lengthM * uniformBetween(key, n, from, to)
}
