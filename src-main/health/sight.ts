import type { HealthSeverity, ProcessHealth } from '../../src-preload/contract/health.ts'
import type { CacheReading, JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { CaptureSnapshot } from '../../src-preload/contract/sessions.ts'
import type { MachineSample } from './machineWatch.ts'
import type { BusyProcess } from './processWatch.ts'
import type { BackendSource } from './sources.ts'

/** What one collection saw: all judgements of a second are made from the same. */
export interface Sight {
  atMs: number
  monotonicMs: number
  machine: MachineSample
  /** Of the machine, mean and greatest of the last ten seconds. */
  cpuPercent: { mean: number; max: number }
  heldBytes: number
  rssBytes: number
  heapPercent: number
  jobs: readonly JobSnapshot[]
  captures: readonly CaptureSnapshot[]
  backends: readonly BackendSource[]
  caches: readonly CacheReading[]
  processes: readonly ProcessHealth[]
  others: readonly BusyProcess[]
}

export const severityRank: Record<HealthSeverity, number> = { good: 0, info: 1, warning: 2, critical: 3, emergency: 4 }
export const worst = (severities: readonly HealthSeverity[]): HealthSeverity =>
  severities.reduce((most, one) => (severityRank[one] > severityRank[most] ? one : most), 'good')

/** `16:29:40`, UTC. */
export const clockTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19)

/** `1 m 27 s`, `6 h 37 m`, `14 min` would be ambiguous beside it. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 60) return `${s} s`
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} m ${s % 60} s`
  const minutes = Math.round(s / 60)
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`
  return `${(minutes / 1440).toFixed(1)} days`
}

/** `4 096`: a thin space would be finer, and not every font has one. */
export const spaced = (value: number, digits = 0): string => {
  const [whole, fraction] = value.toFixed(digits).split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+(?!\d))/g, ' ')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
