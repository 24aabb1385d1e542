import { millisecondsFromNanoseconds, type Nanoseconds } from '../../src-preload/contract/units.ts'
import type { Clock } from '../clock.ts'
import { createHistoricSchedule, createLiveSchedule, type ScheduledBlock } from './blockSchedule.ts'
import type { FaultSchedule } from './faultSchedule.ts'
import type { ChannelBlock, JobPlan } from './jobPlan.ts'
import type { Outlet } from './outlet.ts'

/** A block's length is a floor under the latency of a live picture. */
const liveBlockS = 0.05
const blockBytesMax = 1024 * 1024 - 4096
/** A live client further behind than this loses what lies between: memory stays as it is, the loss is told. */
const liveBacklogNs = 5_000_000_000n

export type FedBlock =
  | {
      kind: 'samples'
      sequence: number
      startNs: Nanoseconds
      /** Samples since the job's origin; holes count. */
      gridSample: number
      sampleCount: number
      values: Int16Array | Float32Array
    }
  | {
      kind: 'gap'
      firstSequence: number
      lastSequence: number
      startNs: Nanoseconds
      endNs: Nanoseconds
      reason: string
    }

export interface FeedOptions {
  plan: JobPlan
  channels: ChannelBlock
  originSample: number
  clock: Clock
  faults: FaultSchedule
  /** Monotonic milliseconds at which the job's first client came: the zero of its faults. */
  startedMs: number
}

export function blockSamplesOf(plan: JobPlan, channels: ChannelBlock): number {
  const { elementType, sampleRateHz } = plan.source.description
  const sampleBytes = channels.channelCount * (elementType === 'int16' ? 2 : 4)
  const fitting = Math.max(1, Math.floor(blockBytesMax / sampleBytes))
  return plan.range ? fitting : Math.max(1, Math.min(fitting, Math.round(liveBlockS * sampleRateHz)))
}

/**
 * Blocks of one stream, in order, from a sequence number on: live ones as their last sample passes, historic ones as fast
 * as they are asked for. Ends (returns) with the range, or when the outlet is closed. Each block has an array of
 * its own, because gRPC may encode it after the next one was asked for.
 */
export async function* feedBlocks(
  options: FeedOptions,
  fromSequence: number,
  outlet: Outlet
): AsyncGenerator<FedBlock> {
  const { plan, channels, originSample, clock, faults } = options
  const { source } = plan
  const { description } = source
  const blockSamples = blockSamplesOf(plan, channels)
  const schedule = plan.range
    ? createHistoricSchedule(source, plan.range, blockSamples)
    : createLiveSchedule(originSample, blockSamples)
  const originNs = source.timeOfSample(originSample)
  const ArrayType = description.elementType === 'int16' ? Int16Array : Float32Array
  const elapsedS = (): number => (clock.monotonicMs() - options.startedMs) / 1000

  async function paced(block: ScheduledBlock & { kind: 'samples' }): Promise<void> {
    const endNs = source.timeOfSample(block.firstSample + block.sampleCount)
    for (;;) {
      const aheadMs = millisecondsFromNanoseconds(endNs - clock.nowNs())
      if (aheadMs <= 0 || outlet.closed) break
      await outlet.wait(Math.min(1000, Math.ceil(aheadMs)))
    }
  }

  function shed(sequence: number): FedBlock | null {
    const block = schedule.at(sequence)
    if (plan.range || block?.kind !== 'samples') return null
    const nowNs = clock.nowNs()
    const startNs = source.timeOfSample(block.firstSample)
    if (nowNs - startNs < liveBacklogNs) return null
    const resume = schedule.sequenceOf(source.sampleIndexAt(nowNs)) - 1
    const endNs = source.timeOfSample(originSample + resume * blockSamples)
    const reason = 'the client reads more slowly than the fibre delivers'
    return { kind: 'gap', firstSequence: sequence, lastSequence: resume - 1, startNs, endNs, reason }
  }

  for (let sequence = fromSequence; !outlet.closed; sequence++) {
    const lost = shed(sequence)
    if (lost?.kind === 'gap') {
      yield lost
      sequence = lost.lastSequence
      continue
    }
    const block = schedule.at(sequence)
    if (block === null) return
    if (block.kind === 'hole') {
      const { startNs, endNs } = block
      yield {
        kind: 'gap',
        firstSequence: sequence,
        lastSequence: sequence,
        startNs,
        endNs,
        reason: 'not in the recording'
      }
      continue
    }
    if (plan.range) await new Promise((resolve) => setImmediate(resolve))
    else await paced(block)
    while (faults.covers('stall', elapsedS()) && !outlet.closed) await outlet.wait(50)
    if (outlet.closed) return
    if (faults.covers('gap', elapsedS())) continue
    const { firstSample, sampleCount } = block
    const values = new ArrayType(sampleCount * channels.channelCount)
    await source.read({ firstSample, sampleCount, ...channels, band: plan.band }, values)
    const startNs = source.timeOfSample(firstSample)
    const gridSample = Math.round(Number(startNs - originNs) / description.sampleIntervalNs)
    yield { kind: 'samples', sequence, startNs, gridSample, sampleCount, values }
  }
}
