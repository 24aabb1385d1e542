import { Worker, type MessagePort } from 'node:worker_threads'
import type { PictureRequest } from './pictureRequest.ts'
import { renderFrames, type FramesPicture } from './rowsPicture.ts'

interface PaintOrder {
  kind: 'paint'
  sequence: number
  picture: FramesPicture
  request: PictureRequest
}
type PaintAnswer = { kind: 'painted'; sequence: number } & ({ png: Uint8Array } | { problem: string })

/** Paints pictures on a thread of its own, which is there while there is something to paint. */
export interface PictureThread {
  /** Takes the frames over. Rejects where it cannot be painted, or not in time. */
  paint(picture: FramesPicture, request: PictureRequest): Promise<Uint8Array>
  dispose(): Promise<void>
}

const paintWithinMs = 10_000
const idleMs = 30_000

/** `workerFile`: the entry of task workers, which paints too. */
export function createPictureThread(workerFile: string): PictureThread {
  let worker: Worker | null = null
  let idleTimer: NodeJS.Timeout | null = null
  let sequence = 0

  function end(): Promise<unknown> {
    if (idleTimer) clearTimeout(idleTimer)
    idleTimer = null
    const ended = worker
    worker = null
    return ended?.terminate() ?? Promise.resolve()
  }

  function begin(): Worker {
    if (idleTimer) clearTimeout(idleTimer)
    if (worker) return worker
    const begun = new Worker(workerFile, { name: 'pictures' })
    begun.on('error', () => undefined)
    begun.on('exit', () => {
      if (worker === begun) worker = null
    })
    worker = begun
    return begun
  }

  function rest(): void {
    worker?.unref()
    idleTimer = setTimeout(() => void end(), idleMs)
    idleTimer.unref()
  }

  return {
    paint(picture, request) {
      const thread = begin()
      const own = ++sequence
      return new Promise((resolve, reject) => {
        const settle = (action: () => void): void => {
          clearTimeout(timer)
          thread.off('message', onMessage)
          thread.off('exit', onExit)
          thread.off('error', onError)
          if (worker === thread) rest()
          action()
        }
        const onMessage = (answer: PaintAnswer): void => {
          if (answer.sequence !== own) return
          settle(() => ('png' in answer ? resolve(answer.png) : reject(new Error(answer.problem))))
        }
        const onExit = (): void => settle(() => reject(new Error('The thread that paints ended.')))
        const onError = (error: Error): void => settle(() => reject(error))
        const timer = setTimeout(() => {
          void end()
          settle(() => reject(new Error(`The picture was not painted within ${paintWithinMs / 1000} s.`)))
        }, paintWithinMs)
        thread.on('message', onMessage)
        thread.on('exit', onExit)
        thread.on('error', onError)
        thread.ref()
        thread.postMessage({ kind: 'paint', sequence: own, picture, request } satisfies PaintOrder, picture.frames)
      })
    },
    async dispose() {
      await end()
    }
  }
}

/** In a worker thread: paints what it is told to. */
export function servePictures(port: MessagePort): void {
  const answer = (message: PaintAnswer): void => port.postMessage(message)
  port.on('message', (order: PaintOrder | { kind: 'run' | 'cancel' }) => {
    if (order.kind !== 'paint') return
    const { sequence, picture, request } = order
    renderFrames(picture, request).then(
      (png) => answer({ kind: 'painted', sequence, png }),
      (error: unknown) =>
        answer({ kind: 'painted', sequence, problem: error instanceof Error ? error.message : String(error) })
    )
  })
}
