import { numberText } from '../../src-preload/contract/drawing/ticks.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'

/** What the operator calls a channel of a layer: its number, and its distance where the source knows it. */
export interface ChannelName {
  /** `32 900`, or `11–18` where the core put several together. */
  number: string
  /** `33.60 km`, null where not known. */
  distance: string | null
}

type Columns = ViewDescription['columns']

/** Thin spaces also in four digits: channel numbers stand beside five-digit ones. */
const channelText = (channel: number): string => numberText(channel).replace(/^(\d)(\d{3})$/, '$1\u202f$2')

export const channelNumber = (columns: Columns, index: number): number =>
  columns.firstChannel + columns.channelStep * index * columns.channelsPerColumn

/** Index of the column that shows a channel; may lie outside. */
export const columnFromChannelNumber = (columns: Columns, channel: number): number =>
  Math.floor((channel - columns.firstChannel) / columns.channelStep / columns.channelsPerColumn + 1e-9)

/** Digits as the spacing allows: `33.60 km`, `186.3 m`. */
function distanceText(metres: number, spacingM: number): string {
  if (Math.abs(metres) >= 10_000) return `${numberText(metres / 1000, 2)} km`
  return `${numberText(metres, Math.abs(spacingM) >= 10 ? 0 : 1)} m`
}

export function channelName(columns: Columns, index: number): ChannelName {
  const first = channelNumber(columns, index)
  const last = first + columns.channelStep * (columns.channelsPerColumn - 1)
  const metres = columnDistanceM(columns, index)
  return {
    number: first === last ? channelText(first) : `${channelText(first)}–${channelText(last)}`,
    distance: metres === null ? null : distanceText(metres, columns.channelSpacingM ?? 1)
  }
}

/** Middle of a column along the fibre, metres; null where not known. */
export function columnDistanceM(
  { firstDistanceM, channelSpacingM, channelsPerColumn }: Columns,
  index: number
): number | null {
  if (firstDistanceM === null || channelSpacingM === null) return null
  return firstDistanceM + (index * channelsPerColumn + (channelsPerColumn - 1) / 2) * channelSpacingM
}

/** Channels that a column stands for, half way to its neighbours: a mark between two of them belongs to the nearer one. */
export function channelsOfColumn(columns: Columns, index: number): { firstChannel: number; lastChannel: number } {
  const first = channelNumber(columns, index)
  const last = first + columns.channelStep * (columns.channelsPerColumn - 1)
  const aside = (Math.abs(columns.channelStep) - 1) / 2
  return { firstChannel: Math.min(first, last) - aside, lastChannel: Math.max(first, last) + aside }
}

export const channelLabel = ({ number, distance }: ChannelName): string =>
  distance === null ? number : `${number} · ${distance}`
