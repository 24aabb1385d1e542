import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { Actions } from '../stores/actions.ts'
import type { Stores } from '../stores/stores.ts'

/** Does what a menu entry of the shell says. */
export function followShell(connection: CoreConnection, stores: Stores, actions: Actions): () => void {
  return connection.on('window.command', ({ command, jobId }) => {
    const selected = jobId ?? stores.jobs.getState().selectedId
    if (command === 'new-job') actions.newJob()
    else if (command === 'go-live') stores.views.active()?.actions.getState().tile?.goLive()
    else if (command === 'show-job') stores.jobs.select(jobId)
    else if (command === 'close-job') {
      if (selected) void actions.closeJob(selected)
    } else {
      const isDark = document.documentElement.dataset.theme === 'dark'
      void actions.setDisplay({ theme: isDark ? 'light' : 'dark' })
    }
  })
}

/** Files dropped on the window become historic jobs in the desktop shell; a browser has no paths to give. */
export function followDrops(actions: Actions): () => void {
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
  }
  const drop = (event: DragEvent): void => {
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    if (window.wavefall) {
      void window.wavefall.openDroppedFiles(files)
      return
    }
    actions.notify(
      'warning',
      'dropped files',
      'A browser cannot open dropped files here',
      'Put the recordings into the folder that the backend serves, or use the desktop program.'
    )
  }
  window.addEventListener('dragover', over)
  window.addEventListener('drop', drop)
  return () => {
    window.removeEventListener('dragover', over)
    window.removeEventListener('drop', drop)
  }
}
