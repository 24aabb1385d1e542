import { latin1 } from '../binary/binaryFile.ts'

/** The printable characters of EBCDIC code page 037, by the code of the first of each run. */
const ebcdicRuns: readonly (readonly [number, string])[] = [
  [0x40, ' '],
  [0x4b, '.<(+|&'],
  [0x5a, '!$*);'],
  [0x60, '-/'],
  [0x6b, ',%_>?'],
  [0x79, '`:#@\'="'],
  [0x81, 'abcdefghi'],
  [0x91, 'jklmnopqr'],
  [0xa1, '~stuvwxyz'],
  [0xb0, '^'],
  [0xba, '[]'],
  [0xc0, '{ABCDEFGHI'],
  [0xd0, '}JKLMNOPQR'],
  [0xe0, '\\'],
  [0xe2, 'STUVWXYZ'],
  [0xf0, '0123456789']
]

const ebcdicTable = (): string[] => {
  const table = Array.from({ length: 256 }, () => '')
  for (const [first, characters] of ebcdicRuns)
    [...characters].forEach((character, i) => (table[first + i] = character))
  return table
}

const lineLength = 80

export interface TextHeader {
  encoding: 'EBCDIC' | 'ASCII'
  /** Lines with something on them, without the numbers that begin them. */
  lines: string[]
  /** Share of bytes that are text, 0 to 1. */
  plausibility: number
}

/** Reads 40 lines of 80 characters in whichever code makes more of it readable; fill bytes of 0 are neither. */
export function readTextHeader(bytes: Uint8Array): TextHeader {
  const table = ebcdicTable()
  let filled = 0
  let asEbcdic = 0
  let asAscii = 0
  for (const byte of bytes) {
    if (byte === 0) continue
    filled += 1
    if (table[byte] !== '') asEbcdic += 1
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d) asAscii += 1
  }
  const isEbcdic = asEbcdic > asAscii
  const text = isEbcdic
    ? Array.from(bytes, (byte) => table[byte] || ' ').join('')
    : latin1(bytes).replaceAll(/[^\x20-\x7e]/g, ' ')
  const lines = Array.from({ length: Math.ceil(text.length / lineLength) }, (_, i) =>
    text
      .slice(i * lineLength, (i + 1) * lineLength)
      .replace(/^C ?\d{1,2} ?/, '')
      .trim()
  ).filter((line) => line !== '')
  return {
    encoding: isEbcdic ? 'EBCDIC' : 'ASCII',
    lines,
    plausibility: filled === 0 ? 0 : Math.max(asEbcdic, asAscii) / filled
  }
}
