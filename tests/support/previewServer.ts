import react from '@vitejs/plugin-react'
import { createServer, type Server } from 'node:http'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { build } from 'vite'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml'
}

/** The policy that both shells send; the preview runs under it too, so a style tag or an eval shows here already. */
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

export interface PreviewServer {
  url: string
  close(): Promise<void>
}

/**
 * Builds a page of this folder, by default the windows on the preview's feed, as a shell would ship them, and serves it on a
 * free port.
 */
export async function startPreview(page: 'preview' | 'drawing' = 'preview'): Promise<PreviewServer> {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-preview-'))
  const root = resolve(import.meta.dirname, page)
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'chrome108',
      rollupOptions: { input: join(root, 'index.html') }
    }
  })
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const file = join(folder, path === '/' ? 'index.html' : path.replaceAll('..', ''))
    readFile(file).then(
      (content) => {
        response.writeHead(200, {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': policy
        })
        response.end(content)
      },
      () => response.writeHead(404).end()
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the preview has no port')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await rm(folder, { recursive: true, force: true })
    }
  }
}
