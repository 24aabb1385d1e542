import type { MemoryLevel } from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'

export interface MemoryFigures {
  /** Resident memory of the core. */
  rssBytes: number
  /** Of the machine. */
  machinePercent: number
  /** JavaScript heap in use, of its limit. */
  heapPercent: number
}

export interface JudgedMemory {
  level: MemoryLevel
  /** What decided: one clause with its number and its threshold. */
  because: string
  value: number
  threshold: number | null
  reading: string
}

export const severityOrder: readonly MemoryLevel[] = ['normal', 'warning', 'critical', 'emergency']
export const isAtLeast = (level: MemoryLevel, least: MemoryLevel): boolean =>
  severityOrder.indexOf(level) >= severityOrder.indexOf(least)

const spaced = (value: number): string => value.toFixed(0).replace(/\B(?=(\d{3})+(?!\d))/g, ' ')

/** The greatest level that any of the figures reaches. */
export function judgeMemory(figures: MemoryFigures, settings: HealthSettings): JudgedMemory {
  const percents = [settings.memoryWarningPercent, settings.memoryCriticalPercent, settings.memoryEmergencyPercent]
  const candidates = [
    {
      value: figures.rssBytes / 1e6,
      limits: [settings.memoryWarningMb, settings.memoryCriticalMb, settings.memoryEmergencyMb],
      what: 'the program holds',
      unit: 'MB',
      reading: 'process_resident_memory_bytes'
    },
    {
      value: figures.machinePercent,
      limits: percents,
      what: 'memory of the machine is at',
      unit: '%',
      reading: 'memory_usage_percent'
    },
    {
      value: figures.heapPercent,
      limits: percents,
      what: 'the JavaScript heap is at',
      unit: '%',
      reading: 'wavefall_process_heap_used_bytes'
    }
  ]
  let best: JudgedMemory = {
    level: 'normal',
    because: `the program holds ${spaced(figures.rssBytes / 1e6)} MB`,
    value: figures.rssBytes / 1e6,
    threshold: null,
    reading: 'process_resident_memory_bytes'
  }
  for (const { value, limits, what, unit, reading } of candidates) {
    const reached = limits.filter((limit) => value >= limit)
    const level = severityOrder[reached.length]!
    if (reached.length === 0 || severityOrder.indexOf(level) <= severityOrder.indexOf(best.level)) continue
    const threshold = Math.max(...reached)
    best = {
      level,
      value,
      threshold,
      reading,
      because: `${what} ${spaced(value)} ${unit}, ${level} from ${spaced(threshold)} ${unit}`
    }
  }
  return best
}
