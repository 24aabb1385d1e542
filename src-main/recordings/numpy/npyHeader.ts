import { latin1, shown } from '../binary/binaryFile.ts'
import type { StoredSample } from '../binary/sampleDecoding.ts'

/** An array as NumPy's format 1.0 to 3.0 keeps it: `numpy/lib/format.py` of NumPy describes the layout. */
export interface NpyArray {
  shape: number[]
  isFortranOrder: boolean
  /** `samples`: numbers; `text`: characters of four bytes. */
  kind: 'samples' | 'text'
  /** Of numbers. */
  stored: StoredSample
  /** Bytes of an element. */
  bytes: number
  littleEndian: boolean
  /** Where the first element stands, from the beginning of the header. */
  place: number
}

const magic = '\x93NUMPY'
const numbers: Record<string, StoredSample> = {
  i1: 'int8',
  u1: 'uint8',
  b1: 'int8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64'
}
/** A longer header describes fields of records, which no recording has. */
const longestHeader = 60_000

export const isNpy = (head: Uint8Array): boolean => latin1(head.subarray(0, 6)) === magic

/** Reads the header at the beginning of `head`; a string says why it is none that can be read. */
export function npyArray(head: Uint8Array): NpyArray | string {
  if (!isNpy(head) || head.length < 12) return 'has no NumPy header'
  const version = head[6]!
  if (version < 1 || version > 3) return `is of NumPy format ${version}, which is not known`
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const start = version === 1 ? 10 : 12
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > longestHeader) return `has a header of ${length} bytes, which is no array of numbers`
  if (start + length > head.length) return 'ends inside its NumPy header'
  return described(latin1(head.subarray(start, start + length)), start + length)
}

function described(text: string, place: number): NpyArray | string {
  const descriptor = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1]
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1]
  const lengths = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1]
  if (/'descr'\s*:\s*\[/.test(text)) return 'holds records of several fields, not one array of numbers'
  if (descriptor === undefined || order === undefined || lengths === undefined)
    return `has a NumPy header that cannot be read: ${shown(text)}`
  const shape = lengths
    .split(',')
    .map((part) => part.replace('L', '').trim())
    .filter((part) => part !== '')
    .map(Number)
  if (!shape.every(Number.isSafeInteger)) return `has the shape ${shown(lengths)}, which is none`
  const type = elementOf(descriptor)
  if (typeof type === 'string') return type
  return { shape, isFortranOrder: order === 'True', ...type, place }
}

function elementOf(descriptor: string): Pick<NpyArray, 'kind' | 'stored' | 'bytes' | 'littleEndian'> | string {
  const [, endian, kind, size] = /^([<>|=]?)([A-Za-z])(\d*)/.exec(descriptor) ?? []
  if (kind === 'O') return 'holds Python objects, which are never unpickled here: save numbers'
  const littleEndian = endian !== '>'
  if (kind === 'U') return { kind: 'text', stored: 'int32', bytes: Number(size) * 4, littleEndian }
  const stored = numbers[`${kind}${size}`]
  if (kind === 'c') return 'holds complex numbers: save their parts or magnitudes'
  // A time is its 64-bit count.
  if ((kind === 'M' || kind === 'm') && size === '8')
    return { kind: 'samples', stored: 'int64', bytes: 8, littleEndian }
  if (stored === undefined) return `holds elements of type ${shown(descriptor)}, which are no samples`
  return { kind: 'samples', stored, bytes: Number(size), littleEndian }
}

export const elementCount = ({ shape }: NpyArray): number => shape.reduce((product, length) => product * length, 1)
