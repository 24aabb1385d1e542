import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { copyFileSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'
import { fontFiles } from './src-main/sessions/pictures/fontFiles.ts'

const here = import.meta.dirname

/** Pictures that are made without a window read their font from beside the program. */
const pictureFonts = (): Plugin => ({
  name: 'picture-fonts',
  closeBundle() {
    const from = resolve(here, 'node_modules/@fontsource/inter')
    const to = resolve(here, 'out/fonts')
    mkdirSync(to, { recursive: true })
    for (const { file } of fontFiles) copyFileSync(resolve(from, 'files', file), resolve(to, file))
    copyFileSync(resolve(from, 'LICENSE'), resolve(to, 'LICENSE'))
  }
})

/**
 * Everything is bundled and lowered to what the oldest supported runtime reads (Node 16, Chromium 108): the pinned
 * Electron loses nothing by it, and the same output can be tested in an older real runtime.
 */
export default defineConfig({
  main: {
    plugins: [pictureFonts()],
    build: {
      outDir: 'out/main',
      target: 'node16',
      externalizeDeps: false,
      minify: false,
      rollupOptions: {
        input: {
          index: resolve(here, 'src-main/index.ts'),
          serve: resolve(here, 'src-main/serve.ts'),
          focusServer: resolve(here, 'src-main/focusServer.ts'),
          cli: resolve(here, 'src-main/cli.ts'),
          ingestWorker: resolve(here, 'src-main/ingest/ingestWorker.ts'),
          analysisWorker: resolve(here, 'src-main/analysis/worker.ts'),
          recordingWorker: resolve(here, 'src-main/recordings/worker/worker.ts'),
          taskWorker: resolve(here, 'src-main/taskWorker.ts')
        },
        // The last is native code, loaded where a picture is made.
        external: ['electron', 'bufferutil', 'utf-8-validate', '@napi-rs/canvas'],
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' }
      }
    }
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: 'node16',
      externalizeDeps: false,
      minify: false,
      rollupOptions: {
        input: { bridge: resolve(here, 'src-preload/bridge.ts') },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: resolve(here, 'src-renderer'),
    plugins: [react()],
    build: {
      outDir: resolve(here, 'out/renderer'),
      target: 'chrome108',
      emptyOutDir: true,
      rollupOptions: { input: resolve(here, 'src-renderer/index.html') }
    }
  }
})
