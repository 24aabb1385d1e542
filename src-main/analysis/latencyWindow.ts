export interface Percentiles {
  p50: number
  p95: number
  p99: number
}

/** Percentiles over the newest readings: at most `capacity` of them, none older than `maxAgeMs`. */
export interface LatencyWindow {
  add(latencyMs: number, nowMs: number): void
  percentiles(nowMs: number): Percentiles | null
}

export function createLatencyWindow({ capacity = 1024, maxAgeMs = 30_000 } = {}): LatencyWindow {
  const latencies = new Float64Array(capacity)
  const times = new Float64Array(capacity)
  const sorted = new Float64Array(capacity)
  let added = 0
  let last: { added: number; nowMs: number; value: Percentiles | null } | null = null

  function compute(nowMs: number): Percentiles | null {
    let count = 0
    for (let index = 0; index < Math.min(added, capacity); index++) {
      if (nowMs - times[index]! <= maxAgeMs) sorted[count++] = latencies[index]!
    }
    if (count === 0) return null
    const values = sorted.subarray(0, count).sort()
    const at = (part: number): number => values[Math.min(count - 1, Math.ceil(part * count) - 1)]!
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
  }

  return {
    add(latencyMs, nowMs) {
      if (!Number.isFinite(latencyMs)) return
      latencies[added % capacity] = latencyMs
      times[added % capacity] = nowMs
      added++
    },
    percentiles(nowMs) {
      // Several ask at one moment, and sorting is what a snapshot of many jobs spends most on.
      if (last?.added !== added || last.nowMs !== nowMs) last = { added, nowMs, value: compute(nowMs) }
      return last.value
    }
  }
}
