import { crc32 } from '../../recordings/session/crc32.ts'
import type { SequentialFile } from './sequentialFile.ts'

interface Entry {
  name: Uint8Array
  crc: number
  bytes: number
  offset: number
}

/** Where there is room for 64-bit lengths in both headers, so that size never matters. */
const versionNeeded = 45
const inExtraField = 0xffffffff
/** 1980-01-01: NumPy does the same, so that equal arrays make equal files. */
const dosDate = (1 << 5) | 1

/** A ZIP file of stored (uncompressed) entries with 64-bit lengths; each is written in pieces. */
export class ZipFile {
  readonly #file: SequentialFile
  readonly #entries: Entry[] = []

  constructor(file: SequentialFile) {
    this.#file = file
  }

  async add(name: string, fill: (append: (bytes: Uint8Array) => Promise<void>) => Promise<void>): Promise<void> {
    const entry: Entry = { name: new TextEncoder().encode(name), crc: 0, bytes: 0, offset: this.#file.length }
    await this.#file.append(localHeader(entry))
    await fill(async (bytes) => {
      entry.crc = crc32(bytes, entry.crc)
      entry.bytes += bytes.byteLength
      await this.#file.append(bytes)
    })
    await this.#file.patch(localHeader(entry), entry.offset)
    this.#entries.push(entry)
  }

  async end(): Promise<void> {
    const offset = this.#file.length
    for (const entry of this.#entries) await this.#file.append(centralHeader(entry))
    await this.#file.append(endRecords(this.#entries.length, offset, this.#file.length - offset))
  }
}

class Fields {
  readonly #view: DataView
  #at = 0

  constructor(length: number) {
    this.#view = new DataView(new ArrayBuffer(length))
  }

  u16(...values: number[]): this {
    for (const value of values) this.#view.setUint16((this.#at += 2) - 2, value, true)
    return this
  }

  u32(...values: number[]): this {
    for (const value of values) this.#view.setUint32((this.#at += 4) - 4, value, true)
    return this
  }

  u64(...values: number[]): this {
    for (const value of values) this.#view.setBigUint64((this.#at += 8) - 8, BigInt(value), true)
    return this
  }

  bytes(more: Uint8Array = new Uint8Array(0)): Uint8Array {
    const all = new Uint8Array(this.#view.byteLength + more.length)
    all.set(new Uint8Array(this.#view.buffer))
    all.set(more, this.#view.byteLength)
    return all
  }
}

function localHeader({ name, crc, bytes }: Entry): Uint8Array {
  const extra = new Fields(20).u16(1, 16).u64(bytes, bytes).bytes()
  const more = new Uint8Array([...name, ...extra])
  return new Fields(30)
    .u32(0x04034b50)
    .u16(versionNeeded, 0, 0, 0, dosDate)
    .u32(crc, inExtraField, inExtraField)
    .u16(name.length, extra.length)
    .bytes(more)
}

function centralHeader({ name, crc, bytes, offset }: Entry): Uint8Array {
  const extra = new Fields(28).u16(1, 24).u64(bytes, bytes, offset).bytes()
  const more = new Uint8Array([...name, ...extra])
  return new Fields(46)
    .u32(0x02014b50)
    .u16(versionNeeded, versionNeeded, 0, 0, 0, dosDate)
    .u32(crc, inExtraField, inExtraField)
    .u16(name.length, extra.length, 0, 0, 0)
    .u32(0, inExtraField)
    .bytes(more)
}

function endRecords(entries: number, offset: number, bytes: number): Uint8Array {
  const wide = new Fields(56)
    .u32(0x06064b50)
    .u64(44)
    .u16(versionNeeded, versionNeeded)
    .u32(0, 0)
    .u64(entries, entries, bytes, offset)
    .bytes()
  const locator = new Fields(20)
    .u32(0x07064b50, 0)
    .u64(offset + bytes)
    .u32(1)
    .bytes()
  const end = new Fields(22).u32(0x06054b50).u16(0, 0, entries, entries).u32(inExtraField, inExtraField).u16(0).bytes()
  return new Uint8Array([...wide, ...locator, ...end])
}
