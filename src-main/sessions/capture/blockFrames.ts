import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { Clock } from '../../clock.ts'
import { elementBytes, frameHeaderBytes } from '../../recordings/session/frame.ts'
import type { GapRecord, SessionData } from '../../recordings/session/manifest.ts'
import { durationNs } from '../../recordings/timeAxis.ts'
import type { SampleBlock, StreamGap, StreamOffer } from '../../streams/streamSource.ts'
import type { FrameQueue } from './frameQueue.ts'
import { jsonPayload } from './segmentWriter.ts'
import { isSameData, sessionDataOf, sessionSourceOf } from './streamDescription.ts'

/** Greater blocks become several frames, so that a group of frames stays small. */
const payloadMaxBytes = 1024 * 1024
const roomForRecords = 4096
/** A block that starts so much before the end of the last one is no repetition: the clock of the source was set back. */
const setBackNs = 60_000_000_000

/** From the blocks and gaps of a stream to frames in a queue: nothing twice, and every hole with a record before what follows it. */
export class BlockFrames {
  readonly #queue: FrameQueue
  readonly #about: { clock: Clock; backend: string; jobId: string | null }
  #offer: StreamOffer | null = null
  #data: SessionData | null = null
  #endNs: Nanoseconds | null = null
  #coveredNs: Nanoseconds | null = null
  #lastSequence = 0
  #limitS: number | null = null
  #limitNs: Nanoseconds | null = null
  #isComplete = false
  #lastPushMs: number | null = null
  /** Blocks that found no room: a gap, recorded as soon as there is some. */
  #loss: GapRecord | null = null

  constructor(queue: FrameQueue, about: { clock: Clock; backend: string; jobId: string | null }) {
    this.#queue = queue
    this.#about = about
  }

  /** What the newest block is one of. */
  get data(): SessionData | null {
    return this.#data
  }

  get endNs(): Nanoseconds | null {
    return this.#endNs
  }

  get lastSequence(): number {
    return this.#lastSequence
  }

  /** The duration that was asked for has been taken. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  offer(offer: StreamOffer): void {
    this.#offer = offer
  }

  /** Takes no more than so many seconds from the next block on. */
  limit(seconds: number | null): void {
    this.#limitS = seconds
  }

  push(block: SampleBlock): void {
    this.#lastPushMs = this.#about.clock.monotonicMs()
    if (this.#limitS !== null) this.#limitNs ??= block.startNs + BigInt(Math.round(this.#limitS * 1e9))
    this.#beginPart(block)
    const { sampleIntervalNs: intervalNs, startNs } = block
    const known = this.#endNs === null ? 0 : Math.round(Number(this.#endNs - startNs) / intervalNs)
    const firstRow = Math.max(0, known)
    const endRow = this.#rowsWithinLimit(block)
    if (firstRow < endRow) {
      const fromNs = startNs + durationNs(firstRow, intervalNs)
      if (this.#hasRoom(block, endRow - firstRow)) {
        this.recordLoss()
        this.#recordHole(fromNs, intervalNs)
        this.#append(block, firstRow, endRow)
      } else this.#lose(fromNs, startNs + durationNs(endRow, intervalNs), block.sequence)
      this.#endNs = startNs + durationNs(endRow, intervalNs)
      this.#coveredNs = this.#endNs
      this.#lastSequence = block.sequence
    }
    this.#complete(startNs + durationNs(block.sampleCount, intervalNs), intervalNs)
  }

  gap({ startNs, endNs, firstSequence, lastSequence, reason }: StreamGap): void {
    // Before the first block there is nothing that could be missing.
    if (this.#coveredNs === null || endNs <= this.#coveredNs) return
    if (this.#data && startNs > this.#coveredNs) this.#recordHole(startNs, this.#data.sampleIntervalNs)
    const from = startNs > this.#coveredNs ? startNs : this.#coveredNs
    const to = this.#limitNs !== null && endNs > this.#limitNs ? this.#limitNs : endNs
    if (to > from)
      this.#record({ startTimeNs: String(from), endTimeNs: String(to), firstSequence, lastSequence, reason })
    this.#complete(endNs, 0)
  }

  /** Records blocks that were lost to a full queue; true where that was to be done and there is room now. */
  recordLoss(): boolean {
    const loss = this.#loss
    if (!loss) return false
    this.#loss = null
    return this.#record(loss)
  }

  /** The gap between the last block and now, where a live stream had fallen silent before its capture was closed. */
  silence(silentMs: number): GapRecord | null {
    if (this.#lastPushMs === null || this.#endNs === null || !this.#offer?.live || this.#isComplete) return null
    const sinceMs = this.#about.clock.monotonicMs() - this.#lastPushMs
    if (sinceMs < silentMs) return null
    const asked = this.#endNs + BigInt(Math.round(sinceMs * 1e6))
    const end = this.#limitNs !== null && asked > this.#limitNs ? this.#limitNs : asked
    const reason = 'no data had come for so long when the capture was closed'
    return { startTimeNs: String(this.#endNs), endTimeNs: String(end), firstSequence: null, lastSequence: null, reason }
  }

  #complete(endNs: Nanoseconds, intervalNs: number): void {
    if (this.#limitNs !== null && Number(this.#limitNs - endNs) <= intervalNs / 2) this.#isComplete = true
  }

  #rowsWithinLimit({ startNs, sampleCount, sampleIntervalNs }: SampleBlock): number {
    if (this.#limitNs === null) return sampleCount
    return Math.max(0, Math.min(sampleCount, Math.round(Number(this.#limitNs - startNs) / sampleIntervalNs)))
  }

  /** A new shape, element, scale or rate, or a clock that was set back, begins another session. */
  #beginPart(block: SampleBlock): void {
    const data = sessionDataOf(block, this.#offer)
    const backNs = this.#endNs === null ? 0 : Number(this.#endNs - block.startNs)
    const isBack = backNs > setBackNs
    if (this.#data && isSameData(this.#data, data) && !isBack) return
    if (isBack && this.#limitNs !== null) this.#limitNs -= BigInt(Math.round(backNs))
    const reason = isBack
      ? `The clock of the source was set back by ${(backNs / 1e9).toFixed(1)} s`
      : 'The stream changed its channels, rate, type or scale'
    this.#queue.mark({ kind: 'part', data, source: sessionSourceOf(this.#offer, this.#about), reason })
    this.#data = data
    this.#endNs = null
    this.#coveredNs = null
  }

  /** Streams record their holes; one that they do not know of (a job that was created again) is recorded here. */
  #recordHole(fromNs: Nanoseconds, intervalNs: number): void {
    if (this.#coveredNs === null || Number(fromNs - this.#coveredNs) < intervalNs / 2) return
    const reason = 'the stream has a hole'
    this.#record({
      startTimeNs: String(this.#coveredNs),
      endTimeNs: String(fromNs),
      firstSequence: null,
      lastSequence: null,
      reason
    })
  }

  /** For these samples and the records of what lies before them. */
  #hasRoom({ channelCount, elementType }: SampleBlock, rows: number): boolean {
    const bytes = rows * channelCount * elementBytes[elementType]
    const frames = Math.ceil(bytes / payloadMaxBytes) * 2
    return this.#queue.freeBytes >= bytes + frames * frameHeaderBytes + roomForRecords
  }

  #append(block: SampleBlock, firstRow: number, endRow: number): void {
    const { elementType, channelCount, sampleIntervalNs, sequence, startNs, firstSample } = block
    const rowBytes = channelCount * elementBytes[elementType]
    const rowsAtOnce = Math.max(1, Math.floor(payloadMaxBytes / rowBytes))
    const queuedAtMs = this.#about.clock.monotonicMs()
    for (let row = firstRow; row < endRow; row += rowsAtOnce) {
      const to = Math.min(endRow, row + rowsAtOnce)
      const fromNs = startNs + durationNs(row, sampleIntervalNs)
      const endNs = startNs + durationNs(to, sampleIntervalNs)
      this.#queue.append(
        {
          kind: 'data',
          element: elementType,
          sampleCount: to - row,
          channelCount,
          sequence,
          startNs: fromNs,
          firstSample: firstSample + row,
          sampleIntervalNs
        },
        block.data.subarray(row * rowBytes, to * rowBytes),
        { endNs, blocks: row === firstRow ? 1 : 0, gap: null, queuedAtMs }
      )
    }
  }

  #lose(startNs: Nanoseconds, endNs: Nanoseconds, sequence: number): void {
    this.#loss ??= {
      startTimeNs: String(startNs),
      endTimeNs: String(endNs),
      firstSequence: sequence,
      lastSequence: sequence,
      reason: 'the disk was slower than the stream, which did not pause in time'
    }
    this.#loss.endTimeNs = String(endNs)
    this.#loss.lastSequence = sequence
  }

  #record(gap: GapRecord): boolean {
    const data = this.#data!
    const endNs = BigInt(gap.endTimeNs)
    const isIn = this.#queue.append(
      {
        kind: 'gap',
        element: data.elementType,
        sampleCount: 0,
        channelCount: data.channelCount,
        sequence: gap.firstSequence ?? 0,
        startNs: BigInt(gap.startTimeNs),
        firstSample: 0,
        sampleIntervalNs: data.sampleIntervalNs
      },
      jsonPayload(gap),
      { endNs, blocks: 0, gap, queuedAtMs: this.#about.clock.monotonicMs() }
    )
    // A full queue: the record waits, and grows with what is lost meanwhile.
    if (!isIn) this.#loss = this.#loss ? { ...this.#loss, endTimeNs: gap.endTimeNs } : gap
    if (this.#coveredNs === null || endNs > this.#coveredNs) this.#coveredNs = endNs
    return isIn
  }
}
