import type { AcquisitionSource, SourceDescription } from '../../../src-main/focus-server/sources/source.ts'

export const countingStartNs = 1_700_000_000_000_000_000n

export interface CountingOptions {
  description?: Partial<SourceDescription>
  live?: boolean
  startNs?: bigint
  /** Of the historic range; null: none. */
  sampleCount?: number | null
  /** Holes, in samples. */
  holes?: { from: number; to: number }[]
}

/** A source whose value at (sample, channel) is their sum: what was read can be told from what was asked. */
export function countingSource(options: CountingOptions = {}): AcquisitionSource {
  const startNs = options.startNs ?? countingStartNs
  const sampleCount = options.sampleCount === undefined ? 10_000 : options.sampleCount
  const description: SourceDescription = {
    name: 'counting',
    kind: 'recording',
    format: 'test',
    content: 'samples',
    bands: [],
    elementType: 'int16',
    scale: 1,
    unit: 'counts',
    quantity: 'test',
    channelCount: 12,
    firstOwnChannel: null,
    ownChannelStep: 1,
    firstDistanceM: null,
    channelSpacingM: null,
    gaugeLengthM: null,
    sampleIntervalNs: 1_000_000,
    sampleRateHz: 1000,
    ...options.description
  }
  const interval = BigInt(description.sampleIntervalNs)
  const timeOfSample = (index: number): bigint => startNs + BigInt(index) * interval
  const sampleIndexAt = (timeNs: bigint): number => {
    const since = timeNs - startNs
    return Number(since >= 0n ? (since + interval - 1n) / interval : since / interval)
  }
  return {
    description,
    live: options.live ?? false,
    historicRange: () => (sampleCount === null ? null : { startNs, endNs: timeOfSample(sampleCount) }),
    sampleIndexAt,
    timeOfSample,
    read({ firstSample, sampleCount: count, firstChannel, channelCount }, target) {
      for (let sample = 0; sample < count; sample++)
        for (let channel = 0; channel < channelCount; channel++)
          target[sample * channelCount + channel] = (firstSample + sample + firstChannel + channel) % 30_000
    },
    gaps: (range) =>
      (options.holes ?? [])
        .map(({ from, to }) => ({ startNs: timeOfSample(from), endNs: timeOfSample(to) }))
        .filter((hole) => hole.endNs > range.startNs && (range.endNs === null || hole.startNs < range.endNs)),
    dispose: () => Promise.resolve()
  }
}
