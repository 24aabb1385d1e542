import type { Client } from '@grpc/grpc-js'
import { checkBlock, readOffer } from './blockMessages.ts'
import type { StreamOptions } from './createStream.ts'
import { createGapRecorder } from './gapRecorder.ts'
import { streamBlocksMethod, type BlockMessage, type GapMessage, type StreamMessage } from './grpcServices.ts'
import { serverStream } from './serverStream.ts'
import { createStreamConnection, type Received } from './streamConnection.ts'
import type { StreamListener, StreamOffer, StreamSource } from './streamSource.ts'

const nanosecondsOf = (samples: number, intervalNs: number): bigint => BigInt(Math.round(samples * intervalNs))

const offerKey = (offer: StreamOffer): string =>
  JSON.stringify(offer, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))

/** Raw blocks by acquisition/v1. Gaps are found by sequence number and by time, within a connection and across them. */
export function createBlocksStream(options: StreamOptions, listener: StreamListener): StreamSource {
  const method = streamBlocksMethod()
  const gaps = createGapRecorder((gap) => listener.gap(gap))
  const counters = { bytes: 0, blocks: 0, badMessages: 0 }
  let offer: StreamOffer | null = null
  let elementType: 'int16' | 'float32' = 'int16'
  let scale = 1
  let nextSequence: number | null = options.resume ? options.resume.lastSequence + 1 : null
  let nextStartNs: bigint | null = options.resume?.endNs ?? null
  let messageMs = 0
  /** Why the next hole is there, where something happened that explains it. */
  let holeReason: string | null = options.resume?.reason ?? null

  const bad = (reason: string): void => {
    counters.badMessages++
    holeReason = reason
    options.onBadMessage?.(reason)
  }

  const takeGap = (message: GapMessage): void => {
    const startNs = BigInt(message.startTimeNs)
    const endNs = BigInt(message.endTimeNs)
    if (endNs <= startNs) return bad('a gap record whose end is not after its start')
    if (nextStartNs !== null && endNs <= nextStartNs) return
    gaps.record({
      startNs: nextStartNs !== null && startNs < nextStartNs ? nextStartNs : startNs,
      endNs,
      firstSequence: Number(message.firstSequence),
      lastSequence: Number(message.lastSequence),
      rows: null,
      reason: message.reason || 'the backend has no data'
    })
    nextStartNs = endNs
    holeReason = null
  }

  /** What lies between the last block and this one. Half a sample is no hole: times are rounded to nanoseconds. */
  const findHole = (sequence: number, startNs: bigint, intervalNs: number): void => {
    const lost = nextSequence === null ? 0 : sequence - nextSequence
    if (lost > 0) gaps.counters.lostBlocks += lost
    if (nextStartNs === null || Number(startNs - nextStartNs) < intervalNs / 2) return
    gaps.record({
      startNs: nextStartNs,
      endNs: startNs,
      firstSequence: lost > 0 ? nextSequence : null,
      lastSequence: lost > 0 ? sequence - 1 : null,
      rows: null,
      reason: holeReason ?? (lost > 0 ? 'blocks were lost' : 'the source has a hole')
    })
  }

  const takeBlock = (message: BlockMessage): void => {
    if (!offer) return bad('a block before the offer')
    const problem = checkBlock(message, offer, elementType)
    if (problem !== null) return bad(problem)
    const sequence = Number(message.sequence)
    const startNs = BigInt(message.startTimeNs)
    const intervalNs = offer.sampleIntervalNs
    // Sent again after a reconnect; a sequence that begins anew at a later time is taken as what it is.
    const overlaps = nextStartNs !== null && Number(nextStartNs - startNs) > intervalNs / 2
    if (overlaps) return
    findHole(sequence, startNs, intervalNs)
    holeReason = null
    nextSequence = sequence + 1
    nextStartNs = startNs + nanosecondsOf(message.sampleCount, intervalNs)
    messageMs = (message.sampleCount * intervalNs) / 1e6
    counters.blocks++
    listener.block({
      sequence,
      startNs,
      firstSample: Number(message.firstSample),
      sampleCount: message.sampleCount,
      channelCount: message.channelCount,
      sampleIntervalNs: intervalNs,
      elementType,
      scale: message.scale || scale,
      data: message.data
    })
  }

  const take = (received: Received): void => {
    counters.bytes += received.bytes
    const message = received.message as StreamMessage | null
    if (message?.offer) {
      const read = readOffer(message.offer, options)
      if (typeof read === 'string') return bad(read)
      elementType = read.elementType
      scale = read.scale
      if (offer && offerKey(offer) === offerKey(read.offer)) return
      offer = read.offer
      listener.offer(offer)
    } else if (message?.block) takeBlock(message.block)
    else if (message?.gap) takeGap(message.gap)
    else bad('a message that is none of the protocol')
  }

  const open = (client: Client) => [
    serverStream(
      client,
      method,
      {
        version: 1,
        jobId: options.backendJobId,
        hasResume: nextSequence !== null,
        resumeAfterSequence: String(nextSequence === null ? 0 : nextSequence - 1)
      },
      options.decoded
    )
  ]

  const connection = createStreamConnection({
    ...options,
    open,
    message: take,
    reconnected: () => (holeReason = 'the connection was lost'),
    state: (state) => listener.state(state),
    expectedIntervalMs: () => messageMs
  })

  return {
    start: () => connection.start(),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    counters: () => ({ ...counters, ...gaps.counters, rows: 0, ...connection.counters() }),
    dispose: () => connection.dispose()
  }
}
