import { afterEach, describe, expect, it } from 'vitest'
import type { LoadEstimate } from '../../../src-preload/contract/calls.ts'
import { failure, ok } from '../../../src-preload/contract/errors.ts'
import type { BackendRecording } from '../../../src-preload/contract/schemas.ts'
import { draftFromRequest, requestFromDraft, timeText } from '../../../src-renderer/stores/formDraft.ts'
import { createFormStore, type FormStore } from '../../../src-renderer/stores/formStore.ts'
import { FakeConnection, type FakeAnswers } from '../../support/fakeConnection.ts'
import { jobSnapshot, liveRequest } from '../../support/fakeJobs.ts'

const load: LoadEstimate = {
  score: 1,
  scoreLimit: 10,
  memoryBytes: 1,
  memoryLimitBytes: 10,
  fits: true,
  suggestion: ''
}

const bandEnergy: BackendRecording = {
  name: 'prodml_fbe_1.h5',
  startNs: '1682525689042000000',
  endNs: '1682525749042000000',
  format: 'prodml 2.0',
  channels: { min: -260, max: 251 },
  sampleRateHz: 4,
  bands: [
    { lowHz: 0.5, highHz: 2 },
    { lowHz: 2, highHz: 10 }
  ],
  unit: null
}

const raw: BackendRecording = {
  ...bandEnergy,
  name: 'prodml_2.0.h5',
  sampleRateHz: 200,
  endNs: '1682525701542000000',
  bands: []
}

const open: FormStore[] = []
afterEach(() => {
  for (const form of open.splice(0)) form.dispose()
})

async function begin(answers: FakeAnswers = {}) {
  const connection = new FakeConnection({
    'jobs.defaults': () => ok(liveRequest),
    'jobs.validate': () => ok({ fields: [], load }),
    'jobs.open': ({ request }) => ok(jobSnapshot({ id: 'live-9', request })),
    ...answers
  })
  const form = createFormStore(connection)
  open.push(form)
  await form.loadDefaults()
  return { connection, form, settled: () => FakeConnection.until(() => form.getState().check !== 'checking', 'check') }
}

describe('the draft', () => {
  it('goes from a request to text and back unchanged', () => {
    const historic = {
      ...liveRequest,
      rowIntervalS: 0.05,
      band: null,
      timeRange: { startNs: '1682525689042000000', endNs: '1682525701000000000' }
    }
    for (const request of [liveRequest, historic]) {
      expect(requestFromDraft(draftFromRequest(request), [])).toEqual({ ok: true, request })
    }
  })

  it('writes times as short as they are', () => {
    expect(timeText(1682525689042000000n)).toBe('2023-04-26 16:14:49.042')
    expect(timeText(1682525690000000000n)).toBe('2023-04-26 16:14:50')
  })

  it('has one message for each field that is no number or no time', () => {
    const draft = { ...draftFromRequest(liveRequest), source: 'range' as const, rangeStart: 'yesterday', rangeEnd: '' }
    const parsed = requestFromDraft(
      { ...draft, channelMin: 'x', channelMax: '1.5', bandMin: '5', bandMax: '', nfft: '', rowInterval: '0' },
      []
    )
    expect(parsed.ok).toBe(false)
    if (parsed.ok) return
    expect(parsed.fields.map(({ path }) => path)).toEqual([
      'channels.min',
      'channels.max',
      'band.maxHz',
      'nfft',
      'rowIntervalS',
      'timeRange.startNs',
      'timeRange.endNs'
    ])
    for (const { message } of parsed.fields) expect(message).toMatch(/^[A-Z].*\.$|such as/)
  })

  it('reads numbers as people type them', () => {
    const draft = { ...draftFromRequest(liveRequest), channelMax: '2 222', bandMax: '99,5', rowInterval: '1e-1' }
    const parsed = requestFromDraft(draft, [])
    expect(parsed.ok && parsed.request).toMatchObject({
      channels: { min: 1, max: 2222 },
      band: { minHz: 5, maxHz: 99.5 },
      rowIntervalS: 0.1
    })
  })
})

describe('the form', () => {
  it('starts with the site’s defaults, checked', async () => {
    const { connection, form, settled } = await begin()
    await settled()
    expect(form.getState()).toMatchObject({ check: 'valid', fields: [], load })
    expect(connection.callsOf('jobs.validate')).toEqual([{ request: liveRequest }])
  })

  it('checks once for several keys and shows each message', async () => {
    const fields = [{ path: 'band.maxHz', message: 'Above PRR/2.' }]
    const { connection, form, settled } = await begin({
      'jobs.validate': ({ request }) => ok({ fields: (request.band?.maxHz ?? 0) > 1000 ? fields : [], load })
    })
    await settled()
    for (const bandMax of ['1', '12', '120', '1200']) form.edit({ bandMax })
    expect(form.getState().check).toBe('checking')
    await settled()
    expect(connection.callsOf('jobs.validate').length).toBe(2)
    expect(form.getState()).toMatchObject({ check: 'invalid', fields })
  })

  it('does not ask the core about what is not even a number', async () => {
    const { connection, form, settled } = await begin()
    await settled()
    form.edit({ channelMax: 'many' })
    await settled()
    expect(connection.callsOf('jobs.validate').length).toBe(1)
    expect(form.getState()).toMatchObject({ check: 'invalid', fields: [{ path: 'channels.max' }] })
    expect(await form.open()).toBeNull()
    expect(connection.callsOf('jobs.open')).toEqual([])
  })

  it('is invalid when the load does not fit, though each field is right', async () => {
    const { form, settled } = await begin({
      'jobs.validate': () => ok({ fields: [], load: { ...load, fits: false, suggestion: 'Use a smaller NFFT.' } })
    })
    await settled()
    expect(form.getState().check).toBe('invalid')
  })

  it('ignores an answer that is older than what is typed', async () => {
    const waiting: (() => void)[] = []
    const { form } = await begin({
      'jobs.validate': async ({ request }) => {
        await new Promise<void>((resolve) => waiting.push(resolve))
        return ok({ fields: [], load: { ...load, score: request.channels.max } })
      }
    })
    await FakeConnection.until(() => waiting.length === 1, 'first check')
    form.edit({ channelMax: '50' })
    await FakeConnection.until(() => waiting.length === 2, 'second check')
    waiting[1]?.()
    await FakeConnection.until(() => form.getState().check === 'valid', 'second answer')
    waiting[0]?.()
    await Promise.resolve()
    expect(form.getState().load?.score).toBe(50)
  })

  it('fills in what shows a chosen recording whole, as the core says', async () => {
    const whole = {
      ...liveRequest,
      channels: { min: -260, max: 251 },
      band: { minHz: 0.5, maxHz: 2 },
      rowIntervalS: 0.25,
      timeRange: { startNs: bandEnergy.startNs, endNs: bandEnergy.endNs! },
      recording: 'prodml_fbe_1.h5'
    }
    const { form, connection } = await begin({
      'jobs.defaults': ({ recording }) => ok(recording?.name === whole.recording ? whole : liveRequest)
    })
    form.setRecordings([raw, bandEnergy])
    form.chooseSource('recording:1')
    await FakeConnection.until(
      () => connection.callsOf('jobs.validate').at(-1)?.request.recording === whole.recording,
      'check of the recording'
    )
    expect(connection.callsOf('jobs.defaults').at(-1)).toEqual({ recording: bandEnergy })
    await FakeConnection.until(() => form.getState().check === 'valid', 'valid')
    expect(connection.callsOf('jobs.validate').at(-1)?.request).toEqual(whole)
  })

  it('leaves the form alone when another source was chosen meanwhile, and says when the core cannot tell', async () => {
    const waiting: (() => void)[] = []
    const { form, connection } = await begin()
    connection.answers['jobs.defaults'] = async () => {
      await new Promise<void>((resolve) => waiting.push(resolve))
      return failure('unavailable', 'The backend is down.')
    }
    form.setRecordings([raw])
    form.chooseSource('recording:0')
    form.chooseSource('live')
    waiting[0]?.()
    await Promise.resolve()
    expect(form.getState()).toMatchObject({ problem: null, draft: { source: 'live' } })
    form.chooseSource('recording:0')
    waiting[1]?.()
    await FakeConnection.until(() => form.getState().problem !== null, 'problem')
    expect(form.getState().problem).toBe('The backend is down.')
  })

  it('keeps the chosen recording when the list changes, and says when it is gone', async () => {
    const { form, settled } = await begin()
    form.setRecordings([bandEnergy, raw])
    form.chooseSource('recording:1')
    form.setRecordings([raw])
    await settled()
    expect(form.getState()).toMatchObject({ check: 'valid', draft: { source: 'recording:0' } })
    form.setRecordings([bandEnergy])
    await settled()
    expect(form.getState().fields[0]?.path).toBe('recording')
  })

  it('goes back to the defaults for the live fibre', async () => {
    const { form } = await begin()
    form.setRecordings([raw])
    form.chooseSource('recording:0')
    form.chooseSource('live')
    expect(form.getState().draft).toEqual(draftFromRequest(liveRequest))
  })

  it('opens for this window and shows why it could not', async () => {
    const { form, connection } = await begin()
    expect(await form.open()).toBe('live-9')
    expect(connection.callsOf('jobs.open')).toEqual([{ request: liveRequest, windowId: 'fake-window' }])
    connection.answers['jobs.open'] = () => failure('refused', 'CPU at 91 %; try again in 30 s.')
    expect(await form.open()).toBeNull()
    expect(form.getState()).toMatchObject({ problem: 'CPU at 91 %; try again in 30 s.', isOpening: false })
  })
})
