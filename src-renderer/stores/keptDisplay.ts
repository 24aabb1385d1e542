import type { TileState } from '../../src-preload/contract/workbench.ts'
import { displayAtFirst, type TileDisplay } from './tileDisplay.ts'

type Kept = TileState['view']

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** How a view shows its values, as it goes into a layout. */
export const keptFrom = (display: TileDisplay): Kept => JSON.parse(JSON.stringify(display)) as Kept

/** What a layout says of a view, key by key; what is missing, or of another kind, is as at first. */
export function displayFrom(kept: Kept): TileDisplay {
  const first = displayAtFirst as unknown as Record<string, unknown>
  const fitting = Object.entries(kept).filter(([key, value]) => {
    if (!Object.hasOwn(first, key)) return false
    const kind = kindOf(value)
    const known = kindOf(first[key])
    if (kind === known) return true
    // Null stands for "not set"; what is set there is text, or an object of numbers and words.
    return known === 'null' && (kind === 'string' || (kind === 'object' && isPlain(value)))
  })
  return { ...displayAtFirst, ...(Object.fromEntries(fitting) as Partial<TileDisplay>) }
}

const isPlain = (value: unknown): boolean =>
  Object.values(value as object).every(
    (one) => (typeof one === 'number' && Number.isFinite(one)) || typeof one === 'string'
  )
