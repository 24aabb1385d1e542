interface Bins {
  count: number
  firstHz: number
  stepHz: number
}

const fewestBins = 4

/** The frequencies in view, shared by the panes of a tile. Changed in place. */
export class FrequencyBand {
  lowHz = 0
  highHz = 1
  private bins: Bins | null = null

  /** All frequencies of the transform, from the first bin to the last; null before they are known. */
  get all(): { lowHz: number; highHz: number } | null {
    const { bins } = this
    return bins && { lowHz: bins.firstHz, highHz: bins.firstHz + Math.max(1, bins.count - 1) * bins.stepHz }
  }

  get spanHz(): number {
    return this.highHz - this.lowHz
  }

  /** Other bins show all of them. */
  setBins(bins: Bins): void {
    const before = this.bins
    const isSame = before?.count === bins.count && before.firstHz === bins.firstHz && before.stepHz === bins.stepHz
    if (isSame) return
    this.bins = { ...bins }
    this.reset()
  }

  reset(): void {
    if (this.all) Object.assign(this, this.all)
  }

  /** `fraction`: of the band, from its low end, what stays where it is. */
  zoom(factor: number, fraction: number): void {
    const { all, bins } = this
    if (!all || !bins) return
    const most = all.highHz - all.lowHz
    const span = Math.min(Math.max(this.spanHz * factor, Math.min(fewestBins * bins.stepHz, most)), most)
    this.place(this.lowHz + fraction * (this.spanHz - span), span)
  }

  /** This band, as far as there are such frequencies. */
  show(lowHz: number, highHz: number): void {
    const { all } = this
    if (all) this.place(lowHz, Math.min(Math.max(highHz - lowHz, 0), all.highHz - all.lowHz))
  }

  /** By a fraction of the band, towards higher frequencies. */
  pan(up: number): void {
    this.place(this.lowHz + up * this.spanHz, this.spanHz)
  }

  private place(lowHz: number, span: number): void {
    const { all } = this
    if (!all) return
    this.lowHz = Math.min(Math.max(lowHz, all.lowHz), all.highHz - span)
    this.highHz = this.lowHz + span
  }
}
