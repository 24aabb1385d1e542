import { ringLayoutFor } from '../analysis/ringSize.ts'
import {
  bytesPerSample,
  createRingWriter,
  createSampleRing,
  type RingWriter,
  type SampleRing
} from '../analysis/sampleRing.ts'
import type { Clock } from '../clock.ts'
import type { StageTimes } from '../stageTimes.ts'
import { createStream, streamCredentials } from '../streams/createStream.ts'
import type { BlockTap, SampleBlock, StreamGap, StreamOffer, StreamState } from '../streams/streamSource.ts'
import type { IngestCounters, IngestReport, IngestStreamOptions, RingState } from './protocol.ts'

/** Parts of the room beside the window: above the first the stream is asked to pause, below the second to go on. */
const highWater = 0.5
const lowWater = 0.25
/** How often a paused stream looks whether its readers have come on. */
const lookAgainMs = 4

/** One stream on the thread that receives it: each block is copied once, into the ring; main hears where it lies. */
export interface IngestedStream {
  start(): void
  pause(): void
  resume(): void
  /** It hears the offer at once, and every block from now on. */
  addTap(tap: BlockTap): void
  removeTap(tap: BlockTap): void
  tapDrained(tap: BlockTap): void
  /** Posts them where they have changed. */
  reportCounters(): void
  dispose(): void
}

export interface IngestedStreamOptions {
  id: number
  options: IngestStreamOptions
  ring: RingState | null
  clock: Clock
  random: () => number
  stages: StageTimes
  post(report: IngestReport): void
}

const endOf = (block: SampleBlock): bigint =>
  block.startNs + BigInt(Math.round(block.sampleCount * block.sampleIntervalNs))

export function createIngestStream({
  id,
  options,
  ring: given,
  clock,
  random,
  stages,
  post
}: IngestedStreamOptions): IngestedStream {
  const taps = new Set<BlockTap>()
  const fullTaps = new Set<BlockTap>()
  const drops = { blocks: 0, gaps: 0, gapNs: 0n }
  let ring: SampleRing | null = given?.ring ?? null
  let writer: RingWriter | null = given ? createRingWriter(given.ring, given.position) : null
  let offer: StreamOffer | null = null
  let mainPauses = false
  let ringPauses = false
  let isPaused = false
  let lookAgain: NodeJS.Timeout | null = null
  /** Blocks that found no room, one after the other. */
  let dropped: StreamGap | null = null
  let reported = ''

  const balance = (): void => {
    const want = mainPauses || ringPauses || fullTaps.size > 0
    if (want === isPaused) return
    isPaused = want
    if (want) source.pause()
    else source.resume()
  }

  /** Share of the room beside the longest window that readers still need. */
  const fill = (): number => {
    if (!ring || !writer) return 0
    const spare = ring.capacitySamples - ring.mirrorSamples
    return Math.max(0, (writer.heldSamples - ring.mirrorSamples) / spare)
  }

  const watchRing = (): void => {
    lookAgain = null
    const level = fill()
    ringPauses = ringPauses ? level > lowWater : level > highWater
    if (ringPauses) lookAgain = setTimeout(watchRing, lookAgainMs)
    balance()
  }

  const ringFor = (block: SampleBlock): RingWriter => {
    const fits =
      ring !== null &&
      ring.channelCount === block.channelCount &&
      ring.elementType === block.elementType &&
      block.sampleCount <= ring.capacitySamples - ring.mirrorSamples
    if (fits && writer) return writer
    const { windowSamples, live } = options
    ring = createSampleRing(ringLayoutFor({ ...block, blockSamples: block.sampleCount, windowSamples, live }), !live)
    writer = createRingWriter(ring)
    post({ kind: 'ring', stream: id, ring })
    return writer
  }

  const tellGap = (gap: StreamGap): void => {
    post({ kind: 'gap', stream: id, gap })
  }

  const reportDropped = (): void => {
    if (!dropped) return
    tellGap(dropped)
    dropped = null
  }

  const drop = (block: SampleBlock): void => {
    const endNs = endOf(block)
    drops.blocks++
    drops.gapNs += endNs - block.startNs
    if (dropped?.endNs === block.startNs) {
      dropped = { ...dropped, endNs, lastSequence: block.sequence }
      return
    }
    reportDropped()
    drops.gaps++
    const reason = 'the analysis is too slow: its queue is full'
    const { startNs, sequence } = block
    dropped = { startNs, endNs, firstSequence: sequence, lastSequence: sequence, rows: null, reason }
  }

  /** A ring that the machine has no memory for ends the stream with a sentence. */
  const store = (block: SampleBlock): number | null => {
    try {
      return ringFor(block).store(block.data, block.sampleCount)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      source.dispose()
      const needs = `The samples of ${block.channelCount} channels with windows of ${options.windowSamples} need more memory than there is (${error.message}).`
      takeState({ name: 'failed', code: 'refused', reason: `${needs} Choose fewer channels or a smaller NFFT.` })
      return null
    }
  }

  const takeBlock = (block: SampleBlock): void => {
    const startMs = performance.now()
    receiveBlock(block)
    stages.add('receive', performance.now() - startMs)
  }

  const receiveBlock = (block: SampleBlock): void => {
    for (const tap of taps) if (!tap.push(block)) fullTaps.add(tap)
    const position = store(block)
    if (position === null) drop(block)
    else {
      reportDropped()
      const { sequence, startNs, firstSample, sampleCount, channelCount, sampleIntervalNs, elementType, scale } = block
      const stored = { sequence, startNs, firstSample, sampleCount, channelCount, sampleIntervalNs, elementType, scale }
      post({ kind: 'block', stream: id, position, ...stored })
    }
    if (!options.live && !ringPauses) watchRing()
    else if (fullTaps.size > 0) balance()
  }

  const takeState = (state: StreamState): void => {
    reportDropped()
    post({ kind: 'state', stream: id, state, counters: counters() })
  }

  const source = createStream(
    {
      ...options,
      credentials: streamCredentials(options.tls !== null, options.tls?.ca ?? null),
      clock,
      random,
      decoded: (milliseconds) => stages.add('decode', milliseconds),
      onBadMessage: (reason) => post({ kind: 'badMessage', stream: id, reason })
    },
    {
      offer(offered) {
        offer = offered
        for (const tap of taps) tap.offer(offered)
        post({ kind: 'offer', stream: id, offer: offered })
      },
      block: takeBlock,
      rows: (rows) => post({ kind: 'rows', stream: id, rows }),
      gap(gap) {
        reportDropped()
        for (const tap of taps) tap.gap(gap)
        tellGap(gap)
      },
      state: takeState
    }
  )

  const counters = (): IngestCounters => {
    const counted = source.counters()
    return {
      ...counted,
      gaps: counted.gaps + drops.gaps,
      gapNs: counted.gapNs + drops.gapNs,
      lostBlocks: counted.lostBlocks + drops.blocks,
      ringFill: fill(),
      ringBytes: ring ? ring.capacitySamples * bytesPerSample(ring) : 0,
      ringDrops: drops.blocks
    }
  }

  return {
    start: () => source.start(),
    pause() {
      mainPauses = true
      balance()
    },
    resume() {
      mainPauses = false
      balance()
    },
    addTap(tap) {
      taps.add(tap)
      if (offer) tap.offer(offer)
    },
    removeTap(tap) {
      taps.delete(tap)
      fullTaps.delete(tap)
      balance()
    },
    tapDrained(tap) {
      if (fullTaps.delete(tap)) balance()
    },
    reportCounters() {
      const current = counters()
      const key = `${current.bytes} ${current.rows} ${current.gaps} ${current.badMessages} ${current.pauses} ${current.reconnects} ${current.ringFill}`
      if (key === reported) return
      reported = key
      post({ kind: 'counters', stream: id, counters: current })
    },
    dispose() {
      if (lookAgain) clearTimeout(lookAgain)
      source.dispose()
    }
  }
}
