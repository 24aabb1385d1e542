import { Worker } from 'node:worker_threads'
import type { ReadAnswer, ReadCommand, ReadRequest } from './protocol.ts'

export type ThreadAnswer = ReadAnswer | { kind: 'given-up'; message: string }

/** One worker thread and its replacements; the caller asks one thing at a time. */
export class ReadingThread {
  readonly #options: { workerFile: string; timeoutMs: number; idleMs: number }
  #worker: Worker | null = null
  #number = 0
  #sequence = 0
  #idleTimer: NodeJS.Timeout | null = null

  constructor(options: { workerFile: string; timeoutMs: number; idleMs: number }) {
    this.#options = options
  }

  /** Counts the threads so far: what was opened in another one is not open in this one. */
  get number(): number {
    return this.#number
  }

  get isRunning(): boolean {
    return this.#worker !== null
  }

  /** Never rejects: a thread that hangs or ends is an answer too. */
  ask(command: ReadCommand): Promise<ThreadAnswer> {
    const worker = this.#begin()
    const sequence = ++this.#sequence
    return new Promise((resolve) => {
      const finish = (answer: ThreadAnswer): void => {
        clearTimeout(timer)
        worker.off('message', onMessage)
        worker.off('exit', onExit)
        worker.off('error', onError)
        worker.unref()
        resolve(answer)
      }
      const giveUp = (message: string): void => {
        if (this.#worker === worker) this.#worker = null
        void worker.terminate()
        finish({ kind: 'given-up', message })
      }
      const onMessage = (answer: ReadAnswer): void => {
        if (answer.sequence === sequence) finish(answer)
      }
      const onExit = (): void => giveUp('cannot be read: it made its reader end')
      const onError = (error: Error): void => giveUp(`cannot be read: it made its reader fail (${error.message})`)
      const seconds = this.#options.timeoutMs / 1000
      const timer = setTimeout(
        () => giveUp(`cannot be read: its reader did not answer within ${seconds} s and was stopped`),
        this.#options.timeoutMs
      )
      worker.on('message', onMessage)
      worker.on('exit', onExit)
      worker.on('error', onError)
      // Keeps the process alive as long as somebody waits for the answer.
      worker.ref()
      worker.postMessage({ ...command, sequence } satisfies ReadRequest)
    })
  }

  /** Says how many recordings are open: with none, the thread ends after a while and its memory goes with it. */
  keep(openCount: number): void {
    if (this.#idleTimer) clearTimeout(this.#idleTimer)
    this.#idleTimer = null
    if (openCount > 0) return
    this.#idleTimer = setTimeout(() => void this.end(), this.#options.idleMs)
    this.#idleTimer.unref()
  }

  async end(): Promise<void> {
    if (this.#idleTimer) clearTimeout(this.#idleTimer)
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  #begin(): Worker {
    if (this.#worker) return this.#worker
    const worker = new Worker(this.#options.workerFile, { name: 'recordings' })
    this.#number += 1
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null
    })
    this.#worker = worker
    return worker
  }
}
