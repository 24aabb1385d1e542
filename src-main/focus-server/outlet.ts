import { status, type ServerWritableStream } from '@grpc/grpc-js'
import type { Clock } from '../clock.ts'

export type StreamEnd = { code: 'ok' } | { code: keyof typeof status; reason: string }

/** One client's end of a stream: writing with back-pressure, waiting that ends when the client or the job goes. */
export interface Outlet {
  readonly closed: boolean
  /** Resolves `false` when the stream ended meanwhile, or when the client took nothing for `idleMs`. */
  write(message: object): Promise<boolean>
  /** Resolves after a time, or at once when the stream ends. */
  wait(delayMs: number): Promise<void>
  end(end: StreamEnd): void
  onClose(listener: () => void): void
}

export function createOutlet(call: ServerWritableStream<object, object>, clock: Clock, idleMs: number): Outlet {
  const listeners: (() => void)[] = []
  let closed = false
  let ended = false

  function close(): void {
    if (closed) return
    closed = true
    for (const listener of listeners) listener()
  }

  /** Whichever comes first: the event, the time, the end of the stream. */
  function until(event: 'drain' | null, delayMs: number): Promise<'event' | 'time' | 'closed'> {
    return new Promise((resolve) => {
      if (closed) return resolve('closed')
      const settle = (how: 'event' | 'time' | 'closed'): void => {
        cancel()
        if (event) call.off(event, onEvent)
        const at = listeners.indexOf(onClosed)
        if (at >= 0) listeners.splice(at, 1)
        resolve(how)
      }
      const onEvent = (): void => settle('event')
      const onClosed = (): void => settle('closed')
      const cancel = clock.after(delayMs, () => settle('time'))
      if (event) call.once(event, onEvent)
      listeners.push(onClosed)
    })
  }

  call.on('cancelled', close)
  call.on('close', close)
  call.on('error', close)

  const end = (how: StreamEnd): void => {
    if (ended) return
    ended = true
    if (!closed) {
      if (how.code === 'ok') call.end()
      else call.emit('error', { code: status[how.code], details: how.reason })
    }
    close()
  }

  return {
    get closed() {
      return closed
    },
    async write(message) {
      if (closed) return false
      if (call.write(message)) return true
      const how = await until('drain', idleMs)
      if (how === 'time') end({ code: 'DEADLINE_EXCEEDED', reason: `nothing was read for ${idleMs / 1000} s` })
      return how === 'event'
    },
    wait: async (delayMs) => void (await until(null, Math.max(0, delayMs))),
    end,
    onClose(listener) {
      if (closed) listener()
      else listeners.push(listener)
    }
  }
}
