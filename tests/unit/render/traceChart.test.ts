import { describe, expect, it } from 'vitest'
import { rangeExponent, powerText, SteadyRange } from '../../../src-renderer/render/traceRange.ts'
import { traceScale, traceY, StackScales, stackAtFirst } from '../../../src-renderer/render/traceStack.ts'
import { strokeExtremes, type LineSink, type Mapping } from '../../../src-renderer/render/strokeExtremes.ts'
import { TracePlane } from '../../../src-renderer/render/tracePlane.ts'
import { LayerRows } from '../../../src-renderer/render/spectraRows.ts'
import { rowsFrame, traceDescription } from '../../support/layerFixture.ts'

class Strokes implements LineSink {
  readonly parts: { x: number; y: number }[][] = []
  moveTo(x: number, y: number): void {
    this.parts.push([{ x, y }])
  }
  lineTo(x: number, y: number): void {
    this.parts.at(-1)!.push({ x, y })
  }
  get points(): { x: number; y: number }[] {
    return this.parts.flat()
  }
}

const across: Mapping = { min: 0, max: 1000, isLogarithmic: false, from: 0, span: 100 }
const up: Mapping = { min: 0, max: 1, isLogarithmic: false, from: 200, span: -200 }
const noise = (index: number): number => ((index * 7919) % 997) / 997

describe('strokeExtremes', () => {
  it('covers in every column what all points would', () => {
    const xs = Array.from({ length: 1000 }, (_, index) => index)
    const ys = xs.map((index) => (index === 503 ? 1 : 0.2 + 0.3 * noise(index)))
    const strokes = new Strokes()
    strokeExtremes(xs, ys, across, up, strokes)
    for (let column = 0; column < 100; column++) {
      const drawn = strokes.points.filter(({ x }) => Math.floor(x) === column).map(({ y }) => y)
      const inColumn = xs.filter((x) => Math.floor((x / 1000) * 100) === column)
      const all = inColumn.map((x) => 200 - ys[x]! * 200)
      expect(Math.min(...drawn)).toBeCloseTo(Math.min(...all), 9)
      expect(Math.max(...drawn)).toBeCloseTo(Math.max(...all), 9)
    }
    expect(strokes.parts).toHaveLength(1)
    expect(strokes.points.length).toBeLessThanOrEqual(400)
  })

  it('puts few points where they are', () => {
    const strokes = new Strokes()
    strokeExtremes([100, 305, 900], [0, 0.5, 1], across, up, strokes)
    expect(strokes.points).toEqual([
      { x: 10, y: 200 },
      { x: 30.5, y: 100 },
      { x: 90, y: 0 }
    ])
  })

  it('breaks at what is no number, and shows a point that stands alone', () => {
    const strokes = new Strokes()
    strokeExtremes([0, 100, 200, 300, 400], [0, NaN, 0.5, Infinity, 1], across, up, strokes)
    expect(strokes.parts.map((part) => part.length)).toEqual([2, 2, 1])
  })

  it('leaves out what a logarithmic axis cannot show', () => {
    const strokes = new Strokes()
    const log: Mapping = { min: 1, max: 1000, isLogarithmic: true, from: 0, span: 300 }
    strokeExtremes([0, 1, 10, 100], [0, 0, 0, 0], log, up, strokes)
    expect(strokes.points.map(({ x }) => Math.round(x))).toEqual([0, 100, 200])
  })
})

describe('ranges', () => {
  it('grow at once and shrink only when they are much too wide', () => {
    const range = new SteadyRange()
    range.fit(0, 10, 1)
    expect(range.min).toBeLessThan(0)
    const before = { ...range }
    range.fit(1, 9, 1)
    expect({ ...range }).toEqual(before)
    range.fit(0, 30, 1)
    expect(range.max).toBeGreaterThan(30)
    range.fit(0, 3, 1)
    expect(range.max).toBeLessThan(4)
  })

  it('of a constant or of nothing are not zero', () => {
    const range = new SteadyRange()
    range.fit(5, 5, 2)
    expect(range.max - range.min).toBeGreaterThanOrEqual(2)
    range.fit(Infinity, -Infinity, 2)
    expect(range.max).toBeGreaterThan(range.min)
  })

  it('are written with a power of ten where numbers are long', () => {
    expect(rangeExponent(-3.2e-7, 1e-7)).toBe(-9)
    expect(rangeExponent(-12, 40)).toBe(0)
    expect(powerText(-9)).toBe('10⁻⁹')
    expect(powerText(0)).toBe('')
  })
})

describe('stacked traces', () => {
  const plane = (value: (row: number, column: number) => number): TracePlane => {
    const rows = new LayerRows(1 << 22)
    rows.describe(traceDescription(2, 1000), null)
    rows.writeRows(rowsFrame(2, 0, 8000, value))
    const made = new TracePlane()
    made.update(pixels, [0, 1], { rows, history: null, isTimeUp: () => false })
    return made
  }
  const pixels = { msPerPixel: 10, pixelAtLeft: 0, width: 800 }
  const wave = (row: number): number => Math.sin(row / 3)

  it('are scaled by what most pixels need: one giant outlier does not flatten the rest', () => {
    const scale = traceScale(
      plane((row) => (row === 4000 ? 1e9 : wave(row))),
      0,
      pixels
    )!
    expect(scale.amplitude).toBeLessThan(1.01)
    expect(scale.amplitude).toBeGreaterThan(0.95)
    expect(Math.abs(scale.middle)).toBeLessThan(0.1)
  })

  it('have one scale or each their own', () => {
    const both = plane((row, column) => wave(row) * (column === 0 ? 1 : 100))
    const scales = new StackScales()
    scales.update(both, pixels, 'individual', true)
    expect(scales.scales[0]!.amplitude).toBeLessThan(1.1)
    scales.update(both, pixels, 'common', true)
    expect(scales.scales.map((one) => one!.amplitude)).toEqual([
      scales.scales[1]!.amplitude,
      scales.scales[1]!.amplitude
    ])
  })

  it('of zeros, of a constant, of nothing and of NaN can be drawn', () => {
    for (const value of [0, 42]) {
      const scale = traceScale(
        plane(() => value),
        0,
        pixels
      )!
      expect(traceY(value, scale, 50, 20, stackAtFirst)).toBe(50)
    }
    expect(
      traceScale(
        plane(() => Number.NaN),
        0,
        pixels
      )
    ).toBeNull()
  })

  it('are clipped half way to the neighbours, gained and turned round as asked', () => {
    const scale = { middle: 0, amplitude: 1 }
    expect(traceY(1, scale, 50, 20, stackAtFirst)).toBe(41)
    expect(traceY(5, scale, 50, 20, stackAtFirst)).toBe(40)
    expect(traceY(5, scale, 50, 20, { ...stackAtFirst, isClipped: false })).toBe(5)
    expect(traceY(0.5, scale, 50, 20, { ...stackAtFirst, gain: 2, isPolarityReversed: true })).toBe(59)
  })
})
