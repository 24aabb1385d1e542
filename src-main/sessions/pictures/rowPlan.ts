import type { RecordingInfo } from '../../recordings/recording.ts'
import type { ExportContent } from '../export/exportContent.ts'
import { missingRanges } from '../spectra/missingRanges.ts'
import { spectraPlan, type SpectraRequest } from '../spectra/spectraPlan.ts'
import { contentBytes, type RowPlan } from './pictureCells.ts'

/** Beyond this, not all samples are looked at. */
const mostReadBytes = 2e9
/** Of all channels: reached only where gaps are very much longer than the data. */
const mostFrames = 1e8
/** Below this many samples there is no spectrum to speak of. */
export const leastSpectralSamples = 8
const leastFrame = 4
const mostFrame = 8192
/** For narrow bands. */
const mostBandFrame = 65_536
/** Bins of a band, where its frame may be made longer for it. */
const binsOfBand = 4
/** The lowest bins are left out unless asked for: a constant offset says nothing and would outshine the rest. */
const offsetBins = 2

const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, least)))
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

export interface RowWish {
  output: SpectraRequest['output']
  /** Null: all but the lowest bins. */
  band: { lowHz: number; highHz: number | null } | null
  rowsMost: number
  /** Seconds that a frame covers at least, where there are so many. */
  leastFrameS: number
  /** Samples of a frame, where they were asked for. */
  nfft: number | null
}

/** Samples without a gap between them. */
function longestRun(content: ExportContent): number {
  let from = 0
  let longest = 0
  for (const gap of missingRanges(content)) {
    longest = Math.max(longest, gap.from - from)
    from = gap.to
  }
  return Math.max(longest, content.rows - from)
}

/** Longest frame that fits into the content four times. */
function longestFrame(samples: number): number {
  return Math.max(leastFrame, 2 ** Math.floor(Math.log2(samples / 4)))
}

/**
 * Frames for a picture: as many rows as it can show, each of all its samples (frames overlap by half) where reading them is
 * affordable, else of evenly spaced frames. For at least `leastSpectralSamples` samples.
 *
 * @throws ExportError for a band that no bin lies in
 */
export function rowPlan(content: ExportContent, info: RecordingInfo, wish: RowWish): RowPlan & { isSampled: boolean } {
  const samples = content.rows
  const rateHz = content.sampleRateHz ?? 1
  const known = { ...info, sampleRateHz: rateHz }
  const { band, rowsMost } = wish
  const longest = longestFrame(Math.min(samples, 2 * longestRun(content)))
  const perRow = Math.max(1, samples / rowsMost)
  let nfft = powerOfTwo(Math.max(2 * perRow, content.sampleRateHz === null ? 64 : wish.leastFrameS * rateHz))
  nfft = clamp(nfft, leastFrame, mostFrame)
  if (band !== null) {
    const widthHz = (band.highHz ?? rateHz / 2) - band.lowHz
    const fine = powerOfTwo(widthHz > 0 ? (binsOfBand * rateHz) / widthHz : mostBandFrame)
    nfft = Math.max(nfft, Math.min(fine, mostBandFrame))
  }
  nfft = wish.nfft ?? Math.min(nfft, longest)
  // Rows that overlap by more would only repeat each other.
  const rowSamples = Math.max(1, perRow, nfft / 16)
  const wished = Math.max(1, Math.ceil(rowSamples / (nfft / 2)))
  const affordable = Math.floor(
    Math.min((wished * mostReadBytes) / contentBytes(content), mostFrames / content.channels / rowsMost)
  )
  const framesPerRow = Math.max(1, Math.min(wished, affordable))
  const hop = Math.max(1, Math.floor(rowSamples / framesPerRow))
  const lowestHz = (Math.min(offsetBins, nfft / 4) * rateHz) / nfft
  const plan = spectraPlan(
    {
      output: wish.output,
      nfft,
      overlap: 0,
      window: 'hann',
      scaling: 'psd',
      isDecibels: false,
      band: band ?? { lowHz: wish.output === 'spectra' ? 0 : lowestHz, highHz: null }
    },
    known
  )
  return { spectra: { ...plan, hop }, framesPerRow, isSampled: framesPerRow < wished }
}
