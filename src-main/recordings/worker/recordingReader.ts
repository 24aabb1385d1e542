import { openRecordingHere } from '../openRecordingHere.ts'
import {
  type ReadRange,
  type Recording,
  type RecordingAssumptions,
  RecordingError,
  type RecordingInfo,
  type SampleArray
} from '../recording.ts'
import { ReadingThread } from './readingThread.ts'

export interface RecordingReaderOptions {
  /** Null: recordings are read on the calling thread, without protection from files that never let a reader go. */
  workerFile: string | null
  /** A request that takes longer is given up with its file. */
  timeoutMs?: number
  /** The thread ends when no recording has been open for so long. */
  idleMs?: number
}

interface Opened {
  number: number
  path: string
  assumptions: RecordingAssumptions
  info: RecordingInfo
  /** Number of the thread that has it open. */
  thread: number
  /** Why there is no use in asking again. */
  whyGivenUp: string | null
}

const defaultTimeoutMs = 20_000
const defaultIdleMs = 10_000
const mostWaiting = 10_000

/**
 * Reads recordings on a worker thread. Requests go one at a time, so the file that makes the thread hang or end is known:
 * it alone is given up, the thread is replaced, and the other recordings are opened again in the new one when next read.
 */
export class RecordingReader {
  readonly #thread: ReadingThread | null
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #nextNumber = 1
  #openCount = 0
  #losses = 0
  #lastLoss = ''

  constructor({ workerFile, timeoutMs = defaultTimeoutMs, idleMs = defaultIdleMs }: RecordingReaderOptions) {
    this.#thread = workerFile === null ? null : new ReadingThread({ workerFile, timeoutMs, idleMs })
  }

  async open(path: string, assumptions: RecordingAssumptions = {}): Promise<Recording> {
    const thread = this.#thread
    if (!thread) return openRecordingHere(path, assumptions)
    const number = this.#nextNumber++
    this.#openCount += 1
    thread.keep(this.#openCount)
    try {
      const opened = await this.#inTurn(path, async (): Promise<Opened> => {
        const info = await this.#openThere(thread, number, path, assumptions)
        return { number, path, assumptions, info, thread: thread.number, whyGivenUp: null }
      })
      return this.#proxy(thread, opened)
    } catch (error) {
      this.#openCount -= 1
      thread.keep(this.#openCount)
      throw error
    }
  }

  /** How often a file made the thread hang or end, and what is said of the last one. */
  losses(): { count: number; reason: string } {
    return { count: this.#losses, reason: this.#lastLoss }
  }

  /** Ends the thread; recordings that are still open start a new one when they are read. */
  async dispose(): Promise<void> {
    await this.#thread?.end()
  }

  #proxy(thread: ReadingThread, opened: Opened): Recording {
    let isClosed = false
    return {
      info: opened.info,
      read: (range) => {
        if (isClosed) return Promise.reject(new RecordingError(opened.path, 'was closed before this read'))
        return this.#inTurn(opened.path, () => this.#read(thread, opened, range))
      },
      close: async () => {
        if (isClosed) return
        isClosed = true
        this.#openCount -= 1
        await this.#inTurn(opened.path, async () => {
          if (opened.thread !== thread.number || !thread.isRunning || opened.whyGivenUp !== null) return
          await thread.ask({ kind: 'close', recording: opened.number })
        }).finally(() => thread.keep(this.#openCount))
      }
    }
  }

  async #openThere(
    thread: ReadingThread,
    recording: number,
    path: string,
    assumptions: RecordingAssumptions
  ): Promise<RecordingInfo> {
    const answer = await thread.ask({ kind: 'open', recording, path, assumptions })
    if (answer.kind === 'opened') return answer.info
    this.#note(path, answer)
    throw failed(path, answer)
  }

  async #read(thread: ReadingThread, opened: Opened, range: ReadRange): Promise<SampleArray> {
    const { path, number, info } = opened
    if (opened.whyGivenUp !== null) throw new RecordingError(path, opened.whyGivenUp)
    if (opened.thread !== thread.number || !thread.isRunning) {
      const { shape, dtype } = await this.#openThere(thread, number, path, opened.assumptions)
      opened.thread = thread.number
      if (shape.time !== info.shape.time || shape.channel !== info.shape.channel || dtype !== info.dtype)
        throw new RecordingError(path, 'has changed since it was opened; open it again')
    }
    const answer = await thread.ask({ kind: 'read', recording: number, range })
    if (answer.kind === 'values') return answer.values
    if (answer.kind === 'given-up') opened.whyGivenUp = answer.message
    this.#note(path, answer)
    throw failed(path, answer)
  }

  #note(path: string, answer: { kind: string; message?: string }): void {
    if (answer.kind !== 'given-up') return
    this.#losses += 1
    this.#lastLoss = `${path} ${answer.message ?? ''}`
  }

  async #inTurn<T>(path: string, action: () => Promise<T>): Promise<T> {
    if (this.#waiting >= mostWaiting) throw new RecordingError(path, `${mostWaiting} reads are waiting already`)
    this.#waiting += 1
    const turn = this.#tail.then(action)
    this.#tail = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#waiting -= 1
    }
  }
}

function failed(path: string, answer: { kind: string; message?: string }): Error {
  if (answer.kind === 'problem' || answer.kind === 'given-up') return new RecordingError(path, answer.message ?? '')
  return new Error(`reading thread: ${answer.kind}: ${answer.message ?? ''}`)
}
