import { watchScale } from './tilePlacement.ts'

/** What the browser says a length is in device pixels, where that fits the scale (it does not while a scale is emulated). */
const devicePixels = (exact: number | undefined, scaled: number): number =>
  exact !== undefined && Math.abs(exact - scaled) <= 1.5 ? exact : scaled

/** Tells the size of an element in device pixels, at first and when it or the window's scale changes. Owns its observers. */
export class PaneSize {
  private readonly element: HTMLElement
  private readonly observer: ResizeObserver
  private readonly stopScale: () => void

  constructor(element: HTMLElement, resized: (width: number, height: number, scale: number) => void) {
    this.element = element
    this.observer = new ResizeObserver((entries) => {
      const entry = entries[0]
      if (!entry) return
      const scale = window.devicePixelRatio || 1
      const exact = entry.devicePixelContentBoxSize?.[0]
      resized(
        devicePixels(exact?.inlineSize, entry.contentRect.width * scale),
        devicePixels(exact?.blockSize, entry.contentRect.height * scale),
        scale
      )
    })
    this.observer.observe(element)
    // Another screen, another scale, the same size in CSS pixels: no observer would tell.
    this.stopScale = watchScale(() => {
      this.observer.unobserve(this.element)
      this.observer.observe(this.element)
    })
  }

  dispose(): void {
    this.observer.disconnect()
    this.stopScale()
  }
}
