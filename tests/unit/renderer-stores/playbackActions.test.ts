import { describe, expect, it } from 'vitest'
import { ok } from '../../../src-preload/contract/errors.ts'
import type { BackendRecording, JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { createPlaybackActions, playbackRange } from '../../../src-renderer/stores/playbackActions.ts'
import { createStores } from '../../../src-renderer/stores/stores.ts'
import { FakeConnection } from '../../support/fakeConnection.ts'
import { jobSnapshot, liveRequest } from '../../support/fakeJobs.ts'

const second = 1_000_000_000n
const startNs = 1_698_416_617n * second
const recording: BackendRecording = {
  name: 'earthquake.h5',
  startNs: String(startNs),
  endNs: String(startNs + 10n * second),
  format: null,
  channels: null,
  sampleRateHz: 500,
  bands: [],
  unit: null
}
const historic = (change: Partial<JobSnapshot> = {}): JobSnapshot =>
  jobSnapshot({
    id: 'historic-1',
    request: {
      ...liveRequest,
      recording: 'earthquake.h5',
      timeRange: { startNs: String(startNs + 4n * second), endNs: String(startNs + 10n * second) }
    },
    playback: {
      pace: 5,
      positionNs: String(startNs + 5n * second),
      range: { startNs: String(startNs), endNs: String(startNs + 60n * second) },
      loop: null
    },
    ...change
  })

function begin() {
  const asked: { name: string; args: Record<string, unknown> }[] = []
  const answer = (name: string, result: JobSnapshot) => (args: Record<string, unknown>) => {
    asked.push({ name, args })
    return ok(result)
  }
  const connection = new FakeConnection({
    'jobs.open': answer('open', historic({ id: 'historic-2' })),
    'jobs.close': answer('close', historic({ state: 'cancelled' })),
    'jobs.pace': answer('pace', historic()),
    'jobs.forget': (args) => {
      asked.push({ name: 'forget', args })
      return ok({})
    }
  })
  const stores = createStores(connection)
  stores.core.setState({ recordings: [recording] })
  const actions = createPlaybackActions(connection, stores, (_id, _title, result) => (result.ok ? result.value : null))
  return { stores, actions, asked }
}

describe('what a historic job plays', () => {
  it('is its whole recording where that is known, else what it was opened with', () => {
    const whole = { startNs, endNs: startNs + 10n * second }
    expect(playbackRange(historic(), [recording])).toEqual(whole)
    expect(playbackRange(historic(), [])).toEqual({ startNs: startNs + 4n * second, endNs: startNs + 10n * second })
    expect(playbackRange(jobSnapshot(), [recording])).toBeNull()
    const unnamed = historic()
    const byRange = { ...unnamed, request: { ...unnamed.request, recording: null } }
    expect(playbackRange(byRange, [{ ...recording, name: null }])).toEqual(whole)
  })
})

describe('time', () => {
  it('changes its pace in place', async () => {
    const { actions, asked } = begin()
    await actions.setPace(historic(), 0)
    expect(asked).toEqual([{ name: 'pace', args: { jobId: 'historic-1', pace: 0 } }])
  })

  it('a seek opens a job from there to the end at the same pace, and puts the old one away', async () => {
    const { actions, asked, stores } = begin()
    await actions.seek(historic(), startNs + 7n * second)
    expect(asked.map(({ name }) => name)).toEqual(['open', 'close', 'forget'])
    expect(asked[0]!.args).toMatchObject({
      pace: 5,
      request: { timeRange: { startNs: String(startNs + 7n * second), endNs: String(startNs + 10n * second) } }
    })
    expect(stores.jobs.getState().selectedId).toBe('historic-2')
  })

  it('a seek stays inside the recording', async () => {
    const { actions, asked } = begin()
    await actions.seek(historic(), startNs - 5n * second)
    await actions.seek(historic(), startNs + 99n * second)
    const starts = asked
      .filter(({ name }) => name === 'open')
      .map(({ args }) => (args.request as JobSnapshot['request']).timeRange!.startNs)
    expect(starts).toEqual([String(startNs), String(startNs + 10n * second - 1_000_000n)])
  })

  it('a job that has ended is played again from its start', async () => {
    const { actions, asked } = begin()
    await actions.setPace(historic({ state: 'completed' }), 2)
    expect(asked.map(({ name }) => name)).toEqual(['open', 'forget'])
    expect(asked[0]!.args).toMatchObject({ pace: 2, request: historic().request })
  })
})
