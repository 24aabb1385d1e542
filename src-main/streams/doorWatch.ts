import net from 'node:net'
import type { Clock } from '../clock.ts'

export interface DoorWatchOptions {
  host: string
  port: number
  clock: Clock
  /** The port took a connection; heard once, then the watch is over. */
  opened(): void
}

const knockEveryMs = 1000
const knockWithinMs = 2000

/**
 * Knocks at a port that refused connections, without a request, until it takes one: a server that was restarted is not
 * left alone for as long as one that answers with errors. Returns what ends it.
 */
export function watchDoor({ host, port, clock, opened }: DoorWatchOptions): () => void {
  let socket: net.Socket | null = null
  let cancelWait: (() => void) | null = null
  let ended = false

  const end = (): void => {
    ended = true
    cancelWait?.()
    socket?.destroy()
    socket = null
  }
  const knock = (): void => {
    const knocking = net.connect({ host, port })
    socket = knocking
    const next = (): void => {
      if (ended || socket !== knocking) return
      knocking.destroy()
      socket = null
      cancelWait?.()
      cancelWait = clock.after(knockEveryMs, knock)
    }
    knocking.once('error', next)
    knocking.once('connect', () => {
      if (ended || socket !== knocking) return
      end()
      opened()
    })
    cancelWait = clock.after(knockWithinMs, next)
  }
  cancelWait = clock.after(knockEveryMs, knock)
  return end
}
