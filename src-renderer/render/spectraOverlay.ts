import { ColourBarPainter } from '../../src-preload/contract/drawing/colourBarPainter.ts'
import type { ColourMap } from '../../src-preload/contract/drawing/colourMaps.ts'
import { HatchPattern } from '../../src-preload/contract/drawing/hatchPattern.ts'
import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'
import { makeDrawingCanvas } from './makeDrawingCanvas.ts'
import { FrequencyAxisPainter, TimeAxisPainter } from './spectraAxes.ts'
import type { LayerRows } from './spectraRows.ts'
import type { SpectraTileGeometry } from './spectraTileGeometry.ts'
import type { SpectraTileModel } from './spectraTileModel.ts'
import { pixelFromTimeMs, type TimePixels } from './spectraTimeWindow.ts'

const chipGround = 'rgba(10, 13, 18, 0.82)'
const chipText = '#e8edf4'
const thinnestGap = 3
const markColour = 'rgba(255, 255, 255, 0.8)'
const selectedColour = '#4cb8ff'

export interface OverlayState {
  rows: LayerRows
  model: SpectraTileModel
  pixels: TimePixels
  lowHz: number
  highHz: number
  lowDb: number
  highDb: number
  /** Of each picture. */
  labels: readonly string[]
}

/** The transparent canvases over the pictures: axes, labels, gaps and colour bar; and the marks that move with the pointer. */
export class SpectraOverlay {
  private readonly context: CanvasRenderingContext2D
  private readonly marks: CanvasRenderingContext2D
  private readonly times: TimeAxisPainter
  private readonly frequencies: FrequencyAxisPainter
  private readonly bar: ColourBarPainter
  private readonly hatch = new HatchPattern(makeDrawingCanvas)
  private readonly barPlace = { scale: 1, width: 1, top: 0, pictureHeight: 1, barLeft: 0, barWidth: 1 }
  private painted = ''
  private marked = ''
  private revision = 0

  constructor(parent: HTMLElement) {
    const add = (): CanvasRenderingContext2D => {
      const canvas = document.createElement('canvas')
      canvas.className = 'waterfall-overlay'
      parent.append(canvas)
      const context = canvas.getContext('2d')
      if (!context) throw new Error('This browser has no 2D canvas.')
      return context
    }
    this.context = add()
    this.marks = add()
    this.times = new TimeAxisPainter(this.context)
    this.frequencies = new FrequencyAxisPainter(this.context)
    this.bar = new ColourBarPainter(this.context, makeDrawingCanvas)
  }

  setColourMap(map: ColourMap): void {
    this.bar.setColourMap(map)
    this.invalidate()
  }

  /** Something that the painting cannot see has changed: size, colours. */
  invalidate(): void {
    this.revision++
  }

  resize(geometry: SpectraTileGeometry): void {
    this.invalidate()
    for (const { canvas } of [this.context, this.marks]) {
      canvas.width = geometry.width
      canvas.height = geometry.height
      canvas.style.width = `${geometry.width / geometry.scale}px`
      canvas.style.height = `${geometry.height / geometry.scale}px`
    }
  }

  /** Paints only when something on it has moved. */
  draw(state: OverlayState, geometry: SpectraTileGeometry, theme: TileTheme): void {
    const { pixels, rows, lowDb, highDb, lowHz, highHz } = state
    const place = `${this.revision} ${pixels.pixelAtLeft} ${pixels.msPerPixel} ${pixels.width} ${lowHz} ${highHz} ${geometry.columns}`
    const key = `${place} ${lowDb} ${highDb} ${rows.gaps.length} ${state.labels.join('|')}`
    if (key !== this.painted) {
      this.painted = key
      this.paint(state, geometry, theme)
    }
    this.drawMarks(state, geometry, place)
  }

  dispose(): void {
    this.context.canvas.remove()
    this.marks.canvas.remove()
  }

  private paint(state: OverlayState, geometry: SpectraTileGeometry, theme: TileTheme): void {
    const { context } = this
    const { scale, left, top, pictureHeight, places, columns } = geometry
    context.clearRect(0, 0, geometry.width, geometry.height)
    const { model, rows, pixels } = state
    if (model.baseMs === null || !rows.description) return
    this.paintGaps(state, geometry)
    places.forEach((place, index) => {
      const isLowest = index + columns >= places.length
      const bottom = top + place.top + pictureHeight
      if (isLowest) this.times.paint(pixels, model.baseMs!, left + place.left, bottom, scale, theme)
      if (index % columns === 0) {
        const axis = { left, top: top + place.top, height: pictureHeight, scale }
        this.frequencies.paint(state.lowHz, state.highHz, axis, theme)
      }
      const label = state.labels[index]
      if (label) this.chip(label, left + place.left, top + place.top, geometry, theme)
    })
    context.font = `${11 * scale}px ${theme.fontFamily}`
    context.fillStyle = theme.text
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    const lastTop = places[Math.floor((places.length - 1) / columns) * columns]?.top ?? 0
    context.fillText('UTC', left - 7 * scale, top + lastTop + pictureHeight + 13 * scale)
    Object.assign(this.barPlace, {
      scale,
      width: geometry.width,
      top,
      pictureHeight: geometry.innerHeight,
      barLeft: geometry.barLeft,
      barWidth: geometry.barWidth
    })
    this.bar.paint(state.lowDb, state.highDb, rows.description.value.unit, this.barPlace, theme)
  }

  private chip(text: string, left: number, top: number, geometry: SpectraTileGeometry, theme: TileTheme): void {
    const { context } = this
    const { scale } = geometry
    context.font = `${11 * scale}px ${theme.fontFamily}`
    const width = Math.min(context.measureText(text).width + 12 * scale, geometry.pictureWidth - 8 * scale)
    context.fillStyle = chipGround
    context.beginPath()
    context.roundRect(left + 4 * scale, top + 4 * scale, width, 17 * scale, 4 * scale)
    context.fill()
    context.fillStyle = chipText
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    context.fillText(text, left + 10 * scale, top + 13 * scale, width - 12 * scale)
  }

  private paintGaps({ rows, pixels }: OverlayState, geometry: SpectraTileGeometry): void {
    if (rows.gaps.length === 0) return
    const { context } = this
    const { scale, left, top, pictureWidth, pictureHeight } = geometry
    context.fillStyle = this.hatch.styleFor(context, scale) as CanvasPattern | string
    for (const gap of rows.gaps) {
      const from = pixelFromTimeMs(pixels, rows.msFromCell(gap.firstRow))
      const to = pixelFromTimeMs(pixels, rows.msFromCell(gap.firstRow + gap.rowCount))
      const width = Math.max(to - from, thinnestGap * scale)
      const start = Math.max(0, Math.round((from + to - width) / 2))
      const end = Math.min(pictureWidth, Math.round((from + to + width) / 2))
      if (end <= start) continue
      for (const place of geometry.places)
        context.fillRect(left + place.left + start, top + place.top, end - start, pictureHeight)
    }
  }

  private drawMarks(
    { model, pixels, lowHz, highHz }: OverlayState,
    geometry: SpectraTileGeometry,
    place: string
  ): void {
    const { pointer, linkedMs, selectedMs } = model
    const key = `${place} ${pointer?.ms} ${pointer?.hertz} ${linkedMs} ${selectedMs}`
    if (key === this.marked) return
    this.marked = key
    const { marks } = this
    const { scale, left, top, pictureWidth, pictureHeight } = geometry
    marks.clearRect(0, 0, geometry.width, geometry.height)
    const line = Math.max(1, Math.round(scale))
    const across = (ms: number | null | undefined, colour: string, width: number): void => {
      if (ms === null || ms === undefined) return
      const x = Math.floor(pixelFromTimeMs(pixels, ms))
      if (x < 0 || x >= pictureWidth) return
      marks.fillStyle = colour
      for (const one of geometry.places) marks.fillRect(left + one.left + x, top + one.top, width, pictureHeight)
    }
    across(selectedMs, selectedColour, 2 * line)
    across(linkedMs, markColour, line)
    across(pointer?.ms, markColour, line)
    const hertz = pointer?.hertz
    if (hertz === null || hertz === undefined || hertz < lowHz || hertz > highHz) return
    const y = Math.min(pictureHeight - 1, Math.floor(((highHz - hertz) / (highHz - lowHz)) * pictureHeight))
    marks.fillStyle = markColour
    for (const one of geometry.places) marks.fillRect(left + one.left, top + one.top + y, pictureWidth, line)
  }
}
