import { describe, expect, it } from 'vitest'
import { TileGeometry } from '../../../src-preload/contract/drawing/tileGeometry.ts'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import { colourIndex, levelFromLinearShare, linearShare } from '../../../src-preload/contract/drawing/pictureView.ts'
import { powerText, powerUnit } from '../../../src-preload/contract/drawing/powerText.ts'
import { PictureNavigation } from '../../../src-renderer/render/pictureNavigation.ts'
import { cellsBetween, PictureSelection } from '../../../src-renderer/render/pictureSelection.ts'
import { TileProjection } from '../../../src-renderer/render/tileProjection.ts'
import { WaterfallModel } from '../../../src-renderer/render/waterfallModel.ts'
import { viewDescription } from '../../support/fakeJobs.ts'

const columns = 16
const originMs = 1_700_000_000_000

function begin(change: Parameters<typeof viewDescription>[0] = {}): {
  model: WaterfallModel
  navigation: PictureNavigation
} {
  const model = new WaterfallModel({ textureSize: 4096, slotsMost: 4096 })
  model.describe(viewDescription({ live: false, expectedRows: 1000, ...change }))
  for (let row = 0; row < 1000; row++) model.ring!.writeRow(row, new Float32Array(columns).fill(-40), 0)
  const navigation = new PictureNavigation(model)
  navigation.restart(500)
  return { model, navigation }
}

describe('getting about in a picture', () => {
  it('shows a range that is asked for from outside and says what is in view', () => {
    const { navigation } = begin()
    navigation.showRange({ startMs: originMs + 10_000, endMs: originMs + 20_000, firstChannel: 3, lastChannel: 12 })
    const range = navigation.range()!
    expect(range.startMs).toBeCloseTo(originMs + 10_000, 6)
    expect(range.endMs).toBeCloseTo(originMs + 20_000, 6)
    expect([range.firstChannel, range.lastChannel]).toEqual([3, 12])
    navigation.showRange({ startMs: originMs, endMs: originMs + 5000 })
    expect(navigation.range()).toMatchObject({ firstChannel: 3, lastChannel: 12 })
  })

  it('goes back step by step; a wheel that turns on is one step', () => {
    const { navigation } = begin()
    const whole = navigation.range()
    for (let turn = 0; turn < 5; turn++) navigation.zoom({ columns: 1, rows: 0.8 }, { x: 0.5, y: 0.5 })
    const zoomed = navigation.range()
    expect(navigation.backSteps).toBe(1)
    navigation.showCells({ start: 450, end: 470 }, { start: 2, end: 9 })
    expect(navigation.range()!.endMs - navigation.range()!.startMs).toBeCloseTo(2000, 6)
    expect(navigation.back()).toBe(true)
    expect(navigation.range()).toEqual(zoomed)
    expect(navigation.back()).toBe(true)
    expect(navigation.range()).toEqual(whole)
    expect(navigation.back()).toBe(false)
  })

  it('shows sixty rows at least where rows are rare, and a minute where they are not', () => {
    for (const [rowIntervalNs, spanMs] of [
      [10e9, 600_000],
      [100e6, 60_000],
      [5e6, 60_000]
    ] as const) {
      const model = new WaterfallModel({ textureSize: 4096, slotsMost: 4096 })
      model.describe(viewDescription({ rowIntervalNs }))
      const navigation = new PictureNavigation(model)
      navigation.restart(600)
      const { startMs, endMs } = navigation.range()!
      expect(endMs - startMs).toBeGreaterThan(spanMs * 0.7)
      expect(endMs - startMs).toBeLessThan(spanMs * 1.4)
    }
  })

  it('reaches back as far as the core keeps rows', () => {
    const { model, navigation } = begin({ live: true, expectedRows: null })
    model.oldestKeptRow = -5000
    expect(navigation.updateBounds()).toMatchObject({ rowFirst: -5000, rowEnd: 1000, rowsMost: 6000 })
  })
})

describe('picking cells', () => {
  const view: PictureView = {
    width: 800,
    height: 500,
    columnAtLeft: 0,
    columnsPerPixel: columns / 800,
    slotAtTop: 0,
    slotsPerPixel: 0.2,
    lowDb: -60,
    highDb: 0
  }

  it('takes every cell that the box touches, with exact channels, distances and times', () => {
    const { model } = begin()
    const geometry = new TileGeometry()
    geometry.resize(966, 550, 1)
    expect([geometry.pictureWidth, geometry.pictureHeight]).toEqual([800, 500])
    const projection = new TileProjection(view, geometry, model.axes!)
    const corner = (column: number, row: number): { x: number; y: number } => ({
      x: projection.xFromColumn(column),
      y: projection.yFromRow(row)
    })
    const selection = new PictureSelection(model)
    selection.set(cellsBetween(projection, corner(5.5, 60.2), corner(2.9, 20.7), columns))
    expect(selection.cells).toEqual({ rowFirst: 20, rowEnd: 61, columnFirst: 2, columnEnd: 6 })
    expect(selection.describe()).toMatchObject({
      jobId: 'live-1',
      epoch: 1,
      channels: { first: 3, last: 6 },
      distancesM: { first: 2, last: 5 },
      firstRow: 20,
      rowCount: 41,
      startNs: String(BigInt(originMs) * 1_000_000n + 1_950_000_000n),
      endNs: String(BigInt(originMs) * 1_000_000n + 6_050_000_000n)
    })
  })

  it('finds the place of what it drew', () => {
    const { model } = begin()
    const geometry = new TileGeometry()
    geometry.resize(1932, 1100, 2)
    const projection = new TileProjection({ ...view, width: geometry.pictureWidth }, geometry, model.axes!)
    for (const channel of [1, 7.25, 16]) {
      expect(projection.channelFromX(projection.xFromChannel(channel))).toBeCloseTo(channel, 9)
    }
    const timeMs = originMs + 4321
    expect(projection.timeFromY(projection.yFromTime(timeMs))).toBeCloseTo(timeMs, 3)
    expect(projection.channelFromDistance(projection.distanceFromChannel(9)!)).toBeCloseTo(9, 9)
  })
})

describe('levels as powers', () => {
  it('give colours that are even in power, whatever the size of the powers', () => {
    for (const high of [-290, -17, 250]) {
      const low = high - 40
      const power = (level: number): number => 10 ** ((level - high) / 10)
      for (const level of [low - 5, low, high - 10, high - 3, high, high + 9]) {
        const share = (power(level) - power(low)) / (1 - power(low))
        const expected = Math.min(255, Math.max(0, Math.floor(share * 255 + 0.5)))
        expect(colourIndex(level, low, high, true)).toBe(expected)
      }
      expect(levelFromLinearShare(linearShare(high - 7, low, high), low, high)).toBeCloseTo(high - 7, 6)
    }
  })

  it('are written with four digits and an exponent', () => {
    expect(powerText(0)).toBe('1.000')
    expect(powerText(-84)).toBe('3.981×10⁻⁹')
    expect(powerText(-13)).toBe('0.0501')
    expect(powerText(27)).toBe('501.2')
    expect(powerText(-2500)).toBe('1.000×10⁻²⁵⁰')
    expect(powerUnit('dB re (rad/s)²/Hz')).toBe('(rad/s)²/Hz')
  })
})
