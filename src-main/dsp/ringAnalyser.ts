import { binFrequencies } from './frequencyBins.ts'
import { kernelPlan, type RowAnalyserPlan } from './rowAnalyser.ts'
import { createRowCursor, createRowGrid } from './rowGrid.ts'
import {
  elementBytes,
  samplesPerRow,
  type ElementType,
  type RingKernel,
  type SpectralKernelPlan
} from './spectralKernel.ts'

/** Where the ring lies in the kernel's memory. Time-major; the sample at position p lies in slot p mod capacity. */
export interface RingPlace {
  byteOffset: number
  capacitySamples: number
  /** The first slots of the ring that are written a second time behind its end, so that windows are contiguous. */
  mirrorSamples: number
  elementType: ElementType
  /** Channels of a sample of the ring; the analyser's may be some of them. */
  channelCount: number
}

/** `channelCount` is how many of the ring's channels this analyser covers, from `firstChannel` (default 0) on. */
export interface RingAnalyserPlan extends RowAnalyserPlan {
  firstChannel?: number
}

/**
 * Rows straight from a ring in shared memory, nothing copied. Row k as in `RowAnalyser`. The owner of the ring says what is
 * in it, takes the rows one by one (between two it can look after others), and frees what lies before `neededPosition`.
 */
export interface RingAnalyser {
  readonly columnCount: number
  readonly valuesPerRow: number
  readonly frequenciesHz: Float64Array
  /** Values put out as NaN so far. */
  readonly invalidValues: number
  /** Sample that is expected next. */
  readonly expectedSample: number
  /** Ring position before which nothing is needed any more. */
  readonly neededPosition: number
  /** True where `nextRow` has one. */
  readonly hasRow: boolean
  /**
   * Samples [firstSample, firstSample + sampleCount) of the stream lie in the ring from `position` (samples ever stored) on.
   * What is known already is skipped. After a hole, or where the position does not go on either, rows that need samples
   * of both sides are left out; the rows before it must have been taken.
   */
  provide(firstSample: number, position: number, sampleCount: number): void
  /** Declares the samples before this one missing; the rows before it must have been taken. */
  skipTo(sample: number): void
  /**
   * Computes the next complete row.
   *
   * @param target at least `valuesPerRow` long; may lie in the ring's memory, which saves a copy
   * @returns its index, or −1 when there is none
   */
  nextRow(target: Float32Array): number
}

/** The plan of the kernel that a ring analyser with this plan needs. */
export function ringKernelPlan(plan: RingAnalyserPlan, ringChannelCount: number): SpectralKernelPlan {
  return { ...kernelPlan(plan), firstChannel: plan.firstChannel ?? 0, rowStride: ringChannelCount }
}

/**
 * @param kernel for `ringKernelPlan(plan, ring.channelCount)`, on the memory that holds the ring
 * @throws RangeError where the mirror is too short for a row's windows
 */
export function createRingAnalyser(options: {
  plan: RingAnalyserPlan
  ring: RingPlace
  kernel: RingKernel
}): RingAnalyser {
  const { plan, ring, kernel } = options
  const { elementType, capacitySamples, mirrorSamples } = ring
  const windowSamples = samplesPerRow(plan)
  if (windowSamples > mirrorSamples + 1 || windowSamples > capacitySamples) {
    throw new RangeError(
      `rows of ${windowSamples} samples in a ring of ${capacitySamples} with ${mirrorSamples} mirrored`
    )
  }
  const { nfft, sampleRateHz, firstBin, binCount } = kernelPlan(plan)
  const cursor = createRowCursor(createRowGrid({ ...plan, nfft: windowSamples }))
  const bytesPerSample = ring.channelCount * elementBytes(elementType)
  let expectedSample = 0
  /** Position of a sample is sample + shift, as long as neither jumps. */
  let shift = 0
  let invalidValues = 0

  const hasRow = (): boolean => cursor.firstSample + windowSamples <= expectedSample

  function startAt(sample: number): void {
    if (hasRow()) throw new Error(`row ${cursor.row} was not taken before a hole at sample ${sample}`)
    // A hole takes no place in the ring.
    shift += expectedSample - sample
    expectedSample = sample
    cursor.restartAt(sample)
  }

  return {
    columnCount: Math.ceil(plan.channelCount / plan.channelsPerColumn),
    valuesPerRow: kernel.valuesPerRow,
    frequenciesHz: binFrequencies(nfft, sampleRateHz, { first: firstBin, count: binCount }),
    get invalidValues() {
      return invalidValues
    },
    get expectedSample() {
      return expectedSample
    },
    get neededPosition() {
      return Math.min(cursor.firstSample, expectedSample) + shift
    },
    get hasRow() {
      return hasRow()
    },
    provide(firstSample, position, sampleCount) {
      const endSample = firstSample + sampleCount
      if (endSample <= expectedSample) return
      if (firstSample > expectedSample) startAt(firstSample)
      else if (position - firstSample !== shift) startAt(expectedSample)
      shift = position - firstSample
      expectedSample = endSample
    },
    skipTo(sample) {
      if (sample > expectedSample) startAt(sample)
    },
    nextRow(target) {
      if (!hasRow()) return -1
      const slot = (cursor.firstSample + shift) % capacitySamples
      invalidValues += kernel.computeRow(ring.byteOffset + slot * bytesPerSample, elementType, target)
      const { row } = cursor
      cursor.advance()
      return row
    }
  }
}
