/** Where a line goes: a Path2D, or whatever a test wants to see. */
export interface LineSink {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
}

/** The part of a chart that maps values to canvas pixels, linear or logarithmic. */
export interface Mapping {
  min: number
  max: number
  isLogarithmic: boolean
  /** Pixels at `min`, and from there to `max` (negative: upwards). */
  from: number
  span: number
}

export function mapped(mapping: Mapping, value: number): number {
  const { min, max, isLogarithmic, from, span } = mapping
  const part = isLogarithmic ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min)
  return from + part * span
}

/**
 * Strokes points in the order of x. Of those that share a column of pixels the first, the least, the greatest and the last are
 * drawn, so the line covers what all of them would: no peak is lost. A NaN breaks the line.
 */
export function strokeExtremes(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  x: Mapping,
  y: Mapping,
  sink: LineSink
): void {
  let column = Number.NaN
  let [first, low, high, last] = [0, 0, 0, 0]
  let atX = 0
  let count = 0
  let isOpen = false
  const flush = (): void => {
    if (count === 0) return
    const px = count === 1 ? atX : column + 0.5
    if (isOpen) sink.lineTo(px, first)
    else sink.moveTo(px, first)
    isOpen = true
    if (count > 1) {
      sink.lineTo(px, low)
      sink.lineTo(px, high)
      sink.lineTo(px, last)
    } else if (isLonely) sink.lineTo(px + 0.5, first)
    count = 0
  }
  let isLonely = false
  for (let index = 0; index < xs.length; index++) {
    const value = ys[index]!
    if (value - value !== 0) {
      // A point between two breaks would have no length.
      isLonely = !isOpen && count === 1
      flush()
      isLonely = false
      isOpen = false
      column = Number.NaN
      continue
    }
    if (x.isLogarithmic && xs[index]! <= 0) continue
    const px = mapped(x, xs[index]!)
    const py = mapped(y, value)
    if (Math.floor(px) !== column) {
      flush()
      column = Math.floor(px)
    }
    if (count === 0) {
      atX = px
      first = low = high = py
    } else {
      if (py < low) low = py
      if (py > high) high = py
    }
    last = py
    count++
  }
  flush()
}
