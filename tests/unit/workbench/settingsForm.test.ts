import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { defaultSettings, settings } from '../../../src-preload/contract/settings.ts'
import { appliesAtOnce, describeSettings, valueAt, withValueAt } from '../../../src-preload/contract/settingsForm.ts'
import { openSettingsStore } from '../../../src-main/storage/settingsStore.ts'
import { manualClock } from '../../support/manualClock.ts'
import { temporaryFolder, unexpected } from './workbenchFixtures.ts'

test('every setting is described, has its default and says what it is for', () => {
  const described = describeSettings()
  const leaves = (tree: object, prefix = ''): string[] =>
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? leaves(value as object, `${prefix}${key}.`)
        : [prefix + key]
    )
  const all = leaves(defaultSettings()).filter((path) => path !== 'version')
  expect(described.map(({ path }) => path).toSorted()).toEqual(expect.arrayContaining(all.toSorted()))
  for (const { path, default: value, help, label } of described.filter(({ section }) =>
    ['site', 'jobs', 'streams', 'tasks', 'display'].includes(section)
  )) {
    expect(value, path).toEqual(valueAt(defaultSettings(), path))
    expect(help.length, path).toBeGreaterThan(10)
    expect(label, path).toMatch(/^[A-Z]/)
  }
})

test('units, ranges and choices come from the schema', () => {
  const of = (path: string) => describeSettings().find((setting) => setting.path === path)
  expect(of('streams.stallAfterMs')).toMatchObject({
    label: 'Stall after',
    unit: 'ms',
    kind: 'number',
    minimum: 50,
    maximum: 60_000
  })
  expect(of('jobs.memoryPerJobMaxBytes')).toMatchObject({ label: 'Memory per job max', unit: 'B' })
  expect(of('site.backendUrl')).toMatchObject({ kind: 'text', isNullable: true, default: null })
  expect(of('site.service')).toMatchObject({ kind: 'choice', choices: ['auto', 'blocks', 'rows'] })
  expect(of('display.showHints')).toMatchObject({ kind: 'switch' })
  expect(of('display.batteryFramesPerS')).toMatchObject({ isNullable: true, unit: 'frames/s', maximum: 60 })
  expect(appliesAtOnce('display.theme')).toBe(true)
  expect(appliesAtOnce('site.channelLowest')).toBe(false)
})

test('a wrong value changes nothing and is named; a right one is kept in the file', async () => {
  const folder = temporaryFolder()
  const store = await openSettingsStore(folder, manualClock(), unexpected)
  expect(await store.set('streams.stallAfterMs', 10)).toEqual([
    { key: 'streams.stallAfterMs', message: expect.stringContaining('50'), kind: 'wrong' }
  ])
  expect(await store.set('streams.stallAfterMs', 'soon')).toHaveLength(1)
  expect(await store.set('streams.nothing', 1)).toMatchObject([{ kind: 'unknown' }])
  expect(await store.set('site.__proto__.x', 1)).toMatchObject([{ kind: 'unknown' }])
  expect(store.current()).toEqual(defaultSettings())
  expect(await store.set('streams.stallAfterMs', 300)).toMatchObject({ streams: { stallAfterMs: 300 } })
  expect(await store.set('site.backendUrl', 'https://focus.example/path')).toMatchObject({
    site: { backendUrl: 'https://focus.example/path' }
  })
  await store.settled()
  const written = settings.parse(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')))
  expect(written.streams.stallAfterMs).toBe(300)
})

test('a value is put into a copy', () => {
  const tree = { a: { b: 1 }, c: 2 }
  expect(withValueAt(tree, 'a.b', 5)).toEqual({ a: { b: 5 }, c: 2 })
  expect(withValueAt(tree, 'a.b', undefined)).toEqual({ a: {}, c: 2 })
  expect(tree).toEqual({ a: { b: 1 }, c: 2 })
})
