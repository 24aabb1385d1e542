import type { GradeName, PartScore } from '../../src-preload/contract/health.ts'

/** What a grade is made of. Null: nothing of the kind was there. Percentages 0..100. */
export interface GradeFigures {
  memoryPercent: number
  cpuPercent: number
  /** p95 of answers to calls. */
  responseMs: number | null
  /** Of requests to caches, with enough of them to be told. */
  cacheHitPercent: number | null
  errorPercent: number | null
  streams: { all: number; well: number }
  /** Something warns: what is good does not. */
  isWarned: boolean
  /** A threshold of the program is exceeded: a level, a limit of a stream, something is lost. */
  isOverThreshold: boolean
}

export const gradeLimits = {
  critical: { memory: 95, cpu: 90, responseMs: 5000, errors: 20 },
  fair: { memory: 60, cpu: 50, responseMs: 500, hits: 70 },
  excellent: { memory: 40, cpu: 30, responseMs: 200, hits: 90 }
} as const

export function gradeOf(figures: GradeFigures): GradeName {
  const { memoryPercent: memory, cpuPercent: cpu } = figures
  const response = figures.responseMs ?? 0
  const hits = figures.cacheHitPercent ?? 100
  const errors = figures.errorPercent ?? 0
  const { critical, fair, excellent } = gradeLimits
  if (memory > critical.memory || cpu > critical.cpu || response > critical.responseMs || errors > critical.errors)
    return 'critical'
  if (figures.isOverThreshold) return 'poor'
  if (memory > fair.memory || cpu > fair.cpu || response > fair.responseMs || hits < fair.hits) return 'fair'
  if (figures.isWarned) return 'fair'
  const isExcellent =
    memory < excellent.memory && cpu < excellent.cpu && response < excellent.responseMs && hits > excellent.hits
  return isExcellent ? 'excellent' : 'good'
}

/** What keeps the grade from good, each with its limit. */
export function keptFromGood(figures: GradeFigures): string[] {
  const { memoryPercent, cpuPercent, responseMs, cacheHitPercent } = figures
  const { fair } = gradeLimits
  return [
    cpuPercent > fair.cpu ? `the processors are ${cpuPercent.toFixed(0)} % busy (good: up to ${fair.cpu} %)` : null,
    memoryPercent > fair.memory
      ? `the memory of the machine is ${memoryPercent.toFixed(0)} % full (good: up to ${fair.memory} %)`
      : null,
    responseMs !== null && responseMs > fair.responseMs
      ? `calls are answered in ${responseMs.toFixed(0)} ms (good: up to ${fair.responseMs} ms)`
      : null,
    cacheHitPercent !== null && cacheHitPercent < fair.hits
      ? `caches answer ${cacheHitPercent.toFixed(0)} % of the requests (good: from ${fair.hits} % on)`
      : null
  ].filter((text) => text !== null)
}

type Line = readonly (readonly [at: number, score: number])[]

/** Straight lines between the points, level beyond them. */
function along(line: Line, at: number): number {
  const next = line.findIndex(([x]) => at <= x)
  if (next === 0) return line[0]![1]
  if (next < 0) return line.at(-1)![1]
  const [x1, y1] = line[next - 1]!
  const [x2, y2] = line[next]!
  return y1 + ((at - x1) / (x2 - x1)) * (y2 - y1)
}

const memoryLine: Line = [[40, 100], [60, 80], [75, 70], [85, 50], [95, 0]] // prettier-ignore
const cpuLine: Line = [[30, 100], [50, 80], [70, 70], [85, 50], [95, 0]] // prettier-ignore
const responseLine: Line = [[200, 100], [500, 80], [2000, 50], [5000, 0]] // prettier-ignore
const hitLine: Line = [[0, 0], [30, 50], [70, 80], [90, 100]] // prettier-ignore
const lossPerErrorPercent = 4
const weights = { 'control API': 0.2, memory: 0.25, CPU: 0.25, caches: 0.1, concurrency: 0.2 } as const

const written = (line: Line, unit: string): string => line.map(([at, score]) => `${score} at ${at} ${unit}`).join(', ')

export const letterOf = (score: number): 'A' | 'B' | 'C' | 'D' | 'F' =>
  score >= 90 ? 'A' : score >= 80 ? 'B' : score >= 70 ? 'C' : score >= 60 ? 'D' : 'F'

/** A score above what the grade allows would contradict it. */
const scoreMost: Record<GradeName, number> = { excellent: 100, good: 100, fair: 79, poor: 59, critical: 39 }

const rounded = (score: number): number => Math.round(Math.max(0, Math.min(100, score)))

function part(name: PartScore['part'], score: number | null, formula: string): PartScore {
  const whole = score === null ? null : rounded(score)
  return { part: name, score: whole, letter: whole === null ? null : letterOf(whole), formula }
}

/** The parts, and the whole as the last one. */
export function scoresOf(figures: GradeFigures, grade: GradeName): PartScore[] {
  const { memoryPercent, cpuPercent, responseMs, cacheHitPercent, errorPercent, streams } = figures
  const errors = errorPercent ?? 0
  const parts: PartScore[] = [
    part(
      'control API',
      responseMs === null ? null : along(responseLine, responseMs) - lossPerErrorPercent * errors,
      responseMs === null
        ? 'No call was answered in the last minute.'
        : `${written(responseLine, 'ms')} (p95), less ${lossPerErrorPercent} for each percent of failed answers: ${responseMs.toFixed(0)} ms, ${errors.toFixed(1)} %`
    ),
    part('memory', along(memoryLine, memoryPercent), `${written(memoryLine, '%')}: ${memoryPercent.toFixed(0)} %`),
    part('CPU', along(cpuLine, cpuPercent), `${written(cpuLine, '%')}: ${cpuPercent.toFixed(0)} %`),
    part(
      'caches',
      cacheHitPercent === null ? null : along(hitLine, cacheHitPercent),
      cacheHitPercent === null
        ? 'Too few requests to the caches to judge them.'
        : `${written(hitLine, '% hits')}: ${cacheHitPercent.toFixed(0)} %`
    ),
    part(
      'concurrency',
      streams.all === 0 ? null : (100 * streams.well) / streams.all,
      streams.all === 0 ? 'No stream is open.' : `100 × streams that are well ÷ all: ${streams.well} of ${streams.all}`
    )
  ]
  const known = parts.filter((one) => one.score !== null)
  const weightOf = (one: PartScore): number => weights[one.part as keyof typeof weights]
  const weight = known.reduce((sum, one) => sum + weightOf(one), 0)
  const mean = known.reduce((sum, one) => sum + weightOf(one) * one.score!, 0) / weight
  const terms = known.map((one) => `${(weightOf(one) / weight).toFixed(2)} × ${one.part} ${one.score}`).join(' + ')
  const whole = part(
    'whole',
    Math.min(mean, scoreMost[grade]),
    `${terms}, at most ${scoreMost[grade]} at grade ${grade}`
  )
  return [...parts, whole]
}
