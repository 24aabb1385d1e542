import { type Alert, type AlertStatistics } from '../../../src-preload/contract/alerts.ts'

function durations(ms: number[]): { mean: number; median: number; longest: number } | null {
  if (ms.length === 0) return null
  const sorted = ms.map((one) => Math.max(0, one) / 1000).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return {
    mean: sorted.reduce((total, one) => total + one, 0) / sorted.length,
    median: sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2,
    longest: sorted.at(-1)!
  }
}

/** Of the alerts that were open at some time in [fromMs, toMs]. */
export function alertStatistics(all: readonly Alert[], fromMs: number, toMs: number): AlertStatistics {
  const alerts = all.filter(
    ({ createdAtMs, resolvedAtMs }) => createdAtMs <= toMs && (resolvedAtMs === null || resolvedAtMs >= fromMs)
  )
  const counts = { active: 0, acknowledged: 0, silenced: 0, resolved: 0 }
  const bySeverity = { info: 0, warning: 0, critical: 0, emergency: 0 }
  const byComponent: Record<string, number> = {}
  for (const { status, severity, component } of alerts) {
    counts[status]++
    bySeverity[severity]++
    byComponent[component] = (byComponent[component] ?? 0) + 1
  }
  const untilAcknowledged = alerts.flatMap(({ createdAtMs, acknowledgedAtMs }) =>
    acknowledgedAtMs === null ? [] : [acknowledgedAtMs - createdAtMs]
  )
  const untilResolved = alerts.flatMap(({ createdAtMs, resolvedAtMs }) =>
    resolvedAtMs === null ? [] : [resolvedAtMs - createdAtMs]
  )
  return {
    fromMs,
    toMs,
    total: alerts.length,
    ...counts,
    bySeverity,
    byComponent,
    timeToAcknowledgeS: durations(untilAcknowledged),
    timeToResolveS: durations(untilResolved)
  }
}
