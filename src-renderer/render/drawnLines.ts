import { invalidCheckPixels, type PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { slotsPerBlock, type RowRing } from './rowRing.ts'

/** How far a scroll may be off whole pixels and still count as one, pixels. */
const wholePixel = 1e-3

/**
 * What of the last picture can be kept. A live picture moves by whole pixels while everything else stays, so a frame is a
 * copy and a few new lines; drawing all of it each time would cost a machine without a GPU a core.
 */
export class DrawnLines {
  /** Lines by which the kept part moves up (negative: down). */
  shift = 0
  /** Lines [first, end) from the top that must be drawn. */
  first = 0
  end = 0
  private isValid = false
  private ringFirst = 0
  private readonly last: PictureView = {
    width: 0,
    height: 0,
    columnAtLeft: 0,
    columnsPerPixel: 0,
    slotAtTop: 0,
    slotsPerPixel: 1,
    lowDb: 0,
    highDb: 0
  }

  /** Colours or rows changed as a whole: nothing can be kept. */
  invalidate(): void {
    this.isValid = false
  }

  /** Fills in shift, first and end for the next frame; call before the ring's dirty slots are cleared. */
  plan(view: PictureView, ring: RowRing): void {
    const kept = this.isValid ? this.keptShift(view) : null
    if (kept === null) {
      this.shift = 0
      this.first = 0
      this.end = view.height
    } else {
      this.shift = kept
      this.first = kept > 0 ? view.height - kept : 0
      this.end = kept > 0 ? view.height : Math.max(0, -kept)
      if (ring.dirtyEnd > ring.dirtyFirst) this.addSlots(view, ring.dirtyFirst, ring.dirtyEnd)
      if (ring.first > this.ringFirst) this.addSlots(view, this.ringFirst, ring.first)
    }
    this.isValid = true
    this.ringFirst = ring.first
    Object.assign(this.last, view)
  }

  private keptShift(view: PictureView): number | null {
    const { last } = this
    const isSame =
      view.width === last.width &&
      view.height === last.height &&
      view.columnAtLeft === last.columnAtLeft &&
      view.columnsPerPixel === last.columnsPerPixel &&
      Math.abs(view.slotsPerPixel - last.slotsPerPixel) * view.height < wholePixel * Math.abs(last.slotsPerPixel) &&
      view.lowDb === last.lowDb &&
      view.highDb === last.highDb
    if (!isSame) return null
    const exact = (view.slotAtTop - last.slotAtTop) / view.slotsPerPixel
    const shift = Math.round(exact)
    return Math.abs(exact - shift) < wholePixel && Math.abs(shift) < view.height ? shift : null
  }

  /** Adds the lines that show any of the slots; whole blocks, since peaks may be shown. */
  private addSlots(view: PictureView, slotFirst: number, slotEnd: number): void {
    const from = Math.floor(slotFirst / slotsPerBlock) * slotsPerBlock
    const to = Math.ceil(slotEnd / slotsPerBlock) * slotsPerBlock
    const a = (from - view.slotAtTop) / view.slotsPerPixel
    const b = (to - view.slotAtTop) / view.slotsPerPixel
    const first = Math.max(0, Math.floor(Math.min(a, b)) - 1)
    const end = Math.min(view.height, Math.ceil(Math.max(a, b)) + 1)
    if (first >= end) return
    const isEmpty = this.first >= this.end
    this.first = isEmpty ? first : Math.min(this.first, first)
    this.end = isEmpty ? end : Math.max(this.end, end)
  }
}

/** Phase of the check of invalid cells at the top line: it moves with the rows, so kept lines need no new one. */
export function checkPhase(view: PictureView): number {
  const period = 2 * invalidCheckPixels
  return ((Math.round(view.slotAtTop / view.slotsPerPixel) % period) + period) % period
}
