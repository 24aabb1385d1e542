import { type Attributes, type Hdf5Value, numberOf, textOf } from '../hdf5/hdf5Values.ts'
import { metresPer } from '../lengthUnit.ts'

const hertz: Record<string, number> = { hz: 1, khz: 1000, mhz: 1e6 }
const hertzPer = (unit: string): number | null => hertz[unit.toLowerCase()] ?? null

/** The unit of an attribute: `NameUnit` in PRODML 2.0, `Name.uom` in 2.1. */
const unitOf = (attributes: Attributes, name: string): string | null =>
  textOf(attributes[`${name}.uom`]) ?? textOf(attributes[`${name}.Uom`]) ?? textOf(attributes[`${name}Unit`])

/** Attributes of a part, and where that is silent those of the acquisition around it. */
export class ProdmlAttributes {
  readonly #layers: Attributes[]
  readonly #warnings: string[]

  constructor(layers: Attributes[], warnings: string[]) {
    this.#layers = layers
    this.#warnings = warnings
  }

  value(name: string): Hdf5Value {
    return this.#layerOf(name)?.[name] ?? null
  }

  text(name: string): string | null {
    return textOf(this.value(name))
  }

  /** In metres, or null. */
  length(name: string): number | null {
    return this.#scaled(name, metresPer, 'm')
  }

  /** In hertz, or null. */
  rate(name: string): number | null {
    return this.#scaled(name, hertzPer, 'Hz')
  }

  unit(name: string): string | null {
    const layer = this.#layerOf(name)
    return layer ? unitOf(layer, name) : null
  }

  #layerOf(name: string): Attributes | null {
    return this.#layers.find((layer) => layer[name] !== undefined && layer[name] !== null) ?? null
  }

  #scaled(name: string, factorOf: (unit: string) => number | null, assumed: string): number | null {
    const value = numberOf(this.value(name))
    if (value === null) return null
    const unit = this.unit(name)
    const factor = unit === null ? 1 : factorOf(unit)
    if (factor === null)
      this.#warnings.push(`${name} is in "${unit}", which is not known here; ${assumed} was assumed.`)
    return value * (factor ?? 1)
  }
}
