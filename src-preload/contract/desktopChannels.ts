/** IPC channels between the preload and the desktop shell. */
export const desktopChannels = {
  /** Synchronous, once a page: → `{ windowId, remote }`, null for a sender that is not our page. */
  identify: 'wavefall.identify',
  connect: 'wavefall.connect',
  /** One `ClientMessage` as JSON text. */
  call: 'wavefall.call',
  /** id, paths of dropped files; answered by `filesOpened` with the same id. */
  openFiles: 'wavefall.openFiles',
  filesOpened: 'wavefall.filesOpened',
  /** One `WindowRequest` as JSON text. */
  windows: 'wavefall.windows',
  /** id, target, suggested name, bytes of a PNG; answered by `pictureKept` with the same id. */
  keepPicture: 'wavefall.keepPicture',
  pictureKept: 'wavefall.pictureKept'
} as const
