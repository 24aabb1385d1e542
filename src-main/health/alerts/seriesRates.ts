import { seriesKey, type Series } from './seriesKey.ts'

interface Memory {
  last: number
  /** What it rose by in all since it is watched; a counter that began anew counts from 0. */
  risen: number
  points: { atMs: number; risen: number }[]
  seenAtMs: number
}

/** Points that a window is kept as; a longer window has coarser ones. */
const pointsMost = 120

/** How fast series rise, over one window. */
export class SeriesRates {
  readonly #windowMs: number
  readonly #leastMs: number
  readonly #memories = new Map<string, Memory>()

  /** `leastShare`: how much of the window must be known before anything is said. */
  constructor(windowS: number, leastShare = 1 / 3) {
    this.#windowMs = windowS * 1000
    this.#leastMs = this.#windowMs * leastShare
  }

  /** Rise a second of each series that is known long enough; series that are gone are forgotten. */
  step(series: readonly Series[], isCounter: boolean, atMs: number): Series[] {
    const rates: Series[] = []
    for (const { labels, value } of series) {
      const key = seriesKey(labels)
      const memory = this.#memories.get(key) ?? { last: value, risen: 0, points: [], seenAtMs: atMs }
      this.#memories.set(key, memory)
      memory.seenAtMs = atMs
      memory.risen += isCounter && value < memory.last ? value : value - memory.last
      memory.last = value
      const { points, risen } = memory
      // A clock that went back makes what was before useless.
      if (points.length > 0 && points.at(-1)!.atMs > atMs) points.length = 0
      while (points.length > 1 && points[1]!.atMs <= atMs - this.#windowMs) points.shift()
      const first = points[0]
      if (first && atMs - first.atMs >= this.#leastMs)
        rates.push({ labels, value: ((risen - first.risen) * 1000) / (atMs - first.atMs) })
      if (!first || atMs - points.at(-1)!.atMs >= this.#windowMs / pointsMost) points.push({ atMs, risen })
    }
    for (const [key, memory] of this.#memories) if (memory.seenAtMs !== atMs) this.#memories.delete(key)
    return rates
  }
}

interface Area {
  area: number
  value: number
  atMs: number
}

/** The mean of series over one window, weighted by time: the rate at which the area below them grows. */
export class SeriesMeans {
  readonly #rates: SeriesRates
  #areas = new Map<string, Area>()

  constructor(windowS: number) {
    // A few bad seconds at the start of the program must not count as a bad hour.
    this.#rates = new SeriesRates(windowS, 0.9)
  }

  step(series: readonly Series[], atMs: number): Series[] {
    const areas = new Map<string, Area>()
    const grown = series.map(({ labels, value }) => {
      const key = seriesKey(labels)
      const before = this.#areas.get(key)
      const area = before ? before.area + (before.value * Math.max(0, atMs - before.atMs)) / 1000 : 0
      areas.set(key, { area, value, atMs })
      return { labels, value: area }
    })
    this.#areas = areas
    return this.#rates.step(grown, false, atMs)
  }
}
