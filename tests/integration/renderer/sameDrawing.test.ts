import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright'
import { PNG } from 'pngjs'
import { ColourBarPainter } from '../../../src-preload/contract/drawing/colourBarPainter.ts'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { paintCells } from '../../../src-preload/contract/drawing/framePainter.ts'
import { TileGeometry } from '../../../src-preload/contract/drawing/tileGeometry.ts'
import { type CanvasLibrary, loadCanvasLibrary } from '../../../src-main/sessions/pictures/canvasLibrary.ts'
import { launchBrowser } from '../../support/browser.ts'
import { colourMapName, knownGrid, theme, views } from '../../support/drawing/field.ts'
import { type PreviewServer, startPreview } from '../../support/previewServer.ts'

/** The same field, drawn by the window's Canvas 2D in a real browser and by the canvas of commands and exports. */
const browser: Browser | null = await launchBrowser()

let server: PreviewServer
let drawn: { pixels: number[][]; bar: number[] }
let library: CanvasLibrary
beforeAll(async () => {
  library = await loadCanvasLibrary()
  if (!browser) return
  server = await startPreview('drawing')
  const page = await browser.newPage()
  await page.goto(server.url)
  await page.waitForFunction(() => 'drawn' in window)
  drawn = (await page.evaluate(() => (window as unknown as { drawn: unknown }).drawn)) as typeof drawn
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

const map = colourMapFromName(colourMapName)

describe.skipIf(!browser)('a window and a picture without one', () => {
  it.each(views.map((view, index) => ({ view, index })))(
    'draw the same cells: view $index',
    async ({ view, index }) => {
      const canvas = library.make(view.width, view.height)
      const geometry = new TileGeometry()
      Object.assign(geometry, { left: 0, top: 0 })
      paintCells(canvas.context, library.make, { source: knownGrid(), view, map }, geometry, theme)
      const { data } = PNG.sync.read(await canvas.toPng())
      // The check of invalid cells moves with the rows in a window, so either of its greys will do.
      const isGrey = (bytes: ArrayLike<number>, at: number): boolean => [0x4a, 0x9a].includes(bytes[at]!)
      const wrong: number[] = []
      for (let at = 0; at < data.length; at += 4) {
        const here = drawn.pixels[index]!.slice(at, at + 3)
        const isSame = here.every((byte, part) => byte === data[at + part])
        if (!isSame && !(isGrey(here, 0) && isGrey(data, at))) wrong.push(at / 4)
      }
      expect(wrong).toEqual([])
      expect(new Set(drawn.pixels[index]).size).toBeGreaterThan(50)
    }
  )

  it('draw the same colour bar, but for how they smooth it', async () => {
    const canvas = library.make(400, 300)
    const geometry = new TileGeometry()
    geometry.resize(400, 300, 1)
    const bar = new ColourBarPainter(canvas.context, library.make)
    bar.setColourMap(map)
    bar.paint(-85, -30, 'dB', geometry, theme)
    const { data } = PNG.sync.read(await canvas.toPng())
    const { barLeft, barWidth, top, pictureHeight } = geometry
    for (let y = top + 1; y < top + pictureHeight - 1; y++) {
      const at = (y * 400 + barLeft + Math.floor(barWidth / 2)) * 4
      for (let part = 0; part < 3; part++) {
        expect(Math.abs(data[at + part]! - drawn.bar[at + part]!)).toBeLessThanOrEqual(6)
      }
    }
  })
})
