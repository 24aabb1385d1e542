import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { AutomaticLevels } from './levels.ts'
import type { PictureBands } from './pictureBands.ts'

const everyMs = 500
/** At most this often while the hand is at it: what eight thousand pixels show is not worked out in every frame of a drag. */
const askedEveryMs = 100
/** Narrowest range that can be set by hand, dB. */
const narrowestDb = 1

/** Which values the first and the last colour stand for: as the data asks, or as the operator does. */
export class PictureLevels {
  /** Null: automatic. */
  fixed: { lowDb: number; highDb: number } | null = null
  private readonly automatic = new AutomaticLevels()
  private atMs = -Infinity
  private askedAtMs = -Infinity
  private isAsked = true

  get areAutomatic(): boolean {
    return this.fixed === null
  }

  /** The operator changed what is in view: levels follow at once, and ten times a second while that goes on. */
  follow(): void {
    this.isAsked = true
  }

  /** Fills in the levels of a frame. Returns after how many milliseconds they want another frame, or null. */
  apply(view: PictureView, bands: PictureBands, nowMs: number): number | null {
    if (this.fixed) {
      view.lowDb = this.fixed.lowDb
      view.highDb = this.fixed.highDb
      return null
    }
    const againIn = this.isAsked ? this.askedAtMs + askedEveryMs - nowMs : 0
    if (this.isAsked ? againIn <= 0 : nowMs - this.atMs >= everyMs) this.update(view, bands, nowMs)
    view.lowDb = this.automatic.lowDb
    view.highDb = this.automatic.highDb
    return againIn > 0 ? againIn : null
  }

  private update(view: PictureView, bands: PictureBands, nowMs: number): void {
    const { isAsked } = this
    // Nothing was there to go by: the next frame asks again.
    if (!this.automatic.update(bands, view, isAsked) && isAsked) return
    this.atMs = nowMs
    if (isAsked) this.askedAtMs = nowMs
    this.isAsked = false
  }

  /** Moves the levels up by parts of their range; false where they would meet. */
  move(view: PictureView, low: number, high: number): boolean {
    const span = view.highDb - view.lowDb
    return this.set(view.lowDb + low * span, view.highDb + high * span)
  }

  set(lowDb: number, highDb: number): boolean {
    if (!(highDb - lowDb >= narrowestDb)) return false
    this.fixed = { lowDb, highDb }
    return true
  }
}
