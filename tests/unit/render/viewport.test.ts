import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PictureAxes } from '../../../src-preload/contract/drawing/pictureAxes.ts'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import {
  columnFromPixel,
  pixelFromChannel,
  pixelFromColumn,
  pixelFromDistance,
  pixelFromTime,
  slotFromPixel
} from '../../../src-preload/contract/drawing/pictureView.ts'
import { liveRowSpan, Viewport, type ViewportBounds } from '../../../src-renderer/render/viewport.ts'
import { viewDescription } from '../../support/fakeJobs.ts'

const view = (): PictureView => ({
  width: 800,
  height: 400,
  columnAtLeft: 0,
  columnsPerPixel: 1,
  slotAtTop: 0,
  slotsPerPixel: 1,
  lowDb: -60,
  highDb: 0
})

const bounds = (change: Partial<ViewportBounds> = {}): ViewportBounds => ({
  columns: 2222,
  rowFirst: 1000,
  rowEnd: 5000,
  rowsMost: 7000,
  isLive: true,
  ...change
})

describe('axes', () => {
  const axes = new PictureAxes(
    viewDescription({
      originNs: '1682525689042000000',
      rowIntervalNs: 50_000_000.5,
      columns: {
        count: 100,
        firstChannel: -260,
        channelStep: 1,
        channelsPerColumn: 4,
        firstDistanceM: -265.4,
        channelSpacingM: 1.02
      }
    }),
    1
  )

  it('put the centre of a column at the middle of the channels that are averaged in it', () => {
    expect(axes.channelFromColumn(0.5)).toBe(-258.5)
    expect(axes.channelsOfColumn(1)).toEqual({ first: -256, last: -253 })
    expect(axes.distanceFromColumn(0.5)).toBeCloseTo(-265.4 + 1.5 * 1.02, 9)
  })

  it('have exact row times, fractional intervals included', () => {
    expect(axes.rowTimeNs(0)).toBe(1682525689042000000n)
    expect(axes.rowTimeNs(20_000_000)).toBe(1682525689042000000n + 20_000_000n * 50_000_000n + 10_000_000n)
  })

  it('invert', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 500, noNaN: true }), (coordinate) => {
        expect(axes.columnFromDistance(axes.distanceFromColumn(coordinate))).toBeCloseTo(coordinate, 6)
        expect(axes.columnFromChannel(axes.channelFromColumn(coordinate))).toBeCloseTo(coordinate, 6)
        expect(axes.slotFromTime(axes.timeFromSlot(coordinate))).toBeCloseTo(coordinate, 4)
      })
    )
  })

  it('move a slot of several rows to the middle of its rows', () => {
    const shared = new PictureAxes(viewDescription(), 5)
    const single = new PictureAxes(viewDescription(), 1)
    expect(shared.timeFromSlot(0.5)).toBe(single.timeFromSlot(2.5))
    expect(shared.slotMs).toBe(500)
  })

  it('go through pixels and back', () => {
    const picture = view()
    picture.columnAtLeft = 12.25
    picture.columnsPerPixel = 0.125
    picture.slotAtTop = 900
    picture.slotsPerPixel = -2.5
    // Column 20's centre is its distance; on the screen it is (20.5 − 12.25) / 0.125 pixels from the left.
    expect(pixelFromDistance(picture, axes, axes.distanceFromColumn(20.5))).toBeCloseTo(66, 6)
    expect(pixelFromChannel(picture, axes, axes.channelFromColumn(20.5))).toBeCloseTo(66, 6)
    expect(pixelFromTime(picture, axes, axes.timeFromSlot(890))).toBeCloseTo(4, 3)
    expect(columnFromPixel(picture, 66)).toBeCloseTo(20.5, 9)
    expect(slotFromPixel(picture, 4)).toBeCloseTo(890, 9)
  })
})

describe('the viewport', () => {
  it('follows the newest edge and stays on it while it moves', () => {
    const viewport = new Viewport()
    viewport.showLive(bounds(), 400)
    viewport.moveToEdge(5000.3, 400)
    expect(viewport.rowEnd).toBe(5001)
    expect(viewport.rowSpan).toBe(400)
    viewport.moveToEdge(5000.9, 400)
    expect(viewport.rowEnd).toBe(5001)
  })

  it('keeps what is under the cursor while zooming', () => {
    const anchor = fc.double({ min: 0.01, max: 0.99, noNaN: true })
    fc.assert(
      fc.property(anchor, anchor, fc.double({ min: 0.3, max: 1, noNaN: true }), fc.boolean(), (x, y, factor, atTop) => {
        const viewport = new Viewport()
        viewport.isNewestAtTop = atTop
        viewport.showAll(bounds({ isLive: false }))
        const before = view()
        viewport.fill(before)
        viewport.zoom(bounds({ isLive: false }), { columns: factor, rows: factor }, { x, y })
        const after = view()
        viewport.fill(after)
        expect(columnFromPixel(after, x * 800)).toBeCloseTo(columnFromPixel(before, x * 800), 6)
        expect(slotFromPixel(after, y * 400)).toBeCloseTo(slotFromPixel(before, y * 400), 6)
      })
    )
  })

  it('leaves the newest edge when zoomed in or dragged back, and comes back on it', () => {
    const viewport = new Viewport()
    viewport.showLive(bounds(), 400)
    viewport.zoom(bounds(), { columns: 1, rows: 0.5 }, { x: 0.5, y: 0.5 })
    expect(viewport.isFollowing).toBe(false)
    expect([viewport.rowStart, viewport.rowEnd]).toEqual([4700, 4900])
    viewport.follow(bounds())
    expect([viewport.isFollowing, viewport.rowStart, viewport.rowEnd]).toEqual([true, 4800, 5000])
    viewport.pan(bounds(), 0, 0.5)
    expect([viewport.isFollowing, viewport.rowEnd]).toEqual([false, 4900])
    viewport.pan(bounds(), 0, -2)
    expect([viewport.isFollowing, viewport.rowEnd]).toEqual([true, 5000])
  })

  it('stays where it was dragged while less has arrived than it shows', () => {
    const viewport = new Viewport()
    const young = bounds({ rowFirst: 0, rowEnd: 300 })
    viewport.showLive(young, 1436)
    viewport.pan(young, 0, 0.01)
    expect(viewport.isFollowing).toBe(false)
    viewport.pan(young, 0, 0.01)
    expect(viewport.isFollowing).toBe(false)
    viewport.pan(young, 0, -0.01)
    expect(viewport.isFollowing).toBe(true)
  })

  it('pans sideways without leaving the newest edge', () => {
    const viewport = new Viewport()
    viewport.showLive(bounds(), 400)
    viewport.zoom(bounds(), { columns: 0.5, rows: 1 }, { x: 0, y: 0.5 })
    viewport.pan(bounds(), -0.25, 0)
    expect(viewport.isFollowing).toBe(true)
    expect(viewport.columnStart).toBeCloseTo(277.75)
    viewport.pan(bounds(), 99, 0)
    expect(viewport.columnStart).toBe(0)
  })

  it('is pushed along by what falls out of the ring, and never shows more than there is', () => {
    const viewport = new Viewport()
    viewport.showLive(bounds(), 400)
    viewport.pan(bounds(), 0, 9)
    expect(viewport.rowStart).toBe(1000)
    viewport.keepInside(bounds({ rowFirst: 1500 }))
    expect([viewport.rowStart, viewport.rowEnd]).toEqual([1500, 1900])
  })

  it('stays inside its bounds whatever is done to it', () => {
    const move = fc.oneof(
      fc.record({
        kind: fc.constant('zoom'),
        a: fc.double({ min: 0.1, max: 10, noNaN: true }),
        b: fc.double({ min: 0, max: 1, noNaN: true })
      }),
      fc.record({
        kind: fc.constant('pan'),
        a: fc.double({ min: -3, max: 3, noNaN: true }),
        b: fc.double({ min: -3, max: 3, noNaN: true })
      })
    )
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), fc.boolean(), (moves, atTop) => {
        const viewport = new Viewport()
        viewport.isNewestAtTop = atTop
        const limits = bounds({ isLive: false, rowsMost: 4000 })
        viewport.showAll(limits)
        for (const { kind, a, b } of moves) {
          if (kind === 'zoom') viewport.zoom(limits, { columns: a, rows: a }, { x: b, y: 1 - b })
          else viewport.pan(limits, a, b)
          expect(viewport.columnStart).toBeGreaterThanOrEqual(-1e-6)
          expect(viewport.columnEnd).toBeLessThanOrEqual(limits.columns + 1e-6)
          expect(viewport.rowStart).toBeGreaterThanOrEqual(limits.rowFirst - 1e-6)
          expect(viewport.rowEnd).toBeLessThanOrEqual(limits.rowEnd + 1e-6)
          expect(viewport.columnSpan).toBeGreaterThanOrEqual(4 - 1e-6)
          expect(viewport.rowSpan).toBeGreaterThanOrEqual(4 - 1e-6)
        }
      })
    )
  })

  it('puts the newest row at the edge it was told', () => {
    const viewport = new Viewport()
    viewport.showAll(bounds({ isLive: false }))
    const picture = view()
    viewport.fill(picture)
    expect(slotFromPixel(picture, 400)).toBe(5000)
    viewport.isNewestAtTop = true
    viewport.fill(picture)
    expect(slotFromPixel(picture, 0)).toBe(5000)
    expect(pixelFromColumn(picture, 2222)).toBe(800)
  })

  it('shows about a minute with whole rows per pixel or pixels per row', () => {
    expect(liveRowSpan(480, 100, 60_000)).toBe(480)
    expect(liveRowSpan(480, 10, 60_000)).toBe(480 * 13)
    expect(liveRowSpan(480, 1000, 60_000)).toBe(60)
  })
})
