import { invalidCheckPixels, type PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import type { PictureBands } from './pictureBands.ts'
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
  /** Where the rings of the last picture began, slots. */
  private readonly ringFirsts = new Map<RowRing, number>()
  private readonly lastRings: (RowRing | null)[] = []
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

  /** Fills in shift, first and end for the next frame; call before the rings' dirty slots are cleared. */
  plan(view: PictureView, bands: PictureBands): void {
    const kept = this.isValid ? this.keptShift(view) : null
    if (kept === null) {
      this.shift = 0
      this.first = 0
      this.end = view.height
    } else {
      this.shift = kept
      this.first = kept > 0 ? view.height - kept : 0
      this.end = kept > 0 ? view.height : Math.max(0, -kept)
      this.addChangedBands(view, bands)
      for (const ring of bands.rings) this.addChangedSlots(view, ring)
    }
    this.isValid = true
    this.remember(view, bands)
  }

  private remember(view: PictureView, bands: PictureBands): void {
    Object.assign(this.last, view)
    this.ringFirsts.clear()
    for (const ring of bands.rings) this.ringFirsts.set(ring, ring.first)
    for (let index = 0; index < bands.count; index++) {
      const { ring, lineFirst, lineEnd } = bands.bands[index]!
      for (let line = lineFirst; line < lineEnd; line++) this.lastRings[line] = ring
    }
    this.lastRings.length = view.height
  }

  /** Lines that another ring draws now. */
  private addChangedBands(view: PictureView, bands: PictureBands): void {
    for (let index = 0; index < bands.count; index++) {
      const { ring, lineFirst, lineEnd } = bands.bands[index]!
      let first = -1
      let end = -1
      for (let line = lineFirst; line < lineEnd; line++) {
        const before = line + this.shift
        if (before < 0 || before >= view.height || this.lastRings[before] === ring) continue
        if (first < 0) first = line
        end = line + 1
      }
      if (first >= 0) this.add(first, end)
    }
  }

  private addChangedSlots(view: PictureView, ring: RowRing): void {
    if (ring.dirtyEnd > ring.dirtyFirst) this.addSlots(view, ring, ring.dirtyFirst, ring.dirtyEnd)
    const firstBefore = this.ringFirsts.get(ring)
    if (firstBefore !== undefined && ring.first > firstBefore) this.addSlots(view, ring, firstBefore, ring.first)
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
      view.highDb === last.highDb &&
      view.isLinear === last.isLinear
    if (!isSame) return null
    const exact = (view.slotAtTop - last.slotAtTop) / view.slotsPerPixel
    const shift = Math.round(exact)
    return Math.abs(exact - shift) < wholePixel && Math.abs(shift) < view.height ? shift : null
  }

  /** Adds the lines that show any of the slots; whole blocks, since peaks may be shown. */
  private addSlots(view: PictureView, ring: RowRing, slotFirst: number, slotEnd: number): void {
    const { rowsPerSlot } = ring
    const from = Math.floor(slotFirst / slotsPerBlock) * slotsPerBlock * rowsPerSlot
    const to = Math.ceil(slotEnd / slotsPerBlock) * slotsPerBlock * rowsPerSlot
    const a = (from - view.slotAtTop) / view.slotsPerPixel
    const b = (to - view.slotAtTop) / view.slotsPerPixel
    const first = Math.max(0, Math.floor(Math.min(a, b)) - 1)
    const end = Math.min(view.height, Math.ceil(Math.max(a, b)) + 1)
    if (first < end) this.add(first, end)
  }

  private add(first: number, end: number): void {
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
