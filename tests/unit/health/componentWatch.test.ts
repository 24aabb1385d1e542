import { expect, test } from 'vitest'
import type { CaptureSnapshot } from '../../../src-preload/contract/sessions.ts'
import { createHitWatch } from '../../../src-main/health/hitWatch.ts'
import { createComponentWatch } from '../../../src-main/health/componentWatch.ts'
import type { ComponentSource } from '../../../src-main/health/sources.ts'
import { createLog } from '../../../src-main/storage/log.ts'
import { manualClock } from '../../support/manualClock.ts'

function watched() {
  const told: string[] = []
  const findings = {
    raise: ({ component, title }: { component: string; title: string }) => void told.push(`${component}: ${title}`),
    resolve: (_rule: string, component: string) => void told.push(`${component}: back`)
  }
  return { told, findings }
}

const part = (failures: number, isBack: boolean): ComponentSource => ({
  component: 'analysis 1',
  failures,
  reason: 'Its thread was lost: killed.',
  isBack,
  after: ''
})

test('a part that fails is told once, again when it fails again, and is back when it worked for ten seconds', () => {
  const { told, findings } = watched()
  const watch = createComponentWatch(findings, createLog({ clock: manualClock(), sinks: [] }))
  const at = (seconds: number, failures: number, isBack: boolean) =>
    watch.look([part(failures, isBack)], [], seconds * 1000)
  at(0, 0, true)
  expect(told).toEqual([])
  at(1, 1, false)
  at(2, 1, false)
  at(3, 1, true)
  at(8, 1, true)
  expect(told.splice(0)).toEqual(['analysis 1: analysis 1 failed'])
  // It dies again before it was sound: the ten seconds begin anew.
  at(9, 3, true)
  at(14, 3, true)
  expect(told.splice(0)).toEqual(['analysis 1: analysis 1 failed 2 times'])
  at(19, 3, true)
  at(20, 3, true)
  expect(told).toEqual(['analysis 1: back'])
})

test('a capture that failed is told once, and is over when its job is captured again', () => {
  const { told, findings } = watched()
  const watch = createComponentWatch(findings, createLog({ clock: manualClock(), sinks: [] }))
  const capture = (id: string, state: string) =>
    ({ id, state, name: 'Night', jobId: 'live-1', reason: 'The disk is full.' }) as CaptureSnapshot
  watch.look([], [capture('capture-1', 'failed')], 0)
  watch.look([], [capture('capture-1', 'failed')], 1000)
  expect(told.splice(0)).toEqual(['capture of live-1: The capture "Night" failed'])
  watch.look([], [capture('capture-1', 'failed'), capture('capture-2', 'recording')], 2000)
  watch.look([], [capture('capture-1', 'failed'), capture('capture-2', 'recording')], 3000)
  expect(told).toEqual(['capture of live-1: back'])
})

test('a cache is found when it answers under 30 % of enough requests over five minutes, and only then', () => {
  const { told, findings } = watched()
  const watch = createHitWatch(findings)
  const counts = { hits: 0, misses: 0 }
  const cache = (): never => ({ name: 'tiles', joined: 0, ...counts }) as never
  let second = 0
  const pass = (seconds: number, hits: number, misses: number) => {
    for (let s = 0; s < seconds; s++) {
      counts.hits += hits
      counts.misses += misses
      watch.look([cache()], second++ * 1000)
    }
  }
  // A program that has just begun asks for everything once.
  pass(60, 0, 5)
  expect(told).toEqual([])
  pass(260, 4, 1)
  expect(told).toEqual([])
  expect(watch.hitPercent()).toBeGreaterThan(60)
  pass(320, 1, 9)
  expect(told).toContain('tiles: The cache "tiles" answers 29 % of its requests')
  expect(watch.hitPercent()).toBeCloseTo(10, 0)
  told.length = 0
  pass(320, 9, 1)
  expect(told.at(-1)).toBe('tiles: back')
  told.length = 0
  // Too few requests say nothing.
  pass(700, 0, 0)
  counts.misses += 20
  pass(10, 0, 0)
  expect(told).toEqual([])
  expect(watch.hitPercent()).toBeNull()
})
