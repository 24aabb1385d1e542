import { millisecondsFromNanoseconds, type Nanoseconds } from '../../src-preload/contract/units.ts'
import type { Clock } from '../clock.ts'
import { createHistoricSchedule, createLiveSchedule, type ScheduledBlock } from './blockSchedule.ts'
import type { FaultSchedule } from './faultSchedule.ts'
import type { ChannelBlock, JobPlan } from './jobPlan.ts'
import type { LivePriority } from './livePriority.ts'
import type { Outlet } from './outlet.ts'

/** A block's length is a floor under the latency of a live picture. */
const liveBlockS = 0.05
const blockBytesMax = 1024 * 1024 - 4096
/** While one is sent and analysed the next is read: the first picture after a seek is there sooner than with larger ones. */
const historicBlockBytes = 384 * 1024
/** A block costs the same whatever is in it: that of many channels is larger before it gets shorter than this. */
const historicBlockSamplesLeast = 64
/** Values of a historic block that are made in one go; other jobs have their turn in between. */
const turnValues = 131_072
/** Rows that one block of a row stream may complete; keeps what waits to be sent small. */
const rowBytesMax = 2 * 1024 * 1024
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
  blockSamples: number
  originSample: number
  clock: Clock
  priority: LivePriority
  faults: FaultSchedule
  /** Monotonic milliseconds at which the job's first client came: the zero of its faults. */
  startedMs: number
}

/** Samples in a block of `acquisition/v1`. */
export function blockSamplesOf(plan: JobPlan, channels: ChannelBlock): number {
  const { sampleRateHz } = plan.source.description
  const sampleBytes = channels.channelCount * (plan.elementType === 'int16' ? 2 : 4)
  const historicBytes = Math.max(historicBlockBytes, historicBlockSamplesLeast * sampleBytes)
  const bytesMax = plan.range ? Math.min(blockBytesMax, historicBytes) : blockBytesMax
  const fitting = Math.max(1, Math.floor(bytesMax / sampleBytes))
  return plan.range ? fitting : Math.max(1, Math.min(fitting, Math.round(liveBlockS * sampleRateHz)))
}

export const valuesPerRow = (plan: JobPlan, channels: ChannelBlock): number =>
  channels.channelCount * (plan.request.view === 'waterfall' ? 1 : plan.frequenciesHz.length)

export const rowsPerMessage = (plan: JobPlan, channels: ChannelBlock): number =>
  Math.max(1, Math.floor(rowBytesMax / (4 * valuesPerRow(plan, channels))))

/** Samples that are read at once for a row stream: those of a message of rows, where a block would hold more. */
export function rowBlockSamplesOf(plan: JobPlan, channels: ChannelBlock): number {
  const messageS = rowsPerMessage(plan, channels) * plan.rowIntervalS
  const wanted = Math.max(1, Math.floor(messageS * plan.source.description.sampleRateHz))
  return Math.min(wanted, blockSamplesOf(plan, channels))
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
  const { blockSamples } = options
  const schedule = plan.range
    ? createHistoricSchedule(source, plan.range, blockSamples)
    : createLiveSchedule(originSample, blockSamples)
  const originNs = source.timeOfSample(originSample)
  const ArrayType = description.elementType === 'int16' ? Int16Array : Float32Array
  const turnSamples = Math.max(1, Math.floor(turnValues / channels.channelCount))
  const elapsedS = (): number => (clock.monotonicMs() - options.startedMs) / 1000

  async function paced(block: ScheduledBlock & { kind: 'samples' }): Promise<void> {
    const endNs = source.timeOfSample(block.firstSample + block.sampleCount)
    for (let hasWaited = false; ; hasWaited = true) {
      const aheadMs = millisecondsFromNanoseconds(endNs - clock.nowNs())
      if (aheadMs <= 0 && hasWaited) options.priority.woke(-aheadMs)
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
    const reason =
      sequence === fromSequence ? 'no client was connected' : 'the client reads more slowly than the fibre delivers'
    return { kind: 'gap', firstSequence: sequence, lastSequence: resume - 1, startNs, endNs, reason }
  }

  async function turnOfHistoric(): Promise<void> {
    const waitMs = options.priority.standBackMs()
    if (waitMs > 0) await outlet.wait(waitMs)
    else await new Promise((resolve) => setImmediate(resolve))
  }

  /** Null: the outlet was closed meanwhile. */
  async function readBlock(firstSample: number, sampleCount: number): Promise<Int16Array | Float32Array | null> {
    const values = new ArrayType(sampleCount * channels.channelCount)
    const turn = plan.range ? turnSamples : sampleCount
    for (let done = 0; done < sampleCount; done += turn) {
      if (plan.range) await turnOfHistoric()
      if (outlet.closed) return null
      const part = { firstSample: firstSample + done, sampleCount: Math.min(turn, sampleCount - done) }
      await source.read({ ...part, ...channels, band: plan.band }, values.subarray(done * channels.channelCount))
    }
    return values instanceof Int16Array && plan.elementType === 'float32' ? Float32Array.from(values) : values
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
    if (!plan.range) await paced(block)
    while (faults.covers('stall', elapsedS()) && !outlet.closed) await outlet.wait(50)
    if (outlet.closed) return
    if (faults.covers('gap', elapsedS())) continue
    const { firstSample, sampleCount } = block
    const values = await readBlock(firstSample, sampleCount)
    if (values === null) return
    const startNs = source.timeOfSample(firstSample)
    const gridSample = Math.round(Number(startNs - originNs) / description.sampleIntervalNs)
    yield { kind: 'samples', sequence, startNs, gridSample, sampleCount, values }
  }
}
