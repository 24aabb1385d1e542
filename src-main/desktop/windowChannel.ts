import { MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import { desktopChannels } from '../../src-preload/contract/desktopChannels.ts'
import { failure } from '../../src-preload/contract/errors.ts'
import { windowRequest, type WindowRequest } from '../../src-preload/contract/workbench.ts'
import type { EventName, EventPayload } from '../../src-preload/contract/events.ts'
import {
  clientMessage,
  clientMessageMaxBytes,
  desktopPortMessage,
  type DesktopBridge,
  type ServerMessage
} from '../../src-preload/contract/transport.ts'
import type { Core, CorePort } from '../coreInterface.ts'
import { dispatch } from '../dispatch.ts'
import type { Log } from '../storage/log.ts'
import type { IpcRouter } from './ipcRouter.ts'
import type { KeepPicture } from './keptPictures.ts'

/** A page that is loaded again after a crash is no goodbye: its jobs wait so long for it. */
const returnsWithinMs = 10_000
const callsAtOnceMax = 64
const filesMax = 100

export interface OpenedFiles {
  jobIds: string[]
  failures: string[]
}

export interface WindowChannel {
  /** To the page; waits for it to connect where it has not yet. */
  sendEvent<Name extends EventName>(name: Name, payload: EventPayload<Name>): void
  /** The page's process is gone; it may come back. */
  pageGone(): void
  /** The window is gone for good. */
  dispose(): void
}

export interface WindowChannelOptions {
  router: IpcRouter
  contents: WebContents
  windowId: string
  remote: DesktopBridge['remote']
  /**
   * The window is up before the core is: calls wait for it. Null with a remote core: the page talks to that one itself, and
   * only the menu's commands come over the port.
   */
  core: Promise<Core> | null
  openFiles(paths: string[], windowId: string): Promise<OpenedFiles>
  /** What the page asks about the windows beside it. */
  windows(request: WindowRequest): void
  keepPicture: KeepPicture
  log: Log
}

interface Connection {
  port: MessagePortMain
  corePort: CorePort
  leave: () => void
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string' || text.length > clientMessageMaxBytes) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/**
 * One window's connection to the core. Calls come as JSON text over IPC, each from a checked sender; answers, events and row
 * frames leave on one message port, whose other end the preload hands to the page. A row frame is thus copied once, from
 * this process into the window's.
 */
export function createWindowChannel(options: WindowChannelOptions): WindowChannel {
  const { contents, windowId, remote, core, log } = options
  let connection: Promise<Connection | null> = Promise.resolve(null)
  let current: Connection | null = null
  let callsAtOnce = 0
  let closed = false
  let waitingForPage: (() => void)[] = []

  function refuseMessage(channel: string, reason: string): void {
    log.warning('ipc_refused', { channel, reason })
  }

  function leave(): void {
    const left = current
    current = null
    left?.leave()
    left?.port.close()
  }

  async function connect(): Promise<Connection | null> {
    const started = await core
    leave()
    if (closed || contents.isDestroyed()) return null
    const { port1: port, port2 } = new MessageChannelMain()
    const corePort: CorePort = {
      windowId,
      get returnsWithinMs() {
        return closed ? 0 : returnsWithinMs
      },
      sendEvent: (name, payload) => port.postMessage({ kind: 'event', name, payload }),
      sendRows: (frame) => port.postMessage(frame)
    }
    contents.postMessage(desktopPortMessage, null, [port2])
    const made: Connection = { port, corePort, leave: started?.connect(corePort) ?? (() => undefined) }
    current = made
    port.on('close', () => {
      if (current === made) leave()
    })
    port.start()
    const actions = waitingForPage
    waitingForPage = []
    for (const action of actions) action()
    return made
  }

  async function answer(message: unknown): Promise<void> {
    const [asked, started] = await Promise.all([connection, core])
    if (!asked || !started || current !== asked) return
    const reply = await dispatch(started, asked.corePort, message, (name, error) =>
      log.error('call_failed', { name, error: describe(error) })
    )
    if (reply && current === asked) asked.port.postMessage(reply)
  }

  async function call(text: unknown): Promise<void> {
    const parsed = clientMessage.safeParse(parseJson(text))
    if (!parsed.success) return refuseMessage(desktopChannels.call, 'not a call')
    if (callsAtOnce >= callsAtOnceMax) {
      refuseMessage(desktopChannels.call, 'too many calls at once')
      const sentence = `${callsAtOnceMax} calls of this window wait for their answers already.`
      const reply: ServerMessage = { kind: 'answer', id: parsed.data.id, result: failure('refused', sentence) }
      current?.port.postMessage(reply)
      return
    }
    callsAtOnce += 1
    try {
      await answer(parsed.data)
    } catch (error) {
      // The core never started; the shell says so itself.
      log.warning('call_unanswered', { name: parsed.data.name, reason: String(error) })
    } finally {
      callsAtOnce -= 1
    }
  }

  async function openFiles(paths: unknown): Promise<OpenedFiles> {
    if (!Array.isArray(paths) || paths.length > filesMax || !paths.every((path) => typeof path === 'string'))
      return { jobIds: [], failures: ['These are not files.'] }
    try {
      return await options.openFiles(paths, windowId)
    } catch (error) {
      log.error('open_files_failed', { error: describe(error) })
      return {
        jobIds: [],
        failures: ['The files could not be opened because of an error in the program; see its log.']
      }
    }
  }

  const stopHearing = options.router.add(contents, {
    identify: () => ({ windowId, remote }),
    connect() {
      connection = connect()
      connection.catch((error: unknown) => log.warning('window_not_connected', { reason: String(error) }))
    },
    call: (text) => void call(text),
    openFiles(id, paths) {
      void openFiles(paths).then((opened) => {
        if (!contents.isDestroyed()) contents.send(desktopChannels.filesOpened, id, opened)
      })
    },
    windows(text) {
      const request = windowRequest.safeParse(parseJson(text))
      if (request.success) options.windows(request.data)
      else refuseMessage(desktopChannels.windows, 'not a request about windows')
    },
    keepPicture(id, target, name, png) {
      void options.keepPicture(target, name, png).then((kept) => {
        if (!contents.isDestroyed()) contents.send(desktopChannels.pictureKept, id, kept)
      })
    }
  })

  return {
    sendEvent(name, payload) {
      const send = (): void => current?.port.postMessage({ kind: 'event', name, payload })
      if (current) send()
      else if (waitingForPage.length < callsAtOnceMax) waitingForPage.push(send)
    },
    pageGone: leave,
    dispose() {
      closed = true
      stopHearing()
      leave()
    }
  }
}
