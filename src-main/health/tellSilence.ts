import type { Log } from '../storage/log.ts'
import type { Happenings } from './happenings.ts'
import type { FindingSink } from './readings.ts'

/** Monitoring collected nothing for a while, or does again: said wherever somebody may look. */
export function tellSilence(
  { log, happenings, findings }: { log: Log; happenings: Happenings; findings: FindingSink },
  isSilent: boolean,
  note: string
): void {
  if (!isSilent) {
    happenings.change('monitoring', 'good', 'Readings are collected again.')
    return findings.resolve('monitoring-silent', 'monitoring')
  }
  log.error('monitoring_silent', { note })
  happenings.change('monitoring', 'critical', note)
  findings.raise({
    ruleId: 'monitoring-silent',
    component: 'monitoring',
    severity: 'critical',
    title: 'Monitoring was silent',
    description: `${note} Streams and captures do not depend on it.`,
    value: null,
    threshold: null
  })
}
