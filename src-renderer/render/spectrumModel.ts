import { isValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import type { LayerHistory } from './spectraHistory.ts'
import type { LayerRows } from './spectraRows.ts'

export type Bins = NonNullable<ViewDescription['bins']>

/** Levels of one channel by bin, dB re unit²/Hz; NaN where there is none. */
export interface Spectrum {
  levels: Float32Array
  /** Centre of the newest row in it. */
  row: number
  /** Rows that were averaged; 0: nothing is here. */
  rows: number
}

export const emptySpectrum = (): Spectrum => ({ levels: new Float32Array(0), row: 0, rows: 0 })

export const binFrequency = (bins: Bins, bin: number): number => bins.firstHz + bin * bins.stepHz

/** The bin whose frequency is nearest, within those that there are. */
export const nearestBin = (bins: Bins, hertz: number): number =>
  Math.min(Math.max(Math.round((hertz - bins.firstHz) / bins.stepHz), 0), bins.count - 1)

/**
 * Power of the bins whose centres lie in [lowHz, highHz], unit²: the sum of the densities times the bin width. Over all bins of a
 * one-sided density it is the variance of the samples (Parseval). Null where no bin holds a value.
 */
export function bandPower(levels: Float32Array, bins: Bins, lowHz: number, highHz: number): number | null {
  let sum = 0
  let count = 0
  for (let bin = 0; bin < Math.min(bins.count, levels.length); bin++) {
    const hertz = binFrequency(bins, bin)
    const level = levels[bin]!
    if (hertz < lowHz || hertz > highHz || Number.isNaN(level)) continue
    sum += 10 ** (level / 10)
    count++
  }
  return count === 0 ? null : sum * bins.stepHz
}

/** Where the spectra of one channel come from, at any time that is kept. */
export class SpectrumReader {
  private readonly rows: LayerRows
  private readonly history: LayerHistory | null
  private powers = new Float64Array(0)

  constructor(rows: LayerRows, history: LayerHistory | null) {
    this.rows = rows
    this.history = history
  }

  /** The newest row that holds a value of the channel, else null. */
  newestRow(channel: number): number | null {
    const { ring, perChannel } = this.rows
    if (!ring || ring.isEmpty) return null
    for (let row = ring.end - 1; row >= Math.max(ring.first, ring.end - 64); row--) {
      const at = (row % ring.capacity) * ring.columns + channel * perChannel
      for (let bin = 0; bin < perChannel; bin++) if (isValue(ring.values[at + bin]!)) return row
    }
    return null
  }

  /**
   * Mean power of the `count` rows that end with `row`, as far as they are here; those that are not are asked of the history. False
   * where some are still on their way.
   */
  mean(channel: number, row: number, count: number, into: Spectrum): boolean {
    const { perChannel } = this.rows
    if (into.levels.length !== perChannel) into.levels = new Float32Array(perChannel)
    if (this.powers.length !== perChannel * 2) this.powers = new Float64Array(perChannel * 2)
    const { powers } = this
    powers.fill(0)
    into.rows = 0
    into.row = row
    let isComplete = true
    for (let one = row; one > row - count; one--) {
      const found = this.rowAt(one)
      if (found === 'coming') isComplete = false
      if (!found || found === 'coming') continue
      const at = found.at + channel * perChannel
      let hasValue = false
      for (let bin = 0; bin < perChannel; bin++) {
        const level = found.source[at + bin]!
        if (!isValue(level)) continue
        hasValue = true
        powers[bin]! += 10 ** (level / 10)
        powers[perChannel + bin]!++
      }
      if (hasValue) into.rows++
    }
    for (let bin = 0; bin < perChannel; bin++) {
      const held = powers[perChannel + bin]!
      into.levels[bin] = held === 0 ? Number.NaN : 10 * Math.log10(powers[bin]! / held)
    }
    return isComplete
  }

  /** A single level, NaN where there is none. */
  levelAt(channel: number, row: number, bin: number): number {
    const found = this.rowAt(row)
    if (!found || found === 'coming') return Number.NaN
    const level = found.source[found.at + channel * this.rows.perChannel + bin]!
    return isValue(level) ? level : Number.NaN
  }

  private rowAt(row: number): { source: Float32Array; at: number } | 'coming' | null {
    const { ring } = this.rows
    if (!ring || ring.isEmpty || row >= ring.end) return null
    if (row >= ring.first) return { source: ring.values, at: (row % ring.capacity) * ring.columns }
    const { history } = this
    if (!history) return null
    if (!history.extent) return 'coming'
    const kept = history.levelFor(1, row)
    if (!kept) return null
    const reduced = Math.floor(row / kept.factor)
    const chunk = history.chunkAt(kept.level, reduced)
    if (!chunk || reduced >= chunk.knownEnd) return 'coming'
    return { source: chunk.mean, at: (reduced - chunk.firstRow) * ring.columns }
  }
}

/** The greatest level of each bin since it was begun; every row counts once. */
export class MaxHold {
  levels = new Float32Array(0)
  /** Rows since it was begun. */
  rows = 0
  private nextRow = -Infinity

  /** Begins anew with the next row that comes. */
  reset(): void {
    this.rows = 0
    this.nextRow = -Infinity
    this.levels.fill(Number.NaN)
  }

  /** Takes the rows of a channel that came since the last call. */
  add(rows: LayerRows, channel: number): void {
    const { ring, perChannel } = rows
    if (!ring || ring.isEmpty) return
    if (this.levels.length !== perChannel) {
      this.levels = new Float32Array(perChannel)
      this.reset()
    }
    const from = this.nextRow === -Infinity ? ring.end - 1 : Math.max(this.nextRow, ring.first)
    for (let row = from; row < ring.end; row++) {
      const at = (row % ring.capacity) * ring.columns + channel * perChannel
      let hasValue = false
      for (let bin = 0; bin < perChannel; bin++) {
        const level = ring.values[at + bin]!
        if (!isValue(level)) continue
        hasValue = true
        if (!(this.levels[bin]! >= level)) this.levels[bin] = level
      }
      if (hasValue) this.rows++
    }
    this.nextRow = ring.end
  }
}

/** A spectrum that was put away to compare with. Plain values: the window keeps it. */
export interface StoredSpectrum {
  name: string
  /** What it was of: `33 500 · 34.21 km, 2023-10-27 14:23:41.2 UTC, mean of 8`. */
  of: string
  unit: string
  firstHz: number
  stepHz: number
  levels: number[]
}

/** Level of a stored spectrum at a frequency: of the nearest of its bins, NaN outside them. */
export function storedLevelAt(stored: StoredSpectrum, hertz: number): number {
  const bin = Math.round((hertz - stored.firstHz) / stored.stepHz)
  return bin < 0 || bin >= stored.levels.length ? Number.NaN : stored.levels[bin]!
}
