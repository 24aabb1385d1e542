/** Port of the web shell where none is named. Apart from the server, so that a command line need not load it. */
export const defaultWebPort = 4870

/** Hosts that only this machine reaches; anything else deserves a warning when it is not encrypted. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1|\[::1\])$/.test(host)

/** How this machine reaches what listens there. */
export function shownUrl(host: string, port: number, encrypted: boolean): string {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `${encrypted ? 'https' : 'http'}://${shown}:${port}`
}
