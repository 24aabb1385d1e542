import type { PlotPlace } from './plotAxes.ts'

/** A trace is cut where it is so far from its middle, in spacings of traces. */
const furthestSpacings = 1.5

/** Traces that run to the right, one below the other. */
export interface TracesPicture {
  /** Of each trace, from above. */
  labels: string[]
  /**
   * Least and greatest sample of each pixel column, traces one after the other, traces × width; NaN where a column has none.
   */
  least: Float32Array
  greatest: Float32Array
  /** What reaches from one trace to half way to the next, in the unit of the samples. */
  amplitude: number
}

/** Paints each trace as the band between its least and greatest sample: no peak is lost to a pixel. */
export function paintTraces(place: PlotPlace, picture: TracesPicture): void {
  const { context, geometry, theme } = place
  const { scale, left, top, pictureWidth, pictureHeight } = geometry
  const { labels, least, greatest, amplitude } = picture
  const spacing = pictureHeight / labels.length
  const pixelsPerUnit = amplitude > 0 ? spacing / 2 / amplitude : 0
  /** A trace that is much louder than the others may not bury them. */
  const furthest = furthestSpacings * spacing
  const moved = (value: number): number => Math.max(-furthest, Math.min(furthest, value * pixelsPerUnit))
  const thinnest = Math.max(1, scale)
  context.save()
  context.beginPath()
  context.rect(left, top, pictureWidth, pictureHeight)
  context.clip()
  for (let trace = 0; trace < labels.length; trace++) {
    const middle = top + (trace + 0.5) * spacing
    context.fillStyle = theme.line
    context.fillRect(left, Math.floor(middle), pictureWidth, Math.max(1, Math.floor(scale)))
    context.fillStyle = theme.textStrong
    context.beginPath()
    let previous: { high: number; low: number } | null = null
    for (let x = 0; x < pictureWidth; x++) {
      const at = trace * pictureWidth + x
      if (Number.isNaN(least[at])) {
        previous = null
        continue
      }
      const high = middle - moved(greatest[at]!)
      const low = middle - moved(least[at]!)
      // Reaches to the column before, so that the trace is one line.
      const from = previous === null ? high : Math.min(high, previous.low)
      const to = previous === null ? low : Math.max(low, previous.high)
      context.rect(left + x, from - thinnest / 2, 1, to - from + thinnest)
      previous = { high, low }
    }
    context.fill()
  }
  context.restore()
  context.font = `${11 * scale}px ${theme.fontFamily}`
  context.fillStyle = theme.text
  context.textBaseline = 'middle'
  context.textAlign = 'right'
  const every = Math.max(1, Math.ceil((14 * scale) / spacing))
  for (let trace = 0; trace < labels.length; trace += every)
    context.fillText(labels[trace]!, left - 8 * scale, top + (trace + 0.5) * spacing)
  context.fillText('channel', left - 8 * scale, Math.round(top / 2))
}

/** A bar at the right that says how much the traces move. */
export function paintAmplitudeBar(place: PlotPlace, picture: TracesPicture, text: string): void {
  const { context, geometry, theme } = place
  const { scale, barLeft, top, pictureHeight } = geometry
  const height = pictureHeight / picture.labels.length
  const from = top + Math.max(0, pictureHeight / 2 - height / 2)
  const serif = 4 * scale
  context.fillStyle = theme.text
  const thickness = Math.max(1, Math.round(scale))
  context.fillRect(barLeft, from, thickness, height)
  context.fillRect(barLeft - serif, from, 2 * serif, thickness)
  context.fillRect(barLeft - serif, from + height - thickness, 2 * serif, thickness)
  context.save()
  context.translate(barLeft + Math.round(18 * scale), top + pictureHeight / 2)
  context.rotate(-Math.PI / 2)
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(text, 0, 0, pictureHeight)
  context.restore()
}
