import { numberText } from '../../../src-preload/contract/drawing/ticks.ts'
import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import type { PointerPlace } from '../../stores/tilePicture.ts'
import { integerText } from '../../widgets/format.ts'

/** `2023-04-26T16:14:49.042Z · channel 197 · 186.3 m`. */
export function placeText({ rowTimeNs, channel, distanceM }: PointerPlace): string {
  const time = isoFromNanoseconds(BigInt(rowTimeNs)).replace(/0{6}Z$/, 'Z')
  const distance = distanceM === null ? '' : ` · ${numberText(distanceM, 1)} m`
  return `${time} · channel ${integerText(Math.round(channel))}${distance}`
}

export const valueText = (value: number | null, unit: string): string =>
  value === null ? 'no value' : `${numberText(value, 2)} ${unit}`
