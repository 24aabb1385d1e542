import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CaptureSnapshot } from '../../../src-preload/contract/sessions.ts'
import type { Forecast } from '../../../src-preload/contract/health.ts'
import type { Finding } from '../../../src-main/health/readings.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-memory-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What a child process says in its last line. */
const childSays = <T>(file: string, args: string[], flags: string[] = []): Promise<T> =>
  new Promise((done, fail) =>
    execFile(
      process.execPath,
      [...flags, resolve(import.meta.dirname, '../../support', file), ...args],
      { timeout: 90_000, maxBuffer: 1 << 24 },
      (error, output, errors) => {
        const line = output.trim().split('\n').at(-1) ?? ''
        if (error && line === '') fail(new Error(`${error.message}\n${errors}`))
        else done(JSON.parse(line) as T)
      }
    )
  )

interface Leaks {
  findings: Finding[]
  forecasts: Forecast[]
  leaks: number
  collections: number
  points: number
  greatest: number
  least: number
}

describe('leaks made for real in a process of their own', { concurrent: true }, () => {
  test('what the heap keeps is found, with its rate and when the limit is reached', async () => {
    const { findings, forecasts, leaks } = await childSays<Leaks>('leakChild.ts', ['heap', folder])
    expect(leaks).toBeGreaterThan(0)
    const leak = findings.find(({ ruleId }) => ruleId === 'memory-leak')!
    expect(leak.description).toMatch(
      /^The heap of core grew \d+ % in 5 s, [\d.]+ MB a minute, and does not come back: a leak/
    )
    const coming = findings.find(({ ruleId }) => ruleId === 'forecast-memory')!
    expect(coming).toMatchObject({ severity: 'warning', isForecast: true })
    expect(coming.description).toMatch(/^Forecast: Memory: 4 096 MB in about /)
    const memory = forecasts.find(({ subject }) => subject === 'memory')
    if (memory) expect(memory.perS.low).toBeGreaterThan(0)
  })

  test('memory outside of the heap is found too', async () => {
    const { findings } = await childSays<Leaks>('leakChild.ts', ['external', folder])
    const leak = findings.find(({ ruleId }) => ruleId === 'memory-leak')!
    expect(leak.description).toMatch(/^(Memory outside of the heap|The heap) of core grew/)
  })

  test('a healthy saw-tooth is silent', async () => {
    const { findings, leaks, collections, points, greatest, least } = await childSays<Leaks>('leakChild.ts', [
      'saw',
      folder
    ])
    // It is one: the heap goes up and comes down.
    expect(collections).toBeGreaterThan(5)
    expect(points).toBeGreaterThan(25)
    expect(greatest - least).toBeGreaterThan(1e6)
    expect(findings.filter(({ ruleId }) => ruleId === 'memory-leak')).toEqual([])
    expect(leaks).toBe(0)
  })
})

test('memory filled in a limited process while a capture runs: every level is answered, no captured sample is lost', async () => {
  const told = await childSays<{
    levels: string[]
    actions: { what: string; succeeded: boolean; freedMb: number }[]
    capture: CaptureSnapshot
    verified: { ok: boolean; value: { whole: boolean } }
    headline: string
    heapLimitMb: number
  }>(
    'memoryChild.ts',
    [folder],
    ['--max-old-space-size=160', '--import', resolve(import.meta.dirname, '../../support/rawText.ts')]
  )
  expect(told.heapLimitMb).toBeLessThan(200)
  expect(told.levels).toContain('emergency')
  const done = told.actions.map(({ what }) => what)
  expect(done).toEqual(
    expect.arrayContaining([
      'drop caches',
      'background tasks wait',
      'fewer rows',
      'garbage collection × 3',
      'restart prepared'
    ])
  )
  expect(told.actions.every(({ succeeded }) => succeeded)).toBe(true)
  expect(told.capture).toMatchObject({ lostBlocks: 0, gaps: 0, state: 'closed' })
  expect(told.capture.acknowledgedBlocks).toBe(told.capture.blocks)
  expect(told.verified).toMatchObject({ ok: true, value: { whole: true } })
}, 90_000)
