import { type Attributes, type Hdf5Value, numberOf, textOf } from '../hdf5/hdf5Values.ts'

const metresPer: Record<string, number> = { m: 1, metre: 1, meter: 1, ft: 0.3048, km: 1000, cm: 0.01, mm: 0.001 }
const hertzPer: Record<string, number> = { hz: 1, khz: 1000, mhz: 1e6 }

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

  #scaled(name: string, factors: Record<string, number>, assumed: string): number | null {
    const value = numberOf(this.value(name))
    if (value === null) return null
    const unit = this.unit(name)
    const factor = unit === null ? 1 : factors[unit.toLowerCase()]
    if (factor === undefined)
      this.#warnings.push(`${name} is in "${unit}", which is not known here; ${assumed} was assumed.`)
    return value * (factor ?? 1)
  }
}
