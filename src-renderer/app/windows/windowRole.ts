import { deskId, deskWindowId, mainWindowId } from '../../../src-preload/contract/workbench.ts'

/** Which window of which desk this page is. */
export interface WindowRole {
  windowId: string
  /** Null: the core says which. */
  desk: string | null
}

const deskKey = 'wavefall.desk'

/** A pop-out is told in its address; a main window knows its desk from before it was loaded again. */
export function windowRole(search: string): WindowRole {
  const query = new URLSearchParams(search)
  const popOut = deskWindowId.safeParse(query.get('popout'))
  const desk = deskId.safeParse(query.get('desk'))
  if (popOut.success && popOut.data !== mainWindowId && desk.success) return { windowId: popOut.data, desk: desk.data }
  const kept = deskId.safeParse(sessionStorage.getItem(deskKey))
  return { windowId: mainWindowId, desk: kept.success ? kept.data : null }
}

export const rememberDesk = (desk: string): void => sessionStorage.setItem(deskKey, desk)
