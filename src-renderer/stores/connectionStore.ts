import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CallResult } from '../../src-preload/contract/calls.ts'
import type { ConnectionState } from '../../src-preload/contract/transport.ts'

export interface ConnectionModel {
  state: ConnectionState
  /** Why it is lost or refused. */
  reason: string
  /** Who answered; null before the first answer. */
  hello: CallResult<'core.hello'> | null
  /** Whether the connection was open once: a first try is not a loss. */
  wasOpen: boolean
}

export type ConnectionStore = StoreApi<ConnectionModel>

export const createConnectionStore = (): ConnectionStore =>
  createStore<ConnectionModel>(() => ({ state: 'connecting', reason: '', hello: null, wasOpen: false }))
