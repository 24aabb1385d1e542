import { dialog, type BrowserWindow, type FileFilter } from 'electron'

const filters: FileFilter[] = [
  // What a file is shows in its content; some formats have no ending of their own.
  { name: 'All files', extensions: ['*'] },
  {
    name: 'DAS recordings',
    extensions: [
      'h5',
      'hdf5',
      'tdms',
      'sgy',
      'segy',
      'mseed',
      'sac',
      'nc',
      'npy',
      'npz',
      'mat',
      'wav',
      'das',
      'pb',
      'bin'
    ]
  }
]

/** Paths that the operator chose in the system's dialog; empty when it was cancelled. */
export async function chooseRecordings(window: BrowserWindow | null): Promise<string[]> {
  const options: Electron.OpenDialogOptions = {
    title: 'Open recordings',
    properties: ['openFile', 'multiSelections'],
    filters
  }
  const chosen = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options))
  return chosen.canceled ? [] : chosen.filePaths
}

/** Where an export goes, as the operator chose it in the system's dialog; null when it was closed. */
export async function chooseExportTarget(window: BrowserWindow | null, suggestedName: string): Promise<string | null> {
  const ending = suggestedName.split('.').at(-1) ?? ''
  const options: Electron.SaveDialogOptions = {
    title: 'Export',
    defaultPath: suggestedName,
    filters: [
      { name: `.${ending}`, extensions: [ending] },
      { name: 'All files', extensions: ['*'] }
    ],
    properties: ['createDirectory', 'showOverwriteConfirmation']
  }
  const chosen = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options))
  return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath
}

/** What could not be opened, said in the system's own way; it stays until it is read. */
export async function showFailures(window: BrowserWindow | null, failures: string[]): Promise<void> {
  if (failures.length === 0) return
  const shown = failures.slice(0, 10)
  if (failures.length > shown.length) shown.push(`… and ${failures.length - shown.length} more.`)
  const options: Electron.MessageBoxOptions = {
    type: 'error',
    title: 'Wavefall',
    message: failures.length === 1 ? 'A file could not be opened.' : `${failures.length} files could not be opened.`,
    detail: shown.join('\n'),
    buttons: ['OK']
  }
  await (window && !window.isDestroyed() ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options))
}
