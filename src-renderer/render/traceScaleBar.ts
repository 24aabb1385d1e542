import { numberText } from '../../src-preload/contract/drawing/ticks.ts'
import type { PaneTheme } from './paneTheme.ts'
import { quantityText } from './spectraReading.ts'
import type { StackOptions, TraceScale } from './traceStack.ts'

/** Two significant digits: a scale, not a reading. */
const quantityShort = (value: number): string =>
  value >= 0.01 && value < 10_000
    ? numberText(value, Math.max(0, 1 - Math.floor(Math.log10(value))))
    : quantityText(value, 3)

/**
 * Beside stacked traces: how much they move, what half the space of one stands for.
 *
 * @param place device pixels: right edge of the traces, middle and height of the bar
 */
export function paintScaleBar(
  context: CanvasRenderingContext2D,
  scales: readonly (TraceScale | null)[],
  stack: StackOptions,
  unit: string,
  place: { left: number; middle: number; height: number; scale: number },
  theme: PaneTheme
): void {
  const first = scales.find((one) => one !== null)
  if (!first || first.amplitude === 0) return
  const { middle, height, scale } = place
  const x = place.left + Math.round(8 * scale)
  const thickness = Math.max(1, Math.round(scale))
  context.fillStyle = theme.text
  context.fillRect(x, middle - height / 2, thickness, height)
  context.fillRect(x - 3 * scale, middle - height / 2, 7 * scale, thickness)
  context.fillRect(x - 3 * scale, middle + height / 2, 7 * scale, thickness)
  context.textAlign = 'left'
  if (stack.scale === 'individual') {
    context.fillText('own scale', x + 8 * scale, middle)
    return
  }
  context.fillText(quantityShort(first.amplitude / 0.9 / stack.gain), x + 8 * scale, middle - 7 * scale)
  context.fillText(unit, x + 8 * scale, middle + 7 * scale, 60 * scale)
}
