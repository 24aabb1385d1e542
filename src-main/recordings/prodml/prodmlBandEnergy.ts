import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { integerOf, numberOf } from '../hdf5/hdf5Values.ts'
import { type Band, RecordingError } from '../recording.ts'
import { ProdmlAttributes } from './prodmlAttributes.ts'
import { describePart, holdsSamples, numbered, type Part, type PartDescription, sampleDataset } from './prodmlPart.ts'

const processedPath = '/Acquisition/Processed'

const bandPaths = (reader: Hdf5Reader, path: string): string[] =>
  numbered(reader.names(path), 'FbeData').map((name) => `${path}/${name}`)

/** `Acquisition/Processed/Fbe[n]` with a band that holds values. */
export function bandEnergyParts(reader: Hdf5Reader): { filled: string[] } {
  const parts = numbered(reader.names(processedPath), 'Fbe').map((name) => `${processedPath}/${name}`)
  return { filled: parts.filter((path) => bandPaths(reader, path).some((band) => holdsSamples(reader, band))) }
}

export function describeBandEnergy(part: Part): PartDescription {
  const { reader, file, path, acquisition, warnings } = part
  const attributes = new ProdmlAttributes([reader.attributes(path), acquisition], warnings)
  const loci = integerOf(attributes.value('NumberOfLoci'))
  const timePath = `${path}/FbeDataTime`
  const all = bandPaths(reader, path)
  const filled = all.filter((band) => holdsSamples(reader, band))
  for (const band of all)
    if (!filled.includes(band)) warnings.push(`${band.slice(1)} holds no values and was left out.`)
  const datasets = filled.map((band) => sampleDataset(part, band, loci, timePath))
  const [first] = datasets
  const odd = datasets.find(
    ({ shape, order, element }) =>
      shape.time !== first!.shape.time ||
      shape.channel !== first!.shape.channel ||
      order !== first!.order ||
      element !== first!.element
  )
  if (odd) throw new RecordingError(file, `${odd.path.slice(1)} differs from ${first!.path.slice(1)} in shape or type`)
  const bands = filled.map((band): Band => {
    const { StartFrequency, EndFrequency } = reader.attributes(band)
    const [lowHz, highHz] = [numberOf(StartFrequency), numberOf(EndFrequency)]
    if (lowHz === null || highHz === null)
      throw new RecordingError(file, `${band.slice(1)} does not say its band (StartFrequency, EndFrequency)`)
    return { lowHz, highHz }
  })
  return describePart(part, datasets, timePath, {
    quantity: 'band energy',
    unit: attributes.text('FbeDataUnit'),
    scale: 1,
    bands
  })
}
