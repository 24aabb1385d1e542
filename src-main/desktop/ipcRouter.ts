import { ipcMain, type IpcMainEvent, type WebContents } from 'electron'
import { desktopChannels } from '../../src-preload/contract/desktopChannels.ts'
import type { Log } from '../storage/log.ts'
import { isTrustedSender } from './senderCheck.ts'

/** What the page of one window may say. Arguments are what came: nothing of them is checked yet. */
export interface PageMessages {
  /** The answer to a synchronous question. */
  identify(): unknown
  connect(): void
  call(text: unknown): void
  openFiles(id: unknown, paths: unknown): void
  windows(text: unknown): void
  keepPicture(id: unknown, target: unknown, name: unknown, png: unknown): void
}

export interface IpcRouter {
  /** The returned function ends it. */
  add(contents: WebContents, messages: PageMessages): () => void
  /** Messages from a frame that is not a page of ours. */
  foreignSenders(): number
  dispose(): void
}

/** Hands each message to the window that it came from; one listener a channel, however many windows there are. */
export function createIpcRouter(log: Log): IpcRouter {
  const windows = new Map<WebContents, PageMessages>()
  let foreign = 0

  function messagesFor(event: IpcMainEvent, channel: string): PageMessages | null {
    const messages = windows.get(event.sender)
    if (messages && isTrustedSender(event, (sender) => windows.has(sender))) return messages
    foreign += 1
    log.warning('ipc_refused', { channel, address: event.senderFrame?.url.slice(0, 200) ?? 'gone' })
    return null
  }

  const listeners: Record<string, (event: IpcMainEvent, ...args: unknown[]) => void> = {
    [desktopChannels.identify](event) {
      // A synchronous question that is not answered would hang whoever asks.
      event.returnValue = messagesFor(event, desktopChannels.identify)?.identify() ?? null
    },
    [desktopChannels.connect]: (event) => messagesFor(event, desktopChannels.connect)?.connect(),
    [desktopChannels.call]: (event, text) => messagesFor(event, desktopChannels.call)?.call(text),
    [desktopChannels.openFiles]: (event, id, paths) =>
      messagesFor(event, desktopChannels.openFiles)?.openFiles(id, paths),
    [desktopChannels.windows]: (event, text) => messagesFor(event, desktopChannels.windows)?.windows(text),
    [desktopChannels.keepPicture]: (event, id, target, name, png) =>
      messagesFor(event, desktopChannels.keepPicture)?.keepPicture(id, target, name, png)
  }
  for (const [channel, listener] of Object.entries(listeners)) ipcMain.on(channel, listener)

  return {
    add(contents, messages) {
      windows.set(contents, messages)
      return () => windows.delete(contents)
    },
    foreignSenders: () => foreign,
    dispose() {
      for (const [channel, listener] of Object.entries(listeners)) ipcMain.off(channel, listener)
      windows.clear()
    }
  }
}
