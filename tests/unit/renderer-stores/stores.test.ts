import { afterEach, describe, expect, it } from 'vitest'
import { failure, ok } from '../../../src-preload/contract/errors.ts'
import type { Notice } from '../../../src-preload/contract/schemas.ts'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import { createActions } from '../../../src-renderer/stores/actions.ts'
import { countStates, createJobsStore, defaultJob } from '../../../src-renderer/stores/jobsStore.ts'
import { allNotices } from '../../../src-renderer/stores/noticesStore.ts'
import { createStores, followCore } from '../../../src-renderer/stores/stores.ts'
import { CoreClock } from '../../../src-renderer/stream/coreClock.ts'
import { everyCounter, machineCounters, stripCounters } from '../../../src-renderer/panels/streamStrip/counters.ts'
import { FakeConnection, type FakeAnswers } from '../../support/fakeConnection.ts'
import { jobSnapshot, liveRequest, statistics } from '../../support/fakeJobs.ts'

const notice = (change: Partial<Notice> = {}): Notice => ({
  id: 'n1',
  severity: 'warning',
  title: 'A port was in use',
  detail: 'The next one was taken.',
  jobId: null,
  atNs: '1700000000000000000',
  count: 1,
  ...change
})

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function begin(answers: FakeAnswers = {}, skewMs = 0) {
  const nowNs = () => String(BigInt(Date.now() + skewMs) * 1_000_000n)
  const connection = new FakeConnection({
    'core.hello': () => ok({ version: '1', shell: 'web', dataFolder: '/d', startedAtNs: nowNs(), nowNs: nowNs() }),
    'settings.get': () => ok(defaultSettings()),
    'backend.recordings': () => ok([]),
    'jobs.defaults': () => ok(liveRequest),
    'jobs.validate': () => failure('unavailable', 'later'),
    'jobs.list': () => ok([jobSnapshot()]),
    'notices.list': () => ok([notice()]),
    'notices.dismiss': () => ok({}),
    'machine.reading': () => ok(null),
    ...answers
  })
  const stores = createStores(connection)
  const clock = new CoreClock(connection)
  const stop = followCore(connection, stores, clock)
  stops.push(stop, () => clock.dispose())
  return { connection, stores, clock, stop, actions: createActions(connection, stores, clock) }
}

describe('following the core', () => {
  it('loads everything when the connection opens and again when it comes back', async () => {
    const { connection, stores } = begin()
    await FakeConnection.until(() => stores.form.getState().draft !== null, 'defaults')
    expect(stores.jobs.getState().selectedId).toBe('live-1')
    expect(stores.core.getState().settings?.display.theme).toBe('dark')
    expect(allNotices(stores.notices.getState()).length).toBe(1)
    connection.setState('lost', 'the cable')
    expect(stores.connection.getState()).toMatchObject({ state: 'lost', reason: 'the cable', wasOpen: true })
    connection.answers['jobs.list'] = () => ok([jobSnapshot({ id: 'live-2' })])
    connection.setState('open', '')
    await FakeConnection.until(() => stores.jobs.getState().selectedId === 'live-2', 'jobs again')
  })

  it('hears events and stops hearing them', async () => {
    const { connection, stores, stop } = begin()
    await FakeConnection.until(() => stores.form.getState().draft !== null, 'defaults')
    connection.emit('job.changed', jobSnapshot({ id: 'live-2', createdAtNs: '1800000000000000000', state: 'queued' }))
    expect(stores.jobs.getState().jobs.map((job) => job.id)).toEqual(['live-2', 'live-1'])
    expect(stores.jobs.getState().selectedId).toBe('live-1')
    connection.emit('job.forgotten', { jobId: 'live-1' })
    expect(stores.jobs.getState().selectedId).toBe('live-2')
    connection.emit('notices.changed', [])
    expect(allNotices(stores.notices.getState())).toEqual([])
    stop()
    expect(connection.listenerCount).toBe(0)
  })

  it('says why the recordings could not be listed and keeps the old list', async () => {
    const { connection, stores } = begin({ 'backend.recordings': () => failure('unavailable', 'The backend is down.') })
    await FakeConnection.until(() => stores.core.getState().recordingsProblem !== null, 'problem')
    expect(stores.core.getState().recordingsProblem).toBe('The backend is down.')
    connection.answers['backend.recordings'] = () => ok([])
    connection.emit('backend.recordingsChanged', {})
    await FakeConnection.until(() => stores.core.getState().recordingsProblem === null, 'list')
  })

  it('shows the core’s time, wherever it runs', async () => {
    const { clock } = begin({}, 3_600_000)
    await clock.measure()
    expect(clock.nowMs() - Date.now()).toBeGreaterThan(3_599_000)
    expect(clock.nowMs() - Date.now()).toBeLessThan(3_601_000)
  })
})

describe('actions', () => {
  it('turn a refusal into a notice that stays until dismissed, and count equal ones', async () => {
    const { stores, actions, connection } = begin({ 'jobs.close': () => failure('not-found', 'No such job.') })
    await FakeConnection.until(() => stores.form.getState().draft !== null, 'defaults')
    await actions.closeJob('live-1')
    await actions.closeJob('live-1')
    const own = stores.notices.getState().own
    expect(own).toMatchObject([{ severity: 'error', detail: 'No such job.', count: 2 }])
    await actions.dismissNotice(own[0]!.id)
    expect(stores.notices.getState().own).toEqual([])
    expect(connection.callsOf('notices.dismiss')).toEqual([])
    await actions.dismissNotice('n1')
    expect(connection.callsOf('notices.dismiss')).toEqual([{ id: 'n1' }])
  })
})

describe('jobs', () => {
  it('show the newest that runs when nobody has chosen', () => {
    const ended = jobSnapshot({ id: 'a', state: 'failed' })
    expect(defaultJob([ended, jobSnapshot({ id: 'b' })])).toBe('b')
    expect(defaultJob([ended])).toBe('a')
    expect(defaultJob([])).toBeNull()
  })

  it('keep a bounded minute of rates for each job', () => {
    const store = createJobsStore()
    for (let point = 0; point < 300; point++) {
      store.changed(jobSnapshot({ statistics: { ...statistics, bytesPerS: point } }))
    }
    const points = store.getState().rates.get('live-1')!
    expect(points.length).toBe(120)
    expect(points.at(-1)?.bytesPerS).toBe(299)
    store.forgotten('live-1')
    expect(store.getState().rates.size).toBe(0)
  })

  it('are counted as running or queued', () => {
    const states = ['streaming', 'queued', 'queued', 'failed', 'reconnecting'] as const
    expect(countStates(states.map((state, index) => jobSnapshot({ id: String(index), state })))).toEqual({
      running: 2,
      queued: 2
    })
  })
})

describe('counters', () => {
  it('show every number of the statistics, in the strip or in the list above it', () => {
    const marked = {
      ...statistics,
      bytes: 1.11e9,
      blocks: 222,
      rows: 333,
      gaps: 4,
      gapS: 5.5,
      lostBlocks: 66,
      lostRows: 77,
      badMessages: 88,
      invalidValues: 99,
      shedRows: 111,
      pauses: 12,
      reconnects: 13,
      workerRestarts: 14,
      silentMs: 15_000
    }
    const byName = new Map(everyCounter(marked).map((counter) => [counter.name, counter]))
    const shown = (name: string): string => byName.get(name)!.value
    expect(shown('bytes')).toBe('1.1 GB')
    expect([shown('blocks'), shown('rows'), shown('gaps'), shown('gap-time')]).toEqual(['222', '333', '4', '5.5 s'])
    expect([shown('lost-blocks'), shown('lost-rows'), shown('bad-messages')]).toEqual(['66', '77', '88'])
    expect([shown('invalid-values'), shown('shed-rows'), shown('pauses')]).toEqual(['99', '111', '12'])
    expect([shown('reconnects'), shown('worker-restarts'), shown('silent')]).toEqual(['13', '14', '15 s'])
    expect([shown('queue'), shown('queue-age')]).toEqual(['2 of 64', '11'])
    expect([shown('latency-handed'), shown('latency-drawn')]).toEqual(['21 / 34 / 51', '31 / 44 / 62'])
    expect(byName.get('lost-rows')?.tone).toBe('bad')
  })

  it('put the strip’s numbers with their units, and mark what should be zero', () => {
    const strip = stripCounters({ ...statistics, gaps: 1, gapS: 1.8 })
    const text = strip.map(({ label, value, unit }) => [label, value, unit].filter(Boolean).join(' '))
    expect(text).toEqual([
      '8.9 MB/s',
      '10.0 rows/s',
      'latency 31 / 44 ms',
      'gaps 1 · 1.8 s',
      'lost 0',
      'shed 0',
      'queue 2 / 64',
      'reconnects 0'
    ])
    expect(strip.filter(({ tone }) => tone !== 'plain').map(({ name }) => name)).toEqual(['gaps'])
  })

  it('sum the memory of all processes', () => {
    const process = { process: 'core' as const, label: 'core', cpuPercent: 3, eventLoopDelayMs: null }
    const [cpu, memory] = machineCounters({
      atNs: '0',
      cpuPercent: 88,
      memoryPercent: 40,
      processes: [
        { ...process, rssBytes: 412e6 },
        { ...process, rssBytes: 200e6 },
        { ...process, rssBytes: null }
      ]
    })
    expect(cpu).toMatchObject({ value: '88', unit: '%', tone: 'bad' })
    expect(memory).toMatchObject({ value: '612', unit: 'MB', tone: 'plain' })
  })
})
