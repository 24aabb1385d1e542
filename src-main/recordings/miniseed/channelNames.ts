import { latin1 } from '../binary/binaryFile.ts'

const field = (bytes: Uint8Array, from: number, to: number): string =>
  latin1(bytes.subarray(from, to)).replaceAll(/[^\x21-\x7e]/g, '')

/** `NET.STA.LOC.CHA` of a record of version 2. */
export const nameOfRecord2 = (record: Uint8Array): string =>
  [field(record, 18, 20), field(record, 8, 13), field(record, 13, 15), field(record, 15, 18)].join('.')

/**
 * `NET.STA.LOC.CHA` from `FDSN:NET_STA_LOC_BAND_SOURCE_SUBSOURCE`, as the same channel is called in version 2; codes of more
 * than one letter keep their underlines, and an identifier of another kind is left as it is.
 */
export function nameOfIdentifier(identifier: string): string {
  const match = /^FDSN:([^_]*)_([^_]*)_([^_]*)_([^_]*)_([^_]*)_([^_]*)$/.exec(identifier)
  if (!match) return identifier.replaceAll(/[^\x21-\x7e]/g, '?')
  const [, network, station, location, band, source, subsource] = match
  const codes = [band, source, subsource]
  const channel = codes.every((code) => code!.length <= 1) ? codes.join('') : codes.join('_')
  return [network, station, location, channel].join('.')
}
