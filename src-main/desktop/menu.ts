import type { MenuItemConstructorOptions } from 'electron'
import { commandEntry, commandIds, type CommandId } from '../../src-preload/contract/commands.ts'

export type WindowCommand = CommandId

export interface MenuActions {
  command(command: WindowCommand): void
  /** Null with a remote core: it cannot read this machine's files, so the entry is left out rather than dead. */
  openRecordings: (() => void) | null
  showDataFolder: (() => void) | null
  showLicence(): void
}

export interface MenuKind {
  mac: boolean
  /** Reloading and the developer's tools: an operator's picture must not go by a slip on the keyboard. */
  developing: boolean
}

const separator: MenuItemConstructorOptions = { type: 'separator' }

/** Single keys (L, space, …) belong to the page, which knows whether a text field has the focus. */
export function menuTemplate(actions: MenuActions, { mac, developing }: MenuKind): MenuItemConstructorOptions[] {
  /** The entries of one place, from the table that palette and key map are made of. */
  const entries = (place: 'file' | 'view' | 'tiles'): MenuItemConstructorOptions[] =>
    commandIds.flatMap((id): MenuItemConstructorOptions[] => {
      const { title, menu } = commandEntry(id)
      if (menu?.place !== place) return []
      const { accelerator } = menu
      return [{ id, label: title, click: () => actions.command(id), ...(accelerator ? { accelerator } : {}) }]
    })
  const optional = (click: (() => void) | null, item: MenuItemConstructorOptions): MenuItemConstructorOptions[] =>
    click ? [{ ...item, click: () => click() }] : []
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        ...entries('file'),
        ...optional(actions.openRecordings, { id: 'open', label: '&Open recording…', accelerator: 'CmdOrCtrl+O' }),
        separator,
        ...optional(actions.showDataFolder, { id: 'data-folder', label: 'Show &data folder' }),
        { role: 'close', label: 'Close &window', accelerator: 'CmdOrCtrl+W' },
        ...(mac ? [] : [{ role: 'quit', label: '&Quit', accelerator: 'CmdOrCtrl+Q' } as const])
      ]
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        ...entries('view'),
        separator,
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        ...(developing ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : [])
      ]
    },
    { label: '&Tiles', submenu: entries('tiles') },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    {
      role: 'help',
      label: '&Help',
      submenu: [
        { id: 'licence', label: '&Licence (opens the browser)', click: () => actions.showLicence() },
        ...(mac ? [] : [{ role: 'about', label: '&About Wavefall' } as const])
      ]
    }
  ]
}
