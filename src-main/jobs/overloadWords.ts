import type { AnalysisQueue } from '../analysis/analysis.ts'

/** What an operator is told while rows are left out because the machine does not keep up. */
export interface OverloadWords {
  /** One row in so many is wanted: what is left out because it was asked for is no sign of anything. */
  asked: number
  /** Rows were left out. */
  shed(): void
  /** One sentence with what to change; null while every row that is wanted comes. */
  sentence(queues: readonly AnalysisQueue[]): string | null
}

/** How long after the last row that was left out it is still told. */
const toldMs = 2000

export function createOverloadWords(): OverloadWords {
  let shedAtMs = -Infinity
  return {
    asked: 1,
    shed() {
      shedAtMs = performance.now()
    },
    sentence(queues) {
      const stride = Math.max(1, ...queues.map((queue) => queue.stride))
      const isLate = this.asked === 1 && performance.now() - shedAtMs < toldMs
      if (queues.length === 0 || (stride <= this.asked && !isLate)) return null
      const what = stride > 1 ? `one row in ${stride} is computed` : 'rows that are late are left out'
      return `This machine does not keep up: ${what}. Choose fewer channels, a smaller NFFT or a longer row interval.`
    }
  }
}
