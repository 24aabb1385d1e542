import { createStore, type StoreApi } from 'zustand/vanilla'
import type { LoadEstimate } from '../../src-preload/contract/calls.ts'
import type { FieldError } from '../../src-preload/contract/errors.ts'
import type { BackendRecording, JobRequest } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import {
  draftFromRequest,
  draftOfView,
  recordingOf,
  requestFromDraft,
  type DraftSource,
  type FormDraft
} from './formDraft.ts'

export interface FormModel {
  /** Null until the core said what a fresh form starts with. */
  draft: FormDraft | null
  fields: FieldError[]
  load: LoadEstimate | null
  /** `checking`: typed since the last answer. */
  check: 'checking' | 'valid' | 'invalid'
  isOpening: boolean
  /** Why opening failed, or why the form could not be checked; null when nothing is wrong. */
  problem: string | null
}

export interface FormStore extends StoreApi<FormModel> {
  loadDefaults(): Promise<void>
  edit(change: Partial<FormDraft>): void
  chooseSource(source: DraftSource): void
  /** What a preset or the history says, as it was opened. */
  fill(request: JobRequest): void
  /** The recordings of the list changed; a chosen one keeps its place by name and start. */
  setRecordings(recordings: readonly BackendRecording[]): void
  /** Opens the job; its id, or null when it could not. */
  open(): Promise<string | null>
  dispose(): void
}

const checkAfterMs = 150

/** The job form: what is typed, what the core says of it. One check at a time; the last thing typed is always checked. */
export function createFormStore(connection: CoreConnection): FormStore {
  const store = createStore<FormModel>(() => ({
    draft: null,
    fields: [],
    load: null,
    check: 'checking',
    isOpening: false,
    problem: null
  }))
  let recordings: readonly BackendRecording[] = []
  let defaults: JobRequest | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let round = 0

  async function check(): Promise<void> {
    timer = null
    const { draft } = store.getState()
    if (!draft) return
    const thisRound = ++round
    const parsed = requestFromDraft(draft, recordings)
    if (!parsed.ok) {
      store.setState({ fields: parsed.fields, check: 'invalid', problem: null })
      return
    }
    const answer = await connection.call('jobs.validate', { request: parsed.request })
    if (thisRound !== round) return
    if (!answer.ok) {
      store.setState({ check: 'invalid', fields: answer.error.fields ?? [], problem: answer.error.message })
      return
    }
    const { fields, load } = answer.value
    store.setState({ fields, load, check: fields.length === 0 && load.fits ? 'valid' : 'invalid', problem: null })
  }

  function checkSoon(): void {
    round++
    store.setState({ check: 'checking' })
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => void check(), checkAfterMs)
  }

  function edit(change: Partial<FormDraft>): void {
    const { draft } = store.getState()
    if (!draft) return
    store.setState({ draft: { ...draft, ...change } })
    checkSoon()
  }

  /** The core knows what shows a recording whole: its channels, its band, a row interval that gives a full picture. */
  async function fillFor(recording: BackendRecording): Promise<void> {
    const answer = await connection.call('jobs.defaults', { recording })
    const { draft } = store.getState()
    if (!draft || recordingOf(draft, recordings) !== recording) return
    if (answer.ok) {
      // A band-energy recording has its bands and nothing between; the form shows which one is meant.
      const [first] = recording.bands
      const band = answer.value.band ?? (first ? { minHz: first.lowHz, maxHz: first.highHz } : null)
      const filled = { ...draftFromRequest({ ...answer.value, band }), source: draft.source }
      edit({ ...filled, ...draftOfView(filled, draft.view) })
    } else store.setState({ problem: answer.error.message })
  }

  return {
    ...store,
    edit,
    async loadDefaults() {
      const answer = await connection.call('jobs.defaults', {})
      if (!answer.ok) {
        store.setState({ problem: answer.error.message })
        return
      }
      defaults = answer.value
      if (!store.getState().draft) {
        store.setState({ draft: draftFromRequest(defaults) })
        checkSoon()
      }
    },
    fill(request) {
      const index = recordings.findIndex(({ name, local }) => name === request.recording && local === request.local)
      const isRecording = request.timeRange !== null && request.recording !== null && index >= 0
      edit({ ...draftFromRequest(request), ...(isRecording ? { source: `recording:${index}` } : {}) })
    },
    chooseSource(source) {
      const { draft } = store.getState()
      if (!draft) return
      const recording = recordingOf({ ...draft, source }, recordings)
      if (source === 'live' && defaults) {
        const fresh = { ...draftFromRequest(defaults), source }
        edit({ ...fresh, ...draftOfView(fresh, draft.view) })
      } else edit({ source })
      if (recording) void fillFor(recording)
    },
    setRecordings(next) {
      const { draft } = store.getState()
      const chosen = draft?.source.startsWith('recording:') ? recordings[Number(draft.source.slice(10))] : undefined
      recordings = next
      if (!chosen) return
      const index = next.findIndex(
        (one) => one.name === chosen.name && one.startNs === chosen.startNs && one.local === chosen.local
      )
      edit({ source: `recording:${index}` })
    },
    async open() {
      const { draft, isOpening } = store.getState()
      if (!draft || isOpening) return null
      const parsed = requestFromDraft(draft, recordings)
      if (!parsed.ok) return null
      store.setState({ isOpening: true, problem: null })
      const answer = await connection.call('jobs.open', { request: parsed.request, windowId: connection.windowId })
      store.setState({ isOpening: false })
      if (answer.ok) return answer.value.id
      const { message, fields } = answer.error
      store.setState({ problem: message, ...(fields ? { fields, check: 'invalid' as const } : {}) })
      return null
    },
    dispose() {
      round++
      if (timer !== null) clearTimeout(timer)
    }
  }
}
