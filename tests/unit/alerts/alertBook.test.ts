import { describe, expect, it } from 'vitest'
import type { Alert, AlertSilence } from '../../../src-preload/contract/alerts.ts'
import { AlertBook, type Raised, type ToldKind } from '../../../src-main/health/alerts/alertBook.ts'
import { alertStatistics } from '../../../src-main/health/alerts/alertStatistics.ts'
import { manualClock, type ManualClock } from '../../support/manualClock.ts'

const raised: Raised = {
  ruleId: 'stream-stalled',
  component: 'streams',
  severity: 'warning',
  title: 'Stream stalled · job-1',
  description: 'No data comes.',
  labels: { job: 'job-1' },
  jobId: 'job-1',
  isForecast: false,
  value: 1,
  threshold: 0.5,
  unit: '',
  repeatS: 300,
  channels: null,
  isEvent: false
}
const { ruleId, component, labels } = raised

function setUp(options: { alerts?: Alert[]; openMax?: number; endedMax?: number; clock?: ManualClock } = {}) {
  const clock = options.clock ?? manualClock()
  const told: string[] = []
  const silences: AlertSilence[] = []
  const changed: Alert[] = []
  const book = new AlertBook({
    clock,
    alerts: options.alerts ?? [],
    openMax: options.openMax ?? 100,
    endedMax: options.endedMax ?? 100,
    silences: () => silences,
    changed: (alert) => void changed.push(alert),
    tell: (kind: ToldKind, alert) => void told.push(`${kind} ${alert.severity} ${alert.labels['job'] ?? ''}`.trim())
  })
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1000)
      book.tick()
    }
  }
  const end = (): void => book.end(ruleId, component, labels)
  return { clock, book, told, silences, changed, pass, end }
}

describe('the book of alerts', () => {
  it('keeps one alert for what is raised a hundred times, told once', () => {
    const { book, told, end } = setUp()
    for (let time = 0; time < 100; time++) book.raise({ ...raised, isEvent: true })
    expect(book.list()).toHaveLength(1)
    expect(book.list()[0]).toMatchObject({ status: 'active', count: 100, value: 1, threshold: 0.5 })
    end()
    expect(book.list()[0]).toMatchObject({ status: 'resolved', resolvedBy: 'itself' })
    expect(told).toEqual(['raised warning job-1', 'resolved warning job-1'])
  })

  it('tells a flapping cause once in 300 s, as one alert', async () => {
    const { book, told, pass, end } = setUp()
    for (let time = 0; time < 29; time++) {
      book.raise(raised)
      await pass(5)
      end()
      await pass(5)
    }
    expect(told).toEqual(['raised warning job-1', 'resolved warning job-1'])
    expect(book.list()).toHaveLength(1)
    expect(book.list()[0]!.count).toBe(29)
    book.raise(raised)
    await pass(15)
    expect(told.slice(2)).toEqual(['raised warning job-1'])
  })

  it('is a new alert where it comes back after the time', async () => {
    const { book, told, pass, end } = setUp()
    book.raise(raised)
    end()
    await pass(301)
    book.raise(raised)
    expect(book.list()).toHaveLength(2)
    expect(told).toHaveLength(3)
  })

  it('tells at once that it got worse, and wants to be acknowledged again', () => {
    const { book, told } = setUp()
    book.raise(raised)
    const [alert] = book.acknowledge([book.list()[0]!.id], 'night watch')
    expect(alert).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'night watch' })
    book.raise(raised)
    expect(book.list()[0]!.status).toBe('acknowledged')
    book.raise({ ...raised, severity: 'emergency' })
    expect(book.list()[0]!.status).toBe('active')
    expect(told).toEqual(['raised warning job-1', 'raised emergency job-1'])
    book.raise({ ...raised, severity: 'warning' })
    expect(told).toHaveLength(2)
  })

  it('tells nothing of what is silenced, and tells it when the silence is over and it is still there', async () => {
    const { book, told, silences, clock, pass } = setUp()
    const silence = { id: 's', ruleId: null, alertId: null, fromMs: clock.nowMs(), reason: '', by: 'x' }
    silences.push({ ...silence, component: 'streams', untilMs: clock.nowMs() + 60_000 })
    book.raise(raised)
    book.raise({ ...raised, component: 'disk', labels: {} })
    expect(book.counts()).toMatchObject({ open: 1, active: 1, silenced: 1, worst: 'warning' })
    expect(told).toEqual(['raised warning'])
    await pass(59)
    expect(told).toHaveLength(1)
    await pass(2)
    expect(told).toEqual(['raised warning', 'raised warning job-1'])
    expect(book.counts()).toMatchObject({ open: 2, silenced: 0 })
  })

  it('tells nothing of the end of what was never told', () => {
    const { book, told, silences, clock, end } = setUp()
    silences.push({
      id: 's',
      ruleId,
      component: null,
      alertId: null,
      fromMs: 0,
      untilMs: clock.nowMs() + 1e6,
      reason: '',
      by: 'x'
    })
    book.raise(raised)
    end()
    expect(told).toEqual([])
  })

  it('stays ended by hand until its repeat time is over, though its cause goes on', async () => {
    const { book, told, pass } = setUp()
    book.raise(raised)
    book.resolve([book.list()[0]!.id], 'operator')
    expect(book.list()[0]).toMatchObject({ status: 'resolved', resolvedBy: 'operator' })
    for (let second = 0; second < 299; second++) {
      book.raise(raised)
      await pass(1)
    }
    expect(book.counts().open).toBe(0)
    await pass(2)
    book.raise(raised)
    expect(book.counts().open).toBe(1)
    expect(told).toEqual(['raised warning job-1', 'resolved warning job-1', 'raised warning job-1'])
  })

  it('bounds what is open and what is kept, and counts what found no room', () => {
    const { book, end } = setUp({ openMax: 10, endedMax: 5 })
    for (let job = 0; job < 25; job++) book.raise({ ...raised, labels: { job: String(job) } })
    expect(book.counts()).toMatchObject({ open: 10, refused: 15 })
    end()
    for (let job = 0; job < 10; job++) book.end(ruleId, component, { job: String(job) })
    expect(book.list()).toHaveLength(5)
    expect(book.counts().open).toBe(0)
  })

  it('takes over what the last run left open: acknowledged stays so, what does not come back ends', async () => {
    const before = setUp()
    before.book.raise(raised)
    before.book.raise({ ...raised, component: 'disk' })
    before.book.acknowledge([before.book.list().find((alert) => alert.component === 'streams')!.id], 'x')
    const { book, told, pass } = setUp({ alerts: before.book.list() })
    expect(book.counts()).toMatchObject({ open: 2, acknowledged: 1 })
    book.raise(raised)
    await pass(301)
    expect(book.counts()).toMatchObject({ open: 1, acknowledged: 1 })
    expect(book.list().find((alert) => alert.component === 'streams')!.count).toBe(1)
    expect(told).toEqual(['resolved warning job-1'])
  })

  it('counts', async () => {
    const { book, clock, pass } = setUp()
    const startMs = clock.nowMs()
    for (const job of ['a', 'b', 'c']) book.raise({ ...raised, labels: { job } })
    book.raise({ ...raised, severity: 'critical', component: 'disk', labels: {} })
    const idOf = (job: string): string => book.list().find((alert) => alert.labels['job'] === job)!.id
    await pass(10)
    book.acknowledge([idOf('a')], 'x')
    await pass(20)
    book.acknowledge([idOf('b')], 'x')
    book.resolve([idOf('b')], 'x')
    expect(alertStatistics(book.list(), startMs, clock.nowMs())).toMatchObject({
      total: 4,
      active: 2,
      acknowledged: 1,
      resolved: 1,
      silenced: 0,
      bySeverity: { info: 0, warning: 3, critical: 1, emergency: 0 },
      byComponent: { streams: 3, disk: 1 },
      timeToAcknowledgeS: { mean: 20, median: 20, longest: 30 },
      timeToResolveS: { mean: 30, median: 30, longest: 30 }
    })
    // Of an hour in which nothing happened: what is still open counts, what was over before does not.
    const later = clock.nowMs() + 3_600_000
    expect(alertStatistics(book.list(), later, later + 1000)).toMatchObject({ total: 3, resolved: 0 })
  })
})
