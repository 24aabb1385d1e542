import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSerialWriter, readVersionedJson, writeFileAtomic } from '../../../src-main/storage/atomicFile.ts'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'wavefall-atomic-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a write that fails leaves the old content and no rest', async () => {
  const file = join(folder, 'value.json')
  await writeFileAtomic(file, 'old')
  await expect(writeFileAtomic(file, { not: 'text' } as unknown as string)).rejects.toThrow()
  expect(await readFile(file, 'utf8')).toBe('old')
  expect(await readdir(folder)).toEqual(['value.json'])
})

test('many writes at once take turns and the newest wins', async () => {
  const file = join(folder, 'deep', 'value.json')
  const writer = createSerialWriter(file, 3, (error) => {
    throw error
  })
  for (let value = 0; value < 200; value++) void writer.write({ value })
  await writer.settled()
  expect(await readVersionedJson(file, 3)).toEqual({ state: 'read', value: { version: 3, value: 199 } })
  expect(await readVersionedJson(file, 4)).toEqual({ state: 'damaged', reason: 'is not of version 4' })
})

test('absent and damaged are told apart', async () => {
  expect(await readVersionedJson(join(folder, 'none.json'), 1)).toEqual({ state: 'absent' })
  await writeFile(join(folder, 'cut.json'), '{"version":1')
  expect(await readVersionedJson(join(folder, 'cut.json'), 1)).toEqual({ state: 'damaged', reason: 'is not JSON' })
})

test('a writer whose folder cannot be made says so and goes on', async () => {
  await writeFile(join(folder, 'taken'), '')
  const errors: unknown[] = []
  const writer = createSerialWriter(join(folder, 'taken', 'value.json'), 1, (error) => errors.push(error))
  await writer.write({ value: 1 })
  await writer.write({ value: 2 })
  expect(errors.length).toBe(2)
})
