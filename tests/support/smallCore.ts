import { calls, type CallName } from '../../src-preload/contract/calls.ts'
import { encodeFrame } from '../../src-preload/contract/frames.ts'
import { failure, ok } from '../../src-preload/contract/errors.ts'
import type { ServedSessions } from '../../src-main/sessions/remote/servedSessions.ts'
import type { Access } from '../../src-main/access/access.ts'
import type { Core, CorePort } from '../../src-main/coreInterface.ts'

export const nothingServed: ServedSessions = {
  list: () => Promise.resolve([]),
  get: () => Promise.resolve(null),
  counters: () => ({ open: 0, refused: 0 }),
  dispose: () => Promise.resolve()
}

/** Where nobody is asked for a token: every other use of the guard says that it was not expected. */
export const noAccess = new Proxy({} as Access, {
  get(_target, name) {
    if (name === 'acted') return () => undefined
    throw new Error(`access.${String(name)} was not expected to be used`)
  }
})

export interface SmallCore extends Core {
  readonly ports: Set<CorePort>
  /** How long each window that left said that it may take to come back. */
  readonly left: { windowId: string; returnsWithinMs: number }[]
  readonly asked: { name: CallName; args: unknown }[]
  /** Row frames of this size to every window. */
  sendRows(rowCount: number, columnCount: number): void
  /** The handler of `jobs.list` waits until it is let go. */
  holdJobsList(): () => void
}

/** A core with nothing behind it: what the transports are tested against where jobs and streams do not matter. */
export function smallCore(served: ServedSessions = nothingServed, access: Access = noAccess): SmallCore {
  const ports = new Set<CorePort>()
  const left: SmallCore['left'] = []
  const asked: SmallCore['asked'] = []
  let held: Promise<void> | null = null
  const handlers = Object.fromEntries(
    (Object.keys(calls) as CallName[]).map((name) => [
      name,
      async (args: unknown) => {
        asked.push({ name, args })
        if (name === 'jobs.list') {
          await held
          return ok([])
        }
        if (name === 'jobs.close') throw new Error('a bug with /a/secret/path')
        return failure('unsupported', `${name} has nothing behind it here.`)
      }
    ])
  ) as unknown as Core['handlers']
  return {
    handlers,
    ports,
    left,
    asked,
    connect(port) {
      ports.add(port)
      return () => {
        ports.delete(port)
        left.push({ windowId: port.windowId, returnsWithinMs: port.returnsWithinMs })
      }
    },
    served,
    access,
    openFiles: () => Promise.resolve({ jobIds: [], failures: [] }),
    dispose: () => Promise.resolve(),
    sendRows(rowCount, columnCount) {
      for (const port of ports)
        port.sendRows(
          encodeFrame({
            kind: 'rows',
            subscription: 1,
            epoch: 1,
            firstRow: 7,
            rowCount,
            columnCount,
            dataEndMs: 0,
            sentAtMs: 0,
            shedRows: 0,
            values: new Float32Array(rowCount * columnCount).fill(1.5)
          })
        )
    },
    holdJobsList() {
      let release: () => void = () => undefined
      held = new Promise((resolve) => (release = resolve))
      return release
    }
  }
}
