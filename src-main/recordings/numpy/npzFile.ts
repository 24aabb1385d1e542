import { type BinaryFile, viewOf, withFile } from '../binary/binaryFile.ts'
import { decodeSamples, storedBytes } from '../binary/sampleDecoding.ts'
import type { NumberArray } from '../hdf5/hdf5File.ts'
import type { TimeStore } from '../hdf5/rowTimes.ts'
import { RecordingError } from '../recording.ts'
import { elementCount, type NpyArray, npyArray } from './npyHeader.ts'
import { checkUnpacked, unpack, unpackedHead, type UnpackedFile } from './unpacked.ts'
import { contentPlace, type ZipMember, zipMembers } from './zipDirectory.ts'

/** An array in the archive, by its name without `.npy`. */
export interface NpzArray {
  name: string
  array: NpyArray
  member: ZipMember
  /** Where the member's content (its NumPy header) begins in the archive. */
  place: number
}

const headBytes = 64 * 1024
const smallBytes = 64 * 1024 * 1024

/** The arrays of a NumPy archive. What is no array of numbers or text is left out with a warning. */
export function npzArrays(path: string, sizeBytes: number, warnings: string[]): NpzArray[] | string {
  return withFile(path, (file) => {
    const members = zipMembers(file, sizeBytes)
    if (typeof members === 'string') return members
    const arrays: NpzArray[] = []
    for (const member of members) {
      if (!member.name.endsWith('.npy')) continue
      const place = contentPlace(file, sizeBytes, member)
      if (typeof place === 'string') return place
      const head = headOf(file, member, place)
      const array = head === null ? 'cannot be unpacked' : npyArray(head)
      const name = member.name.slice(0, -4)
      if (typeof array !== 'string') arrays.push({ name, array, member, place })
      else warnings.push(`The array ${name} ${array}; it was left out.`)
    }
    return arrays
  })
}

function headOf(file: BinaryFile, member: ZipMember, place: number): Uint8Array | null {
  const packed = file.read(place, Math.min(headBytes, member.packedBytes))
  return member.isDeflated ? unpackedHead(packed, headBytes) : packed
}

/** Arrays of an archive while a recording of it is open: in place where they are stored, unpacked where they are packed. */
export class NpzFile {
  readonly #path: string
  readonly #unpacked = new Map<string, Promise<UnpackedFile>>()

  constructor(path: string) {
    this.#path = path
  }

  /** Throws `RecordingError` where the array is not all there, or too large to be unpacked. */
  check({ member, array, name }: NpzArray): void {
    const needed = array.place + elementCount(array) * array.bytes
    if (member.bytes < needed)
      throw new RecordingError(this.#path, `${name} is cut off: ${member.bytes} of ${needed} bytes are there`)
    if (member.isDeflated) checkUnpacked(this.#path, member)
  }

  /** Runs `use` with the file that the array is in and the place of its first element there. */
  async with<T>(found: NpzArray, use: (file: BinaryFile, place: number) => T): Promise<T> {
    const { member, array, place, name } = found
    this.check(found)
    if (!member.isDeflated) return withFile(this.#path, (file) => use(file, place + array.place))
    let unpacked = this.#unpacked.get(name)
    if (!unpacked) this.#unpacked.set(name, (unpacked = unpack(this.#path, member, place)))
    return use((await unpacked).file, array.place)
  }

  /** All of a small array as numbers; null where it is large or text. */
  async numbers(found: NpzArray): Promise<number[] | null> {
    const { array } = found
    const count = elementCount(array)
    if (array.kind === 'text' || count * array.bytes > smallBytes) return null
    return this.with(found, (file, place) => [...decode(file, array, place, 0, count)].map(Number))
  }

  /** Text as NumPy keeps it, four bytes a character; null where it is none. */
  async text(found: NpzArray): Promise<string | null> {
    const { array } = found
    const bytes = elementCount(array) * array.bytes
    if (array.kind !== 'text' || bytes > smallBytes) return null
    return this.with(found, (file, place) => {
      const view = viewOf(file.read(place, bytes))
      let text = ''
      for (let at = 0; at + 4 <= bytes; at += 4) {
        const point = view.getUint32(at, array.littleEndian)
        if (point > 0 && point <= 0x10_ffff) text += String.fromCodePoint(point)
      }
      return text
    })
  }

  /** An array of one dimension as a store of row times, which reads parts of it. */
  times<T>(found: NpzArray, use: (store: TimeStore) => T): Promise<T> {
    const { array } = found
    return this.with(found, (file, place) =>
      use({
        dataset: () => ({
          shape: [elementCount(array)],
          element: array.stored === 'int64' ? 'int64' : 'float64',
          chunks: null,
          isMostlyUnwritten: false
        }),
        slab: (_path, _element, [from], [count]) => decode(file, array, place, from!, count!)
      })
    )
  }

  async dispose(): Promise<void> {
    for (const unpacked of this.#unpacked.values()) (await unpacked.catch(() => null))?.dispose()
    this.#unpacked.clear()
  }
}

/** Integers of 64 bits as they are, all else as float64. */
function decode(file: BinaryFile, array: NpyArray, place: number, from: number, count: number): NumberArray {
  const { stored, littleEndian } = array
  const step = storedBytes[stored]
  const view = viewOf(file.read(place + from * step, count * step))
  if (stored === 'int64') {
    const times = new BigInt64Array(count)
    for (let i = 0; i < count; i++) times[i] = view.getBigInt64(i * step, littleEndian)
    return times
  }
  const target = new Float64Array(count)
  decodeSamples(view, stored, littleEndian, { at: 0, step, count, target, targetAt: 0, targetStep: 1 })
  return target
}
