import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createCoreOverviews } from '../../../src-main/coreOverviews.ts'
import type { CorePort } from '../../../src-main/coreInterface.ts'
import { createCaches } from '../../../src-main/storage/cache.ts'
import { eventually } from '../../support/eventually.ts'
import { manualClock } from '../../support/manualClock.ts'
import { createMemoryRecording } from '../sources/memoryRecording.ts'

const folder = mkdtempSync(join(tmpdir(), 'wavefall-overviews-'))
const port = {} as CorePort
const cleanups: (() => void)[] = [() => rmSync(folder, { recursive: true, force: true })]
afterEach(() => {
  for (const cleanup of cleanups.splice(1)) cleanup()
})
process.once('exit', () => cleanups[0]!())

/** Recordings that are read while `isHeld` is false; what was opened and read is counted. */
function start(isHeld: (told: ReadonlyMap<string, number[]>) => boolean = () => true) {
  const file = join(folder, 'a.h5')
  writeFileSync(file, 'a recording')
  const counts = { opened: 0, closed: 0, reads: 0 }
  const told = new Map<string, number[]>()
  let isOpen = false
  const open = (): void => void (isOpen = true)
  const overviews = createCoreOverviews({
    measure: (_operation, _subject, work) => work(() => undefined),
    pathOf: (name) => (name === 'gone' ? join(folder, 'gone.h5') : name === 'elsewhere' ? null : file),
    async openRecording() {
      counts.opened++
      const recording = createMemoryRecording(
        { time: 4000, channel: 4 },
        { dtype: 'float32', startTimeNs: 0n, valueAt: (row, channel) => row + channel }
      )
      return {
        ...recording,
        info: recording.info,
        async read(...args: Parameters<typeof recording.read>) {
          counts.reads++
          do await new Promise((resolve) => setTimeout(resolve, 1))
          while (!isOpen && isHeld(told))
          return recording.read(...args)
        },
        async close() {
          counts.closed++
        }
      }
    },
    caches: createCaches(manualClock()),
    progress: (request, fraction) => void told.set(request, [...(told.get(request) ?? []), fraction])
  })
  cleanups.push(open, () => overviews.dispose())
  const ask = (request: string, rows = 40, recording = 'a.h5') =>
    overviews.handlers['recordings.overview']({ request, recording, rows, columns: 4, range: null, band: null }, port)
  const cancel = (request: string) => overviews.handlers['recordings.cancelOverview']({ request }, port)
  return { ask, cancel, counts, told, open }
}

test('who asks for the same joins; one that gives up leaves the others theirs, with their progress', async () => {
  const { ask, cancel, counts, told, open } = start((hearers) => hearers.has('second'))
  const first = ask('first', 1000)
  await eventually('progress', () => told.has('first'))
  const second = ask('second', 1000)
  await eventually('progress of both', () => told.has('second'))
  await cancel('first')
  expect(await first).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  const toldFirst = told.get('first')?.length
  open()
  expect(await second).toMatchObject({ ok: true, value: { rows: 1000 } })
  expect(counts).toMatchObject({ opened: 1, closed: 1 })
  expect(told.get('second')?.at(-1)).toBe(1)
  expect(told.get('first')).toHaveLength(toldFirst!)
  const again = await ask('third', 1000)
  expect(again.ok).toBe(true)
  expect(counts.opened).toBe(1)
})

test('the last one that gives up ends the work, and who asks then gets one of their own', async () => {
  const { ask, cancel, counts, open } = start()
  const first = ask('first')
  await eventually('reading', () => counts.reads > 0)
  await cancel('first')
  const second = ask('second')
  open()
  expect(await first).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  expect((await second).ok).toBe(true)
  await eventually('both files are closed', () => counts.closed === 2)
})

test('two at once, the others wait for their turn, more than the bound are refused with a time to ask again', async () => {
  const { ask, counts, open } = start()
  const asked = Array.from({ length: 18 }, (_, k) => ask(`r${k}`, 40 + k))
  await eventually('two are read', () => counts.opened === 2)
  await eventually('a refusal', async () => {
    const refused = await Promise.race([ask('more', 99), new Promise<null>((resolve) => setTimeout(resolve, 50, null))])
    return refused !== null && !refused.ok && (refused.error.retryAfterMs ?? 0) > 0
  })
  expect(counts.opened).toBe(2)
  open()
  for (const answer of await Promise.all(asked)) expect(answer.ok).toBe(true)
})

test('what is no file of this machine, or is gone, is answered with a sentence', async () => {
  const { ask } = start()
  expect(await ask('a', 40, 'elsewhere')).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  expect(await ask('b', 40, 'gone')).toMatchObject({ ok: false, error: { code: 'not-found' } })
})
