import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import { rateFromInterval } from '../timeAxis.ts'

/** What this program writes beside samples that have no place for it: `NAME.EXT.json`, or `attributes` of an NPZ. */
export interface StatedFields {
  startTimeNs: Nanoseconds | null
  sampleRateHz: number | null
  channelSpacingM: number | null
  firstDistanceM: number | null
  distancesM: number[] | null
  unit: string | null
  quantity: string | null
  gaugeLengthM: number | null
  /** Of the samples, where they are spelled out with gaps between them. */
  gaps: { startTimeNs: Nanoseconds; endTimeNs: Nanoseconds }[]
}

/** Null where the text is not such a document. */
export function statedFields(text: string): StatedFields | null {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return null
  const fields = document as Record<string, unknown>
  if (!('sample_interval_s' in fields) && !('start_time' in fields)) return null
  const number = (name: string): number | null => {
    const value = fields[name]
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  }
  const positive = (name: string): number | null => {
    const value = number(name)
    return value !== null && value > 0 ? value : null
  }
  const word = (name: string): string | null => {
    const value = fields[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const interval = positive('sample_interval_s')
  const distances = fields.distance_m
  return {
    startTimeNs: timeOf(word('start_time')),
    sampleRateHz: interval === null ? null : rateFromInterval(interval * 1e9),
    channelSpacingM: positive('channel_spacing_m'),
    firstDistanceM: number('first_channel_distance_m'),
    distancesM: Array.isArray(distances) && distances.every((value) => typeof value === 'number') ? distances : null,
    unit: word('unit'),
    quantity: word('quantity'),
    gaugeLengthM: positive('gauge_length_m'),
    gaps: gapsOf(fields.gaps)
  }
}

const timeOf = (text: string | null): Nanoseconds | null => (text === null ? null : nanosecondsFromIso(text))

function gapsOf(value: unknown): StatedFields['gaps'] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: { start_time?: unknown; end_time?: unknown } | null) => {
    const [start, end] = [entry?.start_time, entry?.end_time].map((text) =>
      typeof text === 'string' ? nanosecondsFromIso(text) : null
    )
    return typeof start !== 'bigint' || typeof end !== 'bigint' ? [] : [{ startTimeNs: start, endTimeNs: end }]
  })
}
