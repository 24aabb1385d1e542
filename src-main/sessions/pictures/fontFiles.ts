/**
 * Parts of the font of pictures, in the package `@fontsource/inter`; the build puts them beside the program, with their
 * licence. Each is registered under a name of its own: what a character lacks in one it has in another.
 */
export const fontFiles = [
  { name: 'Wavefall Latin', file: 'inter-latin-400-normal.woff2' },
  { name: 'Wavefall Latin', file: 'inter-latin-600-normal.woff2' },
  { name: 'Wavefall Extended', file: 'inter-latin-ext-400-normal.woff2' },
  { name: 'Wavefall Greek', file: 'inter-greek-400-normal.woff2' },
  { name: 'Wavefall Cyrillic', file: 'inter-cyrillic-400-normal.woff2' }
] as const
