import type { Analysis, AnalysisHost, AnalysisListener, AnalysisPlan } from './analysis.ts'
import type { SampleRing } from './sampleRing.ts'

interface Shared {
  analysis: Analysis
  listeners: Set<AnalysisListener>
  /** Position after the newest block that was pushed. */
  endPosition: number
}

const keyOf = (plan: AnalysisPlan): string =>
  JSON.stringify(plan, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))

/**
 * Equal plans on the same ring are computed once, whoever asks for them. Each of those who share pushes every block, as one who
 * is alone does; a block that came already is passed over.
 */
export function shareAnalyses(host: AnalysisHost): AnalysisHost {
  const rings = new WeakMap<SampleRing, Map<string, Shared>>()

  function find(plan: AnalysisPlan, ring: SampleRing): Shared {
    const ofRing = rings.get(ring) ?? new Map<string, Shared>()
    rings.set(ring, ofRing)
    const key = keyOf(plan)
    const known = ofRing.get(key)
    if (known) return known
    const listeners = new Set<AnalysisListener>()
    const toAll = (tell: (listener: AnalysisListener) => void): void => [...listeners].forEach(tell)
    const analysis = host.open(plan, ring, {
      rows: (rows) => toAll((listener) => listener.rows(rows)),
      shed: (rows) => toAll((listener) => listener.shed(rows)),
      gap: (gap) => toAll((listener) => listener.gap(gap)),
      failed(reason) {
        ofRing.delete(key)
        toAll((listener) => listener.failed(reason))
      }
    })
    const shared: Shared = { analysis, listeners, endPosition: -1 }
    ofRing.set(key, shared)
    return shared
  }

  return {
    ...host,
    open(plan, ring, listener) {
      const shared = find(plan, ring)
      const { analysis, listeners } = shared
      listeners.add(listener)
      return {
        push(block) {
          if (block.position < shared.endPosition) return
          shared.endPosition = block.position + block.sampleCount
          analysis.push(block)
        },
        mark(run) {
          // Whoever leaves meanwhile hears nothing any more.
          analysis.mark(() => {
            if (listeners.has(listener)) run()
          })
        },
        queue: () => analysis.queue(),
        // Those who share one have the same rows.
        thin: (stride) => analysis.thin(stride),
        computeMs: () => analysis.computeMs() / Math.max(1, listeners.size),
        flush: () => analysis.flush(),
        dispose() {
          if (!listeners.delete(listener) || listeners.size > 0) return
          const ofRing = rings.get(ring)
          if (ofRing?.get(keyOf(plan)) === shared) ofRing.delete(keyOf(plan))
          analysis.dispose()
        }
      }
    }
  }
}
