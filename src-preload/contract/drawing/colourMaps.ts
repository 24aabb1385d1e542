import tables from '../../../resources/colourMaps.json' with { type: 'json' }

export interface ColourMap {
  name: string
  label: string
  kind: 'sequential' | 'diverging'
  /** 256 colours, RGBA bytes, low values first. */
  rgba: Uint8Array
}

export const colourMapEntries = 256

function rgbaFromHex(hex: string): Uint8Array {
  const rgba = new Uint8Array(colourMapEntries * 4)
  for (let index = 0; index < colourMapEntries; index++) {
    for (let channel = 0; channel < 3; channel++) {
      const at = index * 6 + channel * 2
      rgba[index * 4 + channel] = Number.parseInt(hex.slice(at, at + 2), 16)
    }
    rgba[index * 4 + 3] = 255
  }
  return rgba
}

export const colourMapChoices: readonly { name: string; label: string }[] = tables.map(({ name, label }) => ({
  name,
  label
}))

/** The named map; an unknown name (settings of a newer version) gives the first one. */
export function colourMapFromName(name: string): ColourMap {
  const table = tables.find((candidate) => candidate.name === name) ?? tables[0]!
  return {
    name: table.name,
    label: table.label,
    kind: table.kind === 'diverging' ? 'diverging' : 'sequential',
    rgba: rgbaFromHex(table.colours)
  }
}
