import { describe, expect, test } from 'vitest'
import { failure, ok } from '../../../src-preload/contract/errors.ts'
import type { RecordingOverview } from '../../../src-preload/contract/overview.ts'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { createOverviewStore, overviewKey } from '../../../src-renderer/stores/overviewStore.ts'
import {
  createPlaybackActions,
  nextPace,
  playbackPosition,
  playbackRange,
  playedRecording
} from '../../../src-renderer/stores/playbackActions.ts'
import { createStores, type Stores } from '../../../src-renderer/stores/stores.ts'
import { FakeConnection, type FakeAnswers } from '../../support/fakeConnection.ts'
import { jobSnapshot, liveRequest } from '../../support/fakeJobs.ts'

const range = { startNs: '1000000000', endNs: '11000000000' }
const historic = (change: Partial<JobSnapshot> = {}): JobSnapshot => ({
  ...jobSnapshot({ id: 'historic-1' }),
  state: 'streaming',
  request: { ...liveRequest, rowIntervalS: 0.1, timeRange: range, recording: 'a.h5' },
  playback: { pace: 2, positionNs: '3000000000', range, loop: null },
  ...change
})

function start(more: FakeAnswers = {}) {
  const problems: string[] = []
  const connection = new FakeConnection({
    'jobs.seek': () => ok(historic()),
    'jobs.pace': () => ok(historic()),
    'jobs.step': () => ok(historic()),
    'jobs.loop': () => ok(historic()),
    ...more
  })
  const actions = createPlaybackActions(connection, {} as Stores, (_id, title, result) => {
    if (result.ok) return result.value
    problems.push(`${title}: ${result.error.message}`)
    return null
  })
  return { connection, actions, problems }
}

describe('playback', () => {
  test('a drag asks once at a time, and for the last place after it; ends of the recording bound it', async () => {
    const answers: (() => void)[] = []
    const { connection, actions } = start({
      'jobs.seek': () => new Promise((resolve) => answers.push(() => resolve(ok(historic()))))
    })
    const job = historic()
    const all = [2n, 3n, 4n, 5n].map((s) => actions.seek(job, s * 1_000_000_000n))
    const sought = (): string[] => connection.callsOf('jobs.seek').map(({ toNs }) => toNs)
    expect(sought()).toEqual(['2000000000'])
    answers.shift()!()
    await FakeConnection.until(() => answers.length > 0, 'the second seek')
    expect(sought()).toEqual(['2000000000', '5000000000'])
    answers.shift()!()
    await Promise.all(all)
    const bounded = [actions.seek(job, 0n)]
    answers.shift()!()
    await Promise.all(bounded)
    const late = actions.seek(job, 99_000_000_000n)
    answers.shift()!()
    await late
    expect(sought().slice(2)).toEqual([range.startNs, '10999000000'])
  })

  test('what is refused is told, and the next seek is free to go', async () => {
    const { connection, actions, problems } = start({ 'jobs.seek': () => failure('refused', 'It is full.') })
    await actions.seek(historic(), 5n)
    await actions.seek(historic(), 6n)
    expect(problems).toEqual(Array(2).fill('historic-1 cannot be played from there: It is full.'))
    expect(connection.callsOf('jobs.seek')).toHaveLength(2)
  })

  test('play goes on at the pace of before; a closed job goes on where it was, a finished one begins again', async () => {
    const { connection, actions } = start()
    await actions.playOrPause(historic())
    const still = historic({ playback: { ...historic().playback!, pace: 0 } })
    await actions.playOrPause(still)
    expect(connection.callsOf('jobs.pace').map(({ pace }) => pace)).toEqual([0, 2])
    expect(connection.callsOf('jobs.seek')).toEqual([])
    await actions.playOrPause(historic({ state: 'cancelled' }))
    await actions.setPace(historic({ state: 'completed' }), null)
    const loop = { startNs: '4000000000', endNs: '5000000000' }
    await actions.setPace(historic({ state: 'completed', playback: { ...historic().playback!, loop } }), 1)
    expect(connection.callsOf('jobs.seek').map(({ toNs }) => toNs)).toEqual(['3000000000', range.startNs, loop.startNs])
  })

  test('a second is as many rows as it has, at least one', async () => {
    const { connection, actions } = start()
    await actions.stepSeconds(historic(), -1)
    await actions.stepSeconds(historic({ request: { ...historic().request, rowIntervalS: 5.12 } }), 1)
    await actions.step(historic(), 3)
    expect(connection.callsOf('jobs.step').map(({ rows }) => rows)).toEqual([-10, 1, 3])
  })

  test('a loop that playback is outside of is begun at once', async () => {
    const { connection, actions } = start()
    await actions.setLoop(historic(), { startNs: '2000000000', endNs: '4000000000' })
    await actions.setLoop(historic(), null)
    expect(connection.callsOf('jobs.seek')).toEqual([])
    await actions.setLoop(historic(), { startNs: '5000000000', endNs: '6000000000' })
    expect(connection.callsOf('jobs.seek').map(({ toNs }) => toNs)).toEqual(['5000000000'])
  })

  test('another channel is a new job in the place of this one, at its pace; the old one is put away', async () => {
    const connection = new FakeConnection({
      'jobs.open': () => ok(historic({ id: 'historic-2' })),
      'jobs.close': () => ok(historic({ state: 'cancelled' })),
      'jobs.forget': () => ok({})
    })
    const stores = createStores(connection)
    const actions = createPlaybackActions(connection, stores, (_id, _title, result) =>
      result.ok ? result.value : null
    )
    await actions.reopen(historic(), { channels: { min: 7, max: 7 } })
    const asked = connection.recorded.filter(({ name }) => name.startsWith('jobs.'))
    expect(asked.map(({ name }) => name)).toEqual(['jobs.open', 'jobs.close', 'jobs.forget'])
    expect(asked[0]!.arguments).toMatchObject({
      pace: 2,
      request: { channels: { min: 7, max: 7 }, recording: 'a.h5', timeRange: range }
    })
    expect(stores.jobs.getState()).toMatchObject({ selectedId: 'historic-2', inPlaceOf: 'historic-1' })
  })

  test('place, range and recording of a job; a live one has none; paces in order', () => {
    const whole = { startNs: 1_000_000_000n, endNs: 11_000_000_000n }
    expect(playbackRange(historic())).toEqual(whole)
    expect(playbackRange(jobSnapshot())).toBeNull()
    const at = (state: JobSnapshot['state'], positionNs: string | null) =>
      playbackPosition(historic({ state, playback: { ...historic().playback!, positionNs } }), whole)
    expect([at('starting', null), at('completed', null), at('streaming', '99000000000')]).toEqual([
      whole.startNs,
      whole.endNs,
      whole.endNs
    ])
    const unnamed = historic({ request: { ...historic().request, recording: null } })
    const known = { ...range, name: 'b.h5' } as Parameters<typeof playedRecording>[1][number]
    expect([playedRecording(historic(), []), playedRecording(unnamed, [known]), playedRecording(unnamed, [])]).toEqual([
      'a.h5',
      'b.h5',
      null
    ])
    expect([
      nextPace(1, 1),
      nextPace(1, -1),
      nextPace(100, 1),
      nextPace(null, 1),
      nextPace(null, -1),
      nextPace(3, 1)
    ]).toEqual([2, 0.5, null, null, 100, 5])
  })
})

describe('overviews', () => {
  const overview: RecordingOverview = {
    ...{ ...range, rows: 2, columns: 2, firstChannel: 1, channelStep: 1, channelsPerColumn: 1, unit: 'dB', sampled: 1 },
    ...{ gaps: [], mean: '', minimum: '', maximum: '' }
  }
  const subject = { recording: 'a.h5', range, band: { minHz: 1, maxHz: 2 } }
  const stateOf = (store: ReturnType<typeof createOverviewStore>) => store.getState().states.get(overviewKey(subject))

  test('one is made once for a window; without the band where that is too narrow; progress is its own', async () => {
    const bands: unknown[] = []
    const connection = new FakeConnection({
      'recordings.overview'({ request, band }) {
        bands.push(band)
        connection.emit('recordings.overviewProgress', { request, fraction: 0.25 })
        connection.emit('recordings.overviewProgress', { request: 'of another window', fraction: 0.75 })
        return band ? failure('invalid', 'No frequency of a window lies in the band.') : ok(overview)
      }
    })
    const store = createOverviewStore(connection)
    const fractions: number[] = []
    store.subscribe(({ states }) => {
      for (const state of states.values()) if (state.kind === 'making') fractions.push(state.fraction)
    })
    store.want(subject)
    store.want(subject)
    await FakeConnection.until(() => stateOf(store)?.kind === 'ready', 'the overview')
    store.want(subject)
    expect(bands).toEqual([subject.band, null])
    expect(fractions).toEqual([0, 0.25, 0.25])
    store.dispose()
  })

  test('it is cancelled, asked for again, and asked again when others are in the way', async () => {
    let answer: (value: ReturnType<typeof failure> | ReturnType<typeof ok<RecordingOverview>>) => void = () => undefined
    const connection = new FakeConnection({
      'recordings.overview': () => new Promise((resolve) => (answer = resolve)),
      'recordings.cancelOverview': () => ok({})
    })
    const store = createOverviewStore(connection)
    store.want(subject)
    store.cancel(subject)
    expect(stateOf(store)).toMatchObject({ kind: 'none', isFinal: false })
    expect(connection.callsOf('recordings.cancelOverview')).toHaveLength(1)
    const cancelled = answer
    store.askAgain(subject)
    cancelled(failure('cancelled', 'The overview was cancelled.'))
    answer(failure('refused', 'Others are being made.', { retryAfterMs: 1 }))
    await FakeConnection.until(() => connection.callsOf('recordings.overview').length === 3, 'asking again')
    answer(failure('unsupported', 'No file.'))
    await FakeConnection.until(() => stateOf(store)?.kind === 'none', 'the refusal')
    expect(stateOf(store)).toMatchObject({ isFinal: true, reason: 'No file.' })
    store.askAgain(subject)
    expect(connection.callsOf('recordings.overview')).toHaveLength(3)
    store.dispose()
  })
})
