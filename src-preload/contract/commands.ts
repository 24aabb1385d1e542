/**
 * Everything that an operator can ask for by key, palette or menu, in one table: the key map, the palette and the desktop's
 * menu are made from it. What a command does is the window's; see `src-renderer/app/commands`.
 */
export interface CommandEntry {
  title: string
  section: CommandSection
  /** The first is shown. `Ctrl` is the command key of a Mac. Single keys do nothing in text fields. */
  keys: readonly string[]
  /** In the desktop's menu; `accelerator` only where the key must work in text fields too. */
  menu?: { place: 'file' | 'view' | 'tiles'; accelerator?: string }
}

export const commandSections = ['Jobs', 'Playback', 'View', 'Measure', 'Tiles', 'Layouts', 'Window'] as const
export type CommandSection = (typeof commandSections)[number]

const entry = (
  section: CommandSection,
  title: string,
  keys: readonly string[] = [],
  menu?: CommandEntry['menu']
): CommandEntry => ({ title, section, keys, ...(menu ? { menu } : {}) })

export const commands = {
  'new-job': entry('Jobs', 'New job', ['Ctrl+N', 'N'], { place: 'file', accelerator: 'CmdOrCtrl+N' }),
  'close-job': entry('Jobs', 'Close job', ['Ctrl+Shift+W'], { place: 'file', accelerator: 'CmdOrCtrl+Shift+W' }),
  'open-again': entry('Jobs', 'Open the job of this tile again'),
  capture: entry('Jobs', 'Capture on or off', ['R']),
  'show-jobs': entry('Jobs', 'Show jobs'),
  'show-history': entry('Jobs', 'Show the history of jobs', ['H']),
  'show-sessions': entry('Jobs', 'Show sessions'),
  'show-recordings': entry('Jobs', 'Show recordings'),
  'show-tasks': entry('Jobs', 'Show tasks'),

  'play-pause': entry('Playback', 'Play or pause', ['Space']),
  'seek-back': entry('Playback', 'Seek back', ['ArrowLeft']),
  'seek-on': entry('Playback', 'Seek on', ['ArrowRight']),
  'seek-back-far': entry('Playback', 'Seek back, far', ['Shift+ArrowLeft']),
  'seek-on-far': entry('Playback', 'Seek on, far', ['Shift+ArrowRight']),
  'step-back': entry('Playback', 'One row back', [';']),
  'step-on': entry('Playback', 'One row on', ["'"]),
  'step-back-second': entry('Playback', 'One second back', [':']),
  'step-on-second': entry('Playback', 'One second on', ['"']),
  slower: entry('Playback', 'Play slower', ['J']),
  faster: entry('Playback', 'Play faster', ['K']),
  'toggle-loop': entry('Playback', 'Loop over the selection, or all', ['P']),

  'go-live': entry('View', 'Go live', ['L'], { place: 'view', accelerator: 'CmdOrCtrl+L' }),
  'zoom-time-in': entry('View', 'Zoom in on time', ['+', '=']),
  'zoom-time-out': entry('View', 'Zoom out of time', ['-']),
  'zoom-distance-out': entry('View', 'Zoom out of distance', ['[']),
  'zoom-distance-in': entry('View', 'Zoom in on distance', [']']),
  'reset-view': entry('View', 'Show all', ['0']),
  'view-back': entry('View', 'Back to the view before', ['Backspace']),
  'channel-before': entry('View', 'Channel before', [',']),
  'channel-after': entry('View', 'Channel after', ['.']),
  'automatic-levels': entry('View', 'Automatic levels', ['A']),
  screenshot: entry('View', 'Save a picture of the tile', ['S'], { place: 'view' }),
  'screenshot-window': entry('View', 'Save a picture of the window', ['Shift+S'], { place: 'view' }),
  'copy-screenshot': entry('View', 'Copy a picture of the tile', ['Ctrl+Shift+C']),

  cursors: entry('Measure', 'Cursors', ['C']),
  marker: entry('Measure', 'Marker', ['M']),
  'keep-line': entry('Measure', 'Keep the picked line as an annotation', ['Enter']),
  'remove-mark': entry('Measure', 'Remove the chosen annotation', ['Delete']),
  undo: entry('Measure', 'Take back the last pick or annotation', ['Ctrl+Z']),
  redo: entry('Measure', 'Do again what was taken back', ['Ctrl+Shift+Z', 'Ctrl+Y']),
  'export-selection': entry('Measure', 'Export', ['E']),

  'tile-1': entry('Tiles', 'Choose tile 1', ['1']),
  'tile-2': entry('Tiles', 'Choose tile 2', ['2']),
  'tile-3': entry('Tiles', 'Choose tile 3', ['3']),
  'tile-4': entry('Tiles', 'Choose tile 4', ['4']),
  'tile-5': entry('Tiles', 'Choose tile 5', ['5']),
  'tile-6': entry('Tiles', 'Choose tile 6', ['6']),
  'split-right': entry('Tiles', 'Split to the right', ['Ctrl+ArrowRight'], { place: 'tiles' }),
  'split-below': entry('Tiles', 'Split below', ['Ctrl+ArrowDown'], { place: 'tiles' }),
  'maximise-tile': entry('Tiles', 'Maximise or restore the tile', ['X'], { place: 'tiles' }),
  'close-tile': entry('Tiles', 'Close the tile', ['Ctrl+Delete'], { place: 'tiles' }),
  'swap-left': entry('Tiles', 'Change places with the tile to the left', ['Ctrl+Shift+ArrowLeft']),
  'swap-right': entry('Tiles', 'Change places with the tile to the right', ['Ctrl+Shift+ArrowRight']),
  'swap-above': entry('Tiles', 'Change places with the tile above', ['Ctrl+Shift+ArrowUp']),
  'swap-below': entry('Tiles', 'Change places with the tile below', ['Ctrl+Shift+ArrowDown']),
  'tiles-one': entry('Tiles', 'One tile'),
  'tiles-two': entry('Tiles', 'Two tiles'),
  'tiles-three': entry('Tiles', 'Three tiles'),
  'tiles-four': entry('Tiles', 'Four tiles'),
  'tiles-six': entry('Tiles', 'Six tiles'),
  'pop-out': entry('Tiles', 'Tile into a window of its own', ['O'], { place: 'tiles' }),
  'pop-in': entry('Tiles', 'Window back into the main window', ['O']),

  'save-layout': entry('Layouts', 'Save the layout…', ['Ctrl+Shift+S'], { place: 'tiles' }),
  'open-layout': entry('Layouts', 'Layouts…', ['Ctrl+Shift+O'], { place: 'tiles' }),
  'return-windows': entry('Layouts', 'All windows back into the main window'),

  palette: entry('Window', 'Command palette', ['Ctrl+Shift+P', 'Ctrl+K'], { place: 'view' }),
  'key-map': entry('Window', 'Key map', ['?', 'F1'], { place: 'view' }),
  'full-screen': entry('Window', 'Full screen', ['F', 'F11'], { place: 'view' }),
  'toggle-inspector': entry('Window', 'Inspector on or off', ['I']),
  'toggle-theme': entry('Window', 'Dark or light', [], { place: 'view', accelerator: 'CmdOrCtrl+Shift+L' }),
  'show-notices': entry('Window', 'Notices'),
  'show-health': entry('Window', 'Health', ['G']),
  'show-settings': entry('Window', 'Settings', ['Ctrl+,'], { place: 'file' })
} as const satisfies Record<string, CommandEntry>

export type CommandId = keyof typeof commands
export const commandIds = Object.keys(commands) as [CommandId, ...CommandId[]]
export const commandEntry = (id: CommandId): CommandEntry => commands[id]
