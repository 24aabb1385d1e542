import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { desktopChannels } from './contract/desktopChannels.ts'
import { desktopPortMessage, type ClientMessage, type DesktopBridge, type PictureKept } from './contract/transport.ts'

type Opened = Awaited<ReturnType<DesktopBridge['openDroppedFiles']>>

/** Opening many recordings takes its time; a window that was never answered must not wait for ever. */
const openFilesTimeoutMs = 60_000
const droppedFilesMax = 100
/** A person chooses where the picture goes. */
const pictureTimeoutMs = 3600_000

/** Runtimes before 32 keep the path on the file itself. Empty for a file that is not on a disk. */
function pathOf(file: File): string {
  if (typeof webUtils?.getPathForFile === 'function') return webUtils.getPathForFile(file)
  return (file as File & { path?: string }).path ?? ''
}

function createBridge(identity: Pick<DesktopBridge, 'windowId' | 'remote'>): DesktopBridge {
  const waiting = new Map<number, (opened: Opened) => void>()
  const pictures = new Map<number, (kept: PictureKept | null) => void>()
  let nextId = 1

  // The page gets the port itself: what arrives on it takes no detour, and no copy, through this world.
  ipcRenderer.on(desktopPortMessage, (event) => {
    window.postMessage(desktopPortMessage, window.location.origin, event.ports)
  })
  ipcRenderer.on(desktopChannels.filesOpened, (_event, id: number, opened: Opened) => {
    waiting.get(id)?.(opened)
  })

  ipcRenderer.on(desktopChannels.pictureKept, (_event, id: number, kept: PictureKept | null) => {
    pictures.get(id)?.(kept)
  })

  function keepPicture(...[target, name, png]: Parameters<DesktopBridge['keepPicture']>): Promise<PictureKept | null> {
    return new Promise((resolve) => {
      const id = nextId++
      const settle = (kept: PictureKept | null): void => {
        clearTimeout(timer)
        pictures.delete(id)
        resolve(kept)
      }
      const timer = setTimeout(
        () => settle({ path: null, problem: 'The picture was not kept in time.' }),
        pictureTimeoutMs
      )
      pictures.set(id, settle)
      ipcRenderer.send(desktopChannels.keepPicture, id, target, name, png)
    })
  }

  function openPaths(paths: string[]): Promise<Opened> {
    return new Promise((resolve) => {
      const id = nextId++
      const settle = (opened: Opened): void => {
        clearTimeout(timer)
        waiting.delete(id)
        resolve(opened)
      }
      const timer = setTimeout(
        () => settle({ jobIds: [], failures: [`The files were not opened within ${openFilesTimeoutMs / 1000} s.`] }),
        openFilesTimeoutMs
      )
      waiting.set(id, settle)
      ipcRenderer.send(desktopChannels.openFiles, id, paths)
    })
  }

  return {
    ...identity,
    connect: () => ipcRenderer.send(desktopChannels.connect),
    send: (message: ClientMessage) => ipcRenderer.send(desktopChannels.call, JSON.stringify(message)),
    windows: (request) => ipcRenderer.send(desktopChannels.windows, JSON.stringify(request)),
    keepPicture,
    async openDroppedFiles(files) {
      const taken = files.slice(0, droppedFilesMax).map((file) => ({ name: file.name, path: pathOf(file) }))
      const failures = taken
        .filter(({ path }) => path === '')
        .map(({ name }) => `${name} is not a file on this machine.`)
      if (files.length > taken.length)
        failures.push(`Only the first ${droppedFilesMax} of ${files.length} files were opened.`)
      const paths = taken.map(({ path }) => path).filter((path) => path !== '')
      if (paths.length === 0) return { jobIds: [], failures }
      const opened = await openPaths(paths)
      return { jobIds: opened.jobIds, failures: [...failures, ...opened.failures] }
    }
  }
}

const identity = ipcRenderer.sendSync(desktopChannels.identify) as Pick<DesktopBridge, 'windowId' | 'remote'> | null
if (identity) contextBridge.exposeInMainWorld('wavefall', createBridge(identity))
