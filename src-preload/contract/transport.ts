import { z } from 'zod'
import type { CallFunction } from './calls.ts'
import type { EventName, EventPayload } from './events.ts'
import type { WindowRequest } from './workbench.ts'

/** JSON messages of both shells; row frames travel as binary messages on the same channel (see frames.ts). */
export const clientMessage = z.object({
  kind: z.literal('call'),
  id: z.number().int().min(0),
  name: z.string().max(100),
  arguments: z.unknown()
})
export type ClientMessage = z.infer<typeof clientMessage>

export type ServerMessage =
  { kind: 'answer'; id: number; result: unknown } | { kind: 'event'; name: EventName; payload: unknown }

/** Web socket subprotocols: the protocol itself, and `token.<token>` beside it. */
export const webSocketProtocol = 'wavefall.v1'
export const webSocketTokenPrefix = 'token.'
export const webSocketPath = '/socket'
/** Query parameter of the web socket: a window that comes back after a reload says who it was. */
export const webSocketWindowParameter = 'window'
export const windowIdPattern = /^[A-Za-z0-9-]{8,64}$/
/** Answers 204 to `Authorization: Bearer <token>` and 401 otherwise: a browser cannot see why a web socket was refused. */
export const sessionPath = '/session'

/** Largest JSON message a client may send, bytes. */
export const clientMessageMaxBytes = 256 * 1024

export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused'

/** What the renderer talks to, whichever shell carries it. */
export interface CoreConnection {
  readonly windowId: string
  readonly call: CallFunction
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void
  /** The buffer belongs to the listener. */
  onRows(listener: (frame: ArrayBuffer) => void): () => void
  onState(listener: (state: ConnectionState, reason: string) => void): () => void
  dispose(): void
}

/**
 * What the preload puts on `window.wavefall` in the desktop shell. Absent in the web shell. Messages and row frames of the
 * core arrive on one MessagePort, so that a `view.described` can never be overtaken by the rows that it describes.
 */
export interface DesktopBridge {
  readonly windowId: string
  /** With `--connect URL` the window talks to that core by web socket instead of the local one. */
  readonly remote: { url: string; token: string } | null
  /** Asks for a (new) port; it comes as a window message whose data is `desktopPortMessage`, with the port in `ports`. */
  connect(): void
  send(message: ClientMessage): void
  /** Opens files that were dropped on the window; the renderer never sees or makes a path. Rejects never. */
  openDroppedFiles(files: File[]): Promise<{ jobIds: string[]; failures: string[] }>
  /** Windows beside this one, and where this one is. */
  windows(request: WindowRequest): void
  /** A PNG to a file that the operator chooses, or to the clipboard. Rejects never; null: the dialog was closed. */
  keepPicture(target: 'file' | 'clipboard', name: string, png: ArrayBuffer): Promise<PictureKept | null>
}

/** Where a picture went, or why it did not, in one sentence. */
export interface PictureKept {
  path: string | null
  problem: string | null
}

export const desktopPortMessage = 'wavefall.port'

declare global {
  interface Window {
    wavefall?: DesktopBridge
  }
}
