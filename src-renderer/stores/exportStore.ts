import { createStore, type StoreApi } from 'zustand/vanilla'
import type { SessionSummary } from '../../src-preload/contract/sessions.ts'
import type { ExportArguments, ExportCheck, ExportFormatName } from '../../src-preload/contract/tasks.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

/** What is typed into the export dialog. Empty means: all of it. */
export interface ExportDraft {
  format: ExportFormatName
  /** Seconds from the start of the recording. */
  fromS: string
  toS: string
  firstChannel: string
  lastChannel: string
  decimate: string
  /** Name of the file in the exports folder; empty: the suggested one. */
  name: string
  /** Path that the system's dialog answered; goes before the name. */
  path: string | null
  overwrite: boolean
}

export interface ExportModel {
  source: SessionSummary | null
  draft: ExportDraft
  /** By field of the draft: what is wrong with what is typed. */
  problems: Partial<Record<keyof ExportDraft, string>>
  check: ExportCheck | null
  /** Why it could not be checked. */
  failure: string | null
  isChecking: boolean
}

export interface ExportStore extends StoreApi<ExportModel> {
  /** `part` is what the form suggests at first; all of it without. */
  begin(source: SessionSummary, part?: Partial<ExportDraft> | null): void
  type(change: Partial<ExportDraft>): void
  /** What to ask the core for; null while something is wrong. */
  request(): ExportArguments | null
  dispose(): void
}

const checkAfterMs = 150

const freshDraft: ExportDraft = {
  format: 'prodml',
  fromS: '',
  toS: '',
  firstChannel: '',
  lastChannel: '',
  decimate: '1',
  name: '',
  path: null,
  overwrite: false
}

const decimal = /^\d+(\.\d+)?$/
const integer = /^-?\d+$/

function problemsOf(draft: ExportDraft): ExportModel['problems'] {
  const problems: ExportModel['problems'] = {}
  for (const key of ['fromS', 'toS'] as const)
    if (draft[key] !== '' && !decimal.test(draft[key])) problems[key] = 'a number of seconds, or empty'
  for (const key of ['firstChannel', 'lastChannel'] as const)
    if (draft[key] !== '' && !integer.test(draft[key])) problems[key] = 'a whole number, or empty'
  if ((draft.firstChannel === '') !== (draft.lastChannel === ''))
    problems[draft.firstChannel === '' ? 'firstChannel' : 'lastChannel'] = 'give both ends, or neither'
  if (!/^[1-9]\d{0,4}$/.test(draft.decimate)) problems.decimate = 'a whole number from 1 on'
  return problems
}

/** Seconds as typed, exact to the nanosecond: `1.5` → 1 500 000 000. */
function nanosecondsOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}

function selectionOf(draft: ExportDraft, source: SessionSummary): ExportArguments['selection'] {
  const startNs = BigInt(source.startNs ?? '0')
  const endNs = source.endNs === null ? null : BigInt(source.endNs)
  const isWhole = draft.fromS === '' && (draft.toS === '' || endNs === null)
  const fromNs = startNs + nanosecondsOf(draft.fromS === '' ? '0' : draft.fromS)
  const toNs = draft.toS === '' ? endNs : startNs + nanosecondsOf(draft.toS)
  return {
    time: isWhole && draft.toS === '' ? null : toNs === null ? null : { fromNs: String(fromNs), toNs: String(toNs) },
    channels: draft.firstChannel === '' ? null : { from: Number(draft.firstChannel), to: Number(draft.lastChannel) },
    band: null,
    decimate: Number(draft.decimate)
  }
}

export function createExportStore(connection: CoreConnection): ExportStore {
  const store = createStore<ExportModel>(() => ({
    source: null,
    draft: freshDraft,
    problems: {},
    check: null,
    failure: null,
    isChecking: false
  }))
  let timer: ReturnType<typeof setTimeout> | null = null
  let round = 0

  function request(): ExportArguments | null {
    const { source, draft, problems, check } = store.getState()
    const name = draft.name === '' ? check?.suggestedName : draft.name
    if (!source || Object.keys(problems).length > 0 || !(draft.path ?? name)) return null
    return {
      source: source.id,
      format: draft.format,
      selection: selectionOf(draft, source),
      target: draft.path === null ? { place: 'exports', name: name! } : { place: 'chosen', path: draft.path },
      overwrite: draft.overwrite
    }
  }

  async function check(): Promise<void> {
    timer = null
    const { source, draft, problems } = store.getState()
    if (!source || Object.keys(problems).length > 0) return
    const mine = ++round
    store.setState({ isChecking: true })
    const target: ExportArguments['target'] | null =
      draft.path !== null
        ? { place: 'chosen', path: draft.path }
        : draft.name === ''
          ? null
          : { place: 'exports', name: draft.name }
    const answer = await connection.call('exports.check', {
      source: source.id,
      format: draft.format,
      selection: selectionOf(draft, source),
      target,
      overwrite: draft.overwrite
    })
    if (mine !== round) return
    store.setState({
      isChecking: false,
      check: answer.ok ? answer.value : null,
      failure: answer.ok ? null : answer.error.message
    })
  }

  function soon(): void {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => void check(), checkAfterMs)
  }

  return {
    ...store,
    begin(source, part = null) {
      const draft = { ...freshDraft, ...part }
      store.setState({ source, draft, problems: problemsOf(draft), check: null, failure: null })
      soon()
    },
    type(change) {
      store.setState(({ draft }) => {
        const next = { ...draft, ...change }
        return { draft: next, problems: problemsOf(next) }
      })
      soon()
    },
    request,
    dispose() {
      round++
      if (timer !== null) clearTimeout(timer)
    }
  }
}
