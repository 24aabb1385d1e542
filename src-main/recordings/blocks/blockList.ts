/** What the samples of a block decode to. */
export type BlockElement = 'int16' | 'int32' | 'float32' | 'float64'

export interface Block {
  /** Which file of the recording, and where in it. */
  file: number
  place: number
  bytes: number
  samples: number
}

type Column = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>

/**
 * The blocks of one channel, 32 bytes each in typed arrays: a file of 2 GB may hold four million. `start` counts samples
 * from `originNs` and has a fraction where a block does not lie on its grid.
 */
export class BlockList {
  readonly name: string
  readonly rateHz: number
  /** Time of sample 0: the channel's own, so that starts are small numbers, exact to far below a nanosecond. */
  readonly originNs: bigint
  readonly elements = new Set<BlockElement>()
  #count = 0
  #places = new Float64Array(8)
  #starts = new Float64Array(8)
  #bytes = new Uint32Array(8)
  #samples = new Uint32Array(8)
  #files = new Uint32Array(8)
  #isAscending = true

  constructor(name: string, rateHz: number, originNs: bigint) {
    this.name = name
    this.rateHz = rateHz
    this.originNs = originNs
  }

  get count(): number {
    return this.#count
  }

  add(start: number, { file, place, bytes, samples }: Block): void {
    const at = this.#count
    if (at === this.#places.length) this.#grow()
    if (at > 0 && start < this.#starts[at - 1]!) this.#isAscending = false
    this.#places[at] = place
    this.#starts[at] = start
    this.#bytes[at] = bytes
    this.#samples[at] = samples
    this.#files[at] = file
    this.#count = at + 1
  }

  start(at: number): number {
    return this.#starts[at]!
  }

  samples(at: number): number {
    return this.#samples[at]!
  }

  block(at: number): Block {
    return {
      file: this.#files[at]!,
      place: this.#places[at]!,
      bytes: this.#bytes[at]!,
      samples: this.#samples[at]!
    }
  }

  /** By start; blocks of one start stay in the order in which they came. */
  sort(): void {
    if (this.#isAscending) return
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i)
    const starts = this.#starts
    order.sort((a, b) => starts[a]! - starts[b]! || a - b)
    const sorted = <T extends Column>(column: T, target: T): T => {
      order.forEach((from, to) => (target[to] = column[from]!))
      return target
    }
    const { length } = this.#places
    this.#places = sorted(this.#places, new Float64Array(length))
    this.#starts = sorted(this.#starts, new Float64Array(length))
    this.#bytes = sorted(this.#bytes, new Uint32Array(length))
    this.#samples = sorted(this.#samples, new Uint32Array(length))
    this.#files = sorted(this.#files, new Uint32Array(length))
    this.#isAscending = true
  }

  #grow(): void {
    const length = Math.ceil(this.#places.length * 1.5)
    const doubles = (column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(length)
      larger.set(column)
      return larger
    }
    const integers = (column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(length)
      larger.set(column)
      return larger
    }
    this.#places = doubles(this.#places)
    this.#starts = doubles(this.#starts)
    this.#bytes = integers(this.#bytes)
    this.#samples = integers(this.#samples)
    this.#files = integers(this.#files)
  }
}
