import type { RecordingInfo } from '../recording.ts'
import type { Hdf5Reader } from './hdf5File.ts'
import { type Attributes, metadataValue } from './hdf5Values.ts'

/** What is listed at most; a file with more has a table in there, not a description. */
const mostEntries = 2000
const deepest = 8

/** Attributes of one object under `place/name`. */
export function addAttributes(metadata: RecordingInfo['metadata'], place: string, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (Object.keys(metadata).length >= mostEntries) return
    metadata[place ? `${place}/${name}` : name] = metadataValue(value)
  }
}

/** Attributes and small datasets of a group and of all below it, as `Group/Group/name`. */
export function addTree(metadata: RecordingInfo['metadata'], reader: Hdf5Reader, path: string, depth = 0): void {
  addAttributes(metadata, path.slice(1), reader.attributes(path))
  if (depth >= deepest) return
  for (const name of reader.names(path)) {
    if (Object.keys(metadata).length >= mostEntries) return
    const child = path === '/' ? `/${name}` : `${path}/${name}`
    const kind = reader.kindOf(child)
    if (kind === 'group') addTree(metadata, reader, child, depth + 1)
    else if (kind === 'dataset') addDataset(metadata, reader, child)
  }
}

function addDataset(metadata: RecordingInfo['metadata'], reader: Hdf5Reader, path: string): void {
  const shape = reader.dataset(path)?.shape ?? []
  const count = shape.reduce((product, length) => product * length, 1)
  if (count <= 64) {
    const value = reader.value(path)
    if (value !== null) metadata[path.slice(1)] = metadataValue(value)
  }
  addAttributes(metadata, path.slice(1), reader.attributes(path))
}
