/** Values of a TDMS metadata block, in the byte order of its segment. Running off its end is a `TdmsProblem`. */
export type TdmsValue = string | number | bigint | boolean | null

/** Something expected is wrong with the file. */
export class TdmsProblem extends Error {
  override readonly name = 'TdmsProblem'
}

/** A text from the file inside a sentence of ours: short, and nothing in it that a terminal would obey. */
export const shown = (text: string): string => `"${text.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?')}"`

/** Seconds between 1904-01-01 and 1970-01-01, UTC. */
const secondsFrom1904 = 2_082_844_800n

export class TdmsReader {
  readonly #view: DataView
  readonly #littleEndian: boolean
  readonly #place: number
  #position = 0

  /** `place` is where the block stands in the file, for messages. */
  constructor(bytes: Uint8Array, littleEndian: boolean, place: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#littleEndian = littleEndian
    this.#place = place
  }

  get remaining(): number {
    return this.#view.byteLength - this.#position
  }

  get place(): number {
    return this.#place + this.#position
  }

  #take(bytes: number): number {
    if (bytes > this.remaining) throw new TdmsProblem(`the description at byte ${this.place} runs past its end`)
    const at = this.#position
    this.#position += bytes
    return at
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), this.#littleEndian)
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#take(8), this.#littleEndian)
  }

  text(): string {
    const length = this.uint32()
    const at = this.#take(length)
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length))
  }

  skip(bytes: number): void {
    this.#take(bytes)
  }

  /** A property's value; times are nanoseconds since 1970 as `bigint`. */
  value(type: number): TdmsValue {
    const view = this.#view
    const le = this.#littleEndian
    switch (type) {
      case 0x00:
        return null
      case 0x01:
        return view.getInt8(this.#take(1))
      case 0x02:
        return view.getInt16(this.#take(2), le)
      case 0x03:
        return view.getInt32(this.#take(4), le)
      case 0x04:
        return Number(view.getBigInt64(this.#take(8), le))
      case 0x05:
        return view.getUint8(this.#take(1))
      case 0x06:
        return view.getUint16(this.#take(2), le)
      case 0x07:
        return view.getUint32(this.#take(4), le)
      case 0x08:
        return Number(view.getBigUint64(this.#take(8), le))
      case 0x09:
      case 0x19:
        return view.getFloat32(this.#take(4), le)
      case 0x0a:
      case 0x1a:
        return view.getFloat64(this.#take(8), le)
      case 0x20:
        return this.text()
      case 0x21:
        return view.getUint8(this.#take(1)) !== 0
      case 0x44:
        return this.#time()
      default:
        throw new TdmsProblem(`the property before byte ${this.place} has the unknown type 0x${type.toString(16)}`)
    }
  }

  /** 2⁻⁶⁴ s and seconds since 1904, in this order; in a big-endian file the other way round. */
  #time(): bigint {
    const at = this.#take(16)
    const le = this.#littleEndian
    const fraction = this.#view.getBigUint64(at + (le ? 0 : 8), le)
    const seconds = this.#view.getBigInt64(at + (le ? 8 : 0), le)
    return (seconds - secondsFrom1904) * 1_000_000_000n + ((fraction * 1_000_000_000n + (1n << 63n)) >> 64n)
  }
}
