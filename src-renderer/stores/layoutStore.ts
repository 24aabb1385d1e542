import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ExportDraft } from './exportStore.ts'

export type Section = 'jobs' | 'history' | 'sessions' | 'recordings' | 'tasks' | 'health' | 'settings'

/** Sections that are a page in the place of the tiles, without an inspector. */
export const pageSections: ReadonlySet<Section> = new Set(['health', 'settings'])

export type DialogName = 'palette' | 'keyMap' | 'saveLayout' | 'layouts'

/** What is open in this window, and a few wishes that travel between panels, which do not know each other. */
export interface LayoutModel {
  section: Section
  isInspectorOpen: boolean
  areNoticesOpen: boolean
  areCountersOpen: boolean
  /** The one dialog of the workbench that is open. */
  dialog: DialogName | null
  /** Text to copy by hand, where the page has no clipboard. */
  shownText: { title: string; text: string } | null
  /** Id in the catalogue of what the export dialog is about; null while it is closed. */
  exportOf: string | null
  /** The part that the dialog suggests; null: all of it. */
  exportPart: Partial<ExportDraft> | null
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
    dialog: null,
    shownText: null,
    exportOf: null,
    exportPart: null,
    formFocusWish: 0
  }))
