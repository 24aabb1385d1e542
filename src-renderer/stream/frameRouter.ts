import { decodeFrame, type Frame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

export interface FrameTarget {
  described(description: ViewDescription): void
  frame(frame: Frame): void
}

/** Descriptions that may wait for their subscription's answer to arrive. */
const waitingMost = 16

/**
 * Hands row frames and descriptions of a window to the views that subscribed to them. Frames of no known subscription
 * (a view that just closed) and bytes that are no frame are counted and dropped.
 */
export class FrameRouter {
  strayFrames = 0
  badFrames = 0
  /** Of live and played rows, not of history that was asked for. */
  rows = 0
  shedRows = 0
  frames = 0
  private readonly targets = new Map<number, FrameTarget>()
  private readonly waiting = new Map<number, ViewDescription>()
  private readonly stops: (() => void)[]

  constructor(connection: CoreConnection) {
    this.stops = [
      connection.onRows((buffer) => this.route(buffer)),
      connection.on('view.described', (description) => this.described(description))
    ]
  }

  /** The returned function ends the routing. A description that came before the answer of `views.attach` is delivered. */
  add(subscription: number, target: FrameTarget): () => void {
    this.targets.set(subscription, target)
    const description = this.waiting.get(subscription)
    this.waiting.delete(subscription)
    if (description) target.described(description)
    return () => {
      if (this.targets.get(subscription) === target) this.targets.delete(subscription)
    }
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.targets.clear()
    this.waiting.clear()
  }

  private route(buffer: ArrayBuffer): void {
    const frame = decodeFrame(buffer)
    if (!frame) {
      this.badFrames++
      return
    }
    if (frame.kind === 'rows') {
      this.frames++
      this.rows += frame.rowCount
      this.shedRows += frame.shedRows
    }
    const target = this.targets.get(frame.subscription)
    if (target) target.frame(frame)
    else this.strayFrames++
  }

  private described(description: ViewDescription): void {
    const target = this.targets.get(description.subscription)
    if (target) {
      target.described(description)
      return
    }
    this.waiting.set(description.subscription, description)
    if (this.waiting.size > waitingMost) this.waiting.delete(this.waiting.keys().next().value!)
  }
}
