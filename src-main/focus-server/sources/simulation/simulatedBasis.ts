import type { Nanoseconds } from '../../../../src-preload/contract/units.ts'
import { createSampleClock, intervalOfRate, type SampleClock } from '../sampleClock.ts'
import type { AcquisitionSource, SourceDescription } from '../source.ts'
import { strainRatePerCount, type SimulatedFibreOptions } from './fibre.ts'

const historyNs: Nanoseconds = 24n * 3600n * 1_000_000_000n

interface SimulatedBasis {
  basis: Omit<AcquisitionSource, 'read' | 'truth'>
  clock: SampleClock
}

/** What every simulated fibre says of itself: it is live, sample 0 was in 1970, and the last 24 h can be opened. */
export function simulatedBasis(options: Required<SimulatedFibreOptions>, name: string): SimulatedBasis {
  const clock = createSampleClock(0n, intervalOfRate(options.prrHz))
  const description: SourceDescription = {
    name,
    kind: 'simulated',
    format: 'simulated',
    content: 'samples',
    bands: [],
    elementType: options.elementType,
    scale: options.elementType === 'int16' ? strainRatePerCount : 1,
    unit: 'nm/m/s',
    quantity: 'strain rate',
    channelCount: options.channels,
    firstOwnChannel: 1,
    ownChannelStep: 1,
    firstDistanceM: options.startDistanceM,
    channelSpacingM: options.spacingM,
    gaugeLengthM: 10,
    sampleIntervalNs: 1e9 / options.prrHz,
    sampleRateHz: options.prrHz
  }
  return {
    clock,
    basis: {
      description,
      live: true,
      historicRange: (nowNs) => ({ startNs: nowNs > historyNs ? nowNs - historyNs : 0n, endNs: nowNs }),
      sampleIndexAt: (timeNs) => clock.indexAt(timeNs),
      timeOfSample: (index) => clock.timeOf(index),
      gaps: () => [],
      dispose: () => Promise.resolve()
    }
  }
}

/** Throws `RangeError` where channels are not there or the target is too small. */
export function checkRead(
  { firstChannel, channelCount, sampleCount }: { firstChannel: number; channelCount: number; sampleCount: number },
  target: { length: number },
  channels: number
): void {
  if (firstChannel < 0 || channelCount < 1 || firstChannel + channelCount > channels)
    throw new RangeError(`channels ${firstChannel} to ${firstChannel + channelCount - 1} of ${channels}`)
  if (target.length < sampleCount * channelCount)
    throw new RangeError(`${sampleCount} · ${channelCount} values do not fit into ${target.length}`)
}
