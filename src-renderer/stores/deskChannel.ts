import { createListeners } from '../stream/listeners.ts'
import type { ViewPlace, ViewRange } from './viewStore.ts'
import type { LinkGroup } from '../../src-preload/contract/workbench.ts'

/** What the windows of one program tell each other without the core: what is too quick, or too fleeting, for it. */
export type DeskMessage =
  | { kind: 'cursor'; group: NonNullable<LinkGroup>; at: ViewPlace | null }
  | { kind: 'range'; group: NonNullable<LinkGroup>; range: ViewRange }
  /** A pop-out asks its main window to take its view back, or to end it. */
  | { kind: 'leave'; windowId: string; what: 'return' | 'close' }
  /** A main window ended a pop-out. */
  | { kind: 'dismiss'; windowId: string }
  /** A main window asks who is there; pop-outs answer, also when they begin; a page that goes says so. */
  | { kind: 'who' }
  | { kind: 'here'; windowId: string }
  | { kind: 'gone'; windowId: string }

export interface DeskChannel {
  send(message: DeskMessage): void
  onMessage(listener: (message: DeskMessage) => void): () => void
  dispose(): void
}

const channelName = 'wavefall.desk'

/** Windows of the same browser and the same core; messages of other desks are passed over. */
export function openDeskChannel(deskOf: () => string | null): DeskChannel {
  const channel = new BroadcastChannel(channelName)
  const listeners = createListeners<[message: DeskMessage]>()
  channel.onmessage = ({ data }: MessageEvent<{ desk: string; message: DeskMessage }>) => {
    if (data.desk === deskOf()) listeners.emit(data.message)
  }
  return {
    send(message) {
      const desk = deskOf()
      if (desk !== null) channel.postMessage({ desk, message })
    },
    onMessage: (listener) => listeners.add(listener),
    dispose() {
      channel.close()
      listeners.clear()
    }
  }
}
