import { expect, test } from 'vitest'
import { systemClock } from '../../../src-main/clock.ts'
import { readingKinds } from '../../../src-main/health/kinds.ts'
import { bucketQuantile, createReadingStore } from '../../../src-main/health/readingStore.ts'

const store = () => {
  const created = createReadingStore(systemClock())
  created.declare(...readingKinds)
  return created
}

test('a label explosion ends in one series "other"; what was folded is counted and nothing is lost from the sum', async () => {
  const readings = store()
  readings.beginCollection()
  for (let job = 0; job < 5000; job++) readings.set('wavefall_stream_rows_total', { job: `live-${job}` }, 2)
  readings.endCollection()
  const series = readings.matching('wavefall_stream_rows_total')
  expect(series).toHaveLength(65)
  expect(series.reduce((sum, { value }) => sum + value, 0)).toBe(10_000)
  expect(series.find(({ labels }) => labels.job === 'other')?.value).toBe(2 * (5000 - 64))
  expect(
    readings.matching('wavefall_monitoring_folded_series_total', { metric: 'wavefall_stream_rows_total' })[0]?.value
  ).toBe(5000 - 64)
  expect((await readings.metrics()).length).toBeLessThan(40_000)
  // The next collection begins anew: the sum of what is folded does not grow by itself.
  readings.beginCollection()
  for (let job = 0; job < 5000; job++) readings.set('wavefall_stream_rows_total', { job: `live-${job}` }, 2)
  readings.endCollection()
  expect(readings.matching('wavefall_stream_rows_total', { job: 'other' })[0]?.value).toBe(2 * (5000 - 64))
})

test('what a collection does not touch any more is gone; counters that are kept here stay', () => {
  const readings = store()
  readings.add('memory_leaks_detected_total')
  readings.beginCollection()
  readings.set('wavefall_stream_gaps_total', { job: 'live-1' }, 3)
  readings.endCollection()
  readings.beginCollection()
  readings.endCollection()
  expect(readings.matching('wavefall_stream_gaps_total')).toEqual([])
  expect(readings.matching('memory_leaks_detected_total')[0]?.value).toBe(1)
})

test('the text for Prometheus has the names, types and histograms that queries use', async () => {
  const readings = store()
  for (const seconds of [0.0005, 0.003, 0.003, 0.4, 100]) readings.observe('memory_check_duration_seconds', {}, seconds)
  readings.beginCollection()
  readings.set('memory_usage_bytes', { component: 'rss_mb' }, 123.5)
  readings.set('cache_hit_rate', { cache: 'a "quoted" \\ name' }, 0.5)
  readings.endCollection()
  const text = await readings.metrics()
  expect(text).toContain('# TYPE memory_usage_bytes gauge')
  expect(text).toContain('memory_usage_bytes{component="rss_mb"} 123.5')
  expect(text).toContain('cache_hit_rate{cache="a \\"quoted\\" \\\\ name"} 0.5')
  expect(text).toContain('# TYPE memory_check_duration_seconds histogram')
  expect(text).toContain('memory_check_duration_seconds_bucket{le="0.001"} 1')
  expect(text).toContain('memory_check_duration_seconds_bucket{le="0.005"} 3')
  expect(text).toContain('memory_check_duration_seconds_bucket{le="+Inf"} 5')
  expect(text).toContain('memory_check_duration_seconds_count 5')
  expect(text).toMatch(/memory_check_duration_seconds_sum 100\.40/)
})

test('every kind has a help, and names follow the rules of Prometheus', () => {
  for (const { name, help, labels, type } of readingKinds) {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(help).toMatch(/\.$/)
    for (const label of labels) expect(label).toMatch(/^[a-z_]+$/)
    if (type === 'counter') expect(name).toMatch(/_total$/)
  }
  expect(new Set(readingKinds.map(({ name }) => name)).size).toBe(readingKinds.length)
})

test('quantiles of buckets are those of histogram_quantile', () => {
  // Prometheus: bucket (1, 2] holds ranks 11..20 of 20, the 95th percentile is rank 19.
  expect(bucketQuantile([1, 2, 4], [10, 10, 0, 0], 0.95)).toBeCloseTo(1.9, 9)
  expect(bucketQuantile([1, 2, 4], [0, 0, 0, 5], 0.5)).toBe(4)
  expect(bucketQuantile([1, 2, 4], [0, 0, 0, 0], 0.5)).toBeNull()
})
