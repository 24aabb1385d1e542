import { interpolateRdBu, interpolateCividis } from 'd3-scale-chromatic'
import { interpolateInferno, interpolateMagma, interpolateTurbo, interpolateViridis } from 'd3-scale-chromatic'

/** One colour map as the renderer reads it: `colours` is 256 times `rrggbb`, low values first. */
export interface ColourMapTable {
  name: string
  label: string
  kind: 'sequential' | 'diverging'
  colours: string
}

const entries = 256
const positions = Array.from({ length: entries }, (_, index) => index / (entries - 1))

const hexFromChannels = (channels: number[]): string =>
  channels.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')

/** d3 answers `#rrggbb` or `rgb(r, g, b)`. */
function hexFromCss(css: string): string {
  if (css.startsWith('#')) return css.slice(1).toLowerCase()
  const channels = css
    .match(/\d+(\.\d+)?/g)
    ?.slice(0, 3)
    .map(Number)
  if (channels?.length !== 3) throw new Error(`not a colour: ${css}`)
  return hexFromChannels(channels)
}

/** Grey with equal steps of CIE lightness (L* from 0 to 100, CIE 15), so that equal dB look equally far apart. */
function greyFromPosition(position: number): string {
  const lightness = position * 100
  const luminance = lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / 903.3
  const encoded = luminance <= 0.0031308 ? 12.92 * luminance : 1.055 * luminance ** (1 / 2.4) - 0.055
  return hexFromChannels([encoded * 255, encoded * 255, encoded * 255])
}

const sampled = (interpolate: (position: number) => string): string =>
  positions.map((position) => hexFromCss(interpolate(position))).join('')

export function colourMapTables(): ColourMapTable[] {
  return [
    { name: 'viridis', label: 'Viridis', kind: 'sequential', colours: sampled(interpolateViridis) },
    { name: 'magma', label: 'Magma', kind: 'sequential', colours: sampled(interpolateMagma) },
    { name: 'inferno', label: 'Inferno', kind: 'sequential', colours: sampled(interpolateInferno) },
    { name: 'cividis', label: 'Cividis', kind: 'sequential', colours: sampled(interpolateCividis) },
    { name: 'turbo', label: 'Turbo', kind: 'sequential', colours: sampled(interpolateTurbo) },
    { name: 'grey', label: 'Grey', kind: 'sequential', colours: positions.map(greyFromPosition).join('') },
    {
      name: 'blue-red',
      label: 'Blue to red',
      kind: 'diverging',
      colours: sampled((position) => interpolateRdBu(1 - position))
    }
  ]
}
