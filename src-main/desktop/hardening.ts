import { app, shell, type Session, type WebContents } from 'electron'
import type { Log } from '../storage/log.ts'
import { isExternalPage } from './externalLinks.ts'
import { isOwnAddress } from './senderCheck.ts'

const downloadTypes = new Set(['text/csv', 'application/json'])
const downloadBytesMost = 100_000_000

/** A text that our own page made: its marks, its settings. Nothing that comes from elsewhere is ever saved. */
export function isOwnText(address: string, type: string, bytes: number): boolean {
  const inner = /^blob:(.+)$/.exec(address)?.[1]
  return inner !== undefined && isOwnAddress(inner) && downloadTypes.has(type) && bytes <= downloadBytesMost
}

/** The windows need no permission of the system at all: no camera, no place, no notification, no device. */
export function denyPermissions(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    log.warning('permission_denied', { permission })
    decide(false)
  })
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event, item) => {
    if (isOwnText(item.getURL(), item.getMimeType(), item.getTotalBytes())) {
      // The system's dialog asks where it goes; nothing is written before it is answered.
      item.setSaveDialogOptions({
        defaultPath: item.getFilename(),
        properties: ['createDirectory', 'showOverwriteConfirmation']
      })
      return
    }
    event.preventDefault()
    log.warning('download_refused')
  })
}

export function openExternalPage(address: string, log: Log): void {
  if (!isExternalPage(address)) {
    log.warning('link_refused', { address: address.slice(0, 200) })
    return
  }
  shell.openExternal(address).catch((error: unknown) => log.warning('link_failed', { reason: String(error) }))
}

function lockContents(contents: WebContents, log: Log): void {
  contents.on('will-navigate', (event, address) => {
    // The page may load itself again; a link to anywhere else is shown by the browser, if it is one of ours.
    if (isOwnAddress(address) && new URL(address).pathname === '/') return
    event.preventDefault()
    openExternalPage(address, log)
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openExternalPage(url, log)
    return { action: 'deny' }
  })
}

/** Locks every page of the program, whoever makes it. */
export function lockNavigation(log: Log): void {
  app.on('web-contents-created', (_event, contents) => lockContents(contents, log))
}
