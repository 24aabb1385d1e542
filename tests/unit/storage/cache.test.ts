import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCache, createCaches } from '../../../src-main/storage/cache.ts'
import { manualClock } from '../../support/manualClock.ts'

const clockAndCache = (options: Partial<Parameters<typeof createCache<string>>[0]> = {}) => {
  const clock = manualClock()
  const cache = createCache<string>(
    { name: 'words', entriesMax: 3, bytesMax: 100, ttlMs: 1000, sizeOf: (word) => word.length, ...options },
    clock
  )
  let computed = 0
  return {
    clock,
    cache,
    computed: () => computed,
    get: (key: string, value = key): Promise<string> =>
      cache.load(key, async () => {
        computed++
        return value
      })
  }
}

describe('a cache', () => {
  test('computes once, then answers from what it kept, and says how often', async () => {
    const { get, computed, cache } = clockAndCache()
    expect(await get('a', 'first')).toBe('first')
    expect(await get('a', 'second')).toBe('first')
    expect(computed()).toBe(1)
    expect(cache.reading()).toMatchObject({ name: 'words', entries: 1, bytes: 5, hits: 1, misses: 1, joined: 0 })
  })

  test('equal requests at once compute once; the reading tells them from hits', async () => {
    const { cache } = clockAndCache()
    let finish: (value: string) => void = () => undefined
    let computed = 0
    const ask = (): Promise<string> =>
      cache.load('a', () => {
        computed++
        return new Promise((resolve) => (finish = resolve))
      })
    const answers = [ask(), ask(), ask()]
    finish('one')
    expect(await Promise.all(answers)).toEqual(['one', 'one', 'one'])
    expect(computed).toBe(1)
    expect(cache.reading()).toMatchObject({ misses: 1, joined: 2, hits: 0 })
  })

  test('what was not used for longest goes first, by count and by bytes', async () => {
    const { get, cache, computed } = clockAndCache()
    for (const key of ['a', 'b', 'c']) await get(key)
    await get('a')
    await get('d')
    await get('a')
    expect(computed()).toBe(4)
    await get('b')
    expect(computed()).toBe(5)
    expect(cache.reading()).toMatchObject({ entries: 3, evictions: 2 })
    await get('long', 'x'.repeat(99))
    expect(cache.reading()).toMatchObject({ entries: 2, bytes: 100 })
  })

  test('is not used any more when it is too old, and computed anew', async () => {
    const { get, clock, computed, cache } = clockAndCache()
    await get('a')
    await clock.advance(999)
    await get('a')
    expect(computed()).toBe(1)
    await clock.advance(1)
    await get('a')
    expect(computed()).toBe(2)
    expect(cache.reading()).toMatchObject({ expirations: 1, entries: 1, hits: 1, misses: 2 })
  })

  test('a value larger than the whole cache is given and not kept, and drives nothing out', async () => {
    const { get, cache } = clockAndCache()
    await get('a')
    expect(await get('big', 'x'.repeat(101))).toHaveLength(101)
    expect(cache.reading()).toMatchObject({ entries: 1, bytes: 1, tooLarge: 1, evictions: 0 })
  })

  test('a failure reaches everyone who waits for it and is not kept, thrown at once or later', async () => {
    const { cache } = clockAndCache()
    for (const compute of [
      () => Promise.reject(new Error('away')),
      () => {
        throw new Error('away')
      }
    ])
      for (let turn = 0; turn < 2; turn++) await expect(cache.load('a', compute)).rejects.toThrow('away')
    expect(cache.reading()).toMatchObject({ entries: 0, misses: 4 })
    expect(await cache.load('a', async () => 'back')).toBe('back')
  })

  test('a value that says of itself that it may not be kept is not', async () => {
    const { get, computed } = clockAndCache({ keeps: (value) => value !== 'failure' })
    await get('a', 'failure')
    await get('a', 'failure')
    expect(computed()).toBe(2)
  })

  test('deleted while it is computed: who asked before gets it, who asks after gets a new one', async () => {
    const { cache } = clockAndCache()
    const finish: ((value: string) => void)[] = []
    const ask = (): Promise<string> => cache.load('a', () => new Promise((resolve) => void finish.push(resolve)))
    const before = ask()
    cache.delete('a')
    const after = ask()
    finish[0]!('old')
    expect(await before).toBe('old')
    expect(cache.reading().entries).toBe(0)
    finish[1]!('new')
    expect(await after).toBe('new')
    expect(await ask()).toBe('new')
  })

  test('says how much time its hits saved', async () => {
    const { cache, clock } = clockAndCache()
    const slow = (): Promise<string> =>
      cache.load('a', async () => {
        await clock.advance(40)
        return 'a'
      })
    for (let i = 0; i < 3; i++) await slow()
    expect(cache.reading()).toMatchObject({ hits: 2, savedMs: 80 })
  })
})

test('whatever is asked in whatever order: bounds hold, values are right, and every request is counted once', async () => {
  const requests = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('load' as const), key: fc.integer({ min: 0, max: 12 }) }),
      fc.record({ kind: fc.constant('delete' as const), key: fc.integer({ min: 0, max: 12 }) }),
      fc.record({ kind: fc.constant('wait' as const), key: fc.integer({ min: 1, max: 700 }) })
    ),
    { maxLength: 120 }
  )
  await fc.assert(
    fc.asyncProperty(requests, fc.nat(6), fc.nat(60), async (asked, entriesMax, bytesMax) => {
      const clock = manualClock()
      const cache = createCache<number[]>(
        { name: 'n', entriesMax, bytesMax, ttlMs: 1000, sizeOf: ({ length }) => length },
        clock
      )
      /** The model: when each key was last computed. */
      const version = new Map<number, number>()
      let loads = 0
      for (const { kind, key } of asked) {
        if (kind === 'wait') await clock.advance(key)
        else if (kind === 'delete') {
          cache.delete(String(key))
          version.set(key, (version.get(key) ?? 0) + 1)
        } else {
          loads++
          const now = version.get(key) ?? 0
          const value = await cache.load(String(key), async () => [now, ...new Array<number>(key).fill(0)])
          expect(value[0]).toBe(now)
        }
        const { entries, bytes } = cache.reading()
        expect(entries).toBeLessThanOrEqual(entriesMax)
        expect(bytes).toBeLessThanOrEqual(bytesMax)
      }
      const { hits, misses, joined } = cache.reading()
      expect(hits + misses + joined).toBe(loads)
    })
  )
})

test('the caches of a program are read and dropped together; a name is given once', async () => {
  const caches = createCaches(manualClock())
  const options = { entriesMax: 5, bytesMax: 100, ttlMs: 1000, sizeOf: () => 10 }
  const one = caches.create<string>({ name: 'one', ...options })
  caches.create<string>({ name: 'two', ...options })
  await one.load('a', async () => 'a')
  expect(caches.readings().map(({ name, entries, bytes }) => [name, entries, bytes])).toEqual([
    ['one', 1, 10],
    ['two', 0, 0]
  ])
  caches.clear()
  expect(caches.readings()[0]).toMatchObject({ entries: 0, bytes: 0 })
  expect(() => caches.create({ name: 'one', ...options })).toThrow('two caches named one')
})
