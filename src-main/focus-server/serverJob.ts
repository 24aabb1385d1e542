import type { ServerWritableStream } from '@grpc/grpc-js'
import type { Clock } from '../clock.ts'
import type { CreateSpectralKernel } from '../dsp/spectralKernel.ts'
import { blockMessage, offerMessage } from './blockService.ts'
import { createFaultSchedule } from './faultSchedule.ts'
import { blockSamplesOf, feedBlocks, rowBlockSamplesOf, type FeedOptions } from './jobFeed.ts'
import { createHistoricSchedule, createLiveSchedule, type BlockSchedule } from './blockSchedule.ts'
import type { ChannelBlock, JobPlan } from './jobPlan.ts'
import type { LivePriority } from './livePriority.ts'
import { createOutlet, type Outlet } from './outlet.ts'
import { createRowEncoder } from './rowService.ts'
import type { StreamHandlers } from './streamServer.ts'
import type { Fault } from './sources/source.ts'

/** Seconds of patience, as sites have them. */
export interface LifeTimes {
  unconnectedS: number
  finishedS: number
  idleS: number
  noDataS: number
  /** A live job whose client went away waits so long for it to come back. */
  returnS: number
}

export const defaultLifeTimes: LifeTimes = { unconnectedS: 50, finishedS: 120, idleS: 180, noDataS: 600, returnS: 10 }

export interface ServerJobOptions {
  id: string
  number: number
  plan: JobPlan
  faults: readonly Fault[]
  createKernel: CreateSpectralKernel
  clock: Clock
  priority: LivePriority
  life: LifeTimes
  /** Sample at which the first client came, where the job was restored from its record. */
  originSample: number | null
  onOrigin(originSample: number): void
  onActivity(): void
}

/** A job's streams and its patience; the port and the record belong to the registry. */
export interface ServerJob {
  readonly handlers: StreamHandlers
  /** Why the job is over, or null while it is not. */
  expired(): { end: 'completed' | 'cancelled'; reason: string } | null
  readonly connections: number
  close(reason: string): void
}

interface Position {
  sequence: number
  lastRow: number
}

export function createServerJob(options: ServerJobOptions): ServerJob {
  const { clock, life } = options
  const hasNan = options.faults.some((fault) => fault.kind === 'nan')
  const plan: JobPlan = hasNan ? { ...options.plan, elementType: 'float32' } : options.plan
  const { source } = plan
  const createdMs = clock.monotonicMs()
  const faults = createFaultSchedule(options.faults)
  const outlets = new Map<string, Outlet>()
  const positions = new Map<string, Position>()
  const finished = new Set<string>()
  const allChannels: ChannelBlock = {
    firstChannel: plan.request.channels.min - 1,
    channelCount: plan.request.channels.max - plan.request.channels.min + 1
  }
  let originSample = plan.range ? plan.range.firstSample : options.originSample
  let startedMs: number | null = null
  let goneMs: number | null = null
  let finishedMs: number | null = null
  let lastSentMs = createdMs
  let closed = false

  function origin(): number {
    originSample ??= source.sampleIndexAt(clock.nowNs())
    options.onOrigin(originSample)
    return originSample
  }

  function scheduleOf(blockSamples: number): BlockSchedule {
    return plan.range
      ? createHistoricSchedule(source, plan.range, blockSamples)
      : createLiveSchedule(origin(), blockSamples)
  }

  /** A client that comes back goes on from now; nobody is sent into the future. */
  function liveSequence(schedule: BlockSchedule, asked: number): number {
    const now = nowSequence(schedule)
    return positions.has('blocks') ? now : Math.min(asked, now)
  }

  const nowSequence = (schedule: BlockSchedule): number => schedule.sequenceOf(source.sampleIndexAt(clock.nowNs()))

  /** Takes the place of the same stream's older connection: a client that came back before its loss was noticed. */
  function admit(key: string, call: ServerWritableStream<object, object>): Outlet {
    outlets.get(key)?.end({ code: 'ABORTED', reason: 'the same stream was opened again' })
    const outlet = createOutlet(call, clock, life.idleS * 1000)
    outlets.set(key, outlet)
    startedMs ??= clock.monotonicMs()
    goneMs = null
    outlet.onClose(() => {
      if (outlets.get(key) === outlet) outlets.delete(key)
      if (outlets.size === 0) goneMs = clock.monotonicMs()
    })
    return outlet
  }

  function finish(key: string, outlet: Outlet): void {
    if (outlet.closed) return
    finished.add(key)
    if (key === 'blocks' || plan.streams.every((_, index) => finished.has(`rows ${index}`)))
      finishedMs = clock.monotonicMs()
    outlet.end({ code: 'ok' })
  }

  const elapsedS = (): number => (clock.monotonicMs() - (startedMs ?? 0)) / 1000

  function spoil(): 'shape' | 'nan' | null {
    if (faults.takes('shape', elapsedS())) return 'shape'
    return faults.covers('nan', elapsedS()) ? 'nan' : null
  }

  async function send(
    key: string,
    channels: ChannelBlock,
    blockSamples: number,
    outlet: Outlet,
    fromSequence: number,
    encode: (block: Parameters<typeof blockMessage>[0]) => object[]
  ): Promise<void> {
    const feed: FeedOptions = {
      plan,
      channels,
      blockSamples,
      originSample: origin(),
      clock,
      priority: options.priority,
      faults,
      startedMs: startedMs ?? clock.monotonicMs()
    }
    try {
      for await (const block of feedBlocks(feed, fromSequence, outlet)) {
        for (const message of encode(block)) {
          if (!(await outlet.write(message))) return
          lastSentMs = clock.monotonicMs()
          options.onActivity()
        }
        positions.set(key, {
          sequence: (block.kind === 'gap' ? block.lastSequence : block.sequence) + 1,
          lastRow: positions.get(key)?.lastRow ?? -1
        })
        if (faults.takes('cut', elapsedS()))
          return outlet.end({ code: 'UNAVAILABLE', reason: 'the connection was cut (fault)' })
      }
      finish(key, outlet)
    } catch (error) {
      outlet.end({
        code: 'DATA_LOSS',
        reason: `the source cannot be read: ${error instanceof Error ? error.message : 'unknown'}`
      })
    }
  }

  const handlers: StreamHandlers = {
    blocks(call) {
      const request = call.request as { jobId: string; hasResume: boolean; resumeAfterSequence: string }
      if (closed || request.jobId !== options.id) {
        return createOutlet(call, clock, 0).end({ code: 'NOT_FOUND', reason: `no job ${request.jobId} here` })
      }
      const outlet = admit('blocks', call)
      const blockSamples = blockSamplesOf(plan, allChannels)
      const schedule = scheduleOf(blockSamples)
      const asked = request.hasResume ? Number(request.resumeAfterSequence) + 1 : 0
      const from = plan.range ? asked : liveSequence(schedule, asked)
      call.write(offerMessage(options.id, plan, allChannels))
      void send('blocks', allChannels, blockSamples, outlet, from, (block) => [
        blockMessage(block, plan, allChannels, spoil())
      ])
    },
    rows(call) {
      const { streamId } = call.request as { streamId: number }
      const channels = plan.streams[streamId]
      const key = `rows ${streamId}`
      if (closed || !channels) {
        createOutlet(call, clock, 0).end({
          code: 'NOT_FOUND',
          reason: `no stream ${streamId}: there are ${plan.streams.length}`
        })
        return
      }
      const outlet = admit(key, call)
      const blockSamples = rowBlockSamplesOf(plan, channels)
      const schedule = scheduleOf(blockSamples)
      const before = positions.get(key)
      const fromRow = before ? before.lastRow + 1 : 0
      const firstSample = origin() + Math.round(fromRow * plan.rowIntervalS * source.description.sampleRateHz)
      const from = before ? (plan.range ? schedule.sequenceOf(firstSample) : nowSequence(schedule)) : 0
      const encoder = createRowEncoder({
        plan,
        channels,
        originSample: origin(),
        jobNumber: options.number,
        fromRow,
        spoil,
        createKernel: options.createKernel
      })
      void send(key, channels, blockSamples, outlet, from, (block) => {
        const messages = encoder.push(block)
        positions.set(key, { sequence: 0, lastRow: encoder.lastRow })
        return messages
      })
    }
  }

  return {
    handlers,
    get connections() {
      return outlets.size
    },
    expired() {
      const nowMs = clock.monotonicMs()
      const since = (fromMs: number): number => (nowMs - fromMs) / 1000
      if (finishedMs !== null && outlets.size === 0) {
        return since(finishedMs) > life.finishedS ? { end: 'completed', reason: 'finished and fetched' } : null
      }
      if (startedMs === null) {
        return since(createdMs) > life.unconnectedS ? { end: 'cancelled', reason: 'no client came' } : null
      }
      if (goneMs !== null) {
        const patienceS = plan.range ? life.idleS : life.returnS
        return since(goneMs) > patienceS ? { end: 'cancelled', reason: 'its client left' } : null
      }
      return since(lastSentMs) > life.noDataS ? { end: 'cancelled', reason: `no data for ${life.noDataS} s` } : null
    },
    close(reason) {
      closed = true
      for (const outlet of [...outlets.values()]) outlet.end({ code: 'CANCELLED', reason })
    }
  }
}
