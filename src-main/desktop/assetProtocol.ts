import { protocol, type Session } from 'electron'
import { readFile } from 'node:fs/promises'
import { desktopScheme, securityHeaders } from '../../src-preload/contract/security.ts'
import { resolveAsset } from './assets.ts'

interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** Must run before the program is ready. */
export function registerDesktopScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: desktopScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }
  ])
}

async function answer(address: string, method: string, folder: string, connectTo: string[]): Promise<Answer> {
  const headers = { ...securityHeaders(connectTo), 'cache-control': 'no-cache' }
  const plain = { ...headers, 'content-type': 'text/plain; charset=utf-8' }
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, headers: plain, body: Buffer.from('Only GET is served.\n') }
  const asset = resolveAsset(address, folder)
  const body = asset === null ? null : await readFile(asset.file).catch(() => null)
  if (asset === null || body === null)
    return { status: 404, headers: plain, body: Buffer.from('There is nothing here.\n') }
  return { status: 200, headers: { ...headers, 'content-type': asset.mediaType }, body }
}

/**
 * Serves the built windows on our scheme, each answer with the security headers. `connectTo`: the remote core's origins.
 * Runtimes before 25 have no `protocol.handle`.
 */
export function serveAssets(session: Session, folder: string, connectTo: string[]): void {
  const scheme = session.protocol
  if (typeof scheme.handle === 'function') {
    scheme.handle(desktopScheme, async (request) => {
      const { status, headers, body } = await answer(request.url, request.method, folder, connectTo)
      return new Response(new Uint8Array(body), { status, headers })
    })
    return
  }
  scheme.registerBufferProtocol(desktopScheme, (request, respond) => {
    void answer(request.url, request.method, folder, connectTo).then(({ status, headers, body }) =>
      respond({
        statusCode: status,
        headers,
        mimeType: headers['content-type']!.split(';')[0]!,
        charset: 'utf-8',
        data: body
      })
    )
  })
}
