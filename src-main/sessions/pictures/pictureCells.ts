import { invalidValue, missingValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import { decibelFloor } from '../../dsp/decibels.ts'
import type { ExportContent } from '../export/exportContent.ts'
import { contentBlocks, blockRows } from '../export/contentBlocks.ts'
import { sampleArrays } from '../export/contentReader.ts'
import { type MissingRange, missingRanges } from '../spectra/missingRanges.ts'
import { spectraBlocks } from '../spectra/spectraBlocks.ts'
import { frameCount, type SpectraPlan } from '../spectra/spectraPlan.ts'

/** Rows of a picture that are the mean powers of so many frames each. */
export interface RowPlan {
  spectra: SpectraPlan
  framesPerRow: number
}

/** Rows of cells, evenly spaced in time. */
export interface CellRows {
  rows: number
  valuesPerRow: number
  /** dB, rows × valuesPerRow, see `cellValues.ts`. */
  values: Float32Array
  /** Sample of the content that row 0 is centred at; may be half a sample off. */
  firstCentre: number
  samplesPerRow: number
}

export interface CellWork {
  signal: AbortSignal
  onProgress?(done: number, total: number): void
}

/** Gaps as parts of a picture of these rows, from the beginning of the first to the end of the last. */
export const gapBands = (
  content: ExportContent,
  { rows, firstCentre, samplesPerRow }: Pick<CellRows, 'rows' | 'firstCentre' | 'samplesPerRow'>
): MissingRange[] =>
  missingRanges(content).map((range) => {
    const partOf = (sample: number): number => ((sample - 0.5 - firstCentre) / samplesPerRow + 0.5) / rows
    return { from: partOf(range.from), to: partOf(range.to) }
  })

/** Beyond what float32 can hold as a power. */
const greatestLevel = 400

const levelOf = (power: number): number =>
  power > 1e-30 ? Math.min(10 * Math.log10(power), greatestLevel) : power >= 0 ? decibelFloor : invalidValue

/** Tells rows that a gap touches; ranges and rows rise. */
function gapCheck(ranges: MissingRange[]): (from: number, to: number) => boolean {
  let next = 0
  return (from, to) => {
    while (next < ranges.length && ranges[next]!.to <= from + 0.5) next++
    return next < ranges.length && ranges[next]!.from < to - 0.5
  }
}

/** Levels of rows of spectra or band energies, see `spectraBlocks`. */
export async function spectralRows(content: ExportContent, plan: RowPlan, work: CellWork): Promise<CellRows> {
  const { spectra, framesPerRow } = plan
  const { nfft, hop } = spectra
  const frames = frameCount(content.rows, spectra)
  const rows = Math.ceil(frames / framesPerRow)
  const valuesPerRow = content.channels * spectra.valuesPerChannel
  const values = new Float32Array(rows * valuesPerRow)
  const sums = new Float64Array(valuesPerRow)
  const counts = new Uint32Array(valuesPerRow)
  const touchesGap = gapCheck(missingRanges(content))
  const finish = (row: number): void => {
    const from = row * framesPerRow * hop
    const nothing = touchesGap(from, from + (framesPerRow - 1) * hop + nfft) ? missingValue : invalidValue
    for (let index = 0; index < valuesPerRow; index++) {
      const count = counts[index]!
      values[row * valuesPerRow + index] = count === 0 ? nothing : levelOf(sums[index]! / count)
    }
    sums.fill(0)
    counts.fill(0)
  }
  for await (const block of spectraBlocks(content, { ...spectra, isDecibels: false }, work.signal)) {
    for (let frame = 0; frame < block.rows; frame++) {
      for (let index = 0, at = frame * valuesPerRow; index < valuesPerRow; index++, at++) {
        const power = block.values[at]!
        if (Number.isNaN(power)) continue
        sums[index]! += power
        counts[index]! += 1
      }
      const number = block.firstRow + frame
      if ((number + 1) % framesPerRow === 0 || number === frames - 1) finish(Math.floor(number / framesPerRow))
    }
    work.onProgress?.(block.firstRow + block.rows, frames)
  }
  const firstCentre = ((framesPerRow - 1) * hop + nfft - 1) / 2
  return { rows, valuesPerRow, values, firstCentre, samplesPerRow: hop * framesPerRow }
}

/**
 * Levels of samples as they are, row by row: of band energies (power already), or of recordings too short for a spectrum
 * (20·log10 of the magnitude). Of rows that share a row of the picture the greatest counts.
 */
export async function plainRows(content: ExportContent, rowsMost: number, work: CellWork): Promise<CellRows> {
  const isPower = content.bands.length > 0
  const { channels } = content
  const together = Math.max(1, Math.ceil(content.rows / rowsMost))
  const rows = Math.ceil(content.rows / together)
  const values = new Float32Array(rows * channels).fill(missingValue)
  const touchesGap = gapCheck(missingRanges(content))
  const blocks = contentBlocks(content, work.signal, { from: 0, to: content.rows, rows: blockRows(content) })
  for await (const block of blocks) {
    for (let row = 0; row < block.rows; row++) {
      const from = block.firstRow + row
      const isMissing = touchesGap(from, from + 1)
      const at = Math.floor(from / together) * channels
      for (let channel = 0; channel < channels; channel++) {
        const sample = block.values[row * channels + channel]!
        const isNumber = Number.isFinite(sample)
        const nothing = isMissing ? missingValue : invalidValue
        const level = isNumber ? levelOf(isPower ? sample : sample * sample) : nothing
        if (level > values[at + channel]!) values[at + channel] = level
      }
    }
    work.onProgress?.(block.firstRow + block.rows, content.rows)
  }
  return { rows, valuesPerRow: channels, values, firstCentre: (together - 1) / 2, samplesPerRow: together }
}

/** What reading all samples of a content takes. */
export const contentBytes = ({ rows, filledRows, channels, source }: ExportContent): number =>
  (rows - filledRows) * channels * sampleArrays[source.dtype].BYTES_PER_ELEMENT
