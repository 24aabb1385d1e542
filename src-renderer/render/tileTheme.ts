import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'

const colourNumber = (css: string): number => Number.parseInt(css.trim().replace('#', ''), 16) || 0

/** Reads the custom properties of an element: one table of colours for CSS and canvas. */
export function tileThemeFrom(element: HTMLElement): TileTheme {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    text: token('--text-2'),
    textStrong: token('--text-1'),
    line: token('--line'),
    ground: token('--ground'),
    fontFamily: style.fontFamily,
    picture: {
      nothing: colourNumber(token('--picture-nothing')),
      invalidDark: colourNumber(token('--picture-invalid-dark')),
      invalidLight: colourNumber(token('--picture-invalid-light'))
    }
  }
}
