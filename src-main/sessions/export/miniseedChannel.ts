import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import { encodeSteim2 } from '../../recordings/miniseed/steimEncode.ts'
import type { ElementName, SampleArray } from '../../recordings/recording.ts'
import { type ChannelId, dataOffsetOf, encodings, putRecordHeader } from './miniseedRecord.ts'
import type { RateFactor } from './sampleRateFactor.ts'

const frameBytes = 64
const mostSamples = 65_535

interface Encoded {
  encoding: (typeof encodings)[keyof typeof encodings]
  bytes: Uint8Array
  samples: number
  frames: number
}

/** The records of one channel over one run: takes its samples, gives full records. */
export class ChannelRecords {
  readonly #id: ChannelId
  readonly #rate: RateFactor
  readonly #recordBytes: number
  readonly #nextSequence: () => number
  readonly #isInteger: boolean
  #waiting: SampleArray
  /** Row of the first waiting sample. */
  #firstRow = 0
  #previous: number | null = null

  constructor(options: {
    id: ChannelId
    rate: RateFactor
    recordBytes: number
    element: ElementName
    nextSequence: () => number
  }) {
    this.#id = options.id
    this.#rate = options.rate
    this.#recordBytes = options.recordBytes
    this.#nextSequence = options.nextSequence
    this.#isInteger = options.element.startsWith('int')
    this.#waiting = this.#isInteger
      ? new Int32Array(0)
      : new (options.element === 'float64' ? Float64Array : Float32Array)(0)
  }

  /** Samples that follow those before; `row` is the row of the first one. */
  add(samples: SampleArray, row: number): void {
    const before = this.#waiting
    if (before.length === 0) this.#firstRow = row
    const all = new (before.constructor as new (length: number) => SampleArray)(before.length + samples.length)
    all.set(before)
    all.set(samples, before.length)
    this.#waiting = all
  }

  /** Records that are full; with `isLast` all that is left, too. `timeNs` is the time of a row. */
  take(timeNs: (row: number) => Nanoseconds, isLast: boolean): Uint8Array {
    const records: Uint8Array[] = []
    let from = 0
    while (from < this.#waiting.length) {
      const { bytes, samples, encoding, frames } = this.#encode(from)
      if (!isLast && from + samples >= this.#waiting.length) break
      const record = new Uint8Array(this.#recordBytes)
      record.set(bytes, dataOffsetOf(this.#rate))
      putRecordHeader(record, {
        id: this.#id,
        sequence: this.#nextSequence(),
        startTimeNs: timeNs(this.#firstRow + from),
        rate: this.#rate,
        samples,
        encoding,
        recordBytes: this.#recordBytes,
        usedFrames: frames
      })
      records.push(record)
      from += samples
      this.#previous = this.#waiting[from - 1]!
    }
    this.#waiting = this.#waiting.slice(from)
    this.#firstRow += from
    return joined(records, this.#recordBytes)
  }

  #encode(from: number): Encoded {
    const room = this.#recordBytes - dataOffsetOf(this.#rate)
    const waiting = this.#waiting
    if (!this.#isInteger) {
      const encoding = waiting instanceof Float64Array ? encodings.float64 : encodings.float32
      return { encoding, ...bigEndian(waiting, from, room), frames: 0 }
    }
    const integers = waiting as Int32Array
    const most = integers.length - from > mostSamples ? integers.subarray(0, from + mostSamples) : integers
    const steim = encodeSteim2(most, from, room / frameBytes, this.#previous)
    if (steim.kind === 'encoded')
      return {
        encoding: encodings.steim2,
        bytes: steim.frames,
        samples: steim.samples,
        frames: steim.frames.length / frameBytes
      }
    // A step of more than 30 bits: this record has its integers as they are.
    return { encoding: encodings.int32, ...bigEndian(integers, from, room), frames: 0 }
  }
}

function bigEndian(values: SampleArray, from: number, room: number): { bytes: Uint8Array; samples: number } {
  const size = values.BYTES_PER_ELEMENT
  const samples = Math.min(Math.floor(room / size), values.length - from)
  const view = new DataView(new ArrayBuffer(samples * size))
  for (let i = 0; i < samples; i++) {
    const value = values[from + i]!
    if (values instanceof Float64Array) view.setFloat64(i * size, value)
    else if (values instanceof Float32Array) view.setFloat32(i * size, value)
    else view.setInt32(i * size, value)
  }
  return { bytes: new Uint8Array(view.buffer), samples }
}

function joined(records: Uint8Array[], recordBytes: number): Uint8Array {
  const all = new Uint8Array(records.length * recordBytes)
  records.forEach((record, index) => all.set(record, index * recordBytes))
  return all
}
