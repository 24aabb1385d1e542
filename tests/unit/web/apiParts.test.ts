import { describe, expect, it } from 'vitest'
import { aggregate, summarise } from '../../../src-main/web/api/aggregate.ts'
import { passes } from '../../../src-main/web/api/liveMessages.ts'
import { parseSelector } from '../../../src-main/web/api/metricsRoutes.ts'
import { shareText } from '../../../src-main/web/api/sharedText.ts'
import { durationMs, timeRange } from '../../../src-main/web/api/timeRange.ts'
import { manualClock } from '../../support/manualClock.ts'

describe('times of the API', () => {
  it('reads durations', () => {
    expect(['90', '90s', '15m', '1.5h', '7d', '1w'].map(durationMs)).toEqual([
      90e3, 90e3, 900e3, 5400e3, 604.8e6, 604.8e6
    ])
    for (const wrong of ['', '0', '-1h', '1y', 'h', '1 2', '1e3', 'NaN']) expect(durationMs(wrong), wrong).toBeNull()
  })

  it('reads ranges up to now, and between two times', () => {
    expect(timeRange('1h', 10_000_000)).toEqual({ fromMs: 6_400_000, toMs: 10_000_000 })
    expect(timeRange('2026-01-01T00:00:00Z/2026-01-01T01:00:00Z', 0)).toEqual({
      fromMs: Date.UTC(2026, 0, 1),
      toMs: Date.UTC(2026, 0, 1, 1)
    })
    for (const wrong of ['2026-01-02T00:00:00Z/2026-01-01T00:00:00Z', 'a/b', '1/2/3', 'today'])
      expect(timeRange(wrong, 0), wrong).toBeNull()
  })
})

describe('aggregation', () => {
  const points = [1, 5, 3, 100].map((value, at) => ({ atMs: 60_000 * 10 + at * 25_000, value }))

  it.each([
    ['avg', [3, 100]],
    ['sum', [9, 100]],
    ['min', [1, 100]],
    ['max', [5, 100]],
    ['count', [3, 1]]
  ] as const)('%s by intervals that do not move with the question', (how, values) => {
    const made = aggregate(points, 60_000, how)
    expect(made.map(({ value }) => value)).toEqual(values)
    expect(made.map(({ atMs }) => atMs)).toEqual([600_000, 660_000])
  })

  it('sums up what was recorded, and nothing where nothing was', () => {
    expect(summarise(points)).toEqual({ count: 4, min: 1, max: 100, avg: 27.25, sum: 109, latest: 100 })
    expect(summarise([])).toEqual({ count: 0, min: null, max: null, avg: null, sum: 0, latest: null })
  })
})

describe('names of readings', () => {
  it('are read with their labels, commas and quotes inside of them too', () => {
    expect(parseSelector('up')).toEqual({ name: 'up', labels: {} })
    expect(parseSelector('a_b{x="1",y="two, \\"three\\""}')).toEqual({
      name: 'a_b',
      labels: { x: '1', y: 'two, "three"' }
    })
    for (const wrong of ['', '1a', 'a{', 'a{x=1}', 'a{x="1" y="2"}', 'rate(a)'])
      expect(parseSelector(wrong), wrong).toBeNull()
  })

  it('pass a filter by name, star and label', () => {
    const item = { name: 'wavefall_queue_length', labels: { queue: 'analysis' }, value: 3 }
    expect(passes(item, null)).toBe(true)
    expect(passes(item, { names: ['other', 'wavefall_queue_*'] })).toBe(true)
    expect(passes(item, { names: 'wavefall_queue' })).toBe(false)
    expect(passes(item, { metric: 'wavefall_queue_length', queue: 'capture' })).toBe(false)
    expect(passes(item, { job: '*' })).toBe(false)
  })
})

describe('the text for scrapers', () => {
  it('is made once for all who ask together, and again when it is old', async () => {
    const clock = manualClock()
    let made = 0
    const share = shareText(
      async () => {
        made += 1
        await new Promise((resolve) => setImmediate(resolve))
        return `text ${made}`
      },
      clock,
      200
    )
    expect(await Promise.all([share(), share(), share()])).toEqual(['text 1', 'text 1', 'text 1'])
    expect(await share()).toBe('text 1')
    await clock.advance(200)
    expect(await share()).toBe('text 2')
  })
})
