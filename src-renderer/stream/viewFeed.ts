import type { Frame, GapFrame, RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { FrameRouter } from './frameRouter.ts'

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

/**
 * One view's subscription. Grants a few frames and one more for each that was drawn, so a window that cannot keep up gets
 * the latest rows and not a queue of old ones. Paused (a hidden window) it is subscribed to nothing; resumed it gets the
 * job's kept rows again, so there is no hole.
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

  constructor(options: ViewFeedOptions) {
    this.options = options
    this.stopState = options.connection.onState((state) => {
      if (state === 'open') void this.attach()
      else if (state !== 'connecting') this.forget()
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

  private async attach(): Promise<void> {
    if (!this.isWanted || this.isDisposed || this.subscription !== null) return
    const attempt = ++this.attempt
    const { connection, jobId, columnsMax, onProblem } = this.options
    const answer = await connection.call('views.attach', { jobId, columnsMax })
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
    this.epoch = null
    if (description) this.described(description)
    this.stopRouting = this.options.router.add(subscription, {
      described: (next) => this.described(next),
      frame: (frame) => this.received(frame)
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
    this.epoch = description.epoch
    this.options.sink.describe(description)
  }

  private received(frame: Frame): void {
    // Every row frame spent a credit, also one that is not shown; gaps are free.
    if (frame.kind === 'rows') this.framesToGrant++
    if (frame.epoch !== this.epoch) {
      this.staleFrames++
      this.drawn()
      return
    }
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
