import { extname, join } from 'node:path'
import { desktopHost, desktopScheme } from '../../src-preload/contract/security.ts'

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8'
}

export interface Asset {
  file: string
  mediaType: string
}

/**
 * The file of the built windows behind an address of our scheme; null for every address that is not exactly one of ours:
 * another host, a type we do not ship, or a path that is encoded to lead elsewhere (`..`, hidden files, back slashes, NUL).
 */
export function resolveAsset(address: string, folder: string): Asset | null {
  let path: string
  try {
    const url = new URL(address)
    if (url.protocol !== `${desktopScheme}:` || url.host !== desktopHost) return null
    path = decodeURIComponent(url.pathname)
  } catch {
    return null
  }
  if (path === '/') path = '/index.html'
  const segments = path.split('/').slice(1)
  if (!segments.every((segment) => /^[\w-][\w.@-]*$/.test(segment))) return null
  const mediaType = mediaTypes[extname(path).toLowerCase()]
  return mediaType === undefined ? null : { file: join(folder, ...segments), mediaType }
}
