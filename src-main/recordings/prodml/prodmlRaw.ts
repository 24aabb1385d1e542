import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { integerOf, textOf } from '../hdf5/hdf5Values.ts'
import { ProdmlAttributes } from './prodmlAttributes.ts'
import { describePart, holdsSamples, numbered, type Part, type PartDescription, sampleDataset } from './prodmlPart.ts'

/** `Acquisition/Raw[n]` with samples, and those that are there but empty. */
export function rawParts(reader: Hdf5Reader): { filled: string[]; empty: string[] } {
  const parts = numbered(reader.names('/Acquisition'), 'Raw').map((name) => `/Acquisition/${name}`)
  const isFilled = (path: string): boolean => holdsSamples(reader, `${path}/RawData`)
  return { filled: parts.filter(isFilled), empty: parts.filter((path) => !isFilled(path)) }
}

/** What `RawDescription` or the unit says of the measured quantity; null where it is the vendor's own words. */
function quantityOf(description: string | null, unit: string | null): string | null {
  const text = `${description ?? ''} ${unit ?? ''}`.toLowerCase()
  if (/strain[\s-]*rate|strain\/s|\(nm\/m\)\/s|nm\/m\/s/.test(text)) return 'strain rate'
  if (/strain|nm\/m/.test(text)) return 'strain'
  if (/velocity|m\/s/.test(text)) return 'velocity'
  if (/phase|rad/.test(text)) return 'phase'
  return null
}

export function describeRaw(part: Part): PartDescription {
  const { reader, path, acquisition, warnings } = part
  const attributes = new ProdmlAttributes([reader.attributes(path), acquisition], warnings)
  const timePath = `${path}/RawDataTime`
  const dataset = sampleDataset(part, `${path}/RawData`, integerOf(attributes.value('NumberOfLoci')), timePath)
  const unit = textOf(reader.attributes(path).RawDataUnit) ?? attributes.unit('RawData')
  return describePart(part, [dataset], timePath, {
    quantity: quantityOf(attributes.text('RawDescription'), unit),
    unit,
    bands: []
  })
}
