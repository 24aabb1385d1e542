import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CallName, CallResult } from '../../src-preload/contract/calls.ts'
import type {
  ActionRecord,
  Explanation,
  Forecast,
  HealthAction,
  HealthChange,
  HealthLive,
  HeapProfile,
  ReadingReference,
  TimelineLane
} from '../../src-preload/contract/health.ts'
import type { Result } from '../../src-preload/contract/errors.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

export type HealthTab = 'overview' | 'charts' | 'alerts' | 'actions' | 'log'
export const healthTabs: readonly HealthTab[] = ['overview', 'charts', 'alerts', 'actions', 'log']

/** What the timeline and the charts show, minutes back from now. */
export const healthSpans = [10, 60, 360, 1440] as const

export interface HealthModel {
  tab: HealthTab
  live: HealthLive | null
  spanMinutes: number
  /** Where somebody zoomed into the timeline; null: the last `spanMinutes`. */
  zoom: { fromMs: number; toMs: number } | null
  lanes: readonly TimelineLane[]
  /** The range that `lanes` are of. */
  range: { fromMs: number; toMs: number }
  changes: readonly HealthChange[]
  forecasts: readonly Forecast[]
  actions: readonly ActionRecord[]
  /** What is explained: of one job, or of the program (null). Undefined while nothing is asked. */
  whyOf: string | null | undefined
  why: readonly Explanation[]
  /** The reading that the charts page shows; null: the headline ones. */
  charted: ReadingReference | null
  profile: HeapProfile | null
  isProfiling: boolean
  /** Why the last question or action failed. */
  problem: string | null
}

/** What the health page shows: the live figures always, all else while the page is open. */
export interface HealthStore extends StoreApi<HealthModel> {
  /** Lanes, changes, forecasts and actions anew. */
  refresh(): Promise<void>
  showSpan(minutes: number): void
  zoomTo(range: { fromMs: number; toMs: number } | null): void
  explain(jobId: string | null): Promise<void>
  act(action: HealthAction, jobId: string | null): Promise<void>
  profile(process: string): Promise<void>
  chart(reading: ReadingReference | null): void
  /** Points of a chart, for who draws it. */
  history(reading: ReadingReference, pointsMax: number): Promise<CallResult<'health.history'> | null>
}

const minuteMs = 60_000
const profileS = 10

export function createHealthStore(connection: CoreConnection): HealthStore {
  const store = createStore<HealthModel>(() => ({
    tab: 'overview',
    live: null,
    spanMinutes: 10,
    zoom: null,
    lanes: [],
    range: { fromMs: 0, toMs: 1 },
    changes: [],
    forecasts: [],
    actions: [],
    whyOf: undefined,
    why: [],
    charted: null,
    profile: null,
    isProfiling: false,
    problem: null
  }))
  const { getState, setState } = store

  const told = <Name extends CallName>(answer: Result<CallResult<Name>>): CallResult<Name> | null => {
    if (answer.ok) return answer.value
    setState({ problem: answer.error.message })
    return null
  }

  const rangeNow = (): { fromMs: number; toMs: number } => {
    const { zoom, spanMinutes } = getState()
    if (zoom) return zoom
    // By the core's clock, which is the one of everything that is shown.
    const toMs = getState().live?.status.atMs ?? Date.now()
    return { fromMs: toMs - spanMinutes * minuteMs, toMs }
  }

  async function refresh(): Promise<void> {
    const range = rangeNow()
    const [timeline, changes, forecasts, actions] = await Promise.all([
      connection.call('health.timeline', range),
      connection.call('health.changes', { minutes: Math.min(1440, Math.max(10, getState().spanMinutes)) }),
      connection.call('health.forecasts', {}),
      connection.call('health.actions', {})
    ])
    const lanes = told<'health.timeline'>(timeline)
    if (!lanes) return
    setState({
      range,
      lanes: lanes.lanes,
      changes: changes.ok ? changes.value : [],
      forecasts: forecasts.ok ? forecasts.value : [],
      actions: actions.ok ? actions.value : [],
      problem: null
    })
  }

  return {
    ...store,
    refresh,
    showSpan(minutes) {
      setState({ spanMinutes: minutes, zoom: null })
      void refresh()
    },
    zoomTo(range) {
      setState({ zoom: range })
      void refresh()
    },
    async explain(jobId) {
      const why = told<'health.why'>(await connection.call('health.why', { jobId }))
      if (why) setState({ whyOf: jobId, why })
    },
    async act(action, jobId) {
      const done = told<'health.act'>(await connection.call('health.act', { action, jobId }))
      if (done) await refresh()
    },
    async profile(process) {
      setState({ isProfiling: true })
      const answer = await connection.call('health.profile', { process, kind: 'sampling', seconds: profileS })
      setState({ isProfiling: false })
      const profile = told<'health.profile'>(answer)
      if (profile) setState({ profile })
    },
    chart(reading) {
      setState({ charted: reading, tab: 'charts' })
    },
    async history({ name, labels }, pointsMax) {
      const { fromMs, toMs } = rangeNow()
      return told<'health.history'>(await connection.call('health.history', { name, labels, fromMs, toMs, pointsMax }))
    }
  }
}
