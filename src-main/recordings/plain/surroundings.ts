import type { Hdf5Reader, StoredElement } from '../hdf5/hdf5File.ts'
import type { NamedValue } from './usualNames.ts'

export interface FoundDataset {
  path: string
  shape: number[]
  element: StoredElement | null
}

/** What a plain file may reasonably hold; one with more is somebody's database. */
const deepest = 4
const mostObjects = 500
const mostAttributes = 2000
/** MATLAB keeps what its variables refer to in groups of such names. */
const internal = /^#\w+#$/

/**
 * Every dataset of a file, and by name the small values near one of them: its attributes, those of the groups around it, and
 * the scalars in those groups, the nearest first.
 */
export function surroundings(reader: Hdf5Reader): {
  datasets: FoundDataset[]
  valuesNear(path: string): NamedValue[]
} {
  const datasets: FoundDataset[] = []
  let seen = 0
  const visit = (group: string, depth: number): void => {
    const groups: string[] = []
    for (const name of reader.names(group === '' ? '/' : group)) {
      if (internal.test(name)) continue
      if (++seen > mostObjects) return
      const path = `${group}/${name}`
      const kind = reader.kindOf(path)
      if (kind === 'group') groups.push(path)
      const dataset = kind === 'dataset' ? reader.dataset(path) : null
      if (dataset) datasets.push({ path, shape: dataset.shape, element: dataset.element })
    }
    if (depth < deepest) for (const path of groups) visit(path, depth + 1)
  }
  visit('', 0)
  return { datasets, valuesNear: (path) => valuesNear(reader, datasets, path) }
}

function valuesNear(reader: Hdf5Reader, datasets: FoundDataset[], path: string): NamedValue[] {
  const found: NamedValue[] = []
  const addAttributes = (place: string): void => {
    for (const [name, value] of Object.entries(reader.attributes(place)))
      if (found.length < mostAttributes) found.push({ name, value })
  }
  addAttributes(path)
  const around = path.split('/').slice(1, -1)
  const groups = around.map((_, depth) => `/${around.slice(0, around.length - depth).join('/')}`)
  const isSmall = ({ shape }: FoundDataset): boolean => shape.reduce((product, length) => product * length, 1) <= 64
  for (const group of [...groups, '']) {
    addAttributes(group === '' ? '/' : group)
    for (const dataset of datasets) {
      const isInside = dataset.path.slice(0, dataset.path.lastIndexOf('/')) === group
      if (isInside && dataset.path !== path && isSmall(dataset)) found.push(valueOf(reader, dataset))
    }
  }
  return found
}

function valueOf(reader: Hdf5Reader, { path }: FoundDataset): NamedValue {
  const name = path.slice(1)
  const value = reader.value(path)
  // MATLAB keeps text as 16-bit character codes.
  const isText = reader.attributes(path).MATLAB_class === 'char'
  const codes = Array.isArray(value) ? value : [value]
  return { name, value: isText ? String.fromCharCode(...codes.map(Number)).trim() : value }
}
