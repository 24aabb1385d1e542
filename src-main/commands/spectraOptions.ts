import { InvalidArgumentError } from 'commander'
import {
  greatestPreciseSize,
  leastPreciseSize,
  spectrumScalings,
  type SpectrumScaling
} from '../dsp/preciseSpectrum.ts'
import { fileWindowNames, type FileWindowName } from '../dsp/windows.ts'

export interface BandOption {
  lowHz: number
  /** Null: up to Nyquist. */
  highHz: number | null
}

export const wholeBand: BandOption = { lowHz: 0, highHz: null }

const decimal = /^\s*(\d+(?:\.\d*)?|\.\d+)(?:e([+-]?\d{1,3}))?\s*$/i

/** `10:80`, `0.5:`, `:80`; Hz, both ends in. */
export function bandOption(text: string): BandOption {
  const [low = '', high = '', ...rest] = text.split(':')
  const numberOf = (part: string): number => (decimal.test(part) ? Number(part) : Number.NaN)
  const lowHz = low.trim() === '' ? 0 : numberOf(low)
  const highHz = high.trim() === '' ? null : numberOf(high)
  const isRange = text.includes(':') && rest.length === 0 && text.trim() !== ':'
  if (!isRange || Number.isNaN(lowHz) || Number.isNaN(highHz ?? 0) || (highHz !== null && highHz < lowHz))
    throw new InvalidArgumentError('Give LO:HI in Hz, both ends in, LO not above HI, such as 10:80.')
  return { lowHz, highHz }
}

export function nfftOption(text: string): number {
  const nfft = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (!(nfft >= leastPreciseSize && nfft <= greatestPreciseSize && Number.isInteger(Math.log2(nfft))))
    throw new InvalidArgumentError(`Give a power of two from ${leastPreciseSize} to ${greatestPreciseSize}.`)
  return nfft
}

export function overlapOption(text: string): number {
  const overlap = decimal.test(text) ? Number(text) : Number.NaN
  if (!(overlap >= 0 && overlap < 1))
    throw new InvalidArgumentError('Give a number from 0 to below 1: the part of a frame that the next one shares.')
  return overlap
}

/** Other names of the same windows, as other programs have them. */
const otherNames: Record<string, FileWindowName> = {
  boxcar: 'rectangular',
  hanning: 'hann'
}

export function windowOption(text: string): FileWindowName {
  const plain = text.toLowerCase().replace(/[-_ ]/g, '')
  const found = fileWindowNames.find((name) => name.toLowerCase() === plain) ?? otherNames[plain]
  if (!found) throw new InvalidArgumentError(`Give one of ${fileWindowNames.join(', ')}.`)
  return found
}

export function scalingOption(text: string): SpectrumScaling {
  const found = spectrumScalings.find((name) => name === text)
  if (!found) throw new InvalidArgumentError(`Give one of ${spectrumScalings.join(', ')}.`)
  return found
}

/** A channel by the recording's own number. */
export function channelNumberOption(text: string): number {
  if (!/^\s*-?\d{1,9}\s*$/.test(text)) throw new InvalidArgumentError('Give the number of a channel, such as 120.')
  return Number(text)
}
