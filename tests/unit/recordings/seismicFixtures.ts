import { writeFile } from 'node:fs/promises'

/** Writes numbers one after the other, in one byte order. */
export class Bytes {
  readonly #parts: Buffer[] = []
  readonly #littleEndian: boolean

  constructor(littleEndian = true) {
    this.#littleEndian = littleEndian
  }

  #number(bytes: number, write: (view: DataView) => void): this {
    const part = Buffer.alloc(bytes)
    write(new DataView(part.buffer, part.byteOffset, bytes))
    this.#parts.push(part)
    return this
  }

  u8 = (value: number): this => this.#number(1, (view) => view.setUint8(0, value))
  i8 = (value: number): this => this.#number(1, (view) => view.setInt8(0, value))
  u16 = (value: number): this => this.#number(2, (view) => view.setUint16(0, value, this.#littleEndian))
  i16 = (value: number): this => this.#number(2, (view) => view.setInt16(0, value, this.#littleEndian))
  u32 = (value: number): this => this.#number(4, (view) => view.setUint32(0, value, this.#littleEndian))
  i32 = (value: number): this => this.#number(4, (view) => view.setInt32(0, value, this.#littleEndian))
  u64 = (value: bigint): this => this.#number(8, (view) => view.setBigUint64(0, value, this.#littleEndian))
  f32 = (value: number): this => this.#number(4, (view) => view.setFloat32(0, value, this.#littleEndian))
  f64 = (value: number): this => this.#number(8, (view) => view.setFloat64(0, value, this.#littleEndian))
  text = (value: string): this => this.bytes(Buffer.from(value, 'latin1'))
  zeros = (count: number): this => this.bytes(Buffer.alloc(count))
  bytes(part: Uint8Array): this {
    this.#parts.push(Buffer.from(part))
    return this
  }
  all = (): Buffer => Buffer.concat(this.#parts)
}

/** Value of a sample in all fixtures that take none. */
export const valueAt = (row: number, channel: number): number => row * 100 + channel

export const grid = (rows: number, channels: number, firstRow = 0): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: channels }, (_, c) => valueAt(firstRow + row, c)))

export const putSample: Record<string, (bytes: Bytes, value: number) => Bytes> = {
  int8: (bytes, value) => bytes.i8(value),
  uint8: (bytes, value) => bytes.u8(value),
  int16: (bytes, value) => bytes.i16(value),
  uint16: (bytes, value) => bytes.u16(value),
  int32: (bytes, value) => bytes.i32(value),
  uint32: (bytes, value) => bytes.u32(value),
  float32: (bytes, value) => bytes.f32(value),
  float64: (bytes, value) => bytes.f64(value)
}

export interface SegyOptions {
  /** Rows × traces. */
  values: number[][]
  format?: number
  littleEndian?: boolean
  revision?: [number, number]
  intervalUs?: number
  /** Rev 2: interval and samples in their longer fields alone. */
  isExtended?: boolean
  textHeaders?: number
  year?: number
  second?: number
  delayMs?: number
  timeBasis?: number
  groupX?: (trace: number) => number
  scalar?: number
  coordinateUnits?: number
  /** Samples that a trace header says. */
  samplesOf?: (trace: number) => number
  text?: string
}

const segyKinds: Record<number, string> = {
  2: 'int32',
  3: 'int16',
  5: 'float32',
  6: 'float64',
  8: 'int8',
  10: 'uint32',
  11: 'uint16',
  16: 'uint8'
}

/** SEG-Y from the standard's table of bytes. */
export function segyBytes(options: SegyOptions): Buffer {
  const { values, format = 5, littleEndian = false, revision = [1, 0], intervalUs = 4000 } = options
  const { isExtended = false, textHeaders = 0, scalar = 0, text = 'C 1 A test of SEG-Y' } = options
  const samples = values.length
  const header = new Bytes(littleEndian)
    .text(text.padEnd(3200))
    .zeros(12)
    .i16(values[0]!.length)
    .i16(0)
    .u16(isExtended ? 0 : intervalUs)
    .u16(0)
    .u16(isExtended ? 0 : samples)
    .u16(0)
    .i16(format)
    .zeros(68 - 26)
    .u32(isExtended ? samples : 0)
    .f64(isExtended ? intervalUs : 0)
    .zeros(96 - 80)
    .u32(revision[0] >= 2 ? 0x01020304 : 0)
    .zeros(300 - 100)
    .u8(revision[0])
    .u8(revision[1])
    .i16(1)
    .i16(textHeaders)
    .zeros(400 - 306)
  for (let k = 0; k < textHeaders; k++) header.text('(( further text ))'.padEnd(3200))
  const put = putSample[segyKinds[format] ?? 'int16']!
  values[0]!.forEach((_, trace) => {
    header
      .i32(trace + 1)
      .zeros(70 - 4)
      .i16(scalar)
      .zeros(80 - 72)
      .i32(options.groupX?.(trace) ?? 0)
      .i32(0)
      .i16(options.coordinateUnits ?? 1)
      .zeros(108 - 90)
      .i16(options.delayMs ?? 0)
      .zeros(114 - 110)
      .u16(options.samplesOf?.(trace) ?? (samples > 65_535 ? 0 : samples))
      .u16(isExtended ? 0 : intervalUs)
      .zeros(156 - 118)
      .i16(options.year ?? 2024)
      .i16(60)
      .i16(12)
      .i16(30)
      .i16(options.second ?? 15)
      .i16(options.timeBasis ?? 4)
      .zeros(240 - 168)
    for (const row of values) put(header, row[trace]!)
  })
  return header.all()
}

export interface SacOptions {
  values: number[]
  littleEndian?: boolean
  version?: 6 | 7
  deltaS?: number
  beginS?: number
  station?: string
  second?: number
  isEven?: boolean
}

/** From SAC's table of its header: 70 floats, 40 integers, 24 texts. */
export function sacBytes(options: SacOptions): Buffer {
  const { values, littleEndian = true, version = 6, deltaS = 0.01, beginS = 0, station = '00001' } = options
  const floats = Array.from({ length: 70 }, () => -12345)
  floats[0] = deltaS
  floats[5] = beginS
  const integers = Array.from({ length: 40 }, () => -12345)
  integers.splice(0, 7, 2024, 60, 12, 30, options.second ?? 15, 250, version)
  integers[9] = values.length
  integers[15] = 1
  integers[35] = (options.isEven ?? true) ? 1 : 0
  const texts = Array.from({ length: 24 }, () => '-12345')
  texts[0] = station
  texts[20] = 'HSF'
  texts[21] = 'XX'
  const bytes = new Bytes(littleEndian)
  for (const value of floats) bytes.f32(value)
  for (const value of integers) bytes.i32(value)
  bytes.text(texts.map((text, i) => (i === 1 ? ''.padEnd(8) : text.padEnd(8))).join(''))
  for (const value of values) bytes.f32(value)
  if (version === 7) {
    bytes.f64(deltaS).f64(beginS)
    for (let i = 2; i < 22; i++) bytes.f64(-12345)
  }
  return bytes.all()
}

export interface WavOptions {
  values: number[][]
  stored?: 'int16' | 'int32' | 'float32' | 'float64'
  isExtensible?: boolean
  isLong?: boolean
  rateHz?: number
  /** Chunks before the samples, with their names. */
  chunks?: [string, Buffer][]
  dataBytes?: number
}

export function wavBytes(options: WavOptions): Buffer {
  const { values, stored = 'int16', isExtensible = false, isLong = false, rateHz = 1000, chunks = [] } = options
  const channels = values[0]!.length
  const bytesPer = { int16: 2, int32: 4, float32: 4, float64: 8 }[stored]
  const code = stored.startsWith('float') ? 3 : 1
  const data = new Bytes()
  for (const value of values.flat()) putSample[stored]!(data, value)
  const samples = data.all()
  const body = new Bytes()
    .text('WAVE')
    .bytes(
      isLong
        ? new Bytes().text('ds64').u32(28).u64(0n).u64(BigInt(samples.length)).u64(0n).u32(0).all()
        : Buffer.alloc(0)
    )
    .text('fmt ')
    .u32(isExtensible ? 40 : 16)
    .u16(isExtensible ? 0xfffe : code)
    .u16(channels)
    .u32(rateHz)
    .u32(rateHz * channels * bytesPer)
    .u16(channels * bytesPer)
    .u16(bytesPer * 8)
  if (isExtensible)
    body
      .u16(22)
      .u16(bytesPer * 8)
      .u32(0)
      .u16(code)
      .text('\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71')
  for (const [name, bytes] of chunks)
    body
      .text(name)
      .u32(bytes.length)
      .bytes(bytes)
      .zeros(bytes.length & 1)
  body
    .text('data')
    .u32(isLong ? 0xffffffff : (options.dataBytes ?? samples.length))
    .bytes(samples)
  const all = body.all()
  return new Bytes()
    .text(isLong ? 'RF64' : 'RIFF')
    .u32(isLong ? 0xffffffff : all.length)
    .bytes(all)
    .all()
}

export const writing =
  (bytes: Buffer) =>
  (path: string): Promise<void> =>
    writeFile(path, bytes)
