import type { Clock } from '../clock.ts'
import type { ReadingStore } from './readingStore.ts'

export type Service = 'calls' | 'api' | 'backend' | 'catalogue'

/** Answers of the last minute, by service. */
export interface Responses {
  observe(service: Service, seconds: number, failed: boolean): void
  collect(): void
}

const windowMs = 60_000
/** Of the last minute, the newest. */
const keptMax = 2000

interface Answers {
  atMs: Float64Array
  seconds: Float64Array
  failed: Uint8Array
  added: number
}

export function createResponses(store: ReadingStore, clock: Clock): Responses {
  const recent = new Map<Service, Answers>()
  const sorted = new Float64Array(keptMax)

  const answersOf = (service: Service): Answers => {
    const found = recent.get(service)
    if (found) return found
    const [atMs, seconds] = [new Float64Array(keptMax), new Float64Array(keptMax)]
    const created = { atMs, seconds, failed: new Uint8Array(keptMax), added: 0 }
    recent.set(service, created)
    return created
  }

  return {
    observe(service, seconds, failed) {
      store.observe('wavefall_response_seconds', { service }, seconds)
      store.add('wavefall_requests_total', { service, outcome: failed ? 'failed' : 'answered' })
      const answers = answersOf(service)
      const at = answers.added++ % keptMax
      answers.atMs[at] = clock.monotonicMs()
      answers.seconds[at] = seconds
      answers.failed[at] = failed ? 1 : 0
    },
    collect() {
      const nowMs = clock.monotonicMs()
      for (const [service, { atMs, seconds, failed, added }] of recent) {
        let count = 0
        let sum = 0
        let failures = 0
        let firstMs = nowMs
        for (let number = Math.max(0, added - keptMax); number < added; number++) {
          const at = number % keptMax
          if (nowMs - atMs[at]! > windowMs) continue
          firstMs = Math.min(firstMs, atMs[at]!)
          sorted[count++] = seconds[at]!
          sum += seconds[at]!
          failures += failed[at]!
        }
        if (count === 0) continue
        const times = sorted.subarray(0, count).sort()
        const overS = Math.min(windowMs, Math.max(1000, nowMs - firstMs)) / 1000
        const labels = { service }
        store.set('wavefall_requests_per_second', labels, count / overS)
        store.set('wavefall_response_mean_seconds', labels, sum / count)
        store.set('wavefall_response_p95_seconds', labels, times[Math.ceil(0.95 * count) - 1]!)
        store.set('wavefall_error_ratio', labels, failures / count)
      }
    }
  }
}
