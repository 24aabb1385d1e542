import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CallResult } from '../../src-preload/contract/calls.ts'
import type { LogLevel, LogLine } from '../../src-preload/contract/logs.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

export interface LogFilter {
  level: LogLevel
  job: string
  component: string
  text: string
}

export interface LogsModel {
  filter: LogFilter
  /** Newest first. */
  lines: readonly LogLine[]
  reachedEnd: boolean
  isLoading: boolean
  problem: string | null
  state: CallResult<'logs.state'> | null
}

/** What the log viewer shows; filled while it is open. */
export interface LogsStore extends StoreApi<LogsModel> {
  filter(change: Partial<LogFilter>): void
  /** The newest lines again, where nobody has read on backwards. */
  refresh(): Promise<void>
  older(): Promise<void>
  setLevel(level: LogLevel): Promise<void>
}

const pageLines = 200
/** What is kept in the window; who wants more reads the file. */
const linesMost = 2000

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

export function createLogsStore(connection: CoreConnection): LogsStore {
  const store = createStore<LogsModel>(() => ({
    filter: { level: 'info', job: '', component: '', text: '' },
    lines: [],
    reachedEnd: false,
    isLoading: false,
    problem: null,
    state: null
  }))
  /** Rises with every question: an answer to an older one is stale. */
  let question = 0

  async function ask(before: string | null): Promise<void> {
    const own = ++question
    const { filter } = store.getState()
    store.setState({ isLoading: true })
    const { level, job, component, text } = filter
    const [answer, state] = await Promise.all([
      connection.call('logs.query', {
        level,
        job: orNull(job),
        component: orNull(component),
        text: orNull(text),
        before,
        limit: pageLines
      }),
      connection.call('logs.state', {})
    ])
    if (own !== question) return
    if (state.ok) store.setState({ state: state.value })
    if (!answer.ok) return store.setState({ isLoading: false, problem: answer.error.message })
    const earlier = before === null ? [] : store.getState().lines
    store.setState({
      isLoading: false,
      problem: null,
      lines: [...earlier, ...answer.value.lines].slice(0, linesMost),
      reachedEnd: answer.value.reachedEnd
    })
  }

  return {
    ...store,
    filter(change) {
      store.setState(({ filter }) => ({ filter: { ...filter, ...change }, lines: [], reachedEnd: false }))
      void ask(null)
    },
    async refresh() {
      if (store.getState().lines.length <= pageLines) await ask(null)
    },
    async older() {
      const last = store.getState().lines.at(-1)
      if (last) await ask(last.time)
    },
    async setLevel(level) {
      const answer = await connection.call('logs.setLevel', { level })
      if (answer.ok) await ask(null)
      else store.setState({ problem: answer.error.message })
    }
  }
}
