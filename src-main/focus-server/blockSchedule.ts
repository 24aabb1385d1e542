import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { AcquisitionSource } from './sources/source.ts'

/** One number of a job's sequence: samples of the source, or a hole that the source itself has. */
export type ScheduledBlock =
  | { kind: 'samples'; sequence: number; firstSample: number; sampleCount: number }
  | { kind: 'hole'; sequence: number; startNs: Nanoseconds; endNs: Nanoseconds }

/**
 * Cuts a job's samples into numbered blocks, the same for everyone who asks, so that a client that comes back names a
 * number and goes on there. Live: block n begins at sample n · blockSamples, for ever. Historic: blocks do not reach over
 * a hole, and a hole takes one number.
 */
export interface BlockSchedule {
  /** Null: after the end. */
  at(sequence: number): ScheduledBlock | null
  /** The block that holds a sample of the source. */
  sequenceOf(sample: number): number
}

interface Segment {
  firstSequence: number
  first: number
  end: number
  /** The hole before it. */
  hole: { startNs: Nanoseconds; endNs: Nanoseconds } | null
}

export function createLiveSchedule(originSample: number, blockSamples: number): BlockSchedule {
  return {
    at: (sequence) => ({
      kind: 'samples',
      sequence,
      firstSample: originSample + sequence * blockSamples,
      sampleCount: blockSamples
    }),
    sequenceOf: (sample) => Math.floor((sample - originSample) / blockSamples)
  }
}

function segmentsOf(
  source: AcquisitionSource,
  range: { firstSample: number; endSample: number },
  blockSamples: number
): Segment[] {
  const segments: Segment[] = [{ firstSequence: 0, first: range.firstSample, end: range.endSample, hole: null }]
  const wholeNs = { startNs: source.timeOfSample(range.firstSample), endNs: source.timeOfSample(range.endSample) }
  for (const hole of source.gaps(wholeNs)) {
    const last = segments.at(-1)!
    const from = Math.max(last.first, source.sampleIndexAt(hole.startNs))
    const to = Math.min(range.endSample, source.sampleIndexAt(hole.endNs))
    if (to <= from) continue
    last.end = from
    const firstSequence = last.firstSequence + Math.ceil((last.end - last.first) / blockSamples) + 1
    const holeNs = { startNs: source.timeOfSample(from), endNs: source.timeOfSample(to) }
    // Where the range ends in a hole nothing follows it.
    segments.push({ firstSequence, first: to, end: range.endSample, hole: holeNs })
  }
  return segments
}

export function createHistoricSchedule(
  source: AcquisitionSource,
  range: { firstSample: number; endSample: number },
  blockSamples: number
): BlockSchedule {
  const segments = segmentsOf(source, range, blockSamples)
  return {
    at(sequence) {
      const segment = segments.findLast((candidate) => candidate.firstSequence - (candidate.hole ? 1 : 0) <= sequence)!
      if (segment.hole && sequence === segment.firstSequence - 1) return { kind: 'hole', sequence, ...segment.hole }
      const firstSample = segment.first + (sequence - segment.firstSequence) * blockSamples
      if (firstSample >= segment.end) return null
      return { kind: 'samples', sequence, firstSample, sampleCount: Math.min(blockSamples, segment.end - firstSample) }
    },
    sequenceOf(sample) {
      const segment = segments.findLast((candidate) => candidate.first <= sample) ?? segments[0]!
      return segment.firstSequence + Math.max(0, Math.floor((sample - segment.first) / blockSamples))
    }
  }
}
