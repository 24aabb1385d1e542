import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { desktopChannels } from './contract/desktopChannels.ts'
import { desktopPortMessage, type ClientMessage, type DesktopBridge } from './contract/transport.ts'

type Opened = Awaited<ReturnType<DesktopBridge['openDroppedFiles']>>

/** Opening many recordings takes its time; a window that was never answered must not wait for ever. */
const openFilesTimeoutMs = 60_000
const droppedFilesMax = 100

/** Runtimes before 32 keep the path on the file itself. Empty for a file that is not on a disk. */
function pathOf(file: File): string {
  if (typeof webUtils?.getPathForFile === 'function') return webUtils.getPathForFile(file)
  return (file as File & { path?: string }).path ?? ''
}

function createBridge(identity: Pick<DesktopBridge, 'windowId' | 'remote'>): DesktopBridge {
  const waiting = new Map<number, (opened: Opened) => void>()
  let nextId = 1

  // The page gets the port itself: what arrives on it takes no detour, and no copy, through this world.
  ipcRenderer.on(desktopPortMessage, (event) => {
    window.postMessage(desktopPortMessage, window.location.origin, event.ports)
  })
  ipcRenderer.on(desktopChannels.filesOpened, (_event, id: number, opened: Opened) => {
    waiting.get(id)?.(opened)
  })

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
