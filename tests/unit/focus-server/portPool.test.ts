import { expect, it } from 'vitest'
import { createPortPool } from '../../../src-main/focus-server/portPool.ts'

const takeAll = (pool: { take(): number | null }): number[] => {
  const ports: number[] = []
  for (let port = pool.take(); port !== null; port = pool.take()) ports.push(port)
  return ports
}

it('hands out each port of the range once, from the first on, then none', () => {
  const pool = createPortPool(50_051, 50_054)
  expect(takeAll(pool)).toEqual([50_051, 50_052, 50_053, 50_054])
  expect(pool.inUse).toBe(4)
  expect(pool.take()).toBeNull()
})

it('recovers from being exhausted, whatever comes back twice or never belonged to it', () => {
  const pool = createPortPool(1, 3)
  const ports = takeAll(pool)
  for (const port of [...ports, ...ports, 99]) pool.release(port)
  expect(pool.inUse).toBe(0)
  expect(takeAll(pool)).toEqual([1, 2, 3])
})

it('gives a port back to use as late as possible', () => {
  const pool = createPortPool(1, 3)
  pool.release(pool.take()!)
  expect([pool.take(), pool.take(), pool.take()]).toEqual([2, 3, 1])
})

it('puts a port that cannot be bound at the end, to be tried again', () => {
  const pool = createPortPool(1, 2)
  pool.setAside(pool.take()!)
  expect(pool.inUse).toBe(0)
  expect([pool.take(), pool.take(), pool.take()]).toEqual([2, 1, null])
})

it('lets a restored job claim its port once, and none outside the range', () => {
  const pool = createPortPool(1, 2)
  expect(pool.claim(2)).toBe(true)
  expect(pool.claim(2)).toBe(false)
  expect(pool.claim(7)).toBe(false)
  expect(takeAll(pool)).toEqual([1])
})
