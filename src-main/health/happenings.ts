import type { changeKinds, HealthChange, HealthSeverity, TimelineLane } from '../../src-preload/contract/health.ts'
import type { Clock } from '../clock.ts'

export type ChangeKind = (typeof changeKinds)[number]
type LaneKind = TimelineLane['kind']

interface Span {
  lane: string
  laneLabel: string
  laneKind: LaneKind
  jobId: string | null
  fromMs: number
  toMs: number | null
  severity: HealthSeverity
  text: string
}

interface Mark {
  laneKind: 'alerts' | 'actions'
  atMs: number
  severity: HealthSeverity
  text: string
}

/** What happened, for "what changed" and the timeline; kept over restarts by whoever listens. */
export interface Happenings {
  change(kind: ChangeKind, severity: HealthSeverity, text: string, jobId?: string | null): void
  /** One of several that belong together: with `text` it takes the place of those under this key before it. */
  changeInstead(key: string, change: Omit<HealthChange, 'id' | 'atMs'>): void
  /** What a stream, job or capture is from now on; the same as before changes nothing. Null: it is no more. */
  become(
    lane: { id: string; label: string; kind: LaneKind; jobId: string | null },
    state: { severity: HealthSeverity; text: string } | null
  ): void
  changes(sinceMs: number): HealthChange[]
  timeline(fromMs: number, toMs: number): TimelineLane[]
  restore(happenings: readonly unknown[]): void
}

const changesMax = 2000
const spansMax = 4000
const replacedMax = 500
const laneOrder: readonly LaneKind[] = ['stream', 'job', 'capture', 'alerts', 'actions']

/** `instead`: of the changes before it with the same. */
type Persisted = { change: Omit<HealthChange, 'id'>; instead?: string } | { span: Span } | { mark: Mark }

export function createHappenings(clock: Clock, persist: (happening: Persisted) => void): Happenings {
  let nextId = 1
  const changes: HealthChange[] = []
  const spans: Span[] = []
  const open = new Map<string, Span>()
  const marks: Mark[] = []

  const keep = <T>(list: T[], item: T, most: number): void => {
    list.push(item)
    if (list.length > most) list.splice(0, list.length - most)
  }

  /** Changes that a later one with the same key replaces. */
  const replaced = new Map<string, Set<HealthChange>>()

  function takePlace(key: string, change: HealthChange, to: HealthChange[]): void {
    const before = replaced.get(key)
    if (before) for (let at = to.length - 1; at >= 0; at--) if (before.has(to[at]!)) to.splice(at, 1)
    replaced.delete(key)
    replaced.set(key, new Set([change]))
    if (replaced.size > replacedMax) replaced.delete(replaced.keys().next().value!)
    to.push(change)
  }

  const isWithin = (span: Span, fromMs: number, toMs: number): boolean =>
    span.fromMs <= toMs && (span.toMs === null || span.toMs >= fromMs)

  return {
    change(kind, severity, text, jobId = null) {
      const atMs = clock.nowMs()
      const change = { atMs, kind, severity, text, jobId }
      keep(changes, { id: nextId++, ...change }, changesMax)
      persist({ change })
      if (kind !== 'alert' && kind !== 'action') return
      const mark: Mark = { laneKind: kind === 'alert' ? 'alerts' : 'actions', atMs, severity, text }
      keep(marks, mark, changesMax)
      persist({ mark })
    },
    changeInstead(key, what) {
      const change = { id: nextId++, atMs: clock.nowMs(), ...what }
      takePlace(key, change, changes)
      if (changes.length > changesMax) changes.splice(0, changes.length - changesMax)
      const { id: _, ...kept } = change
      persist({ change: kept, instead: key })
    },
    become(lane, state) {
      const before = open.get(lane.id)
      if (before && state && before.severity === state.severity && before.text === state.text) return
      const atMs = clock.nowMs()
      if (before) {
        before.toMs = atMs
        open.delete(lane.id)
        persist({ span: before })
      }
      if (!state) return
      const span: Span = {
        lane: lane.id,
        laneLabel: lane.label,
        laneKind: lane.kind,
        jobId: lane.jobId,
        fromMs: atMs,
        toMs: null,
        ...state
      }
      open.set(lane.id, span)
      keep(spans, span, spansMax)
    },
    changes: (sinceMs) => changes.filter(({ atMs }) => atMs >= sinceMs).reverse(),
    timeline(fromMs, toMs) {
      const lanes = new Map<string, TimelineLane>()
      const laneOf = (id: string, label: string, kind: LaneKind, jobId: string | null): TimelineLane => {
        const found = lanes.get(id) ?? { id, label, kind, jobId, spans: [], marks: [] }
        lanes.set(id, found)
        return found
      }
      for (const span of spans)
        if (isWithin(span, fromMs, toMs)) {
          const { fromMs: from, toMs: to, severity, text } = span
          laneOf(span.lane, span.laneLabel, span.laneKind, span.jobId).spans.push({
            fromMs: from,
            toMs: to,
            severity,
            text
          })
        }
      for (const kind of ['alerts', 'actions'] as const) {
        const lane = laneOf(kind, kind, kind, null)
        for (const { laneKind, atMs, severity, text } of marks)
          if (laneKind === kind && atMs >= fromMs && atMs <= toMs) lane.marks.push({ atMs, severity, text })
      }
      return [...lanes.values()].sort((a, b) => laneOrder.indexOf(a.kind) - laneOrder.indexOf(b.kind))
    },
    restore(happenings) {
      const earlier: HealthChange[] = []
      for (const happening of happenings as readonly Persisted[]) {
        if ('change' in happening) {
          const change = { id: nextId++, ...happening.change }
          if (happening.instead === undefined) earlier.push(change)
          else takePlace(happening.instead, change, earlier)
        }
        // Ids of jobs and captures begin anew with each run: those of an earlier one are other lanes.
        else if ('span' in happening) {
          const { span } = happening
          keep(spans, { ...span, lane: `${span.lane} before`, laneLabel: `${span.laneLabel} (earlier run)` }, spansMax)
        } else if ('mark' in happening) keep(marks, happening.mark, changesMax)
      }
      changes.unshift(...earlier.slice(-changesMax / 2))
    }
  }
}
