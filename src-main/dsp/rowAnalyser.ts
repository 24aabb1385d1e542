import { createBandEnergyRows } from './bandEnergyRows.ts'
import { createFftKernel } from './fftKernel.ts'
import { bandBins, binFrequencies } from './frequencyBins.ts'
import { createRowCursor, createRowGrid, sampleRateHz } from './rowGrid.ts'
import { createSampleHistory, type SampleHistory } from './sampleHistory.ts'
import {
  elementBytes,
  samplesPerRow,
  type CreateSpectralKernel,
  type ElementType,
  type SpectralKernelPlan,
  type TransformCombination
} from './spectralKernel.ts'
import type { WindowName } from './windows.ts'

export interface RowAnalyserPlan {
  channelCount: number
  /** Channels averaged (power mean) into one column; the last column takes what is left. */
  channelsPerColumn: number
  sampleIntervalNs: number
  /** Physical value = stored · scale. */
  scale: number
  /** Power of two ≥ 2. */
  nfft: number
  /** Default `hann`. */
  window?: WindowName
  /** Rows of several transforms: then a row covers `samplesPerRow` samples. Default: one. */
  combination?: TransformCombination
  rowIntervalS: number
  /** Both ends in. */
  lowHz: number
  highHz: number
  output: 'bandEnergy' | 'spectra'
  /** Default: `decibels`. `linear` for files and exact comparisons. */
  level?: 'decibels' | 'linear'
}

/** @param row dB (or linear), borrowed: valid only during the call. */
export type EmitRow = (rowIndex: number, row: Float32Array) => void

/**
 * Samples in, rows out. Row k covers samples [round(k · rowIntervalS / dt), + nfft); its time is origin + nfft/2 · dt +
 * k · rowIntervalS. Values are dB of band energy (re unit²) or of the PSD (re unit²/Hz), floor −300, NaN where a channel
 * holds a sample that is not finite. Nothing is allocated per push once the first samples came.
 */
export interface RowAnalyser {
  /**
   * @param samples time-major, the channels of one sample together; only read during the call. Int16 stays int16 inside.
   * @param firstSample index of the first one since the job began. Beyond the expected one: a hole, and the rows that
   *   need its samples are left out. Before it: what is already known is skipped.
   */
  push(samples: Int16Array | Float32Array, firstSample: number, sampleCount: number, emit: EmitRow): void
  /** Declares the samples before this one missing: the rows that need them are left out. */
  skipTo(sample: number): void
  /** Columns in a row; a row has columnCount values (band energy) or columnCount · frequencies (spectra, column-major). */
  readonly columnCount: number
  readonly valuesPerRow: number
  /** Bins inside the band. */
  readonly frequenciesHz: Float64Array
  /** Values put out as NaN so far. */
  readonly invalidValues: number
  /** Sample that is expected next. */
  readonly expectedSample: number
}

/** Room in the history beside a window, where that is more than half a window. */
const spareBytes = 4 * 1024 * 1024

/**
 * What the kernel of an analyser has to compute, all channels of the source.
 *
 * @throws RangeError for an nfft that is no power of two: a bug of a caller that did not validate
 */
export function kernelPlan(plan: RowAnalyserPlan): SpectralKernelPlan {
  const { nfft } = plan
  if (!(nfft >= 2 && Number.isInteger(Math.log2(nfft)))) throw new RangeError(`nfft ${nfft} is no power of two`)
  const rate = sampleRateHz(plan.sampleIntervalNs)
  const bins = bandBins(nfft, rate, plan.lowHz, plan.highHz)
  return {
    channelCount: plan.channelCount,
    rowStride: plan.channelCount,
    channelsPerColumn: plan.channelsPerColumn,
    nfft,
    window: plan.window ?? 'hann',
    ...(plan.combination ? { combination: plan.combination } : {}),
    sampleRateHz: rate,
    scale: plan.scale,
    firstBin: bins.first,
    binCount: bins.count,
    output: plan.output,
    level: plan.level ?? 'decibels'
  }
}

/** @throws RangeError for an nfft that is no power of two or a row interval that makes no grid: bugs of a caller that did not validate */
export function createRowAnalyser(
  plan: RowAnalyserPlan,
  createKernel: CreateSpectralKernel = createFftKernel
): RowAnalyser {
  const { channelCount } = plan
  const planOfKernel = kernelPlan(plan)
  const { nfft, sampleRateHz: rate, firstBin, binCount } = planOfKernel
  const windowSamples = samplesPerRow(plan)
  const kernel = createKernel(planOfKernel)
  const cursor = createRowCursor(createRowGrid({ ...plan, nfft: windowSamples }))
  const row = new Float32Array(kernel.valuesPerRow)
  let history: SampleHistory | null = null
  let expectedSample = 0
  let invalidValues = 0

  /** The history is made for the first samples' element type; another type later begins a new one. */
  function historyFor(samples: Int16Array | Float32Array): SampleHistory {
    const elementType: ElementType = samples instanceof Int16Array ? 'int16' : 'float32'
    if (history && history.values instanceof Int16Array === samples instanceof Int16Array) return history
    // With little room beside the window what is kept is moved often: up to eight windows where they are small.
    const bytesPerSample = channelCount * elementBytes(elementType)
    const spare = Math.max(
      16,
      Math.ceil(windowSamples / 2),
      Math.min(8 * windowSamples, Math.floor(spareBytes / bytesPerSample))
    )
    const capacity = windowSamples + spare
    history = createSampleHistory(kernel.allocate(elementType, capacity * channelCount), channelCount)
    moveTo(expectedSample)
    return history
  }

  /** Starts over at a sample: only rows whose windows begin there or later can be whole. */
  function moveTo(sample: number): void {
    expectedSample = sample
    cursor.restartAt(sample)
    history?.restart(sample)
  }

  /** Emits every row whose window is there, and lets go of the samples that no later row needs. */
  function emitRows(held: SampleHistory, emit: EmitRow): void {
    while (cursor.firstSample + windowSamples <= held.endSample) {
      invalidValues += kernel.computeRow(held.values, held.offset(cursor.firstSample), row)
      emit(cursor.row, row)
      cursor.advance()
    }
    held.release(cursor.firstSample)
  }

  return {
    columnCount: Math.ceil(channelCount / plan.channelsPerColumn),
    valuesPerRow: kernel.valuesPerRow,
    frequenciesHz: binFrequencies(nfft, rate, { first: firstBin, count: binCount }),
    get invalidValues() {
      return invalidValues
    },
    get expectedSample() {
      return expectedSample
    },
    skipTo(sample) {
      if (sample > expectedSample) moveTo(sample)
    },
    push(samples, firstSample, sampleCount, emit) {
      const held = historyFor(samples)
      if (firstSample > expectedSample) moveTo(firstSample)
      let done = Math.min(sampleCount, Math.max(0, expectedSample - firstSample))
      while (done < sampleCount) {
        // Where the hop is longer than the window, the samples between two windows are not even stored.
        const unneeded = Math.min(sampleCount - done, cursor.firstSample - expectedSample)
        if (unneeded > 0 && held.firstSample === held.endSample) {
          done += unneeded
          expectedSample += unneeded
          held.restart(expectedSample)
          continue
        }
        const taken = held.append(samples, done, sampleCount - done)
        done += taken
        expectedSample += taken
        emitRows(held, emit)
      }
    }
  }
}

/**
 * Analyser for sources whose samples are band energies already (linear, unit²): each sample is a row, in dB. Row index =
 * sample index. `frequenciesHz` is empty.
 */
export function createBandEnergyAnalyser(
  plan: Pick<RowAnalyserPlan, 'channelCount' | 'channelsPerColumn' | 'scale'>
): RowAnalyser {
  const rows = createBandEnergyRows(plan)
  let expectedSample = 0
  let invalidValues = 0
  return {
    columnCount: rows.columnCount,
    valuesPerRow: rows.columnCount,
    frequenciesHz: new Float64Array(0),
    get invalidValues() {
      return invalidValues
    },
    get expectedSample() {
      return expectedSample
    },
    skipTo(sample) {
      expectedSample = Math.max(expectedSample, sample)
    },
    push(samples, firstSample, sampleCount, emit) {
      for (let index = Math.max(0, expectedSample - firstSample); index < sampleCount; index++) {
        invalidValues += rows.computeRow(samples, index * plan.channelCount)
        emit(firstSample + index, rows.row)
      }
      expectedSample = Math.max(expectedSample, firstSample + sampleCount)
    }
  }
}
