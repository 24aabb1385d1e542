import { successLeast, type LevelResult } from './level.ts'

const queueFillEarly = 0.5
const percent = (value: number): string => `${value.toFixed(0)} %`

const warnings = { cpuPercent: 70, memoryPercent: 75, latencyMs: 200 }

/** What a level shows before anything fails; null while all is well. */
export function earlySignOf(level: LevelResult): string | null {
  const p95 = level.latencyMs?.p95 ?? 0
  if (level.successRate < 1) return `${level.jobs - level.healthy} of ${level.jobs} jobs were not well`
  if (level.shedRows > 0) return `${level.shedRows} rows were left out`
  if (level.cpuPercent.mean >= warnings.cpuPercent) return `CPU at ${percent(level.cpuPercent.mean)}`
  if (level.memoryPercent >= warnings.memoryPercent) return `memory at ${percent(level.memoryPercent)}`
  if (level.queue.fill >= queueFillEarly) return `a queue ${percent(100 * level.queue.fill)} full`
  return p95 >= warnings.latencyMs ? `rows ${p95.toFixed(0)} ms old (p95)` : null
}

export const hasFailed = ({ successRate }: LevelResult): boolean => successRate < successLeast
