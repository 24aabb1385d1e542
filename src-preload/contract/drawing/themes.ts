import type { TileTheme } from './tileTheme.ts'

export const themeNames = ['dark', 'light'] as const
export type ThemeName = (typeof themeNames)[number]

const invalid = { invalidDark: 0x4a4f57, invalidLight: 0x9aa1ab }

/** Colours of pictures that are made without a window: those of the window's own style sheet, which a test compares. */
export const drawingThemes: Record<ThemeName, Omit<TileTheme, 'fontFamily'>> = {
  dark: {
    text: '#a3aebd',
    textStrong: '#e8edf4',
    line: '#252d3a',
    ground: '#0a0d12',
    picture: { nothing: 0x0d1117, ...invalid }
  },
  light: {
    text: '#4b5666',
    textStrong: '#151b24',
    line: '#d5dbe3',
    ground: '#eceff3',
    picture: { nothing: 0xe4e8ee, ...invalid }
  }
}
