import { createStore, type StoreApi } from 'zustand/vanilla'

export type Section = 'jobs' | 'recordings'

/** What is open in this window, and a few wishes that travel between panels, which do not know each other. */
export interface LayoutModel {
  section: Section
  isInspectorOpen: boolean
  areNoticesOpen: boolean
  areCountersOpen: boolean
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
    formFocusWish: 0
  }))
