import type { BackendRecording, LiveFibre } from '../../src-preload/contract/schemas.ts'
import type { ControlClient } from '../streams/controlClient.ts'

/** The backend as jobs see it, whichever process it is and wherever it listens at the moment. */
export interface Backend {
  /** Stays the same when the backend comes back elsewhere: its URL, or `embedded`. */
  readonly key: string
  readonly name: string
  /** Null while there is nothing to talk to. */
  control(): ControlClient | null
  /** Whether it answered when it was last asked; one asks for all, so that many jobs do not knock at a closed door. */
  isUp(): boolean
  fibre(): LiveFibre | null
  /** One of those that were listed last, by name or by its range. */
  knownRecording(name: string | null, startNs: string): BackendRecording | null
  channels(): { lowest: number; highest: number } | null
  /** PEM text for TLS streams. */
  readonly ca: string | null
}
