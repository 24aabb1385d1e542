import type { Handlers } from '../src-preload/contract/calls.ts'
import type { Access } from './access/access.ts'
import type { Identity } from './access/identity.ts'
import type { ServedSessions } from './sessions/remote/servedSessions.ts'
import type { EventName, EventPayload } from '../src-preload/contract/events.ts'

/** One connected window (or script), as a shell hands it to the core. */
export interface CorePort {
  readonly windowId: string
  /** Tells apart windows that may come back after a reload (web) from those that are gone when they close. */
  readonly returnsWithinMs: number
  /** Who it is, as its token says. Absent: a window or a command of this machine's own program, which may do all. */
  readonly identity?: Identity
  sendEvent<Name extends EventName>(name: Name, payload: EventPayload<Name>): void
  /** Takes the buffer over (it may be transferred). */
  sendRows(frame: ArrayBuffer): void
}

/** The core as shells see it. */
export interface Core {
  readonly handlers: Handlers<CorePort>
  /** Registers a window for events; the returned function says that it went away (its subscriptions end, its jobs close). */
  connect(port: CorePort): () => void
  /** Opens recording files as historic jobs; used by shells for dialogs, drops, associations and the command line. */
  openFiles(paths: string[], windowId: string | null): Promise<{ jobIds: string[]; failures: string[] }>
  /** Tokens, roles and audit: what lets a connection of another machine in, and says what it may do. */
  readonly access: Access
  /** Sessions and opened files for readers on other machines. */
  readonly served: ServedSessions
  /** Ends streams, DELETEs jobs, stops workers and the embedded server. Resolves within 10 s. */
  dispose(): Promise<void>
}
