import type { GradeName, HealthSeverity } from '../../../src-preload/contract/health.ts'
import { plainNumber, secondsText } from '../../widgets/format.ts'

/** A shape beside every colour. */
export const severityMarks: Record<HealthSeverity, string> = {
  good: '●',
  info: '●',
  warning: '▲',
  critical: '■',
  emergency: '■'
}

export const severityTones: Record<HealthSeverity, 'good' | 'info' | 'warning' | 'bad'> = {
  good: 'good',
  info: 'info',
  warning: 'warning',
  critical: 'bad',
  emergency: 'bad'
}

export const gradeWords: Record<GradeName, string> = {
  excellent: 'Excellent',
  good: 'Good',
  fair: 'Fair',
  poor: 'Poor',
  critical: 'Critical'
}

export const gradeTones: Record<GradeName, 'good' | 'warning' | 'bad'> = {
  excellent: 'good',
  good: 'good',
  fair: 'warning',
  poor: 'bad',
  critical: 'bad'
}

/** Three digits that count: what is read at a glance moves only when it matters. */
export const glanceText = (value: number): string => plainNumber(Number(value.toPrecision(3)))

/** `16:29:40`, UTC. */
export const timeText = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19)

/** `16:29:40`, with the day where it is another one than `nowMs` is in. */
export const whenText = (atMs: number, nowMs: number): string => {
  const day = new Date(atMs).toISOString().slice(0, 10)
  return day === new Date(nowMs).toISOString().slice(0, 10) ? timeText(atMs) : `${day} ${timeText(atMs)}`
}

export const spanText = (minutes: number): string => (minutes < 60 ? `${minutes} min` : `${minutes / 60} h`)

/** How long something has been so. */
export const ageText = (sinceMs: number, nowMs: number): string => secondsText(Math.max(0, (nowMs - sinceMs) / 1000))
