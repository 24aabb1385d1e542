import type { MenuItemConstructorOptions } from 'electron'
import type { EventPayload } from '../../src-preload/contract/events.ts'

export type WindowCommand = EventPayload<'window.command'>['command']

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
  const entry = (label: string, command: WindowCommand, accelerator: string): MenuItemConstructorOptions => ({
    id: command,
    label,
    accelerator,
    click: () => actions.command(command)
  })
  const optional = (click: (() => void) | null, item: MenuItemConstructorOptions): MenuItemConstructorOptions[] =>
    click ? [{ ...item, click: () => click() }] : []
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        entry('&New job', 'new-job', 'CmdOrCtrl+N'),
        ...optional(actions.openRecordings, { id: 'open', label: '&Open recording…', accelerator: 'CmdOrCtrl+O' }),
        entry('&Close job', 'close-job', 'CmdOrCtrl+Shift+W'),
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
        entry('Go &live', 'go-live', 'CmdOrCtrl+L'),
        entry('&Dark or light', 'toggle-theme', 'CmdOrCtrl+Shift+L'),
        separator,
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        separator,
        { role: 'togglefullscreen', label: '&Full screen' },
        ...(developing ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : [])
      ]
    },
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
