import type { Clock } from '../clock.ts'
import type { ReadingStore } from './readingStore.ts'

export type Service = 'calls' | 'api' | 'backend' | 'catalogue'

/** Answers of the last minute, by service. */
export interface Responses {
  observe(service: Service, seconds: number, failed: boolean): void
  collect(): void
}

const windowMs = 60_000
const keptMax = 2000

interface Answer {
  atMs: number
  seconds: number
  failed: boolean
}

export function createResponses(store: ReadingStore, clock: Clock): Responses {
  const recent = new Map<Service, Answer[]>()

  return {
    observe(service, seconds, failed) {
      store.observe('wavefall_response_seconds', { service }, seconds)
      store.add('wavefall_requests_total', { service, outcome: failed ? 'failed' : 'answered' })
      const answers = recent.get(service) ?? []
      recent.set(service, answers)
      answers.push({ atMs: clock.monotonicMs(), seconds, failed })
      if (answers.length > 2 * keptMax) answers.splice(0, answers.length - keptMax)
    },
    collect() {
      const nowMs = clock.monotonicMs()
      for (const [service, all] of recent) {
        const answers = all.filter(({ atMs }) => nowMs - atMs <= windowMs)
        recent.set(service, answers)
        if (answers.length === 0) continue
        const times = Float64Array.from(answers, ({ seconds }) => seconds).sort()
        const seconds = Math.min(windowMs, Math.max(1000, nowMs - answers[0]!.atMs)) / 1000
        const labels = { service }
        store.set('wavefall_requests_per_second', labels, answers.length / seconds)
        store.set('wavefall_response_mean_seconds', labels, times.reduce((sum, time) => sum + time, 0) / times.length)
        store.set('wavefall_response_p95_seconds', labels, times[Math.ceil(0.95 * times.length) - 1]!)
        store.set('wavefall_error_ratio', labels, answers.filter(({ failed }) => failed).length / answers.length)
      }
    }
  }
}
