import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { AutomaticLevels } from './levels.ts'
import type { PictureBands } from './pictureBands.ts'

const everyMs = 500
/** Narrowest range that can be set by hand, dB. */
const narrowestDb = 1

/** Which values the first and the last colour stand for: as the data asks, or as the operator does. */
export class PictureLevels {
  /** Null: automatic. */
  fixed: { lowDb: number; highDb: number } | null = null
  private readonly automatic = new AutomaticLevels()
  private atMs = -Infinity

  get areAutomatic(): boolean {
    return this.fixed === null
  }

  /** The operator changed what is in view: levels follow at once. */
  follow(): void {
    this.atMs = -Infinity
  }

  /** Fills in the levels of a frame. */
  apply(view: PictureView, bands: PictureBands, nowMs: number): void {
    if (this.fixed) {
      view.lowDb = this.fixed.lowDb
      view.highDb = this.fixed.highDb
      return
    }
    if (nowMs - this.atMs >= everyMs) {
      const isAsked = this.atMs === -Infinity
      const isSet = this.automatic.update(bands, view, isAsked)
      // Nothing was there to go by: the next frame asks again.
      if (isSet || !isAsked) this.atMs = nowMs
    }
    view.lowDb = this.automatic.lowDb
    view.highDb = this.automatic.highDb
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
