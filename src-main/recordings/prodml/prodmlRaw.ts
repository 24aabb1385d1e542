import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { integerOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
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

/** `rad * 2PI/2^16`, as OptaSense writes it: a turn of the phase is the range of 16 bits. */
const turnIn16Bits = /^rad\s*\*\s*2\s*pi\s*\/\s*2\^16$/i

export function describeRaw(part: Part): PartDescription {
  const { reader, path, acquisition, warnings } = part
  const attributes = new ProdmlAttributes([reader.attributes(path), acquisition], warnings)
  const timePath = `${path}/RawDataTime`
  const dataset = sampleDataset(part, `${path}/RawData`, integerOf(attributes.value('NumberOfLoci')), timePath)
  const unit = textOf(reader.attributes(path).RawDataUnit) ?? attributes.unit('RawData')
  const isTurns = unit !== null && turnIn16Bits.test(unit.trim())
  const description = describePart(part, [dataset], timePath, {
    quantity: quantityOf(attributes.text('RawDescription'), unit),
    unit: isTurns ? 'rad' : unit,
    scale: isTurns ? (2 * Math.PI) / 2 ** 16 : 1,
    bands: []
  })
  if (isTurns) addStrainPerRadian(part, description)
  return description
}

/** λ / (0.78 · 4π · n · gauge length), 0.78 being the photoelastic share (DAS4Whales, get_metadata_optasense). */
function addStrainPerRadian({ reader }: Part, { info }: PartDescription): void {
  const custom = reader.attributes('/Acquisition/Custom')
  const index = positiveOf(custom['Fibre Refractive Index'])
  const wavelengthNm = positiveOf(custom['Laser Wavelength (nm)'])
  if (index === null || wavelengthNm === null || info.gaugeLengthM === null) return
  info.metadata['strain per radian'] = (wavelengthNm * 1e-9) / (0.78 * 4 * Math.PI * index * info.gaugeLengthM)
}
