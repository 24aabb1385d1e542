import { numberText } from '../../src-preload/contract/drawing/ticks.ts'
import { measuredAt } from './measure/measuredAt.ts'
import type { MeasuredPlace, MeasuredPoint } from './measure/measuredPlace.ts'
import { channelLabel, channelName } from './spectraChannelNames.ts'
import { hertzText, quantityText, type SpectraReading } from './spectraReading.ts'
import type { SpectraTileModel, TileLayer } from './spectraTileModel.ts'
import {
  binFrequency,
  emptySpectrum,
  MaxHold,
  nearestBin,
  SpectrumReader,
  storedLevelAt,
  type Bins,
  type StoredSpectrum
} from './spectrumModel.ts'
import { SteadyRange } from './traceRange.ts'

/** How the spectrum is shown. Plain values. */
export interface SpectrumOptions {
  /** Rows whose power is averaged; 1: a single one. */
  meanRows: number
  hasMaxHold: boolean
  scale: 'dB' | 'linear'
  isLogFrequency: boolean
}

export const spectrumAtFirst: SpectrumOptions = { meanRows: 1, hasMaxHold: false, scale: 'dB', isLogFrequency: false }

const narrowestDb = 2
const manyValues = 300_000
const manyValuesEveryMs = 500

/** `dB re (rad)²/Hz` → `(rad)²/Hz`. */
export const linearUnit = (unit: string): string => unit.replace(/^dB re /, '')

/** `dB re (rad)²/Hz` → `rad`: what the samples are in. */
export const sampleUnit = (unit: string): string => /^dB re \((.*)\)²\/Hz$/.exec(unit)?.[1] ?? ''

/** What a spectrum shows and says: the lines, their range, what is under the pointer. Knows no pixels. */
export class SpectrumState {
  show: SpectrumOptions = spectrumAtFirst
  reference: StoredSpectrum | null = null
  channel = 0
  /** Some rows are still on their way from the core. */
  isComing = false
  readonly spectrum = emptySpectrum()
  readonly maxHold = new MaxHold()
  readonly range = new SteadyRange()
  /** Frequencies, and by them the mean, what was held, what was stored; NaN where there is nothing. */
  x = new Float64Array(0)
  ys: [Float64Array, Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0), new Float64Array(0)]
  private wish = ''
  private row: number | null = null
  private computedAtMs = -Infinity
  private readonly model: SpectraTileModel
  private readonly layer: TileLayer
  private readonly reader: SpectrumReader

  constructor(model: SpectraTileModel, layer: TileLayer) {
    this.model = model
    this.layer = layer
    this.reader = new SpectrumReader(layer.rows, layer.history)
  }

  /** Another picture or another channel. */
  reset(): void {
    this.wish = ''
    this.maxHold.reset()
    this.range.reset()
  }

  rowsCame(): void {
    if (this.show.hasMaxHold) this.maxHold.add(this.layer.rows, this.channel)
  }

  resetMaxHold(): void {
    this.maxHold.reset()
    this.maxHold.add(this.layer.rows, this.channel)
  }

  setOptions(show: SpectrumOptions): void {
    if (show.hasMaxHold && !this.show.hasMaxHold) this.maxHold.reset()
    if (show.isLogFrequency !== this.show.isLogFrequency || show.scale !== this.show.scale) this.range.reset()
    this.show = show
  }

  /** `nowMs`: a mean over many bins is computed a few times a second, however often rows come. */
  update(bins: Bins, nowMs: number): void {
    const row = this.wantedRow()
    const wish = `${this.show.meanRows} ${this.channel} ${this.model.selectedMs} ${this.layer.rows.description?.epoch}`
    const isMuch = bins.count * this.show.meanRows > manyValues && nowMs - this.computedAtMs < manyValuesEveryMs
    if (this.isComing || wish !== this.wish || (row !== this.row && !isMuch)) {
      this.wish = wish
      this.row = row
      this.computedAtMs = nowMs
      this.spectrum.rows = 0
      this.isComing = row !== null && !this.reader.mean(this.channel, row, this.show.meanRows, this.spectrum)
    }
    this.fill(bins)
    this.fitRange(bins)
  }

  /** What is shown now, to be kept under a name; null while there is nothing. */
  toReference(name: string): StoredSpectrum | null {
    const { description } = this.layer.rows
    const bins = description?.bins
    if (!bins || this.spectrum.rows === 0) return null
    const iso = this.timeIso()
    const of = [
      channelLabel(channelName(description.columns, this.channel)),
      iso && `${iso.slice(0, 19).replace('T', ' ')} UTC`,
      this.spectrum.rows > 1 && `mean of ${this.spectrum.rows}`
    ]
    return {
      name,
      of: of.filter(Boolean).join(', '),
      unit: description.value.unit,
      firstHz: bins.firstHz,
      stepHz: bins.stepHz,
      levels: [...this.spectrum.levels]
    }
  }

  /** The row at the chosen time, else the newest one that is there. */
  private wantedRow(): number | null {
    const { model, layer } = this
    if (model.selectedMs === null) return this.reader.newestRow(this.channel)
    return Math.floor(layer.rows.cellFromMs(model.selectedMs))
  }

  /** Time of the newest row in it. */
  atMs(): number | null {
    return this.spectrum.rows === 0 ? null : this.layer.rows.msFromCell(this.spectrum.row + 0.5)
  }

  timeIso(): string | null {
    const ms = this.atMs()
    return ms === null ? null : this.model.isoAt(ms)
  }

  private fill(bins: Bins): void {
    if (this.x.length !== bins.count) {
      this.x = new Float64Array(bins.count)
      this.ys = [new Float64Array(bins.count), new Float64Array(bins.count), new Float64Array(bins.count)]
    }
    const [mean, held, stored] = this.ys
    const hasHeld = this.show.hasMaxHold && this.maxHold.levels.length === bins.count && this.maxHold.rows > 0
    for (let bin = 0; bin < bins.count; bin++) {
      this.x[bin] = binFrequency(bins, bin)
      mean[bin] = this.spectrum.rows > 0 ? this.shown(this.spectrum.levels[bin]!) : Number.NaN
      held[bin] = hasHeld ? this.shown(this.maxHold.levels[bin]!) : Number.NaN
      stored[bin] = this.reference ? this.shown(storedLevelAt(this.reference, this.x[bin]!)) : Number.NaN
    }
  }

  /** What a level is drawn as. */
  shown(level: number): number {
    return this.show.scale === 'dB' ? level : 10 ** (level / 10)
  }

  private fitRange(bins: Bins): void {
    const { lowHz, highHz } = this.model.band
    let [least, greatest] = [Infinity, -Infinity]
    for (const values of this.ys) {
      for (let bin = 0; bin < bins.count; bin++) {
        if (this.x[bin]! < lowHz || this.x[bin]! > highHz) continue
        if (values[bin]! < least) least = values[bin]!
        if (values[bin]! > greatest) greatest = values[bin]!
      }
    }
    if (this.show.scale === 'linear') least = 0
    const narrowest = this.show.scale === 'dB' ? narrowestDb : Math.max(greatest * 1e-3, Number.MIN_VALUE)
    this.range.fit(least, greatest, narrowest > 0 ? narrowest : 1)
  }

  read(bins: Bins, hertz: number, coreNowMs: number): SpectraReading | null {
    const { model, layer } = this
    const { description } = layer.rows
    const ms = this.atMs()
    if (!description || ms === null) return null
    const bin = nearestBin(bins, hertz)
    const level = this.spectrum.levels[bin]!
    const name = channelName(description.columns, this.channel)
    const isDb = this.show.scale === 'dB'
    const { unit } = description.value
    return {
      timeIso: model.isoAt(ms),
      relative: model.relativeText(ms, coreNowMs),
      channel: name.number,
      distance: name.distance,
      frequency: hertzText(binFrequency(bins, bin), bins.stepHz),
      value: Number.isNaN(level) ? 'no value' : isDb ? numberText(level, 2) : quantityText(this.shown(level)),
      hasValue: !Number.isNaN(level),
      unit: isDb ? unit : linearUnit(unit)
    }
  }

  /** The place at a frequency, and the bin that a cursor stands on there; null while there is no spectrum. */
  measure(bins: Bins, hertz: number): Omit<MeasuredPlace, 'x' | 'y'> | null {
    const ms = this.atMs()
    const { baseMs } = this.model
    if (ms === null || baseMs === null) return null
    const bin = nearestBin(bins, hertz)
    const level = this.spectrum.levels[bin]!
    const found = measuredAt({
      pane: 'spectrum',
      rows: this.layer.rows,
      column: this.channel,
      row: this.spectrum.row,
      timeMs: baseMs + ms,
      hertz,
      bin,
      value: Number.isNaN(level) ? null : level
    })
    if (!found) return null
    const isOfThis = ({ pane, channel }: MeasuredPoint): boolean =>
      pane === 'spectrum' && channel === found.point.channel
    const again = (other: MeasuredPoint): MeasuredPoint =>
      isOfThis(other) && other.hertz !== null ? (this.measure(bins, other.hertz)?.point ?? other) : other
    return { ...found, again }
  }

  /** Times of the rows in it, milliseconds since the epoch; null while there is none. */
  shownMs(): { from: number; to: number } | null {
    const { baseMs } = this.model
    const { rows } = this.layer
    if (baseMs === null || this.spectrum.rows === 0) return null
    const end = this.spectrum.row + 1
    return { from: baseMs + rows.msFromCell(end - this.show.meanRows), to: baseMs + rows.msFromCell(end) }
  }

  /** Beside the level: what was held, and how far the stored one is away. */
  comparisons(bins: Bins, bin: number): string[] {
    const words: string[] = []
    const held = this.maxHold.levels[bin]
    if (this.show.hasMaxHold && held !== undefined && !Number.isNaN(held)) words.push(`max ${numberText(held, 2)} dB`)
    const stored = this.reference && storedLevelAt(this.reference, binFrequency(bins, bin))
    const level = this.spectrum.levels[bin]
    if (stored !== null && level !== undefined && !Number.isNaN(level - stored)) {
      const difference = level - stored
      words.push(`${difference >= 0 ? '+' : ''}${numberText(difference, 2)} dB to ${this.reference!.name}`)
    }
    return words
  }
}
