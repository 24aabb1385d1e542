import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import type { RowRing } from './rowRing.ts'

/** Lines [lineFirst, lineEnd) of a picture, drawn from one ring; null: from none. */
export interface PictureBand {
  ring: RowRing | null
  lineFirst: number
  lineEnd: number
}

const bandsMost = 5

/**
 * Which ring each line of a picture is drawn from: the first of the rings that holds its rows. Rings count in slots of
 * different lengths, the view in rows. Made once, filled anew for each frame.
 */
export class PictureBands {
  /** The first `count` are in use, from above, without holes. */
  readonly bands: PictureBand[] = Array.from({ length: bandsMost }, () => ({ ring: null, lineFirst: 0, lineEnd: 0 }))
  count = 0
  /** The rings that a band is drawn from, each once. */
  readonly rings: RowRing[] = []
  private readonly offered: RowRing[] = []

  /** @param rings the preferred one first; empty ones are passed over. At most two. */
  arrange(view: PictureView, rings: readonly RowRing[]): void {
    this.rings.length = 0
    this.offered.length = 0
    for (const ring of rings) if (!ring.isEmpty) this.offered.push(ring)
    this.count = 0
    let line = 0
    while (line < view.height && this.count < bandsMost) {
      const ring = this.ringOfLine(view, line)
      const end = this.count === bandsMost - 1 ? view.height : this.endOfBand(view, line, ring)
      const band = this.bands[this.count++]!
      band.ring = ring
      band.lineFirst = line
      band.lineEnd = end
      line = end
      if (ring && !this.rings.includes(ring)) this.rings.push(ring)
    }
  }

  at(line: number): RowRing | null {
    for (let index = 0; index < this.count; index++)
      if (line < this.bands[index]!.lineEnd) return this.bands[index]!.ring
    return null
  }

  private ringOfLine(view: PictureView, line: number): RowRing | null {
    const row = view.slotAtTop + (line + 0.5) * view.slotsPerPixel
    for (const ring of this.offered) {
      if (row >= ring.first * ring.rowsPerSlot && row < ring.end * ring.rowsPerSlot) return ring
    }
    return null
  }

  /** Lines change their ring only where one of the rings begins or ends. */
  private endOfBand(view: PictureView, line: number, ring: RowRing | null): number {
    let end = view.height
    for (const other of this.offered) {
      for (const edge of [other.first * other.rowsPerSlot, other.end * other.rowsPerSlot]) {
        const exact = (edge - view.slotAtTop) / view.slotsPerPixel
        for (let next = Math.max(line + 1, Math.ceil(exact - 0.5) - 1); next <= Math.ceil(exact + 0.5); next++) {
          if (next < end && this.ringOfLine(view, next) !== ring) {
            end = next
            break
          }
        }
      }
    }
    return end
  }
}

/** The part of a view that `PictureView` counts in rows, counted in the slots of a ring. */
export function slotsOf(view: PictureView, ring: RowRing, into: PictureView): PictureView {
  Object.assign(into, view)
  into.slotAtTop = view.slotAtTop / ring.rowsPerSlot
  into.slotsPerPixel = view.slotsPerPixel / ring.rowsPerSlot
  return into
}
