import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { RecordingError } from '../recording.ts'

/** A zone of the fibre with the dataset that was chosen in it. */
export interface Zone {
  sourcePath: string
  path: string
  dataset: string
  quantity: 'strain rate' | 'strain' | null
}

const sourceName = /^Source\d+$/
const zoneName = /^Zone\d+$/
/** Names of datasets that hold no waveform, though they have the same three dimensions. */
const derivedName = /spectr|fft|psd|fbe|band|energ|freq|coheren|power/i

/** Paths of all zones, in order. Empty where the file has another layout. */
export function febusZones(reader: Hdf5Reader): { sourcePath: string; path: string }[] {
  const zones: { sourcePath: string; path: string }[] = []
  for (const device of reader.names('/')) {
    if (!reader.isGroup(`/${device}`)) continue
    for (const source of numericallySorted(reader.names(`/${device}`).filter((name) => sourceName.test(name)))) {
      const sourcePath = `/${device}/${source}`
      for (const zone of numericallySorted(reader.names(sourcePath).filter((name) => zoneName.test(name))))
        if (reader.isGroup(`${sourcePath}/${zone}`)) zones.push({ sourcePath, path: `${sourcePath}/${zone}` })
    }
  }
  return zones
}

const numericallySorted = (names: string[]): string[] =>
  names.sort((a, b) => Number(/\d+/.exec(a)![0]) - Number(/\d+/.exec(b)![0]))

/** The name of a dataset says what it holds: `StrainRate`, `SR_<place>`, `Strain`; anything else is not known. */
function quantityOf(name: string): Zone['quantity'] {
  if (/strain.?rate|^sr(_|$)/i.test(name)) return 'strain rate'
  return /strain/i.test(name) ? 'strain' : null
}

/** The first waveform of the file; others are named in a warning, spectra and bands are never handed out as one. */
export function chooseZone(reader: Hdf5Reader, file: string, warnings: string[]): Zone {
  const found: Zone[] = []
  const derived: string[] = []
  for (const { sourcePath, path } of febusZones(reader))
    for (const name of reader.names(path)) {
      const dataset = `${path}/${name}`
      if (!reader.isDataset(dataset)) continue
      const isBlocks = reader.dataset(dataset)?.shape.length === 3
      if (derivedName.test(name) || !isBlocks) derived.push(dataset.slice(1))
      else found.push({ sourcePath, path, dataset, quantity: quantityOf(name) })
    }
  const [used, ...others] = [...found.filter(({ quantity }) => quantity), ...found.filter(({ quantity }) => !quantity)]
  if (!used)
    throw new RecordingError(
      file,
      derived.length > 0
        ? `is of a Febus A1, but holds no waveform: ${derived.join(', ')} is a spectrum, a band or another product`
        : 'is of a Febus A1, but its zones hold no dataset'
    )
  if (others.length > 0)
    warnings.push(
      `Only ${used.dataset.slice(1)} was opened; ${others.map(({ dataset }) => dataset.slice(1)).join(', ')} were not.`
    )
  if (derived.length > 0) warnings.push(`${derived.join(', ')} is no waveform and was left out.`)
  if (used.quantity === null)
    warnings.push(`What ${used.dataset.slice(1)} holds is not known from its name: quantity and unit are not given.`)
  return used
}
