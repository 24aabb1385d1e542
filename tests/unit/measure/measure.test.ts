import { describe, expect, test } from 'vitest'
import { differenceOf, fitApparentVelocity } from '../../../src-renderer/render/measure/apparentVelocity.ts'
import { cursorText, differenceText, repeatText } from '../../../src-renderer/panels/measuring/measureText.ts'
import type { CursorMark } from '../../../src-renderer/stores/measureStore.ts'
import { RegionSum } from '../../../src-renderer/render/measure/regionFigures.ts'

describe('apparent velocity', () => {
  test('points on a line give its velocity exactly, in both directions', () => {
    for (const velocity of [12.5, -1500, 0.3]) {
      const points = [0, 100, 250, 900].map((distanceM) => ({ distanceM, timeS: 1.7e9 + distanceM / velocity }))
      const fit = fitApparentVelocity(points)!
      // Seconds since 1970 hold 0.2 µs: relative error of the slope over 900 m.
      expect(fit.velocityMps / velocity).toBeCloseTo(1, 4)
      expect(fit.rSquared).toBeGreaterThan(0.999_99)
      expect(fit.timeAt(450)).toBeCloseTo(1.7e9 + 450 / velocity, 4)
    }
  })

  test('scattered picks: slope and R² of the textbook formulas', () => {
    // Slowness by hand: mean x 2, mean t 2.5; Sxx 10, Sxt 9.5, Stt 9.5 → slowness 0.95 s/m, R² 0.95² · 10 / 9.5.
    const points = [
      [0, 0.5],
      [1, 2],
      [2, 2],
      [3, 3.5],
      [4, 4.5]
    ].map(([distanceM, timeS]) => ({ distanceM: distanceM!, timeS: timeS! }))
    const fit = fitApparentVelocity(points)!
    expect(fit.velocityMps).toBeCloseTo(1 / 0.95, 12)
    expect(fit.rSquared).toBeCloseTo((0.95 * 0.95 * 10) / 9.5, 12)
    expect(fit.residualS).toBeCloseTo(Math.sqrt((9.5 - 9.025) / 5), 12)
  })

  test('what is no line: one point, one place; what is instantaneous', () => {
    expect(fitApparentVelocity([{ timeS: 1, distanceM: 1 }])).toBeNull()
    expect(fitApparentVelocity([0, 1].map((timeS) => ({ timeS, distanceM: 7 })))).toBeNull()
    const atOnce = fitApparentVelocity([0, 1, 2].map((distanceM) => ({ timeS: 3, distanceM })))!
    expect(atOnce.velocityMps).toBe(Infinity)
    expect(atOnce.rSquared).toBe(1)
    expect(fitApparentVelocity([0, 1].map((k) => ({ timeS: k, distanceM: k })))!.rSquared).toBeNull()
  })
})

describe('two cursors', () => {
  const first = { timeNs: -1n, channel: 10, distanceM: 100, hertz: null, value: -40, unit: 'dB re (rad)²' }
  const second = { ...first, timeNs: 1_999_999_999n, channel: 60, distanceM: 151.07, value: -33.6 }

  test('Δt to the nanosecond, Δx, ΔdB, velocity', () => {
    const difference = differenceOf(first, second)
    expect(difference).toMatchObject({ deltaTimeNs: 2_000_000_000n, deltaChannels: 50, repeatHz: 0.5, deltaHz: null })
    expect(difference.deltaDistanceM).toBeCloseTo(51.07, 9)
    expect(difference.deltaValue).toBeCloseTo(6.4, 9)
    expect(difference.velocityMps).toBeCloseTo(25.535, 9)
    expect(differenceOf(first, { ...second, timeNs: -1n })).toMatchObject({ velocityMps: Infinity, repeatHz: null })
    expect(differenceOf({ ...first, distanceM: null }, { ...second, value: null })).toMatchObject({
      deltaDistanceM: null,
      deltaValue: null,
      velocityMps: null
    })
  })

  test('Δf, and what repeats backwards too; levels and samples have no difference', () => {
    const earlier = { ...second, timeNs: -12_500_001n, hertz: 40.5 }
    const difference = differenceOf({ ...first, hertz: 20 }, earlier)
    expect(difference).toMatchObject({ deltaTimeNs: -12_500_000n, deltaHz: 20.5, repeatHz: 80 })
    expect(differenceOf(first, { ...second, unit: 'rad' }).deltaValue).toBeNull()
  })

  test('in words: to the microsecond for samples, with what belongs to a quantity', () => {
    const mark: CursorMark = {
      ...{ pane: 'trace', timeNs: '1709294403000250000', timeMs: 0, channel: 12_345, distanceM: null },
      ...{ hertz: null, value: -0.25, unit: 'rad' }
    }
    expect(cursorText(mark).replaceAll('\u00a0', ' ')).toBe('12:00:03.000250 · ch 12\u202f345 · −0.25 rad')
    const level: CursorMark = { ...mark, pane: 'spectrogram', hertz: 125.5, value: -38.714, unit: 'dB re (rad)²/Hz' }
    expect(cursorText(level).replaceAll('\u00a0', ' ')).toBe('12:00:03.000 · ch 12\u202f345 · 125.5 Hz · −38.71 dB')
    expect(differenceText(6.4, 'dB re (rad)²')).toBe('+6.40 dB')
    expect(differenceText(-2.5e-7, 'm')).toBe('−2.5000·10⁻⁷ m')
    expect(repeatText(1 / 0.0125)).toBe('80 Hz')
  })
})

describe('a region', () => {
  test('means are of power: two cells 10 dB apart', () => {
    const sum = new RegionSum()
    sum.addRow(4, [99, -20, -30, NaN, -3e38, 99], 1, 5, 7)
    const figures = sum.figures()!
    // (10^-2 + 10^-3) / 2 = 0.0055.
    expect(figures.meanDb).toBeCloseTo(10 * Math.log10(0.0055), 12)
    expect(figures.rms).toBeCloseTo(Math.sqrt(0.0055), 12)
    expect(figures).toMatchObject({ cells: 2, empty: 2, peakDb: -20, peakRow: 4, peakColumn: 7, snrDb: null })
  })

  test('the noise is the median of the background: an event in it does not count', () => {
    const sum = new RegionSum()
    sum.addRow(0, [-40], 0, 1, 0)
    sum.addBackground([-60, -60, -61, -59, -10], 0, 5)
    expect(sum.figures()!.snrDb).toBeCloseTo(20, 12)
  })

  test('a long background weighs as a whole', () => {
    const sum = new RegionSum()
    sum.addRow(0, [0], 0, 1, 0)
    const half = (level: number): number[] => Array.from({ length: 500_000 }, () => level)
    sum.addBackground(half(-80.25), 0, 500_000)
    expect(sum.figures()!.snrDb).toBeCloseTo(80.25, 9)
    sum.addBackground(half(-60.5), 0, 500_000)
    sum.addBackground(half(-60.5), 0, 1)
    expect(sum.figures()!.snrDb).toBeCloseTo(60.5, 9)
  })

  test('nothing but gaps has no figures', () => {
    const sum = new RegionSum()
    sum.addRow(0, [NaN, -3e38, -Infinity], 0, 3, 0)
    expect(sum.figures()).toBeNull()
  })
})
