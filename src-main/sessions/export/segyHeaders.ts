import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import type { ExportContent } from './exportContent.ts'

/** EBCDIC (code page 037) of the printable characters of ASCII, from the space on. */
const ebcdic = Uint8Array.from(
  (
    '405a7f7b5b6c507d4d5d5c4e6b604b61f0f1f2f3f4f5f6f7f8f97a5e4c7e6e6f7cc1c2c3c4c5c6c7c8c9d1d2d3d4d5d6' +
    'd7d8d9e2e3e4e5e6e7e8e9bae0bbb06d79818283848586878889919293949596979899a2a3a4a5a6a7a8a9c04fd0a1'
  ).match(/../g)!,
  (pair) => parseInt(pair, 16)
)
const ebcdicSpace = 0x40

/** Sample formats of SEG-Y: 16-bit and 32-bit integers and 32-bit IEEE floating point. */
export interface SegyFormat {
  code: 2 | 3 | 5
  bytes: 2 | 4
}

export function segyFormat({ element }: Pick<ExportContent, 'element'>): SegyFormat {
  if (element === 'int8' || element === 'int16') return { code: 3, bytes: 2 }
  return element === 'int32' ? { code: 2, bytes: 4 } : { code: 5, bytes: 4 }
}

export const headerBytes = 3600
export const traceHeaderBytes = 240
const mostShort = 65_535

/** The microseconds that fit the two bytes that every revision knows; 0 where none do, as the standard asks for. */
export function shortInterval(content: ExportContent): number {
  const microseconds = Math.round((content.sampleIntervalNs ?? 0) / 1000)
  return microseconds <= mostShort ? microseconds : 0
}

export const shortSamples = (content: ExportContent): number => (content.rows <= mostShort ? content.rows : 0)

const largestCoordinate = 2 ** 31 - 1

/** Decimals of a metre in GroupX, at most four: as many as the distances need, and as fit. */
export function coordinateDecimals(content: ExportContent): number {
  const all = Array.from({ length: content.channels }, (_, i) => content.distanceM(i) ?? 0)
  const largest = all.reduce((most, distance) => Math.max(most, Math.abs(distance)), 0)
  for (let decimals = 0; ; decimals++) {
    const factor = 10 ** decimals
    const isExact = all.every((distance) => Math.abs(Math.round(distance * factor) / factor - distance) < 1e-7)
    if (isExact || decimals === 4 || largest * factor * 10 > largestCoordinate) return decimals
  }
}

/** UTC fields and whole milliseconds, to the nearest, of the start; and what is left of it. */
export function startFields(content: ExportContent): {
  fields: [number, number, number, number, number]
  delayMs: number
  restNs: number
} {
  const second = ((content.startTimeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const wholeSecond = content.startTimeNs - second
  const date = new Date(Number(wholeSecond / 1_000_000n))
  const year = date.getUTCFullYear()
  const day = Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1
  const delayMs = Math.round(Number(second) / 1e6)
  return {
    fields: [year, day, date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()],
    delayMs,
    restNs: Number(second) - delayMs * 1e6
  }
}

function textLines(content: ExportContent): string[] {
  const known = (value: number | string | null, unit = ''): string => (value === null ? 'not known' : `${value}${unit}`)
  const lines = [
    'Distributed acoustic sensing, exported by Wavefall',
    `Source: ${content.source.format}, instrument ${known(content.source.instrument)}`,
    `First sample: ${content.hasStartTime ? isoFromNanoseconds(content.startTimeNs) : 'not known'} (UTC)`,
    `Sample interval: ${known(content.sampleIntervalNs === null ? null : content.sampleIntervalNs / 1e9, ' s')}`,
    `Samples a trace: ${content.rows}; one trace a channel: ${content.channels}`,
    `Quantity: ${known(content.quantity)}; unit: ${known(content.unit)}`,
    `Channel spacing: ${known(content.channelSpacingM, ' m')}`,
    `First channel: number ${content.channelNumber(0)} at ${known(content.distanceM(0), ' m')}`,
    `Gauge length: ${known(content.source.gaugeLengthM, ' m')}`,
    'Trace headers: channel number in 21-24, distance along the fibre in 81-84',
    'with its scalar in 71-72, start in 157-166 (UTC) and 109-110 (ms)'
  ]
  for (const { startTimeNs, endTimeNs } of content.gaps.slice(0, 20))
    lines.push(`Gap (NaN): ${isoFromNanoseconds(startTimeNs)} to ${isoFromNanoseconds(endTimeNs)}`)
  return lines
}

/** The textual header: 40 lines of 80 characters, in EBCDIC as every reader expects. */
function textHeader(content: ExportContent): Uint8Array {
  const lines = textLines(content)
  const header = new Uint8Array(3200).fill(ebcdicSpace)
  for (let line = 0; line < 40; line++) {
    const said = line === 38 ? 'SEG-Y REV2.0' : line === 39 ? 'END TEXTUAL HEADER' : (lines[line] ?? '')
    const text = `C${String(line + 1).padStart(2)} ${said}`.slice(0, 80)
    for (let i = 0; i < text.length; i++) header[line * 80 + i] = ebcdic[text.charCodeAt(i) - 0x20] ?? 0x6f
  }
  return header
}

/** Textual and binary header, 3600 bytes. Byte numbers are those of the standard (SEG-Y revision 2.0, table 2). */
export function fileHeader(content: ExportContent): Uint8Array {
  const header = new Uint8Array(headerBytes)
  header.set(textHeader(content))
  const view = new DataView(header.buffer)
  const u16 = (byte: number, value: number): void => view.setUint16(byte - 1, value)
  const i32 = (byte: number, value: number): void => view.setInt32(byte - 1, value)
  const { rows, channels, sampleIntervalNs } = content
  // Signed in revision 1: what does not fit stands in the extended field alone.
  u16(3213, channels <= 32_767 ? channels : 0)
  u16(3217, shortInterval(content))
  u16(3221, shortSamples(content))
  u16(3225, segyFormat(content).code)
  u16(3227, 1)
  u16(3229, 1)
  u16(3255, 1)
  i32(3261, channels)
  i32(3269, rows)
  view.setFloat64(3273 - 1, (sampleIntervalNs ?? 0) / 1000)
  i32(3297, 0x01020304)
  view.setUint8(3501 - 1, 2)
  u16(3503, 1)
  u16(3513, 4)
  view.setBigUint64(3515 - 1, BigInt(channels))
  view.setBigUint64(3523 - 1, BigInt(headerBytes))
  return header
}

/** Header of the trace of one channel, 240 bytes (table 3). `decimals` of its distance are kept. */
export function traceHeader(content: ExportContent, channel: number, decimals: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(traceHeaderBytes))
  const u16 = (byte: number, value: number): void => view.setUint16(byte - 1, value)
  const i16 = (byte: number, value: number): void => view.setInt16(byte - 1, value)
  const i32 = (byte: number, value: number): void => view.setInt32(byte - 1, value)
  i32(1, channel + 1)
  i32(5, channel + 1)
  i32(9, 1)
  i32(13, channel + 1)
  i32(21, content.channelNumber(channel))
  i32(25, 1)
  u16(29, 1)
  const distance = content.distanceM(channel)
  const coordinate = distance === null ? 0 : Math.round(distance * 10 ** decimals)
  i16(69, 1)
  i16(71, decimals === 0 ? 1 : -(10 ** decimals))
  i32(81, coordinate)
  u16(89, 1)
  const { fields, delayMs } = startFields(content)
  i16(109, delayMs)
  u16(115, shortSamples(content))
  u16(117, shortInterval(content))
  fields.forEach((value, index) => u16(157 + 2 * index, value))
  u16(167, 4)
  i32(181, coordinate)
  return new Uint8Array(view.buffer)
}
