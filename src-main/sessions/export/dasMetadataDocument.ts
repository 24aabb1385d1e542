import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import type { RecordingInfo } from '../../recordings/recording.ts'
import type { ExportContent } from './exportContent.ts'

/** The schema asks for people and places that no recording knows; whoever publishes the data fills them in. */
const notStated = 'not stated'
/** A domain that never exists (RFC 2606), in the form that the schema demands. */
const noAddress = 'not-stated@example.invalid'
/** FDSN: a network that has no code. */
const noNetwork = 'XX'
const mostHeaders = 500

/** The units of the schema by ours, with the factor that leads to them. */
function unitOfMeasure(unit: string | null): { unit: string; factor: number | null } {
  const text = (unit ?? '').toLowerCase().replace(/\s+/g, '')
  const match = /^(p|n|u|µ|μ|m)?(?:strain|ε|m\/m)(\/s)?$/.exec(text)
  const factors: Record<string, number> = { p: 1e-12, n: 1e-9, u: 1e-6, µ: 1e-6, μ: 1e-6, m: 1e-3, '': 1 }
  if (match) return { unit: `m/m${match[2] ?? ''}`, factor: factors[match[1] ?? ''] ?? null }
  if (['m/s', 'rad/s', 'rad/m/s'].includes(text)) return { unit: text, factor: 1 }
  return { unit: 'count', factor: null }
}

/** Values of a description that JSON holds; long lists are left out. */
function headersOf({ metadata }: RecordingInfo): Record<string, unknown> {
  const kept = Object.entries(metadata).filter(([, value]) => value !== null && !Array.isArray(value))
  return Object.fromEntries(kept.slice(0, mostHeaders))
}

function acquisition(content: ExportContent): Record<string, unknown> | null {
  const { source, sampleRateHz, channelSpacingM } = content
  const { gaugeLengthM } = source
  const isKnown = sampleRateHz !== null && channelSpacingM !== null && gaugeLengthM !== null && content.hasStartTime
  if (!isKnown || !(gaugeLengthM > 0) || channelSpacingM === 0) return null
  const { unit, factor } = unitOfMeasure(content.unit)
  return {
    acquisition_id: 'ACQ1',
    acquisition_start_time: isoFromNanoseconds(content.startTimeNs),
    acquisition_end_time: isoFromNanoseconds(content.timeNs(content.rows - 1)),
    acquisition_sample_rate: sampleRateHz,
    acquisition_sample_rate_unit: 'Hz',
    gauge_length: gaugeLengthM,
    gauge_length_unit: 'm',
    unit_of_measure: unit,
    ...(factor === null ? {} : { scale_factor: factor }),
    number_of_channels: content.channels,
    spatial_sampling_interval: Math.abs(channelSpacingM),
    spatial_sampling_interval_unit: 'm',
    comment: `${content.quantity ?? 'quantity not known'}, in ${content.unit ?? 'an unknown unit'}`,
    native_headers: headersOf(source)
  }
}

/** Two-letter to eight-letter code of the network, where the channels are named after FDSN's scheme. */
function networkCode(content: ExportContent): string {
  const code = /^([A-Z0-9]{1,8})[._]/.exec(content.channelName(0) ?? '')?.[1]
  return code ?? noNetwork
}

/**
 * FDSN DAS-Metadata 2.0 of a content. What the schema requires and nobody knows says so in words; what it does not require is left
 * out where it is not known: the acquisition without a gauge length, cables and positions always.
 */
export function dasMetadataDocument(content: ExportContent): Record<string, unknown> {
  const { source, hasStartTime } = content
  const day = (timeNs: bigint): string => isoFromNanoseconds(timeNs).slice(0, 10)
  const found = acquisition(content)
  return {
    schema_version: '2.0',
    network_code: networkCode(content),
    location: notStated,
    principal_investigator: [{ name: notStated, email: noAddress, address: notStated }],
    point_of_contact: notStated,
    point_of_contact_email: noAddress,
    point_of_contact_address: notStated,
    start_date: day(content.startTimeNs),
    end_date: day(content.timeNs(content.rows - 1)),
    comment: hasStartTime
      ? 'People, place and network are not known to a recording.'
      : 'People, place, network and the time of recording are not known.',
    interrogators: [
      {
        interrogator_id: 'IU1',
        manufacturer: notStated,
        model: source.instrument ?? notStated,
        ...(found ? { acquisitions: [found] } : {})
      }
    ]
  }
}
