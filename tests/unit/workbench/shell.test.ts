import { describe, expect, test, vi } from 'vitest'
import { commandEntry, commandIds } from '../../../src-preload/contract/commands.ts'
import { boundsFor } from '../../../src-main/desktop/windowPlaces.ts'
import { chordOf, chordTable, chordText } from '../../../src-renderer/app/commands/keys.ts'
import { createDeskJobs } from '../../../src-renderer/stores/deskJobs.ts'
import { displayFrom, keptFrom } from '../../../src-renderer/stores/keptDisplay.ts'
import { displayAtFirst } from '../../../src-renderer/stores/tileDisplay.ts'
import { createTilesStore } from '../../../src-renderer/stores/tilesStore.ts'
import { createWorkbench, setSummary } from '../../../src-renderer/stores/workbenchStore.ts'
import { createJobsStore } from '../../../src-renderer/stores/jobsStore.ts'
import { failure, ok } from '../../../src-preload/contract/errors.ts'
import { FakeConnection } from '../../support/fakeConnection.ts'
import { jobSnapshot, liveRequest } from '../../support/fakeJobs.ts'
import { popOut } from './workbenchFixtures.ts'

vi.mock('electron', () => ({}))

describe('keys', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
    chordOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more })

  test('a press is read as it is printed in the table', () => {
    expect(press('p', { ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+P')
    expect(press('P', { metaKey: true, shiftKey: true })).toBe('Ctrl+Shift+P')
    expect(press('?', { shiftKey: true })).toBe('?')
    expect(press('+', { shiftKey: true })).toBe('+')
    expect(press(' ')).toBe('Space')
    expect(press('ArrowLeft', { shiftKey: true })).toBe('Shift+ArrowLeft')
    expect(chordText('Shift+ArrowLeft')).toBe('Shift+←')
    expect(chordText('+')).toBe('+')
  })

  test('a key means one thing; only what a main window and a pop-out do share one', () => {
    const shared = [...chordTable()].filter(([, ids]) => ids.length > 1)
    expect(shared).toEqual([['O', ['pop-out', 'pop-in']]])
  })

  test('the keys of the drawing are there', () => {
    const table = chordTable()
    const drawn = [
      'Space',
      'ArrowLeft',
      'ArrowRight',
      'Shift+ArrowLeft',
      'Shift+ArrowRight',
      'L',
      '+',
      '-',
      '[',
      ']',
      'C'
    ]
    for (const key of [...drawn, 'M', 'R', 'E', 'F', '1', '2', '3', '4', '5', '6', 'Ctrl+N', 'Ctrl+Shift+P', '?'])
      expect(table.has(key), key).toBe(true)
    for (const id of commandIds) expect(commandEntry(id).title.length, id).toBeGreaterThan(3)
  })
})

describe('windows and screens', () => {
  const left = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1050 } }
  const right = { id: 7, workArea: { x: 1920, y: 0, width: 2560, height: 1400 } }
  const place = {
    bounds: { x: 2020, y: 80, width: 900, height: 700 },
    display: { id: 7, x: 1920, y: 0 },
    maximised: false,
    fullScreen: false
  }

  test('a window comes back onto its own screen, wherever that stands now', () => {
    expect(boundsFor(place, [left, right])).toEqual(place.bounds)
    const moved = { ...right, workArea: { ...right.workArea, x: -2560 } }
    expect(boundsFor(place, [left, moved])).toEqual({ ...place.bounds, x: -2460 })
  })

  test('where its screen is gone it is put where it can be seen', () => {
    expect(boundsFor(place, [left])).toEqual({ x: 510, y: 175, width: 900, height: 700 })
    const large = { ...place, bounds: { x: 2000, y: 0, width: 4000, height: 3000 } }
    expect(boundsFor(large, [left])).toEqual({ x: 0, y: 0, width: 1920, height: 1050 })
    expect(boundsFor(place, [])).toBeNull()
  })
})

test('how a view shows its values survives a layout; what makes no sense does not', () => {
  const display = { ...displayAtFirst, colourMap: 'magma', levels: { lowDb: -80, highDb: -20 }, meanRows: 4 }
  expect(displayFrom(keptFrom(display))).toEqual(display)
  const wrong = { meanRows: 'four', levels: { lowDb: {} }, nothing: 1 } as unknown as Parameters<typeof displayFrom>[0]
  expect(displayFrom(wrong)).toEqual(displayAtFirst)
})

describe('jobs of a layout that comes back', () => {
  function setUp(answers: ConstructorParameters<typeof FakeConnection>[0]) {
    const connection = new FakeConnection(answers)
    const tiles = createTilesStore()
    const put: string[] = []
    const popOuts = new Map([['popout-0001', popOut('popout-0001')]])
    let opening: ReadonlyMap<string, 'opening' | { problem: string }> = new Map()
    const jobs = createDeskJobs({
      connection,
      windowId: 'main',
      tiles,
      popOuts: () => popOuts,
      putInPopOut(windowId, _tileId, content) {
        const before = popOut(windowId)
        popOuts.set(windowId, { ...before, tiles: before.tiles.map((tile) => ({ ...tile, content })) })
        put.push(content.jobId ?? '')
      },
      opening: () => opening,
      setOpening: (next) => (opening = next),
      isBackendUp: () => true,
      opened: () => undefined
    })
    const { request } = popOut('popout-0001').tiles[0]!.content!
    tiles.setContent('1', { jobId: 'live-1', request, pace: undefined, isClosed: false })
    const opens = () => connection.recorded.filter(({ name }) => name === 'jobs.open').length
    return { jobs, tiles, put, opens, request, problem: () => opening.get('main/1') }
  }

  test('tiles that showed one job get one job', async () => {
    const { jobs, tiles, put, opens, request } = setUp({
      'jobs.open': ({ request: asked }) => ok(jobSnapshot({ id: 'live-9', request: asked }))
    })
    jobs.restore([])
    jobs.restore([])
    await vi.waitFor(() => expect(put).toEqual(['live-9']))
    expect(tiles.getState().tiles.get('1')?.content?.jobId).toBe('live-9')
    jobs.restore([])
    jobs.restore([jobSnapshot({ id: 'live-9', request, state: 'streaming' })])
    expect(opens()).toBe(1)
  })

  test('one that runs with the same request is taken; a refusal is kept as a sentence', async () => {
    const first = setUp({})
    first.jobs.restore([jobSnapshot({ id: 'live-4', request: first.request, state: 'streaming' })])
    expect(first.tiles.getState().tiles.get('1')?.content?.jobId).toBe('live-4')
    expect(first.opens()).toBe(0)
    const second = setUp({ 'jobs.open': () => failure('refused', 'The machine is busy.') })
    second.jobs.restore([])
    await vi.waitFor(() => expect(second.problem()).toEqual({ problem: 'The machine is busy.' }))
    second.jobs.restore([])
    expect(second.opens()).toBe(1)
  })
})

test('a set of jobs: five at a time, each failure by itself, with another try', async () => {
  let running = 0
  let most = 0
  let failing = true
  const connection = new FakeConnection({
    'jobs.open': async ({ request }) => {
      running++
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running--
      const number = request.channels.min
      if (failing && number % 10 === 0) return failure('refused', `No channel ${number}.`)
      return ok(jobSnapshot({ id: `live-${number}`, request }))
    }
  })
  const desk = { windows: () => [], show: () => undefined } as unknown as Parameters<typeof createWorkbench>[1]
  const workbench = createWorkbench(connection, desk, createJobsStore())
  const members = Array.from({ length: 20 }, (_, index) => ({
    name: `job ${index + 1}`,
    request: { ...liveRequest, channels: { min: index + 1, max: index + 1 } }
  }))
  await workbench.openRequests(members)
  expect(most).toBe(5)
  expect(setSummary(workbench.getState().set)).toBe('18 of 20, 2 failed')
  expect(workbench.getState().set[9]?.outcome).toEqual({ problem: 'No channel 10.' })
  failing = false
  await workbench.retry(9)
  expect(setSummary(workbench.getState().set)).toBe('19 of 20, 1 failed')
  await workbench.retryFailed()
  expect(setSummary(workbench.getState().set)).toBe('20 of 20')
  workbench.dispose()
})
