import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EventPayload } from '../../src-preload/contract/events.ts'
import type { TaskList, TaskSnapshot } from '../../src-preload/contract/tasks.ts'

export interface TasksModel {
  list: TaskList | null
}

export interface TasksStore extends StoreApi<TasksModel> {
  replace(list: TaskList): void
  changed(change: EventPayload<'tasks.changed'>): void
}

const rank = { running: 0, pending: 1, completed: 2, failed: 2, cancelled: 2 } as const
const urgency = { high: 0, normal: 1, low: 2 } as const

/** As the core lists them: running, waiting in their order, ended with the newest first. */
function inOrder(a: TaskSnapshot, b: TaskSnapshot): number {
  if (rank[a.state] !== rank[b.state]) return rank[a.state] - rank[b.state]
  if (a.state === 'pending' && a.priority !== b.priority) return urgency[a.priority] - urgency[b.priority]
  const isEnded = rank[a.state] === 2
  const [first, second] = isEnded ? [b.endedNs ?? b.createdNs, a.endedNs ?? a.createdNs] : [a.createdNs, b.createdNs]
  const difference = BigInt(first) - BigInt(second)
  return difference > 0n ? 1 : difference < 0n ? -1 : 0
}

export function createTasksStore(): TasksStore {
  const store = createStore<TasksModel>(() => ({ list: null }))
  return {
    ...store,
    replace(list) {
      store.setState({ list })
    },
    changed({ tasks: changed, forgotten, counters, workers }) {
      const gone = new Set([...forgotten, ...changed.map(({ id }) => id)])
      const kept = (store.getState().list?.tasks ?? []).filter(({ id }) => !gone.has(id))
      const still = changed.filter(({ id }) => !forgotten.includes(id))
      store.setState({ list: { tasks: [...kept, ...still].sort(inOrder), counters, workers } })
    }
  }
}
