import { createStore, type StoreApi } from 'zustand/vanilla'

export type Section = 'jobs' | 'sessions' | 'recordings' | 'tasks'

/** What is open in this window, and a few wishes that travel between panels, which do not know each other. */
export interface LayoutModel {
  section: Section
  isInspectorOpen: boolean
  areNoticesOpen: boolean
  areCountersOpen: boolean
  /** Id in the catalogue of what the export dialog is about; null while it is closed. */
  exportOf: string | null
  /** Rises when the form should take the focus. */
  formFocusWish: number
}

export type LayoutStore = StoreApi<LayoutModel>

export const createLayoutStore = (): LayoutStore =>
  createStore<LayoutModel>(() => ({
    section: 'jobs',
    isInspectorOpen: true,
    areNoticesOpen: false,
    areCountersOpen: false,
    exportOf: null,
    formFocusWish: 0
  }))
