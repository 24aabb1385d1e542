import { app, dialog, type BrowserWindow } from 'electron'
import type { Log } from '../storage/log.ts'

const crashesMax = 3
const withinMs = 60_000

/** A window whose process died is loaded again, and the operator told; one that keeps dying is not loaded for ever. */
export function recoverFromCrashes(window: BrowserWindow, log: Log, onCrash: () => void): void {
  let crashes: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const now = Date.now()
    crashes = [...crashes.filter((at) => now - at < withinMs), now]
    log.error('window_process_gone', { reason, exitCode, crashes: crashes.length })
    onCrash()
    if (crashes.length > crashesMax) {
      void dialog
        .showMessageBox({
          type: 'error',
          message: 'The window keeps failing.',
          detail: `It stopped ${crashes.length} times within a minute (${reason}). Streams go on; the log has the details.`,
          buttons: ['Load Again', 'Quit'],
          cancelId: 0
        })
        .then(({ response }) => {
          if (response === 1) app.quit()
          else if (!window.isDestroyed()) window.webContents.reload()
        })
      return
    }
    window.webContents.reload()
    void dialog.showMessageBox(window, {
      type: 'warning',
      message: 'The window stopped working and was loaded again.',
      detail: `Its process ended (${reason}). Streams were not touched; the picture starts from the rows that are kept.`
    })
  })
}
