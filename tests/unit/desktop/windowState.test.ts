import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  boundsOnDisplays,
  createWindowStateStore,
  freshSize,
  parseWindowState,
  type Bounds
} from '../../../src-main/desktop/windowState.ts'
import type { Log } from '../../../src-main/storage/log.ts'

const display: Bounds = { x: 0, y: 0, width: 1920, height: 1040 }
const second: Bounds = { x: 1920, y: -200, width: 2560, height: 1400 }

describe('where a window comes back', () => {
  test('where it was, on any display', () => {
    const left = { x: 100, y: 80, width: 900, height: 600 }
    const right = { x: 2000, y: -100, width: 1440, height: 900 }
    expect(boundsOnDisplays(left, [display, second])).toEqual(left)
    expect(boundsOnDisplays(right, [display, second])).toEqual(right)
  })

  test('centred when its display is gone, or its title bar cannot be reached', () => {
    expect(boundsOnDisplays({ x: 2000, y: 0, width: 1440, height: 900 }, [display])).toBeNull()
    expect(boundsOnDisplays({ x: 100, y: -500, width: 900, height: 600 }, [display])).toBeNull()
    expect(boundsOnDisplays({ x: 1900, y: 10, width: 900, height: 600 }, [display])).toBeNull()
    expect(boundsOnDisplays({ x: 0, y: 0, width: 900, height: 600 }, [])).toBeNull()
  })

  test('smaller on a smaller display', () => {
    expect(boundsOnDisplays({ x: 10, y: 10, width: 3000, height: 2000 }, [display])).toEqual(display)
  })

  test('a first window is no larger than its display', () => {
    expect(freshSize(display)).toEqual({ width: 1440, height: 900 })
    expect(freshSize({ x: 0, y: 24, width: 1280, height: 700 })).toEqual({ width: 1280, height: 700 })
  })

  test('always inside one display, for any bounds and any display', () => {
    const bounds = fc.record({
      x: fc.integer({ min: -5000, max: 5000 }),
      y: fc.integer({ min: -5000, max: 5000 }),
      width: fc.integer({ min: 1, max: 6000 }),
      height: fc.integer({ min: 1, max: 6000 })
    })
    const area = fc.record({
      x: fc.integer({ min: -4000, max: 4000 }),
      y: fc.integer({ min: -4000, max: 4000 }),
      width: fc.integer({ min: 320, max: 4000 }),
      height: fc.integer({ min: 240, max: 3000 })
    })
    fc.assert(
      fc.property(bounds, fc.array(area, { maxLength: 4 }), (kept, areas) => {
        const shown = boundsOnDisplays(kept, areas)
        if (shown === null) return
        const isInside = areas.some(
          (one) =>
            shown.x >= one.x &&
            shown.y >= one.y &&
            shown.x + shown.width <= one.x + one.width &&
            shown.y + shown.height <= one.y + one.height
        )
        expect(isInside).toBe(true)
      })
    )
  })
})

describe('the file', () => {
  let folder: string
  let warnings: string[]
  const log = { warning: (event: string) => warnings.push(event) } as unknown as Log
  const store = () => createWindowStateStore(join(folder, 'window.json'), log)
  const fresh = { bounds: null, maximised: false, fullScreen: false }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wavefall-window-'))
    warnings = []
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('keeps the newest state', async () => {
    const state = { bounds: { x: 1, y: 2, width: 800, height: 600 }, maximised: true, fullScreen: false }
    const first = store()
    first.write({ ...state, maximised: false })
    first.write(state)
    await first.settled()
    expect(await store().read([display])).toEqual(state)
    expect(JSON.parse(await readFile(join(folder, 'window.json'), 'utf8'))).toMatchObject({ version: 1 })
    expect(warnings).toEqual([])
  })

  test('is not missed', async () => {
    expect(await store().read([display])).toEqual(fresh)
    expect(warnings).toEqual([])
  })

  test.each(['{ "version": 1, "bou', '[]', '{"version":2}', '{"version":1,"bounds":null,"maximised":1}', ''])(
    'damaged (%s): defaults, and the log says so',
    async (content) => {
      await writeFile(join(folder, 'window.json'), content)
      expect(await store().read([display])).toEqual(fresh)
      expect(warnings).toEqual(['window_state_damaged'])
    }
  )

  test('numbers that are none are no bounds', () => {
    const base = { maximised: false, fullScreen: false }
    for (const bounds of [
      { x: 0.5, y: 0, width: 1, height: 1 },
      { x: 0, y: 0, width: 0, height: 1 },
      { x: 0, y: 0, width: '1', height: 1 },
      { x: 1e9, y: 0, width: 1, height: 1 }
    ])
      expect(parseWindowState({ ...base, bounds })).toBeNull()
  })
})
