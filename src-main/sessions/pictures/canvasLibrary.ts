import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { DrawingCanvas, DrawingContext } from '../../../src-preload/contract/drawing/drawingContext.ts'
import { ExportError } from '../export/exportFormat.ts'
import { fontFiles } from './fontFiles.ts'

/** A canvas without a window, and the fonts for it. */
export interface CanvasLibrary {
  /** For the `font` of a context. */
  readonly fontFamily: string
  make(width: number, height: number): PngCanvas
}

export interface PngCanvas extends DrawingCanvas {
  readonly context: DrawingContext
  toPng(): Promise<Buffer>
}

/** From a bundle's entry and from a chunk of it. */
const bundledFonts = ['../fonts/', '../../fonts/']

async function readFont(file: string): Promise<Buffer | null> {
  const places = import.meta.url.endsWith('.ts')
    ? [createRequire(import.meta.url).resolve(`@fontsource/inter/files/${file}`)]
    : bundledFonts.map((folder) => fileURLToPath(new URL(`${folder}${file}`, import.meta.url)))
  for (const place of places) {
    try {
      return await readFile(place)
    } catch {
      // Looked for in the next place; without any the system's fonts are taken.
    }
  }
  return null
}

/**
 * Loads the canvas library. It is native code, so it is loaded where a picture is made and nowhere else.
 *
 * @throws ExportError where it is not installed or does not run here
 */
export async function loadCanvasLibrary(): Promise<CanvasLibrary> {
  const library = await import('@napi-rs/canvas').catch((error: unknown) => {
    const [why] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new ExportError(
      `Pictures need the package @napi-rs/canvas, which cannot be loaded here (${why}); install it with: npm install @napi-rs/canvas`
    )
  })
  const { GlobalFonts, createCanvas } = library
  const isFirst = !GlobalFonts.has(fontFiles[0].name)
  for (const { name, file } of isFirst ? fontFiles : []) {
    const bytes = await readFont(file)
    if (bytes !== null) GlobalFonts.register(bytes, name)
  }
  const families = [...new Set(fontFiles.map(({ name }) => `"${name}"`))]
  return {
    fontFamily: [...families, 'sans-serif'].join(', '),
    make(width, height) {
      const canvas = createCanvas(width, height)
      return {
        image: canvas,
        // Its enumerations are those of the browser; its types name some of them in another way.
        context: canvas.getContext('2d') as unknown as DrawingContext,
        toPng: () => canvas.encode('png')
      }
    }
  }
}
