import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { Actions } from '../stores/actions.ts'
import type { Stores } from '../stores/stores.ts'
import type { Commands } from './commands/runCommands.ts'

/** Does what a menu entry of the shell says. */
export function followShell(connection: CoreConnection, stores: Stores, commands: Commands): () => void {
  return connection.on('window.command', ({ command, jobId }) => {
    if (command === 'show-job') stores.jobs.select(jobId)
    else commands.run(command)
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
