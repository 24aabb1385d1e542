import { bandBins, type BinRange, binFrequencies } from '../../dsp/frequencyBins.ts'
import type { SpectrumScaling } from '../../dsp/preciseSpectrum.ts'
import type { FileWindowName } from '../../dsp/windows.ts'
import type { RecordingInfo } from '../../recordings/recording.ts'
import { ExportError } from '../export/exportFormat.ts'

/** What is computed of every frame: the spectrum of each channel, or what lies in a band of it. */
export interface SpectraRequest {
  output: 'spectra' | 'bandEnergy'
  nfft: number
  /** Part of a frame that it shares with the next one, 0 ≤ overlap < 1. */
  overlap: number
  window: FileWindowName
  scaling: SpectrumScaling
  /** 10·log10 of it, with the floor at −300 dB. */
  isDecibels: boolean
  /** Both ends in. Null: up to Nyquist. */
  band: { lowHz: number; highHz: number | null }
}

export interface SpectraPlan extends SpectraRequest {
  hop: number
  sampleRateHz: number
  bins: BinRange
  frequenciesHz: Float64Array
  valuesPerChannel: number
}

/** Samples from one frame to the next: at least one, and a whole number. */
export const hopOf = (nfft: number, overlap: number): number => Math.max(1, Math.round(nfft * (1 - overlap)))

/**
 * What a request means for a recording.
 *
 * @throws ExportError for one that nothing can be computed of, with a sentence
 */
export function spectraPlan(request: SpectraRequest, info: RecordingInfo): SpectraPlan {
  const { file, sampleRateHz, bands } = info
  if (bands.length > 0)
    throw new ExportError(
      `${file}: it holds band energy (${bands.map(({ lowHz, highHz }) => `${lowHz}–${highHz} Hz`).join(', ')}), not the samples that spectra are made of; take it as it is with convert.`
    )
  if (sampleRateHz === null)
    throw new ExportError(`${file}: its sample rate is not known; state it with --rate, in Hz.`)
  const { nfft, overlap, band } = request
  const nyquistHz = sampleRateHz / 2
  const bins = bandBins(nfft, sampleRateHz, band.lowHz, band.highHz ?? nyquistHz)
  if (bins.count === 0)
    throw new ExportError(
      band.lowHz > nyquistHz
        ? `${file}: the band begins at ${band.lowHz} Hz, but its samples reach only to ${nyquistHz} Hz; choose a lower one.`
        : `${file}: no bin lies in the band from ${band.lowHz} to ${band.highHz} Hz, as they are ${sampleRateHz / nfft} Hz apart; choose a wider band or a greater --nfft.`
    )
  return {
    ...request,
    hop: hopOf(nfft, overlap),
    sampleRateHz,
    bins,
    frequenciesHz: binFrequencies(nfft, sampleRateHz, bins),
    valuesPerChannel: request.output === 'spectra' ? bins.count : 1
  }
}

/** Whole frames in so many samples: the first begins at the first sample, a rest that is too short is left out. */
export const frameCount = (samples: number, { nfft, hop }: Pick<SpectraPlan, 'nfft' | 'hop'>): number =>
  samples < nfft ? 0 : Math.floor((samples - nfft) / hop) + 1
