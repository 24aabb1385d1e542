import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { annotationsMax, type Annotation } from '../../../src-preload/contract/annotations.ts'
import { createAnnotations, type Annotations } from '../../../src-main/annotations/annotations.ts'

let folder = ''
let changed: string[] = []
let damaged: { file: string; reason: string; keptAside: string }[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-annotations-'))
  changed = []
  damaged = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (): Annotations =>
  createAnnotations({
    dataFolder: folder,
    sessionFileName: 'annotations.json',
    changed: (subject) => changed.push(subject),
    damaged: (file, reason, keptAside) => damaged.push({ file, reason, keptAside }),
    onError(error) {
      throw error
    }
  })

const mark = (id: string, timeNs: bigint, channel = 1): Annotation => ({
  id,
  kind: 'point',
  points: [{ timeNs: timeNs.toString(), channel }],
  band: null,
  label: id,
  colour: 'teal',
  note: '',
  measured: null,
  createdAtNs: '0',
  changedAtNs: '0'
})

const north = { kind: 'fibre', name: 'north' } as const

test('marks are kept over a restart, in the order of their times, before 1970 too', async () => {
  const first = open()
  const file = await first.of(north)
  expect(file.put([mark('late', 5n), mark('early', -5n)])).toEqual({ ok: true, value: { added: 2, changed: 0 } })
  expect(file.put([mark('late', 9n)])).toEqual({ ok: true, value: { added: 0, changed: 1 } })
  await first.dispose()
  const again = await open().of(north)
  expect(again.list()).toEqual([mark('early', -5n), mark('late', 9n)])
  expect((await open().of({ kind: 'fibre', name: 'south' })).list()).toEqual([])
})

test('a session takes the marks of its time, half-open, and keeps them in its folder', async () => {
  const session = join(folder, 'session')
  await mkdir(session)
  const store = open()
  const file = await store.of(north)
  const line: Annotation = {
    ...mark('across', 0n),
    kind: 'line',
    points: [mark('', 50n).points[0]!, mark('', 500n).points[0]!]
  }
  file.put([mark('before', 99n), mark('first', 100n), mark('last', 199n), mark('after', 200n), line])
  expect(await store.copyInto(session, 'north', 100n, 200n)).toBe(3)
  await store.dispose()
  const kept = JSON.parse(await readFile(join(session, 'annotations.json'), 'utf8')) as { annotations: Annotation[] }
  expect(kept.annotations.map(({ id }) => id)).toEqual(['across', 'first', 'last'])
  expect(changed).toEqual([store.keyOf({ kind: 'session', folder: session })])
  expect(await store.copyInto(session, 'nowhere', 0n, 10n)).toBe(0)
})

test('a damaged file is kept aside; what can be read of it goes on', async () => {
  const first = open()
  const path = first.keptIn(north)
  const file = await first.of(north)
  file.put([mark('whole', 1n)])
  await first.dispose()
  const text = JSON.parse(await readFile(path, 'utf8')) as { annotations: unknown[] }
  text.annotations.push({ id: 'half' })
  await writeFile(path, JSON.stringify(text))
  const second = open()
  const reopened = await second.of(north)
  expect(reopened.list()).toEqual([mark('whole', 1n)])
  await second.dispose()
  expect(damaged).toHaveLength(1)
  expect(damaged[0]!.reason).toContain('entry 2')
  expect(await readFile(damaged[0]!.keptAside, 'utf8')).toContain('half')
  await writeFile(path, 'no json')
  expect((await open().of(north)).list()).toEqual([])
  expect(await readdir(join(folder, 'annotations'))).toHaveLength(2)
})

test('more than there is room for is refused whole', async () => {
  const store = open()
  const file = await store.of(north)
  file.put(Array.from({ length: annotationsMax }, (_, k) => mark(`m${k}`, BigInt(k))))
  const refused = file.put([mark('one', 1n), mark('m1', 1n)])
  expect(refused).toMatchObject({ ok: false, error: { code: 'refused' } })
  expect(file.list()).toHaveLength(annotationsMax)
  expect(file.put([mark('m1', 3n)])).toMatchObject({ ok: true })
  expect(file.remove(['m0', 'nothing'])).toBe(1)
  await store.dispose()
})
