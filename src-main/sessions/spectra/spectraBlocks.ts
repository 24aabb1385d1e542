import { exactDecibels } from '../../dsp/decibels.ts'
import { createPreciseSpectrum } from '../../dsp/preciseSpectrum.ts'
import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import type { Recording } from '../../recordings/recording.ts'
import { ExportCancelled } from '../export/exportFormat.ts'
import { contentBlocks } from '../export/contentBlocks.ts'
import { type ChannelIndices, sampleArrays } from '../export/contentReader.ts'
import { createContent, type ExportContent } from '../export/exportContent.ts'
import { missingRanges } from './missingRanges.ts'
import { frameCount, type SpectraPlan } from './spectraPlan.ts'

/** Samples of a group of channels that are held at once, as float64 (64 MiB). */
const heldValues = 8 * 1024 * 1024
/** Values of a block that is put out (16 MiB). */
const blockValues = 4 * 1024 * 1024
/** Of all channels of the recording: a file whose rows lie together may have to be read whole for one of them. */
const spannedBytes = 32 * 1024 * 1024

export interface SpectraBlock {
  firstRow: number
  rows: number
  /** rows × channels × valuesPerChannel; valid until the next block. */
  values: Float32Array
  /** Frames of a channel in it that are NaN. */
  invalidFrames: number
}

/** The samples that rows are made of: in physical units, gaps filled with NaN so that the rows are evenly spaced in time. */
export const spectraContent = (recording: Recording, selection: ExportSelection): ExportContent =>
  createContent(recording, selection, { gaps: 'NaN', holdsBands: false, isDouble: true })

/**
 * Spectra or band energies of a content, row after row in blocks. Memory is bounded whatever the length, the number of
 * channels and the size of a frame: channels that do not fit together are read one group after the other.
 *
 * @throws ExportCancelled when the signal says so, RecordingError
 */
export async function* spectraBlocks(
  content: ExportContent,
  plan: SpectraPlan,
  signal: AbortSignal
): AsyncGenerator<SpectraBlock> {
  const { channels } = content
  const { nfft, hop, valuesPerChannel } = plan
  const rows = frameCount(content.rows, plan)
  const valuesPerRow = channels * valuesPerChannel
  const groupChannels = Math.min(channels, Math.max(1, Math.floor(heldValues / (4 * nfft))))
  // What lies between frames that are far apart is not read.
  const rowsHeld = hop >= 2 * nfft ? 1 : Math.floor((heldValues / groupChannels - nfft) / hop) + 1
  const rowsAtOnce = Math.max(1, Math.min(rows, rowsHeld, Math.floor(blockValues / valuesPerRow)))
  const held = new Float64Array(Math.min(content.rows, (rowsAtOnce - 1) * hop + nfft) * groupChannels)
  const target = new Float32Array(rowsAtOnce * valuesPerRow)
  const computeFrame = frameComputer(plan)
  const missing = missingRanges(content)

  for (let firstRow = 0; firstRow < rows; firstRow += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - firstRow)
    const samples = (count - 1) * hop + nfft
    const from = firstRow * hop
    // Gaps may be a thousand times as long as the data.
    if (missing.some((gap) => gap.from <= from && from + samples <= gap.to)) {
      yield {
        firstRow,
        rows: count,
        values: target.subarray(0, count * valuesPerRow).fill(NaN),
        invalidFrames: count * channels
      }
      if (signal.aborted) throw new ExportCancelled()
      await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    let invalidFrames = 0
    for (let first = 0; first < channels; first += groupChannels) {
      const group = { from: first, to: Math.min(channels, first + groupChannels) }
      await readChannels(content, group, from, samples, held, signal)
      for (let channel = 0; channel < group.to - first; channel++) {
        for (let row = 0; row < count; row++) {
          const at = row * valuesPerRow + (first + channel) * valuesPerChannel
          if (!computeFrame(held, channel * samples + row * hop, target, at)) invalidFrames++
        }
        // Nothing but this thread hears Ctrl+C.
        if (channel % 64 === 63) await new Promise((resolve) => setImmediate(resolve))
      }
    }
    yield { firstRow, rows: count, values: target.subarray(0, count * valuesPerRow), invalidFrames }
  }
}

/** Samples `from` … `from + count` of some channels of a content, one channel after the other. */
export async function readChannels(
  content: ExportContent,
  group: ChannelIndices,
  from: number,
  count: number,
  held: Float64Array,
  signal: AbortSignal
): Promise<void> {
  const { source } = content
  const channels = group.to - group.from
  const rowBytes = source.shape.channel * sampleArrays[source.dtype].BYTES_PER_ELEMENT
  const rows = Math.max(1, Math.floor(spannedBytes / rowBytes))
  for await (const block of contentBlocks(content, signal, { from, to: from + count, rows, channels: group })) {
    const start = block.firstRow - from
    for (let channel = 0; channel < channels; channel++) {
      let to = channel * count + start
      for (let index = channel; index < block.values.length; index += channels) held[to++] = block.values[index]!
    }
  }
}

type ComputeFrame = (samples: Float64Array, offset: number, target: Float32Array, at: number) => boolean

function frameComputer(plan: SpectraPlan): ComputeFrame {
  const { output, isDecibels, bins, nfft, sampleRateHz } = plan
  const spectrum = createPreciseSpectrum(plan)
  const powers = new Float64Array(bins.count)
  const binWidthHz = sampleRateHz / nfft
  return (samples, offset, target, at) => {
    const isValid = spectrum(samples, offset, powers)
    if (output === 'bandEnergy') {
      let sum = 0
      for (const power of powers) sum += power
      const energy = sum * binWidthHz
      target[at] = isDecibels ? exactDecibels(energy) : energy
    } else if (isDecibels) {
      for (let bin = 0; bin < powers.length; bin++) target[at + bin] = exactDecibels(powers[bin]!)
    } else target.set(powers, at)
    return isValid
  }
}
