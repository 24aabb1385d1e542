import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BackendRecording, BackendStatus, MachineReading } from '../../src-preload/contract/schemas.ts'
import { defaultSettings, type DisplaySettings, type Settings } from '../../src-preload/contract/settings.ts'

/** What the core says of itself, its backend and its machine. */
export interface CoreModel {
  settings: Settings | null
  backend: BackendStatus | null
  /** When the backend's status came, by this window's monotonic clock: "tries again in" counts down from there. */
  backendAtMs: number
  recordings: BackendRecording[]
  /** Why the list of recordings could not be read; null when it could. */
  recordingsProblem: string | null
  machine: MachineReading | null
}

export type CoreStore = StoreApi<CoreModel>

export const createCoreStore = (): CoreStore =>
  createStore<CoreModel>(() => ({
    settings: null,
    backend: null,
    backendAtMs: 0,
    recordings: [],
    recordingsProblem: null,
    machine: null
  }))

/** Before the settings came: dark, as at first start. */
export const displayBeforeSettings: DisplaySettings = { ...defaultSettings().display, showHints: false }
