import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser, Page } from 'playwright'
import { PNG } from 'pngjs'
import { nanosecondsFromIso } from '../../../src-preload/contract/units.ts'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { launchBrowser } from '../../support/browser.ts'
import { previewValue } from '../../support/preview/feed.ts'
import { startPreview, type PreviewServer } from '../../support/previewServer.ts'

/** The windows in a real browser on a feed whose every value is known: what the pixels show, without a core. */
const browser: Browser | null = await launchBrowser('webgl')
const columns = 300
const canvasSelector = '[data-testid=waterfall-canvas]'

let server: PreviewServer
beforeAll(async () => {
  if (browser) server = await startPreview()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

type Attributes = Record<string, string | undefined>

const attributes = (page: Page): Promise<Attributes> =>
  page.evaluate((selector) => ({ ...document.querySelector<HTMLElement>(selector)?.dataset }), canvasSelector)

const waitFor = async (page: Page, condition: (data: Attributes) => boolean): Promise<Attributes> => {
  const deadline = Date.now() + 15_000
  for (;;) {
    const data = await attributes(page)
    if (condition(data)) return data
    if (Date.now() > deadline) throw new Error(`the picture never got there: ${JSON.stringify(data)}`)
    await page.waitForTimeout(50)
  }
}

/** Waits until nothing is drawn any more: two looks, two animation frames apart, find the same. */
async function settled(page: Page): Promise<void> {
  let before = ''
  const deadline = Date.now() + 15_000
  for (;;) {
    await page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn))
    })
    const now = JSON.stringify(await attributes(page))
    if (now === before) return
    if (Date.now() > deadline) throw new Error(`the picture never stood still: ${now}`)
    before = now
  }
}

/** Esc resets the view, which also works out the levels anew, from all rows that are there. */
async function reset(page: Page): Promise<void> {
  const { drawnFrames } = await attributes(page)
  await page.keyboard.press('Escape')
  await waitFor(page, (data) => data.drawnFrames !== drawnFrames)
  await settled(page)
}

interface OpenPage {
  page: Page
  complaints: string[]
}

async function open(query: string, scale = 1): Promise<OpenPage> {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 720 }, deviceScaleFactor: scale })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(`${server.url}?${query}`)
  return { page, complaints }
}

async function pixels(page: Page): Promise<PNG> {
  await page.mouse.move(5, 5)
  return PNG.sync.read(await page.locator(canvasSelector).screenshot())
}

/** The colour that a value has by the levels of the picture, worked out here and not by the renderer. */
function expectedColour(value: number, data: Attributes): number[] {
  const share = (value - Number(data.lowDb)) / (Number(data.highDb) - Number(data.lowDb))
  const index = Math.min(255, Math.max(0, Math.floor(share * 255 + 0.5)))
  return [...colourMapFromName(data.colourMap ?? '').rgba.subarray(index * 4, index * 4 + 3)]
}

function difference(picture: PNG, x: number, y: number, colour: number[]): number {
  const at = (y * picture.width + x) * 4
  return Math.max(...colour.map((channel, index) => Math.abs(channel - picture.data[at + index]!)))
}

describe.skipIf(!browser)('the waterfall in a browser', () => {
  it('shows each cell where its time and distance are, in its colour', async () => {
    const { page, complaints } = await open(`historic&whole&columns=${columns}&rows=200&renderer=webgl2`)
    const data = await waitFor(page, ({ rows }) => rows === '200')
    expect(data.renderer).toBe('webgl2')
    const picture = await pixels(page)
    let checked = 0
    for (let row = 3; row < 200; row += 13) {
      for (let column = 3; column < columns; column += 17) {
        const x = Math.floor(((column + 0.5) / columns) * picture.width)
        const y = Math.floor(((row + 0.5) / 200) * picture.height)
        const value = Math.fround(previewValue(row, column))
        // Levels are told to a thousandth of a dB, so a value on the edge of two colours may take either.
        expect(difference(picture, x, y, expectedColour(value, data))).toBeLessThanOrEqual(4)
        checked++
      }
    }
    expect(checked).toBeGreaterThan(250)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('is drawn without WebGL where that is computed by the processor', async ({ skip }) => {
    const { page } = await open(`historic&whole&columns=${columns}&rows=200`)
    const data = await waitFor(page, ({ rows }) => rows === '200')
    const name = await page.evaluate(() => {
      const gl = document.createElement('canvas').getContext('webgl2')
      const info = gl?.getExtension('WEBGL_debug_renderer_info')
      return gl && info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : 'none'
    })
    if (!/swiftshader|llvmpipe/i.test(name)) skip(`WebGL is drawn by ${name} here`)
    expect(data.renderer).toBe('canvas2d')
    await page.context().close()
  })

  it('is drawn pixel for pixel the same without WebGL, zoomed out over many rows too', async () => {
    for (const query of ['columns=2222&rows=6000', `columns=${columns}&rows=200`]) {
      const pictures: PNG[] = []
      for (const renderer of ['webgl2', 'canvas2d']) {
        const { page } = await open(`historic&${query}&renderer=${renderer}`)
        const data = await waitFor(page, ({ rows }) => Number(rows) >= Number(/rows=(\d+)/.exec(query)?.[1]) - 18)
        expect(data.renderer).toBe(renderer)
        await reset(page)
        pictures.push(await pixels(page))
        await page.context().close()
      }
      const [one, other] = pictures
      expect([one!.width, one!.height]).toEqual([other!.width, other!.height])
      let different = 0
      for (let at = 0; at < one!.data.length; at += 4) {
        const worst = Math.max(...[0, 1, 2].map((k) => Math.abs(one!.data[at + k]! - other!.data[at + k]!)))
        if (worst > 4) different++
      }
      // Float32 on the GPU and float64 here may put a cell's edge on either side of a pixel's centre.
      expect(different / (one!.width * one!.height)).toBeLessThan(0.002)
    }
  }, 90_000)

  it('shows a live picture that moved line by line as one drawn at once', async () => {
    for (const renderer of ['webgl2', 'canvas2d']) {
      const { page } = await open(`columns=${columns}&renderer=${renderer}`)
      const first = await waitFor(page, ({ rows }) => Number(rows) > 600)
      // Well over a hundred lines come in one by one.
      await waitFor(page, ({ drawnFrames }) => Number(drawnFrames) > Number(first.drawnFrames) + 60)
      const box = (await page.locator(canvasSelector).boundingBox())!
      await page.mouse.move(box.x + box.width / 2, box.y + 40)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width / 2, box.y + 47)
      await page.mouse.up()
      const data = await waitFor(page, ({ following }) => following === 'false')
      const moved = await pixels(page)
      const originNs = BigInt(
        await page.evaluate(() => (window as unknown as { previewOriginNs: string }).previewOriginNs)
      )
      const topRow = Number(nanosecondsFromIso(data.topTime!)! - originNs) / 1e8 + 0.5
      const rowsPerPixel =
        Number(nanosecondsFromIso(data.bottomTime!)! - nanosecondsFromIso(data.topTime!)!) / 1e8 / moved.height
      let wrong = 0
      let checked = 0
      for (let y = 3; y < moved.height; y += 7) {
        const row = Math.floor(topRow + (y + 0.5) * rowsPerPixel)
        if (row < 0 || (row >= 438 && row < 462)) continue
        for (let column = 3; column < columns; column += 17) {
          const x = Math.floor(((column + 0.5) / columns) * moved.width)
          // The way back to live lies over the newest corner.
          if (y > moved.height - 50 && x > moved.width - 260) continue
          const colour = expectedColour(Math.fround(previewValue(row, column)), data)
          checked++
          if (difference(moved, x, y, colour) > 12) wrong++
        }
      }
      expect(checked).toBeGreaterThan(500)
      expect(wrong / checked).toBeLessThan(0.002)
      await page.context().close()
    }
  }, 60_000)

  it('comes back from a lost graphics context by itself, with the same picture and a notice', async () => {
    const { page } = await open(`historic&whole&columns=${columns}&rows=200&renderer=webgl2`)
    await waitFor(page, ({ rows }) => rows === '200')
    await reset(page)
    const before = await pixels(page)
    await page.evaluate((selector) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector)
      const extension = canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')
      extension?.loseContext()
      setTimeout(() => extension?.restoreContext(), 50)
    }, canvasSelector)
    await page.waitForSelector('[data-testid=notice-banners]')
    await page.click('[data-testid=notices-bell]')
    await page.waitForSelector('text=The graphics context came back')
    await page.click('[data-testid=notices-bell]')
    const bannersGone = page.locator('[data-testid=notice-dismiss]')
    while ((await bannersGone.count()) > 0) await bannersGone.first().click()
    await reset(page)
    const after = await pixels(page)
    expect(after.data.equals(before.data)).toBe(true)
    await page.context().close()
  })

  it('is drawn without WebGL when the context does not come back', async () => {
    const { page } = await open(`historic&whole&columns=${columns}&rows=200&renderer=webgl2`)
    await waitFor(page, ({ rows }) => rows === '200')
    await page.evaluate((selector) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector)
      canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext()
    }, canvasSelector)
    const data = await waitFor(page, ({ renderer }) => renderer === 'canvas2d')
    expect(data.rows).toBe('200')
    await page.context().close()
  })

  it('draws cells that hold no number as such, and a gap as a hatched band of its length', async () => {
    const { page } = await open('historic&columns=2222&rows=600')
    const data = await waitFor(page, ({ rows, gaps }) => rows === '582' && gaps === '1')
    expect(data.gaps).toBe('1')
    for (let step = 0; step < 12; step++) {
      const box = await page.locator(canvasSelector).boundingBox()
      await page.mouse.move(box!.x + (1503 / 2222) * box!.width, box!.y + box!.height * 0.2)
      await page.mouse.wheel(0, -150)
    }
    await page.waitForSelector('[data-testid=cursor-box] >> text=invalid')
    await reset(page)
    const box = await page.locator(canvasSelector).boundingBox()
    await page.mouse.move(box!.x + 50, box!.y + ((340 + 9) / 600) * box!.height)
    await page.waitForSelector('text=gap 1.8 s · 92 blocks lost · backend restarted')
    await page.context().close()
  })

  it('goes on live, stands still when zoomed, and goes back to live', async () => {
    const { page, complaints } = await open(`columns=${columns}`)
    const first = await waitFor(page, ({ rows }) => Number(rows) > 600)
    expect(first.following).toBe('true')
    await waitFor(page, ({ lastRowTime }) => lastRowTime! > first.lastRowTime!)
    const box = (await page.locator(canvasSelector).boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3)
    await page.mouse.wheel(0, -200)
    await page.waitForSelector('[data-testid=go-live]')
    const still = await waitFor(page, ({ following }) => following === 'false')
    const later = await waitFor(page, ({ lastRowTime }) => lastRowTime! > still.lastRowTime!)
    expect(later.topTime).toBe(still.topTime)
    await page.keyboard.press('l')
    await waitFor(page, ({ following }) => following === 'true')
    expect(await page.locator('[data-testid=go-live]').count()).toBe(0)
    // Keys belong to the text while a field has the focus.
    await page.mouse.wheel(0, -200)
    await page.waitForSelector('[data-testid=go-live]')
    await page.focus('[data-testid=form-channels-min]')
    const text = page.locator('[data-testid=form-channels-min]')
    await text.press('End')
    await text.press('l')
    expect(await text.inputValue()).toBe('1l')
    expect((await attributes(page)).following).toBe('false')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('reports the age of drawn rows, and draws at whole device pixels on a scaled screen', async () => {
    const { page } = await open(`columns=${columns}`, 1.5)
    await waitFor(page, ({ rows }) => Number(rows) > 600)
    const reported = await page.evaluate(async () => {
      const fake = (window as unknown as { fakeConnection: { recorded: { name: string; arguments: unknown }[] } })
        .fakeConnection
      await new Promise((resolve) => setTimeout(resolve, 1000))
      return fake.recorded
        .filter(({ name }) => name === 'views.credit')
        .flatMap(({ arguments: given }) => (given as { drawnLatencyMs: number[] }).drawnLatencyMs)
    })
    expect(reported.length).toBeGreaterThan(3)
    for (const age of reported) expect(age).toBeGreaterThanOrEqual(0)
    const size = await page.evaluate((selector) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector)!
      const box = canvas.getBoundingClientRect()
      return { width: canvas.width, height: canvas.height, cssWidth: box.width, cssHeight: box.height }
    }, canvasSelector)
    expect(size.width / size.cssWidth).toBeCloseTo(1.5, 2)
    expect(size.height / size.cssHeight).toBeCloseTo(1.5, 2)
    await page.context().close()
  })
})
