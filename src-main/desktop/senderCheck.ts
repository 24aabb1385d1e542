import { desktopHost, desktopScheme } from '../../src-preload/contract/security.ts'

/** What of Electron's frame matters here. */
export interface SenderFrame {
  readonly url: string
  readonly parent: unknown
}

export interface SenderEvent<Contents> {
  readonly sender: Contents
  /** Null when the frame has gone or went elsewhere meanwhile. */
  readonly senderFrame: SenderFrame | null
}

export function isOwnAddress(address: string): boolean {
  try {
    const { protocol, host, username, password, port } = new URL(address)
    return protocol === `${desktopScheme}:` && host === desktopHost && !username && !password && !port
  } catch {
    return false
  }
}

/** A message counts only from the main frame of a window of ours, showing our own page. */
export function isTrustedSender<Contents>(
  event: SenderEvent<Contents>,
  isOurs: (sender: Contents) => boolean
): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isOurs(event.sender) && isOwnAddress(frame.url)
}
