import type { Alert, AlertSeverity } from '../../../src-preload/contract/alerts.ts'
import type { Tone } from '../../widgets/StateMark.tsx'

/** Word and shape of a severity; colour never stands alone. */
export const severityLooks: Record<AlertSeverity, { word: string; tone: Tone }> = {
  info: { word: 'Info', tone: 'quiet' },
  warning: { word: 'Warning', tone: 'warning' },
  critical: { word: 'Critical', tone: 'bad' },
  emergency: { word: 'Emergency', tone: 'bad' }
}

export const statusWords: Record<Alert['status'], string> = {
  active: 'Active',
  acknowledged: 'Acknowledged',
  resolved: 'Over',
  silenced: 'Silenced'
}

export const isOpen = ({ status }: Alert): boolean => status === 'active' || status === 'acknowledged'

/** `2026-01-31 03:12:09` */
export const timeOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')
