/**
 * Samples of one stream in memory that every thread sees: one thread writes (each block is copied once, from wherever it
 * lies), any number read in place. Positions count samples ever stored. What lies at the front of the ring is repeated behind
 * its end (the mirror), so that a window of up to `mirrorSamples` is always contiguous, wherever it begins.
 *
 * A reader that must lose nothing takes a hold; the writer never overwrites what is held. A reader without one sees by
 * `isHeld` whether what it read was still there.
 */
export interface RingLayout {
  channelCount: number
  elementType: 'int16' | 'float32'
  capacitySamples: number
  /** Longest window that can be read in place. */
  mirrorSamples: number
}

/** Can be posted to other threads. */
export interface SampleRing extends RingLayout {
  /** WebAssembly memory where kernels can read it in place; it may grow, the ring stays where it is. */
  readonly shared: WebAssembly.Memory | SharedArrayBuffer
}

/** The first page is left to the kernel's own data. */
const controlOffset = 65_536
const controlBytes = 1024
const dataOffset = controlOffset + controlBytes
const pageBytes = 65_536
const memoryPagesMax = 65_536
/** Words of the control block: positions modulo 2³², compared by their difference. */
const reservedWord = 0
const firstHoldWord = 2
const holdsMax = 64
/** States of a hold's first word; the second is its position. */
const free = 0
const taken = 1
const heldByMaker = 2

const elementBytes = { int16: 2, float32: 4 }
export const bytesPerSample = ({
  channelCount,
  elementType
}: Pick<RingLayout, 'channelCount' | 'elementType'>): number => channelCount * elementBytes[elementType]

/** Bytes from the start of the memory to the end of the ring and its mirror. */
export const ringEndByte = (layout: RingLayout): number =>
  dataOffset + (layout.capacitySamples + layout.mirrorSamples) * bytesPerSample(layout)

const bufferOf = ({ shared }: SampleRing): SharedArrayBuffer =>
  shared instanceof SharedArrayBuffer ? shared : (shared.buffer as unknown as SharedArrayBuffer)

function allocate(pages: number): SampleRing['shared'] {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: memoryPagesMax, shared: true })
  } catch {
    // No shared WebAssembly memory here, or no address space for it: kernels in JavaScript read this as well.
    return new SharedArrayBuffer(pages * pageBytes)
  }
}

/**
 * @param isHeld nothing is overwritten before the first reader with a hold has come
 * @throws RangeError where the machine does not give so much memory
 */
export function createSampleRing(layout: RingLayout, isHeld: boolean): SampleRing {
  const pages = Math.ceil(ringEndByte(layout) / pageBytes)
  if (pages > memoryPagesMax) throw new RangeError(`a ring of ${Math.round(ringEndByte(layout) / 1e6)} MB`)
  const ring: SampleRing = { ...layout, shared: allocate(pages) }
  if (isHeld) Atomics.store(controlOf(ring), firstHoldWord, heldByMaker)
  return ring
}

const controlOf = (ring: SampleRing): Int32Array<SharedArrayBuffer> =>
  new Int32Array(bufferOf(ring), controlOffset, controlBytes / 4)

/** The full count nearest to a known one that has these low 32 bits. */
const nearest = (known: number, low: number): number => known + ((low - (known | 0)) | 0)

export interface RingWriter {
  /** Of the next sample. */
  readonly position: number
  /** Samples that readers with a hold still need, at most. */
  readonly heldSamples: number
  /**
   * Copies a block in; `data` may begin at an odd offset. Returns its position, or null where there is no room for all of
   * it beside what is held.
   */
  store(data: Uint8Array, sampleCount: number): number | null
}

/** @param from position of the next sample: 0, or where a writer that is gone had come to */
export function createRingWriter(ring: SampleRing, from = 0): RingWriter {
  const { capacitySamples, mirrorSamples } = ring
  const sampleBytes = bytesPerSample(ring)
  const control = controlOf(ring)
  const bytes = new Uint8Array(bufferOf(ring), dataOffset, (capacitySamples + mirrorSamples) * sampleBytes)
  let position = from

  function heldSamples(): number {
    let held = 0
    for (let word = firstHoldWord; word < firstHoldWord + 2 * holdsMax; word += 2)
      if (Atomics.load(control, word) !== free)
        held = Math.max(held, ((position | 0) - Atomics.load(control, word + 1)) | 0)
    return held
  }

  /** Bytes [from, from + count) of the data to sample `at` of the ring, and to the mirror where that repeats it. */
  function put(data: Uint8Array, fromByte: number, at: number, samples: number): void {
    const whole = fromByte === 0 && samples * sampleBytes === data.length
    bytes.set(whole ? data : data.subarray(fromByte, fromByte + samples * sampleBytes), at * sampleBytes)
    if (at >= mirrorSamples) return
    const end = Math.min(mirrorSamples, at + samples)
    bytes.copyWithin((capacitySamples + at) * sampleBytes, at * sampleBytes, end * sampleBytes)
  }

  return {
    get position() {
      return position
    },
    get heldSamples() {
      return heldSamples()
    },
    store(data, sampleCount) {
      if (sampleCount + heldSamples() > capacitySamples) return null
      if (data.length !== sampleCount * sampleBytes)
        throw new RangeError(`${data.length} bytes are not ${sampleCount} samples of ${sampleBytes} bytes`)
      // Told before the first byte: a reader that finds its window reserved knows that it may have read a mixture.
      Atomics.store(control, reservedWord, (position + sampleCount) | 0)
      const at = position % capacitySamples
      const untilEnd = Math.min(sampleCount, capacitySamples - at)
      put(data, 0, at, untilEnd)
      if (untilEnd < sampleCount) put(data, untilEnd * sampleBytes, 0, sampleCount - untilEnd)
      const stored = position
      position += sampleCount
      return stored
    }
  }
}

export interface RingReader {
  /** The whole ring with its mirror; element 0 is the first channel of the sample at position 0. */
  readonly samples: Int16Array | Float32Array
  /** Where `samples` begins in the memory, bytes. */
  readonly byteOffset: number
  /** Element of a position's first channel. */
  elementAt(position: number): number
  /** Whether the sample at a position, and all after it, are still there. Ask after reading, too. */
  isHeld(position: number): boolean
}

export function createRingReader(ring: SampleRing): RingReader {
  const { capacitySamples, mirrorSamples, channelCount, elementType } = ring
  const control = controlOf(ring)
  const length = (capacitySamples + mirrorSamples) * channelCount
  const buffer = bufferOf(ring)
  const samples =
    elementType === 'int16' ? new Int16Array(buffer, dataOffset, length) : new Float32Array(buffer, dataOffset, length)
  return {
    samples,
    byteOffset: dataOffset,
    elementAt: (position) => (position % capacitySamples) * channelCount,
    isHeld: (position) => nearest(position, Atomics.load(control, reservedWord)) - position <= capacitySamples
  }
}

/** What a reader that loses nothing still needs: everything from a position on. */
export interface RingHold {
  moveTo(position: number): void
  release(): void
}

function holdIn(control: Int32Array, state: number): number | null {
  for (let word = firstHoldWord; word < firstHoldWord + 2 * holdsMax; word += 2)
    if (Atomics.load(control, word) === state) return word
  return null
}

/**
 * Null where too many readers hold this ring. All holds of a ring are taken on one thread; the first takes over from the
 * maker's.
 */
export function holdRing(ring: SampleRing, position: number): RingHold | null {
  const control = controlOf(ring)
  const word = holdIn(control, heldByMaker) ?? holdIn(control, free)
  if (word === null) return null
  Atomics.store(control, word + 1, position | 0)
  Atomics.store(control, word, taken)
  return {
    moveTo: (moved) => void Atomics.store(control, word + 1, moved | 0),
    release: () => void Atomics.store(control, word, free)
  }
}

/**
 * For another stream in the same memory: from this position on nothing is overwritten before the first reader with a hold
 * has come. On the thread that takes the holds. False where too many readers hold it.
 */
export function holdForFirstReader(ring: SampleRing, position: number): boolean {
  const control = controlOf(ring)
  const word = holdIn(control, heldByMaker) ?? holdIn(control, free)
  if (word === null) return false
  Atomics.store(control, word + 1, position | 0)
  Atomics.store(control, word, heldByMaker)
  return true
}
