import type { Frame, GapFrame, ReducedFrame, RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription, ViewExtent, ViewLayer } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { FrameRouter } from './frameRouter.ts'
import { ReceivedRows } from './receivedRows.ts'

/** Where a view's rows go. */
export interface ViewSink {
  describe(description: ViewDescription): void
  rows(frame: RowsFrame): void
  gap(frame: GapFrame): void
}

export interface ViewFeedOptions {
  connection: CoreConnection
  router: FrameRouter
  jobId: string
  /** Default: the picture. */
  layer?: ViewLayer
  columnsMax: number
  sink: ViewSink
  /** Now by the core's clock, milliseconds since the epoch. */
  coreNowMs: () => number
  /** Why there are no rows; null when they may come. */
  onProblem: (message: string | null) => void
}

/** Frames that may be on their way before the first one is drawn. */
const framesAhead = 4
const retryMs = 1000
/** More wait for their turn. */
const historyRequestsMax = 2
const historyWaitingMax = 64
const historyTimeoutMs = 15_000

/**
 * One view's subscription. Grants a few frames and one more for each that was drawn, so a window that cannot keep up gets
 * the latest rows and not a queue of old ones. Paused (a hidden window) it is subscribed to nothing; resumed it gets what
 * it missed of the job's kept rows, so there is no hole. Older rows are asked for, see `history`.
 */
export class ViewFeed {
  staleFrames = 0
  private readonly options: ViewFeedOptions
  private subscription: number | null = null
  private epoch: number | null = null
  private stopRouting: (() => void) | null = null
  private readonly stopState: () => void
  private isWanted = true
  private isDisposed = false
  /** Rises with every attach and detach: an answer that comes after the next one is stale. */
  private attempt = 0
  private framesToGrant = 0
  private readonly latencies: number[] = []
  private readonly dataEnds: number[] = []
  private retryTimer: ReturnType<typeof setTimeout> | null = null
  private readonly received = new ReceivedRows()
  private readonly historyFrames = new Map<number, ReducedFrame[]>()
  private readonly historyWaiting: (() => void)[] = []
  private historyRunning = 0
  private nextRequest = 1

  constructor(options: ViewFeedOptions) {
    this.options = options
    this.stopState = options.connection.onState((state) => {
      if (state === 'open') void this.attach()
      else if (state !== 'connecting') {
        this.forget()
        // Another core may be there afterwards, and count its pictures anew.
        this.epoch = null
        this.received.clear()
      }
    })
    // A connection may tell its state at once, and has begun then.
    if (this.attempt === 0) void this.attach()
  }

  /** The frames handed to the sink so far are on the screen: reports how old they are and makes room for more. */
  drawn(): void {
    if (this.subscription === null || this.framesToGrant === 0) return
    const nowMs = this.options.coreNowMs()
    this.latencies.length = 0
    for (const dataEndMs of this.dataEnds) this.latencies.push(Math.max(0, nowMs - dataEndMs))
    this.dataEnds.length = 0
    this.grant(this.framesToGrant)
  }

  /** What can be scrolled back to; null while the view is attached to nothing. */
  async extent(): Promise<ViewExtent | null> {
    const { subscription } = this
    if (subscription === null) return null
    const answer = await this.inTime(this.options.connection.call('views.extent', { subscription }))
    return answer?.ok ? answer.value : null
  }

  /**
   * Kept rows [firstRow, firstRow + rowCount) of a level, in that level's rows; of what is not kept nothing comes. Null where
   * the view was detached, or began a new picture, or the core did not answer in time.
   */
  async history(level: number, firstRow: number, rowCount: number): Promise<ReducedFrame[] | null> {
    if (!(await this.historyTurn())) return null
    try {
      return await this.historyParts(level, firstRow, rowCount)
    } finally {
      this.historyRunning--
      this.historyWaiting.shift()?.()
    }
  }

  pause(): void {
    if (!this.isWanted) return
    this.isWanted = false
    this.detach()
  }

  resume(): void {
    if (this.isWanted || this.isDisposed) return
    this.isWanted = true
    void this.attach()
  }

  dispose(): void {
    this.isDisposed = true
    this.isWanted = false
    this.stopState()
    this.detach()
  }

  private async historyTurn(): Promise<boolean> {
    if (this.historyRunning >= historyRequestsMax) {
      if (this.historyWaiting.length >= historyWaitingMax) return false
      await new Promise<void>((resolve) => this.historyWaiting.push(resolve))
    }
    this.historyRunning++
    return true
  }

  /** The core sends a bounded part at a time. */
  private async historyParts(level: number, firstRow: number, rowCount: number): Promise<ReducedFrame[] | null> {
    const { subscription, epoch } = this
    const all: ReducedFrame[] = []
    for (let next = firstRow, end = firstRow + rowCount; next < end;) {
      if (subscription === null || this.subscription !== subscription || this.epoch !== epoch) return null
      const request = this.nextRequest++
      const frames: ReducedFrame[] = []
      this.historyFrames.set(request, frames)
      const asked = { subscription, level, firstRow: next, rowCount: Math.min(4096, end - next), request }
      const answer = await this.inTime(this.options.connection.call('views.history', asked))
      this.historyFrames.delete(request)
      if (!answer?.ok || answer.value.epoch !== epoch) return null
      all.push(...frames)
      const last = answer.value.sent.at(-1)
      const sentEnd = last ? last.firstRow + last.rowCount : next
      // Nothing kept in this part: only a longer one could reach rows behind it.
      next = Math.max(sentEnd, last ? 0 : next + asked.rowCount)
    }
    return all
  }

  private async inTime<Value>(answer: Promise<Value>): Promise<Value | null> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), historyTimeoutMs)
    })
    const first = await Promise.race([answer, late])
    clearTimeout(timer)
    return first
  }

  private async attach(): Promise<void> {
    if (!this.isWanted || this.isDisposed || this.subscription !== null) return
    const attempt = ++this.attempt
    const { connection, jobId, columnsMax, onProblem, layer = 'picture' } = this.options
    const row = this.received.resumeAt(Date.now())
    const since = this.epoch !== null && row !== null ? { epoch: this.epoch, row } : null
    const answer = await connection.call('views.attach', { jobId, columnsMax, layer, since })
    if (attempt !== this.attempt) {
      if (answer.ok) void connection.call('views.detach', { subscription: answer.value.subscription })
      return
    }
    if (!answer.ok) {
      onProblem(answer.error.message)
      if (answer.error.code !== 'not-found') this.retryLater()
      return
    }
    onProblem(null)
    const { subscription, description } = answer.value
    this.subscription = subscription
    if (description) this.described(description)
    this.stopRouting = this.options.router.add(subscription, {
      described: (next) => this.described(next),
      frame: (frame) => this.take(frame)
    })
    this.grant(framesAhead)
  }

  private detach(): void {
    const { subscription } = this
    this.forget()
    if (subscription !== null) void this.options.connection.call('views.detach', { subscription })
  }

  /** The core knows nothing of this subscription any more, or shall not. */
  private forget(): void {
    this.attempt++
    this.stopRouting?.()
    this.stopRouting = null
    this.subscription = null
    this.framesToGrant = 0
    this.dataEnds.length = 0
    this.historyFrames.clear()
    for (const go of this.historyWaiting.splice(0)) go()
    if (this.retryTimer !== null) clearTimeout(this.retryTimer)
    this.retryTimer = null
  }

  private retryLater(): void {
    this.retryTimer = setTimeout(() => {
      this.retryTimer = null
      void this.attach()
    }, retryMs)
  }

  private described(description: ViewDescription): void {
    if (this.epoch !== description.epoch) this.received.clear()
    this.epoch = description.epoch
    this.options.sink.describe(description)
  }

  private take(frame: Frame): void {
    if (frame.kind === 'reduced') {
      this.historyFrames.get(frame.request)?.push(frame)
      return
    }
    // Every row frame spent a credit, also one that is not shown; gaps are free.
    if (frame.kind === 'rows') this.framesToGrant++
    if (frame.epoch !== this.epoch) {
      this.staleFrames++
      this.drawn()
      return
    }
    this.received.add(frame.firstRow, frame.rowCount, Date.now())
    if (frame.kind === 'gap') {
      this.options.sink.gap(frame)
      return
    }
    if (frame.dataEndMs > 0) this.dataEnds.push(frame.dataEndMs)
    this.options.sink.rows(frame)
  }

  private grant(frames: number): void {
    if (this.subscription === null) return
    this.framesToGrant = 0
    void this.options.connection.call('views.credit', {
      subscription: this.subscription,
      frames: Math.min(1000, frames),
      drawnLatencyMs: this.latencies.slice(0, 1000)
    })
    this.latencies.length = 0
  }
}
