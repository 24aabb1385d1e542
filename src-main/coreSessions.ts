import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure } from '../src-preload/contract/errors.ts'
import type { sessionCalls } from '../src-preload/contract/sessions.ts'
import type { CorePort } from './coreInterface.ts'

export type SessionHandlers = Pick<Handlers<CorePort>, keyof typeof sessionCalls>

/** Captures and the catalogue, as windows and scripts ask for them. */
export function createSessionHandlers(): SessionHandlers {
  const away = async (): Promise<ReturnType<typeof failure>> =>
    failure('unsupported', 'This version does not capture yet.')
  return {
    'captures.start': away,
    'captures.arm': away,
    'captures.stop': away,
    'captures.list': away,
    'sessions.list': away,
    'sessions.show': away,
    'sessions.update': away,
    'sessions.delete': away,
    'sessions.verify': away,
    'sessions.open': away,
    'sessions.reindex': away
  }
}
