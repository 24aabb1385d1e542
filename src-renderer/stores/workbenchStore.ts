import { createStore, type StoreApi } from 'zustand/vanilla'
import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { HistoryEntry, JobPreset, LayoutSummary } from '../../src-preload/contract/workbench.ts'
import type { Result } from '../../src-preload/contract/errors.ts'
import type { Desk } from './deskModel.ts'
import type { JobsStore } from './jobsStore.ts'

/** One of a set of jobs that are opened together. */
export interface SetMember {
  name: string
  request: JobRequest
  /** Null: not tried yet. */
  outcome: null | 'opening' | { jobId: string } | { problem: string }
}

export interface WorkbenchModel {
  layouts: readonly LayoutSummary[]
  presets: readonly JobPreset[]
  /** Newest first. */
  history: readonly HistoryEntry[]
  /** Jobs that were opened together, until the list is dismissed. */
  set: readonly SetMember[]
  /** The name of the layout that was opened or saved last. */
  layoutName: string | null
}

/** Layouts, presets, history, and opening many jobs at once. */
export interface Workbench extends StoreApi<WorkbenchModel> {
  load(): Promise<void>
  /** One sentence where it failed. */
  saveLayout(name: string, overwrite: boolean): Promise<string | null>
  openLayout(name: string): Promise<string | null>
  savePreset(name: string, request: JobRequest, overwrite: boolean): Promise<string | null>
  /** At most five at a time; what failed stays in the list with its reason. */
  openRequests(members: readonly Pick<SetMember, 'name' | 'request'>[]): Promise<void>
  retry(index: number): Promise<void>
  retryFailed(): Promise<void>
  dismissSet(): void
  dispose(): void
}

const openAtOnceMost = 5
const historyShown = 200

export const isFailed = (member: SetMember): boolean =>
  typeof member.outcome === 'object' && member.outcome !== null && 'problem' in member.outcome
export const isOpened = (member: SetMember): boolean =>
  typeof member.outcome === 'object' && member.outcome !== null && 'jobId' in member.outcome

/** `17 of 20, 2 failed`. */
export function setSummary(set: readonly SetMember[]): string {
  const failed = set.filter(isFailed).length
  return `${set.filter(isOpened).length} of ${set.length}${failed > 0 ? `, ${failed} failed` : ''}`
}

export function createWorkbench(connection: CoreConnection, desk: Desk, jobs: JobsStore): Workbench {
  const store = createStore<WorkbenchModel>(() => ({
    layouts: [],
    presets: [],
    history: [],
    set: [],
    layoutName: null
  }))
  const { getState, setState } = store
  const problemOf = <Value>(result: Result<Value>): string | null => (result.ok ? null : result.error.message)

  async function load(): Promise<void> {
    const [layouts, presets, history] = await Promise.all([
      connection.call('layouts.list', {}),
      connection.call('presets.list', {}),
      connection.call('history.list', { limit: historyShown })
    ])
    if (layouts.ok) setState({ layouts: layouts.value })
    if (presets.ok) setState({ presets: presets.value })
    if (history.ok) setState({ history: history.value })
  }

  const setOutcome = (index: number, outcome: SetMember['outcome']): void =>
    setState(({ set }) => ({ set: set.map((member, place) => (place === index ? { ...member, outcome } : member)) }))

  async function open(index: number): Promise<void> {
    const member = getState().set[index]
    if (!member) return
    setOutcome(index, 'opening')
    const answer = await connection.call('jobs.open', { request: member.request, windowId: connection.windowId })
    setOutcome(index, answer.ok ? { jobId: answer.value.id } : { problem: answer.error.message })
    if (answer.ok) jobs.select(answer.value.id)
  }

  /** Five take from one list until it is empty. */
  async function openAll(indices: readonly number[]): Promise<void> {
    const waiting = [...indices]
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await open(next)
    }
    await Promise.all(Array.from({ length: Math.min(openAtOnceMost, waiting.length) }, worker))
  }

  const stops = [
    connection.onState((state) => {
      if (state === 'open') void load()
    }),
    connection.on('layouts.changed', (layouts) => setState({ layouts })),
    connection.on('presets.changed', (presets) => setState({ presets })),
    connection.on('history.changed', (entry) => {
      if (entry === null) void load()
      else
        setState(({ history }) => {
          const others = history.filter(({ id }) => id !== entry.id)
          const isKnown = others.length < history.length
          const next = isKnown ? history.map((one) => (one.id === entry.id ? entry : one)) : [entry, ...history]
          return { history: next.slice(0, historyShown) }
        })
    })
  ]

  return {
    ...store,
    load,
    async saveLayout(name, overwrite) {
      const answer = await connection.call('layouts.save', { name, windows: desk.windows(), overwrite })
      if (answer.ok) setState({ layoutName: answer.value.name })
      return problemOf(answer)
    },
    async openLayout(name) {
      const answer = await connection.call('layouts.read', { name })
      if (!answer.ok) return answer.error.message
      desk.show(answer.value.windows)
      setState({ layoutName: name })
      return null
    },
    savePreset: async (name, request, overwrite) =>
      problemOf(await connection.call('presets.save', { name, request, overwrite })),
    async openRequests(members) {
      const set = members.map(({ name, request }) => ({ name, request, outcome: null }))
      // A single one says what went wrong in the same place; a set that is under way is added to.
      const before = getState().set.filter((member) => !isOpened(member))
      setState({ set: [...before, ...set] })
      await openAll(set.map((_member, index) => before.length + index))
    },
    retry: (index) => open(index),
    retryFailed: () => openAll(getState().set.flatMap((member, index) => (isFailed(member) ? [index] : []))),
    dismissSet: () => setState({ set: [] }),
    dispose() {
      for (const stop of stops) stop()
    }
  }
}
