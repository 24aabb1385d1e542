import { describe, expect, test } from 'vitest'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import { gradeOf, letterOf, scoresOf, type GradeFigures } from '../../../src-main/health/grade.ts'
import { judgeMemory } from '../../../src-main/health/memoryLevel.ts'

const calm: GradeFigures = {
  memoryPercent: 30,
  cpuPercent: 20,
  responseMs: 5,
  cacheHitPercent: 95,
  errorPercent: 0,
  streams: { all: 2, well: 2 },
  isWarned: false,
  isOverThreshold: false
}
const graded = (more: Partial<GradeFigures>): string => gradeOf({ ...calm, ...more })

describe('the grade', () => {
  test.each<[string, Partial<GradeFigures>]>([
    ['excellent', {}],
    ['excellent', { memoryPercent: 39.9, cpuPercent: 29.9, responseMs: 199, cacheHitPercent: 90.1 }],
    ['good', { memoryPercent: 40 }],
    ['good', { cpuPercent: 30 }],
    ['good', { responseMs: 200 }],
    ['good', { cacheHitPercent: 90 }],
    ['good', { memoryPercent: 60, cpuPercent: 50, responseMs: 500, cacheHitPercent: 70 }],
    ['fair', { memoryPercent: 60.1 }],
    ['fair', { cpuPercent: 50.1 }],
    ['fair', { responseMs: 501 }],
    ['fair', { cacheHitPercent: 69.9 }],
    ['fair', { isWarned: true }],
    ['poor', { isOverThreshold: true }],
    ['critical', { memoryPercent: 95.1 }],
    ['critical', { cpuPercent: 90.1 }],
    ['critical', { responseMs: 5001 }],
    ['critical', { errorPercent: 20.1 }],
    ['excellent', { cacheHitPercent: null, responseMs: null, errorPercent: null }]
  ])('is %s for %j', (grade, more) => {
    expect(graded(more)).toBe(grade)
  })

  test('a score never contradicts its grade, and says how it came about', () => {
    for (const more of [{}, { memoryPercent: 96 }, { isOverThreshold: true }, { cpuPercent: 55 }]) {
      const figures = { ...calm, ...more }
      const grade = gradeOf(figures)
      const whole = scoresOf(figures, grade).at(-1)!
      if (grade === 'critical') expect(whole.score).toBeLessThan(40)
      if (grade === 'poor') expect(whole.score).toBeLessThan(60)
      if (grade === 'fair') expect(whole.score).toBeLessThan(80)
      expect(whole.formula).toMatch(/0\.\d\d × memory \d+/)
      expect(whole.letter).toBe(letterOf(whole.score!))
    }
    expect(scoresOf(calm, 'excellent').map(({ score }) => score)).toEqual([100, 100, 100, 100, 100, 100])
    expect([90, 80, 70, 60, 59].map(letterOf)).toEqual(['A', 'B', 'C', 'D', 'F'])
  })
})

describe('levels of memory', () => {
  const { health } = defaultSettings()
  const level = (rssMb: number, machinePercent: number, heapPercent = 10) =>
    judgeMemory({ rssBytes: rssMb * 1e6, machinePercent, heapPercent }, health)

  test.each([
    [1023, 69.9, 10, 'normal'],
    [1024, 20, 10, 'warning'],
    [2048, 20, 10, 'critical'],
    [4096, 20, 10, 'emergency'],
    [200, 70, 10, 'warning'],
    [200, 85, 10, 'critical'],
    [200, 95, 10, 'emergency'],
    [200, 20, 85, 'critical'],
    [1100, 96, 10, 'emergency']
  ])('%d MB, machine %d %%, heap %d %%: %s', (rssMb, machinePercent, heapPercent, expected) => {
    expect(level(rssMb, machinePercent, heapPercent).level).toBe(expected)
  })

  test('the reason has its number and its threshold', () => {
    expect(level(2100, 20).because).toBe('the program holds 2 100 MB, critical from 2 048 MB')
    expect(level(100, 96).because).toBe('memory of the machine is at 96 %, emergency from 95 %')
  })
})
