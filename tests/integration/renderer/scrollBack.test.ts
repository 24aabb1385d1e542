import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nanosecondsFromIso } from '../../../src-preload/contract/units.ts'
import { launchBrowser } from '../../support/browser.ts'
import { previewValue } from '../../support/preview/feed.ts'
import { startPreview, type PreviewServer } from '../../support/previewServer.ts'

/** A waterfall beyond what the window holds, in a real browser on a feed whose every value is known. */
const browser: Browser | null = await launchBrowser('webgl')
const canvasSelector = '[data-testid=waterfall-canvas]'
const rowNs = 100_000_000n

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

async function waitFor(page: Page, what: string, condition: (data: Attributes) => boolean): Promise<Attributes> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const data = await attributes(page)
    if (condition(data)) return data
    if (Date.now() > deadline) throw new Error(`never: ${what}: ${JSON.stringify(data)}`)
    await page.waitForTimeout(50)
  }
}

async function open(query: string): Promise<Page> {
  const context = await browser!.newContext({ viewport: { width: 1000, height: 500 } })
  const page = await context.newPage()
  await page.goto(`${server.url}?${query}`)
  return page
}

interface Reading {
  time: string
  channel: number
  value: number
  note: string
}

/** What the box beside the pointer says at a part of the picture. */
async function readAt(page: Page, x: number, y: number): Promise<Reading> {
  const box = (await page.locator(canvasSelector).boundingBox())!
  await page.mouse.move(Math.round(box.x + box.width * x), Math.round(box.y + box.height * y))
  const part = (name: string): Promise<string | null> => page.getByTestId(`cursor-box-${name}`).textContent()
  await page.waitForFunction(() =>
    /-?\d/.test(document.querySelector('[data-testid=cursor-box-value]')?.textContent ?? '')
  )
  const [time, place, value, note] = await Promise.all([part('time'), part('place'), part('value'), part('note')])
  const number = (text: string): number => Number.parseFloat(text.replace('−', '-').replace(/\u202f/g, ''))
  return {
    time: /[\d:.]+/.exec(time!)![0],
    channel: number(/channel ([\d\u202f]+)/.exec(place!)![1]!),
    value: number(value!),
    note: note!
  }
}

const originOf = async (page: Page): Promise<bigint> =>
  BigInt(await page.evaluate(() => (window as unknown as { previewOriginNs: string }).previewOriginNs))

/** Row of a time of the day, near a row whose whole time is known. */
function rowFrom(clock: string, nearIso: string, originNs: bigint): number {
  const near = nanosecondsFromIso(nearIso)!
  for (const days of [0n, -1n, 1n]) {
    const date = new Date(Number((near + days * 86_400_000_000_000n) / 1_000_000n)).toISOString().slice(0, 10)
    const at = nanosecondsFromIso(`${date}T${clock}Z`)!
    if (at - near < 43_200_000_000_000n && near - at < 43_200_000_000_000n) {
      return Math.round(Number(at - originNs) / Number(rowNs))
    }
  }
  throw new Error(`${clock} is not near ${nearIso}`)
}

describe.skipIf(!browser)('a waterfall beyond what is in memory', () => {
  it('reads the known values after scrolling back, row by row and folded, on both surfaces', async () => {
    for (const renderer of ['webgl2', 'canvas2d']) {
      const page = await open(`whole&columns=200&rows=6000&recent=300&renderer=${renderer}`)
      await waitFor(page, 'the newest rows', ({ rows }) => Number(rows) >= 300)
      const originNs = await originOf(page)
      const box = (await page.locator(canvasSelector).boundingBox())!
      // What is in view begins at this row.
      const oldest = (data: Attributes): number => Number(nanosecondsFromIso(data.topTime!)! - originNs) / 1e8
      // Far back: all of it comes from the history, one row at a time.
      for (let drag = 0; drag < 3; drag++) {
        await page.mouse.move(box.x + 300, box.y + 60)
        await page.mouse.down()
        await page.mouse.move(box.x + 300, box.y + box.height - 20, { steps: 4 })
        await page.mouse.up()
      }
      const back = await waitFor(
        page,
        'rows of the history',
        (data) => oldest(data) < 4800 && data.rowsTogether === '1' && data.loading === ''
      )
      for (const [x, y] of [
        [0.2, 0.2],
        [0.51, 0.5],
        [0.83, 0.77]
      ] as const) {
        const reading = await readAt(page, x, y)
        const row = rowFrom(reading.time, back.topTime!, originNs)
        expect(reading.channel).toBe(Math.floor(x * 200) + 1)
        expect(reading.note).toBe('')
        expect(reading.value).toBeCloseTo(previewValue(row, reading.channel - 1), 1)
      }
      // Wider than three thousand rows: rows of the history stand for several.
      await page.mouse.move(box.x + 300, box.y + 100)
      for (let turn = 0; turn < 9; turn++) await page.mouse.wheel(0, 200)
      const out = await waitFor(page, 'folded rows', (data) => Number(data.rowsTogether) >= 4 && data.loading === '')
      const factor = Number(out.rowsTogether)
      const reading = await readAt(page, 0.4, 0.3)
      expect(reading.note).toBe(`peak of ${factor} rows`)
      const row = Math.floor(rowFrom(reading.time, out.topTime!, originNs) / factor) * factor
      const folded = Array.from({ length: factor }, (_, at) => previewValue(row + at, reading.channel - 1))
      expect(reading.value).toBeCloseTo(Math.max(...folded), 1)
      await page.keyboard.press('l')
      await waitFor(page, 'the newest rows again', ({ following }) => following === 'true')
      await page.context().close()
    }
  }, 180_000)

  it('uploads nothing when levels, colours or scale change', async () => {
    const page = await open('historic&whole&columns=300&rows=200&renderer=webgl2')
    await waitFor(page, 'all rows', ({ rows }) => rows === '200')
    const before = await waitFor(page, 'an upload', ({ uploadedValues }) => Number(uploadedValues) > 0)
    const box = (await page.locator(canvasSelector).boundingBox())!
    await page.mouse.move(box.x + box.width + 15, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width + 15, box.y + box.height / 3, { steps: 12 })
    await page.mouse.up()
    await waitFor(page, 'other levels', ({ lowDb }) => lowDb !== before.lowDb)
    await page.getByTestId('display-menu').click()
    await page.getByTestId('colour-map-magma').click()
    await page.getByTestId('display-scale').selectOption({ label: 'linear in power' })
    const after = await waitFor(page, 'colours', ({ colourMap, scale }) => colourMap === 'magma' && scale === 'linear')
    expect(Number(after.drawnFrames)).toBeGreaterThan(Number(before.drawnFrames) + 5)
    expect(after.uploadedValues).toBe(before.uploadedValues)
    // What is processed is another matter: its rows are sent once.
    await page.getByTestId('display-mean').selectOption({ label: 'mean of 8 rows' })
    await waitFor(page, 'means', ({ processing, uploadedValues }) => {
      return processing === 'mean of 8 rows' && uploadedValues !== after.uploadedValues
    })
    await page.context().close()
  })

  it('shows 65 536 channels, each by itself when zoomed in, folded in textures or not', async () => {
    for (const renderer of ['webgl2', 'canvas2d']) {
      const page = await open(`historic&whole&columns=65536&rows=40&renderer=${renderer}`)
      const whole = await waitFor(page, 'all rows', ({ rows }) => rows === '40')
      expect(whole.columns).toBe('65536')
      expect(await page.getByTestId('aggregation').textContent()).toMatch(/^peak of .*columns$/)
      const box = (await page.locator(canvasSelector).boundingBox())!
      // Two boxes, each a twentieth of what is in view.
      for (let zoom = 0; zoom < 2; zoom++) {
        await page.mouse.move(box.x + box.width * 0.85, box.y + 4)
        await page.keyboard.down('Control')
        await page.mouse.down()
        await page.mouse.move(box.x + box.width * 0.9, box.y + box.height - 4, { steps: 2 })
        await page.mouse.up()
        await page.keyboard.up('Control')
      }
      const near = await waitFor(
        page,
        'single channels',
        ({ leftChannel, rightChannel }) => Number(rightChannel) - Number(leftChannel) < 220
      )
      const originNs = nanosecondsFromIso(near.firstRowTime!)!
      for (const x of [0.1, 0.5, 0.93]) {
        const reading = await readAt(page, x, 0.61)
        const row = rowFrom(reading.time, near.topTime!, originNs)
        expect(reading.value).toBeCloseTo(previewValue(row, reading.channel - 1), 1)
      }
      await page.context().close()
    }
  }, 180_000)
})
