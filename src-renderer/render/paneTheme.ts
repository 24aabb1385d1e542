import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'
import { tileThemeFrom } from './tileTheme.ts'

/** Colours of lines, beside those of axes and pictures. */
export interface PaneTheme extends TileTheme {
  accent: string
  good: string
  warning: string
  panel: string
}

export function paneThemeFrom(element: HTMLElement): PaneTheme {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    ...tileThemeFrom(element),
    accent: token('--accent'),
    good: token('--good'),
    warning: token('--warning'),
    panel: token('--panel')
  }
}
