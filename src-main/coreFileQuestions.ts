import { randomUUID } from 'node:crypto'
import { basename, dirname, resolve } from 'node:path'
import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import {
  problemsOfStated,
  type FileQuestion,
  type StatedField,
  type StatedOfFile
} from '../src-preload/contract/files.ts'
import type { Clock } from './clock.ts'
import { missingOf } from './recordings/assumptions.ts'
import type { Recording, RecordingAssumptions, RecordingInfo } from './recordings/recording.ts'
import type { RecordingAssumptionStore } from './storage/recordingAssumptions.ts'

export interface FileQuestionsOptions {
  assumptions: RecordingAssumptionStore
  openRecording(path: string, assumptions: RecordingAssumptions): Promise<Recording>
  clock: Clock
  changed(questions: FileQuestion[]): void
}

/** Files that lack what a picture of them needs, until somebody says it. Windows name them by token, never by path. */
export interface FileQuestions {
  /** True where the file can be read and lacks a rate or a start: the question stands. Throws where there are too many. */
  ask(path: string, windowId: string | null): Promise<boolean>
  list(): FileQuestion[]
  /** Remembers what is said; the path to open. The question goes with it. */
  answer(token: string, stated: StatedOfFile): Promise<Result<string>>
  dismiss(token: string): boolean
  windowGone(windowId: string): void
}

const questionsMax = 50

export function createFileQuestions({
  assumptions,
  openRecording,
  clock,
  changed
}: FileQuestionsOptions): FileQuestions {
  const questions = new Map<string, { question: FileQuestion; path: string }>()
  const list = (): FileQuestion[] => [...questions.values()].map(({ question }) => question)

  const infoOf = async (path: string, stated: RecordingAssumptions): Promise<RecordingInfo | null> => {
    try {
      const recording = await openRecording(path, stated)
      await recording.close()
      return recording.info
    } catch {
      // Why it cannot be opened is said by who tried to.
      return null
    }
  }

  /** Where the other axis may be time, reading it so changes the shape. */
  const shapesOf = async (
    path: string,
    stated: RecordingAssumptions,
    info: RecordingInfo
  ): Promise<FileQuestion['shapes']> => {
    const timeAxis = info.storedOrder[0] === 'time' ? 0 : 1
    const otherAxis = timeAxis === 0 ? 1 : 0
    const shape = (axis: 0 | 1, { shape: { time, channel } }: RecordingInfo) => ({
      timeAxis: axis,
      rows: time,
      channels: channel
    })
    const other = await infoOf(path, { ...stated, timeAxis: otherAxis })
    const isOther = other !== null && other.storedOrder[0] !== info.storedOrder[0]
    return [shape(timeAxis, info), ...(isOther ? [shape(otherAxis, other)] : [])]
  }

  const forgetWhere = (isGone: (question: FileQuestion) => boolean): boolean => {
    const gone = list().filter(isGone)
    for (const { token } of gone) questions.delete(token)
    if (gone.length > 0) changed(list())
    return gone.length > 0
  }

  return {
    list,
    async ask(path, windowId) {
      const stated = await assumptions.of(path)
      const info = await infoOf(path, stated)
      if (!info || (info.sampleIntervalNs !== null && info.startTimeNs !== null)) return false
      const shapes = await shapesOf(path, stated, info)
      const place = resolve(path)
      const before = [...questions.values()].find((one) => one.path === place)
      if (!before && questions.size >= questionsMax)
        throw new Error(`${path}: ${questionsMax} files wait to be described already; describe or skip those first.`)
      const token = before?.question.token ?? randomUUID()
      const question: FileQuestion = {
        token,
        windowId,
        name: basename(place),
        folder: dirname(place),
        format: info.format,
        missing: missingOf(info) ?? '',
        known: {
          sampleRateHz: info.sampleRateHz,
          startNs: info.startTimeNs?.toString() ?? null,
          channelSpacingM: info.channelSpacingM,
          firstDistanceM: info.firstDistanceM,
          hasDistances: info.distancesM !== null
        },
        shapes
      }
      questions.set(token, { question, path: place })
      changed(list())
      return true
    },
    async answer(token, stated) {
      const asked = questions.get(token)
      if (!asked) return failure('not-found', 'This file does not wait to be described any more; open it again.')
      const problems = problemsOfStated(asked.question, stated, clock.nowNs())
      const fields = (Object.entries(problems) as [StatedField, string][]).map(([path, message]) => ({ path, message }))
      if (fields.length > 0) return failure('invalid', fields.map(({ message }) => message).join(' '), { fields })
      try {
        await assumptions.remember(asked.path, assumptionsOf(stated))
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        return failure('unavailable', `What was said of ${asked.question.name} cannot be kept: ${reason}.`)
      }
      forgetWhere((question) => question.token === token)
      return ok(asked.path)
    },
    dismiss: (token) => forgetWhere((question) => question.token === token),
    windowGone: (windowId) => void forgetWhere((question) => question.windowId === windowId)
  }
}

const assumptionsOf = (stated: StatedOfFile): RecordingAssumptions => ({
  ...(stated.sampleRateHz === null ? {} : { sampleRateHz: stated.sampleRateHz }),
  ...(stated.startNs === null ? {} : { startTimeNs: BigInt(stated.startNs) }),
  ...(stated.channelSpacingM === null ? {} : { channelSpacingM: stated.channelSpacingM }),
  ...(stated.firstDistanceM === null ? {} : { firstDistanceM: stated.firstDistanceM }),
  ...(stated.timeAxis === null ? {} : { timeAxis: stated.timeAxis })
})
