/** Texts of ticks by tick index, kept while the step stays the same: a scrolling axis makes no new strings each frame. */
export class AxisLabels {
  private readonly texts = new Map<number, string>()
  private readonly make: (index: number, step: number) => string
  private step = 0
  private static readonly most = 256

  constructor(make: (index: number, step: number) => string) {
    this.make = make
  }

  get(index: number, step: number): string {
    if (step !== this.step || this.texts.size > AxisLabels.most) {
      this.texts.clear()
      this.step = step
    }
    let text = this.texts.get(index)
    if (text === undefined) {
      text = this.make(index, step)
      this.texts.set(index, text)
    }
    return text
  }
}
