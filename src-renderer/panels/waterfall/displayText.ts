import { colourMapChoices } from '../../../src-preload/contract/drawing/colourMaps.ts'
import type { TileDisplay } from '../../stores/tileDisplay.ts'
import { integerText, plainNumber } from '../../widgets/format.ts'

export const colourMapLabel = (name: string): string =>
  colourMapChoices.find((choice) => choice.name === name)?.label ?? colourMapChoices[0]?.label ?? name

/** `10 s`, `5 min`. */
export const timeText = (seconds: number): string =>
  seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`

/** `mean of 4 rows · auto levels · Magma`. @param rowsTogether rows that one of the history stands for, where it is in view */
export function displayText(display: TileDisplay, colourMap: string, rowsTogether: number): string {
  const { meanRows, maxHold, background, levels, scale } = display
  return [
    meanRows > 1 && `mean of ${integerText(Math.max(meanRows, rowsTogether))} rows`,
    background && `above ${background.kind} of ${timeText(background.overS)}`,
    maxHold && 'max-hold',
    scale === 'linear' && 'linear',
    levels
      ? `fixed ${plainNumber(Math.round(levels.lowDb))} … ${plainNumber(Math.round(levels.highDb))} dB`
      : 'auto levels',
    colourMapLabel(colourMap).toLowerCase()
  ]
    .filter(Boolean)
    .join(' · ')
}
