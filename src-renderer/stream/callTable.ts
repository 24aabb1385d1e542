import type { CallArguments, CallName, CallResult } from '../../src-preload/contract/calls.ts'
import { failure, type Result } from '../../src-preload/contract/errors.ts'
import { isEventName, type EventName, type EventPayload } from '../../src-preload/contract/events.ts'
import type { ClientMessage, ServerMessage } from '../../src-preload/contract/transport.ts'
import { createListeners } from './listeners.ts'

/** A call that is not answered by then is given up; the core's own waits are shorter. */
const callTimeoutMs = 60_000
/** These wait for a person at a dialog, or read a whole session or recording. */
const longCallTimeoutMs = 6 * 3600_000
const longCalls: ReadonlySet<CallName> = new Set<CallName>([
  'files.choose',
  'exports.chooseTarget',
  'sessions.verify',
  'sessions.reindex',
  'recordings.overview'
])

interface Pending {
  settle(result: Result<unknown>): void
  timer: ReturnType<typeof setTimeout>
}

/** Pairs calls with their answers and spreads events; both transports use it. */
export interface CallTable {
  call<Name extends CallName>(name: Name, args: CallArguments<Name>): Promise<Result<CallResult<Name>>>
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void
  receive(message: ServerMessage): void
  /** Answers everything that is still open with `unavailable`. */
  abandon(reason: string): void
}

/** `send` says whether the message could go out. */
export function createCallTable(send: (message: ClientMessage) => boolean): CallTable {
  const pending = new Map<number, Pending>()
  const listeners = createListeners<[name: EventName, payload: unknown]>()
  let nextId = 1

  function settle(id: number, result: Result<unknown>): void {
    const call = pending.get(id)
    if (!call) return
    pending.delete(id)
    clearTimeout(call.timer)
    call.settle(result)
  }

  return {
    call(name, args) {
      return new Promise((resolve) => {
        const id = nextId++
        const timeoutMs = longCalls.has(name) ? longCallTimeoutMs : callTimeoutMs
        const timer = setTimeout(
          () => settle(id, failure('timed-out', `${name} was not answered within ${timeoutMs / 1000} s.`)),
          timeoutMs
        )
        pending.set(id, { settle: resolve as (result: Result<unknown>) => void, timer })
        if (!send({ kind: 'call', id, name, arguments: args })) {
          settle(id, failure('unavailable', 'There is no connection to the core.'))
        }
      })
    },
    on: (name, listener) =>
      listeners.add((heard, payload) => {
        if (heard === name) (listener as (payload: unknown) => void)(payload)
      }),
    receive(message) {
      if (message.kind === 'answer') settle(message.id, message.result as Result<unknown>)
      else if (isEventName(message.name)) listeners.emit(message.name, message.payload)
    },
    abandon(reason) {
      for (const id of [...pending.keys()]) settle(id, failure('unavailable', reason))
    }
  }
}
