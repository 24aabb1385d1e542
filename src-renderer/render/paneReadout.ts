import { ReadoutBox, type ReadoutLines } from './readoutBox.ts'
import type { SpectraReading } from './spectraReading.ts'

export const valueLine = ({ hasValue, value, unit }: SpectraReading): string => (hasValue ? `${value} ${unit}` : value)

/** What a box says of a sample: time to the microsecond, channel, value. */
export const sampleLines = (reading: SpectraReading): ReadoutLines => ({
  time: `${reading.timeIso.slice(11, 26)} UTC · ${reading.relative}`,
  place: [`channel ${reading.channel}`, reading.distance].filter(Boolean).join(' · '),
  value: valueLine(reading)
})

/** What is under the pointer of a pane: in the box beside it, and told to whoever listens, also when it is gone. */
export class PaneReadout {
  private readonly element: HTMLElement
  private readonly box: ReadoutBox
  private readonly tell: (reading: SpectraReading | null) => void
  private hasReading = false

  constructor(element: HTMLElement, tell: (reading: SpectraReading | null) => void) {
    this.element = element
    this.box = new ReadoutBox(element)
    this.tell = tell
  }

  dispose(): void {
    this.box.dispose()
  }

  show(
    at: { cssX: number; cssY: number } | null,
    reading: SpectraReading | null,
    lines: (reading: SpectraReading) => ReadoutLines
  ): void {
    if (at && reading) {
      const { clientWidth, clientHeight } = this.element
      this.box.show(at.cssX, at.cssY, clientWidth, clientHeight, lines(reading))
    } else this.box.hide()
    if (reading || this.hasReading) this.tell(reading)
    this.hasReading = reading !== null
  }
}
