import { createStore, type StoreApi } from 'zustand/vanilla'
import { problemsOfStated, type FileQuestion, type StatedOfFile } from '../../src-preload/contract/files.ts'
import type { Result } from '../../src-preload/contract/errors.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { nanosecondsFromIso, nanosecondsFromMilliseconds } from '../../src-preload/contract/units.ts'
import { numberFrom } from './formDraft.ts'

/** What is typed of a file. Empty: nothing is said. */
export interface FileDraft {
  sampleRateHz: string
  startNs: string
  /** Nobody knows when it was recorded: 1970 stands for it. */
  isStartUnknown: boolean
  channelSpacingM: string
  firstDistanceM: string
  timeAxis: 0 | 1
}

export type FileField = Exclude<keyof FileDraft, 'isStartUnknown'>

export interface FileQuestionModel {
  /** Those of this window and of none, the oldest first. */
  questions: FileQuestion[]
  draft: FileDraft
  /** One message a field; only after the first try to open it. */
  problems: Partial<Record<FileField, string>>
  isOpening: boolean
  /** Why the core did not take it. */
  failure: string | null
}

export interface FileQuestionStore extends StoreApi<FileQuestionModel> {
  load(): Promise<void>
  replace(questions: FileQuestion[]): void
  type(change: Partial<FileDraft>): void
  /** What became of the file; null where it is still asked about, with what is wrong in the model. */
  answer(): Promise<Result<{ jobIds: string[] }> | null>
  /** Leaves the file closed. */
  skip(): Promise<void>
}

const draftFor = (question: FileQuestion | undefined): FileDraft => ({
  sampleRateHz: '',
  startNs: '',
  isStartUnknown: false,
  channelSpacingM: '',
  firstDistanceM: '',
  timeAxis: question?.shapes[0]?.timeAxis ?? 0
})

const unknownStartNs = '0'

/** What the draft says, or what cannot be read in it. */
function statedOf(
  draft: FileDraft,
  { shapes }: FileQuestion
): { stated: StatedOfFile; problems: FileQuestionModel['problems'] } {
  const problems: FileQuestionModel['problems'] = {}
  const number = (field: 'sampleRateHz' | 'channelSpacingM' | 'firstDistanceM'): number | null => {
    if (draft[field].trim() === '') return null
    const value = numberFrom(draft[field])
    if (value === null) problems[field] = 'Write a number.'
    return value
  }
  const start = draft.startNs.trim() === '' ? null : nanosecondsFromIso(withTime(draft.startNs.trim()))
  if (!draft.isStartUnknown && draft.startNs.trim() !== '' && start === null)
    problems.startNs = 'Write a UTC time such as 2026-01-31 16:30:00.'
  return {
    stated: {
      sampleRateHz: number('sampleRateHz'),
      startNs: draft.isStartUnknown ? unknownStartNs : (start?.toString() ?? null),
      channelSpacingM: number('channelSpacingM'),
      firstDistanceM: number('firstDistanceM'),
      timeAxis: shapes.length > 1 ? draft.timeAxis : null
    },
    problems
  }
}

const withTime = (text: string): string =>
  /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? `${text} 00:00:00`
    : /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}$/.test(text)
      ? `${text}:00`
      : text

/** Files that wait until somebody says what they do not say themselves; one dialog at a time. */
export function createFileQuestionStore(
  connection: CoreConnection,
  nowMs: () => number = () => Date.now()
): FileQuestionStore {
  const store = createStore<FileQuestionModel>(() => ({
    questions: [],
    draft: draftFor(undefined),
    problems: {},
    isOpening: false,
    failure: null
  }))

  function problemsOf(draft: FileDraft, question: FileQuestion): FileQuestionModel['problems'] {
    const { stated, problems } = statedOf(draft, question)
    const nowNs = nanosecondsFromMilliseconds(nowMs())
    // What cannot be read at all is said first.
    return { ...problemsOfStated(question, stated, nowNs), ...problems }
  }

  function replace(questions: FileQuestion[]): void {
    const mine = questions.filter(({ windowId }) => windowId === null || windowId === connection.windowId)
    const { questions: before } = store.getState()
    const isSame = before[0]?.token === mine[0]?.token
    store.setState({
      questions: mine,
      ...(isSame ? {} : { draft: draftFor(mine[0]), problems: {}, failure: null, isOpening: false })
    })
  }

  return {
    ...store,
    replace,
    async load() {
      const answer = await connection.call('files.questions', {})
      if (answer.ok) replace(answer.value)
    },
    type(change) {
      const { draft, problems, questions } = store.getState()
      const next = { ...draft, ...change }
      const isTold = Object.keys(problems).length > 0 && questions[0] !== undefined
      store.setState({ draft: next, failure: null, problems: isTold ? problemsOf(next, questions[0]!) : problems })
    },
    async answer() {
      const { draft, questions, isOpening } = store.getState()
      const question = questions[0]
      if (!question || isOpening) return null
      const problems = problemsOf(draft, question)
      store.setState({ problems, failure: null })
      if (Object.keys(problems).length > 0) return null
      store.setState({ isOpening: true })
      const { stated } = statedOf(draft, question)
      const answer = await connection.call('files.answer', {
        token: question.token,
        windowId: connection.windowId,
        stated
      })
      const isStillAsked = store.getState().questions[0]?.token === question.token
      if (isStillAsked) store.setState({ isOpening: false })
      if (answer.ok || !isStillAsked) return answer
      const fields = Object.fromEntries((answer.error.fields ?? []).map(({ path, message }) => [path, message]))
      store.setState({ problems: fields, failure: answer.error.fields ? null : answer.error.message })
      return null
    },
    async skip() {
      const token = store.getState().questions[0]?.token
      if (token === undefined) return
      replace(store.getState().questions.slice(1))
      // Where it is gone already, that is what was wanted.
      await connection.call('files.dismiss', { token })
    }
  }
}
