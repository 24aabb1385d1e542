import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import type { RecordingInfo } from '../recording.ts'

export const headerLength = 200

/** The numbers of a header, or null where the dataset is none. */
export function headerOf(reader: Hdf5Reader, path: string): Float64Array | null {
  const dataset = reader.dataset(path)
  const count = (dataset?.shape ?? []).reduce((product, length) => product * length, 1)
  if (!dataset?.element || dataset.shape.length === 0 || count !== headerLength) return null
  const value = reader.value(path)
  return Array.isArray(value) ? Float64Array.from(value, Number) : null
}

export function positiveAt(header: Float64Array, place: number): number | null {
  const value = header[place]!
  return Number.isFinite(value) && value > 0 ? value : null
}

/** The places have no names in the file: those that are not zero are listed by their number. */
export function addHeader(metadata: RecordingInfo['metadata'], header: Float64Array): void {
  for (const [place, value] of header.entries())
    if (value !== 0 && Number.isFinite(value)) metadata[`header/${place}`] = value
}
