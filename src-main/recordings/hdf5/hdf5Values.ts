import type { RecordingInfo } from '../recording.ts'

/** What an attribute or a small dataset holds: arrays of one are their one value, empty ones null. */
export type Hdf5Scalar = string | number | bigint | boolean
export type Hdf5Value = Hdf5Scalar | Hdf5Scalar[] | null

export type Attributes = Record<string, Hdf5Value>

export type MetadataValue = RecordingInfo['metadata'][string]

/** Anything the library hands out → a value of ours; compound types, references and the like → null. */
export function plainValue(raw: unknown): Hdf5Value {
  if (raw === null || raw === undefined) return null
  if (typeof raw === 'string') return cleanText(raw)
  if (typeof raw === 'number' || typeof raw === 'bigint' || typeof raw === 'boolean') return raw
  const list = ArrayBuffer.isView(raw) && !(raw instanceof DataView) ? [...(raw as unknown as Iterable<unknown>)] : raw
  if (!Array.isArray(list)) return null
  const values = list.flat(8).map(plainValue)
  if (values.some((value) => value === null || Array.isArray(value))) return null
  return values.length === 0 ? null : values.length === 1 ? values[0]! : (values as Hdf5Scalar[])
}

/** Fixed-length strings come padded with blanks or zeros. */
const cleanText = (text: string): string => {
  const end = text.indexOf('\0')
  return (end < 0 ? text : text.slice(0, end)).trim()
}

export function textOf(value: Hdf5Value | undefined): string | null {
  if (Array.isArray(value)) return value.length > 0 ? textOf(value[0]) : null
  if (value === null || value === undefined || value === '') return null
  return String(value)
}

export const textsOf = (value: Hdf5Value | undefined): string[] =>
  value === null || value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String)

/** Numbers may be stored as text, as integers of any width, in an array of one. Not finite is not known: null. */
export function numberOf(value: Hdf5Value | undefined): number | null {
  if (Array.isArray(value)) return value.length > 0 ? numberOf(value[0]) : null
  if (value === null || value === undefined || value === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** A number that makes sense only above zero: a rate, a length, a spacing. */
export function positiveOf(value: Hdf5Value | undefined): number | null {
  const number = numberOf(value)
  return number !== null && number > 0 ? number : null
}

/** 0.001 kept as a float32 reads as 0.0010000000474974513: the shortest number that is the same float32. */
export function shortestOf(value: number): number {
  const short = Number(value.toPrecision(7))
  return Math.fround(short) === value ? short : value
}

export function integerOf(value: Hdf5Value | undefined): number | null {
  const number = numberOf(value)
  return number !== null && Number.isSafeInteger(number) ? number : null
}

const longestMetadataList = 64

/** JSON knows no bigint and nothing that is not finite; long lists are data, not metadata. */
export function metadataValue(value: Hdf5Value): MetadataValue {
  if (Array.isArray(value)) {
    if (value.length > longestMetadataList) return `${value.length} values`
    return value.map((entry) => {
      const plain = metadataScalar(entry)
      return plain === null || typeof plain === 'boolean' ? String(entry) : plain
    })
  }
  return value === null ? null : metadataScalar(value)
}

function metadataScalar(value: Hdf5Scalar): string | number | boolean | null {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return value
}
