import { describe, expect, test } from 'vitest'
import type { DrawnShape } from '../../../src-renderer/render/measure/marksProjection.ts'
import { PaneProjection, timeAtChannel, type PaneScales } from '../../../src-renderer/render/measure/paneProjection.ts'
import { channelsOfColumn, columnDistanceM } from '../../../src-renderer/render/spectraChannelNames.ts'

const lanes = [1, 2, 3].map((channel, index) => ({
  area: { left: 10, top: 100 * index, width: 200, height: 80 },
  firstChannel: channel,
  lastChannel: channel
}))
const whole = { left: 10, top: 0, width: 200, height: 280 }
/** 1000 ms and 100 Hz fill a picture. */
const ofTime: PaneScales = {
  xFromTime: (timeMs) => timeMs / 1000,
  xFromHertz: null,
  yFromHertz: (hertz) => 1 - hertz / 100,
  yFromValue: null,
  shownMs: null
}
const spectrograms = new PaneProjection(whole, lanes, ofTime)
const traces = new PaneProjection(whole, lanes, {
  ...ofTime,
  yFromHertz: null,
  yFromValue: (value, unit) => (unit === 'rad' ? 0.5 - value : null)
})
const spectrum = new PaneProjection(whole, lanes.slice(1, 2), {
  xFromTime: null,
  xFromHertz: (hertz) => hertz / 100,
  yFromHertz: null,
  yFromValue: () => 0.25,
  shownMs: { from: 400, to: 600 }
})

const box: DrawnShape = {
  kind: 'box',
  points: [
    { timeMs: 250, channel: 2 },
    { timeMs: 500, channel: 3 }
  ],
  band: { lowHz: 20, highHz: 60 }
}

describe('marks in panes of single channels', () => {
  test('a box is in the pictures of its channels, at its time and band; without one it fills them', () => {
    const figures = spectrograms.figures(box)
    expect(figures.map((figure) => figure.area.top)).toEqual([100, 200])
    const [first] = figures
    expect(first).toMatchObject({ kind: 'box', left: 60, right: 110 })
    if (first?.kind !== 'box') throw new Error('no box')
    expect([first.top, first.bottom].map(Math.round)).toEqual([132, 164])
    expect(spectrograms.figures({ ...box, band: null })[0]).toMatchObject({ top: 100, bottom: 180 })
    expect(traces.figures(box)[0]).toMatchObject({ kind: 'box', left: 60, right: 110, top: 100, bottom: 180 })
  })

  test('a point: a dot where its frequency is known, else a line at its time; between two channels the nearer one', () => {
    const point: DrawnShape = { kind: 'point', points: [{ timeMs: 500, channel: 2.4 }], band: null }
    expect(spectrograms.figures({ ...point, band: { lowHz: 49, highHz: 51 } })).toEqual([
      { kind: 'dot', area: lanes[1]!.area, x: 110, y: 140 }
    ])
    expect(traces.figures(point)).toEqual([
      {
        kind: 'path',
        area: lanes[1]!.area,
        places: [
          [110, 100],
          [110, 180]
        ]
      }
    ])
    expect(traces.figures({ ...point, points: [{ timeMs: 500, channel: 7 }] })).toEqual([])
  })

  test('a line along the fibre is drawn in each picture at the time when it passes', () => {
    const points = [
      { timeMs: 0, channel: 1 },
      { timeMs: 800, channel: 3 }
    ]
    const xs = traces.figures({ kind: 'line', points, band: null }).map((figure) => {
      return figure.kind === 'path' ? figure.places[0]![0] : Number.NaN
    })
    expect(xs).toEqual([10, 90, 170])
    expect(timeAtChannel(points, 2)).toBe(400)
    expect(timeAtChannel(points, 5)).toBeNull()
  })

  test('a spectrum shows bands of marks whose time it shows', () => {
    expect(spectrum.figures(box)).toEqual([
      { kind: 'box', area: lanes[1]!.area, left: 50, right: 130, top: 100, bottom: 180 }
    ])
    const earlier = box.points.map(({ channel }) => ({ timeMs: 100, channel }))
    expect(spectrum.figures({ ...box, points: earlier })).toEqual([])
    expect(spectrum.figures({ ...box, band: null })).toEqual([])
  })
})

describe('cursors in panes of single channels', () => {
  const cursor = { name: 'A', timeMs: 500, channel: 2, hertz: 75, value: 0.25, unit: 'rad' }

  test('time in every picture, frequency and value in its own, the name once', () => {
    expect(spectrograms.crosses(cursor).map(({ x, y, isNamed }) => [x, y, isNamed])).toEqual([
      [110, null, false],
      [110, 120, true],
      [110, null, false]
    ])
    expect(traces.crosses(cursor).map(({ x, y }) => [x, y])).toEqual([
      [110, null],
      [110, 120],
      [110, null]
    ])
    expect(traces.crosses({ ...cursor, unit: 'm' })[1]!.y).toBeNull()
  })

  test('what is not in view is not drawn; a frequency in view is, without its time', () => {
    expect(spectrograms.crosses({ ...cursor, timeMs: 5000 }).map(({ x, y }) => [x, y])).toEqual([[null, 120]])
    expect(traces.crosses({ ...cursor, timeMs: -1 })).toEqual([])
    expect(spectrograms.crosses({ ...cursor, timeMs: 5000, hertz: 300 })).toEqual([])
  })

  test('in a spectrum its frequency; without one, nothing', () => {
    expect(spectrum.crosses(cursor)).toEqual([{ area: lanes[1]!.area, x: 160, y: 120, isNamed: true }])
    expect(spectrum.crosses({ ...cursor, hertz: null })).toEqual([])
  })

  test('of a channel that is not shown, its time alone, named at the first picture', () => {
    expect(traces.crosses({ ...cursor, channel: 9 }).map(({ isNamed }) => isNamed)).toEqual([true, false, false])
  })
})

test('columns know their channels, half way to their neighbours, and their middle', () => {
  const columns = {
    ...{ count: 10, firstChannel: 100, channelStep: 10, channelsPerColumn: 1 },
    ...{ firstDistanceM: 50, channelSpacingM: 2 }
  }
  expect(channelsOfColumn(columns, 2)).toEqual({ firstChannel: 115.5, lastChannel: 124.5 })
  expect(columnDistanceM(columns, 2)).toBe(54)
  const together = { ...columns, channelStep: 1, channelsPerColumn: 4 }
  expect(channelsOfColumn(together, 1)).toEqual({ firstChannel: 104, lastChannel: 107 })
  expect(columnDistanceM(together, 1)).toBe(61)
  expect(columnDistanceM({ ...columns, channelSpacingM: null }, 1)).toBeNull()
})
