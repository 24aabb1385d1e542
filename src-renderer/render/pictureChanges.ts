import type { WaterfallDisplay } from './waterfallTypes.ts'

/** What a picture shows is told this often while time moves it. */
const statusEveryMs = 250
/** And this often while a hand does: the picture follows in every frame, words and numbers need not. */
const handEveryMs = 100
/** The next frame: the hand may have come to rest in it. */
const nextFrameMs = 1

/** Keeps count of what about a picture has changed and when that was told. */
export class PictureChanges {
  private toldAtMs = -Infinity
  private changeToldAtMs = -Infinity
  private hasChanged = true
  /** Since the last frame. */
  private isMoving = false
  private display: WaterfallDisplay | null = null

  /** Somebody changed what is in view or how it is shown. */
  changed(): void {
    this.hasChanged = true
    this.isMoving = true
  }

  /**
   * Once a frame: milliseconds until it is to be told; 0: now, and it counts as told. A first change is told at once, the
   * last one in the frame after it.
   */
  dueInMs(nowMs: number): number {
    const { isMoving } = this
    this.isMoving = false
    const statusInMs = this.toldAtMs + statusEveryMs - nowMs
    if (statusInMs > 0 && !this.hasChanged) return statusInMs
    if (statusInMs > 0 && isMoving && nowMs - this.changeToldAtMs < handEveryMs) return nextFrameMs
    this.toldAtMs = nowMs
    if (this.hasChanged) this.changeToldAtMs = nowMs
    this.hasChanged = false
    return 0
  }

  /** False where this display is the one that is shown already. */
  isOtherDisplay(display: WaterfallDisplay): boolean {
    const before = this.display
    this.display = display
    return (
      !before ||
      (Object.keys(display) as (keyof WaterfallDisplay)[]).some((key) => display[key] !== before[key]) ||
      Object.keys(before).length !== Object.keys(display).length
    )
  }

  /** Levels of the colour bar: they come back as the tile's display, and are no news then. */
  levelsSet(levels: WaterfallDisplay['levels']): void {
    if (this.display) this.display = { ...this.display, levels }
  }
}
