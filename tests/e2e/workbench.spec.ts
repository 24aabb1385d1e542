import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { PNG } from 'pngjs'
import { expect, test } from './shell.ts'

const canvasOf = (page: Page, tile: string): Locator => page.getByTestId(`slot-${tile}`).getByTestId('waterfall-canvas')

/** The tile (or the only picture of the window) is drawn, and rows still come to it. */
async function expectStreaming(page: Page, tile: string | null): Promise<void> {
  const canvas = tile === null ? page.getByTestId('waterfall-canvas') : canvasOf(page, tile)
  await expect(canvas).toHaveAttribute('data-job-state', 'streaming', { timeout: 30_000 })
  const frames = async (): Promise<number> => Number(await canvas.getAttribute('data-drawn-frames'))
  const before = await frames()
  await expect.poll(frames, { timeout: 20_000 }).toBeGreaterThan(before)
}

async function choose(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+Shift+P')
  await page.getByTestId('palette-input').fill(command)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('palette')).toHaveCount(0)
}

const box = async (page: Page, testId: string) => (await page.getByTestId(testId).boundingBox())!

/** Nothing of the tiles lies over something else of them. */
async function expectApart(page: Page, ids: string[]): Promise<void> {
  const boxes = await Promise.all(ids.map((id) => box(page, `slot-${id}`)))
  for (const [index, one] of boxes.entries())
    for (const other of boxes.slice(index + 1)) {
      const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x)
      const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y)
      expect(Math.min(across, down)).toBeLessThanOrEqual(1)
    }
}

test('tiles, windows, layouts, keys and settings, and all of it again after a restart', async ({ shell }) => {
  test.setTimeout(240_000)
  const dataFolder = shell.folder()
  const page = await shell.open({ dataFolder })
  await expectStreaming(page, '1')

  await test.step('first steps are shown once', async () => {
    await page.getByTestId('hints-dismiss').click()
    await expect(page.getByTestId('hints')).toHaveCount(0)
  })

  await test.step('a split gives an empty tile, which shows what is chosen', async () => {
    await page.getByTestId('slot-1').click({ position: { x: 200, y: 200 } })
    await page.keyboard.press('Control+ArrowRight')
    await expect(page.getByTestId('view-area')).toHaveAttribute('data-tiles', '2')
    await expect(page.getByTestId('slot-2')).toHaveAttribute('data-active', 'true')
    await page.getByTestId('tile-2').getByRole('button', { name: 'live-1' }).click()
    await expectStreaming(page, '2')
    await expectStreaming(page, '1')
    await expectApart(page, ['1', '2'])
  })

  await test.step('keys choose tiles; the line between them moves by keyboard and by hand', async () => {
    await page.keyboard.press('1')
    await expect(page.getByTestId('slot-1')).toHaveAttribute('data-active', 'true')
    const before = (await box(page, 'slot-1')).width
    await page.getByTestId('split-line').focus()
    await page.keyboard.press('Shift+ArrowRight')
    await expect.poll(async () => (await box(page, 'slot-1')).width).toBeGreaterThan(before + 40)
    const line = await box(page, 'split-line')
    await page.mouse.move(line.x + 4, line.y + 100)
    await page.mouse.down()
    await page.mouse.move(line.x - 150, line.y + 100, { steps: 4 })
    await page.mouse.up()
    await expect.poll(async () => (await box(page, 'slot-1')).width).toBeLessThan(before)
  })

  await test.step('maximise and back; changing places keeps the pictures', async () => {
    await page.keyboard.press('2')
    await page.keyboard.press('x')
    await expect(page.getByTestId('slot-1')).toBeHidden()
    const area = await box(page, 'view-area')
    expect((await box(page, 'slot-2')).width).toBeCloseTo(area.width, 0)
    await page.keyboard.press('x')
    await expect(page.getByTestId('slot-1')).toBeVisible()
    const marked = await canvasOf(page, '2').evaluate((canvas) => {
      canvas.dataset.mark = 'the same'
      return canvas.dataset.mark
    })
    await page.keyboard.press('Control+Shift+ArrowLeft')
    await expect.poll(async () => (await box(page, 'slot-2')).x).toBeLessThan((await box(page, 'slot-1')).x)
    await expect(canvasOf(page, '2')).toHaveAttribute('data-mark', marked)
  })

  await test.step('cursors that are linked follow each other', async () => {
    for (const tile of ['1', '2']) {
      await page.getByTestId(`tile-menu-${tile}`).click()
      await page.getByRole('group').getByRole('menuitemradio', { name: 'A' }).first().press('Enter')
    }
    await expect(page.getByTestId('tile-link')).toHaveCount(2)
  })

  await test.step('keys do nothing in a text field; the palette and the key map open', async () => {
    const field = page.getByTestId('form-row-interval')
    await field.focus()
    await page.keyboard.press('x')
    await expect(page.getByTestId('slot-1')).toBeVisible()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await expect(page.getByTestId('key-map')).toContainText('Split to the right')
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('key-map')).toHaveCount(0)
    await choose(page, 'four tiles')
    await expect(page.getByTestId('view-area')).toHaveAttribute('data-tiles', '4')
    await expectApart(page, ['1', '2', '3', '4'])
    await choose(page, 'two tiles')
    await expect(page.getByTestId('view-area')).toHaveAttribute('data-tiles', '2')
  })

  await test.step('a layout is saved by name; one of a newer version is refused', async () => {
    await page.keyboard.press('Control+Shift+S')
    await page.getByTestId('layout-name').fill('Night shift')
    await page.getByTestId('layout-save').click()
    await expect(page.getByTestId('save-layout')).toHaveCount(0)
    await choose(page, 'one tile')
    await expect(page.getByTestId('view-area')).toHaveAttribute('data-tiles', '1')
    await page.keyboard.press('Control+Shift+O')
    const file = join(shell.folder(), 'newer.json')
    writeFileSync(file, JSON.stringify({ version: 7, name: 'From tomorrow' }))
    await page.getByTestId('layout-file').setInputFiles(file)
    await expect(page.getByTestId('layout-message')).toContainText('newer version of the program')
    await page.getByTestId('layout-open-Night shift').click()
    await expect(page.getByTestId('view-area')).toHaveAttribute('data-tiles', '2')
    await expect(page.getByTestId('tile-link')).toHaveCount(2)
    await expectStreaming(page, '1')
  })

  await test.step('a picture of the tile with its axes', async () => {
    await page.getByTestId('slot-1').click({ position: { x: 200, y: 200 } })
    const path = await shell.savedFile(page, () => page.keyboard.press('s'))
    const { width, height, data } = PNG.sync.read(readFileSync(path))
    const slot = await box(page, 'slot-1')
    const scale = await page.evaluate(() => window.devicePixelRatio)
    expect(Math.abs(width - slot.width * scale)).toBeLessThan(2)
    expect(height).toBeGreaterThan(slot.height * scale)
    const colours = new Set<number>()
    for (let index = 0; index < data.length; index += 4)
      colours.add((data[index]! << 16) | (data[index + 1]! << 8) | data[index + 2]!)
    expect(colours.size).toBeGreaterThan(100)
  })

  await test.step('settings: a wrong value is named and changes nothing, a right one is kept', async () => {
    await page.getByTestId('rail-settings').click()
    await page.getByTestId('settings-search').fill('stall after')
    const stall = page.getByTestId('setting-streams.stallAfterMs')
    await stall.fill('10')
    await stall.press('Enter')
    await expect(page.getByTestId('note-streams.stallAfterMs')).toContainText('50')
    await expect(page.getByTestId('note-streams.stallAfterMs')).toContainText('value before stays')
    await stall.fill('400')
    await stall.press('Enter')
    await expect(page.getByTestId('note-streams.stallAfterMs')).toContainText('restart')
    await page.getByTestId('rail-jobs').click()
    await expect(page.getByTestId('settings-page')).toHaveCount(0)
    await expectStreaming(page, '1')
  })

  await test.step('a tile goes into a window of its own and comes back', async () => {
    await page.keyboard.press('2')
    const popOut = await shell.nextWindow(page, () => page.keyboard.press('o'))
    await expect(popOut.getByTestId('pop-out')).toBeVisible()
    await expectStreaming(popOut, '1')
    expect(popOut.url()).not.toContain('token')
    await expect(popOut.getByTestId('stream-strip')).toBeVisible()
    await expect(page.getByTestId('view-area')).toHaveAttribute('data-tiles', '1')
    await popOut.getByTestId('pop-out-return').click()
    await expect(page.getByTestId('view-area')).toHaveAttribute('data-tiles', '2')
    await expect.poll(() => popOut.isClosed()).toBe(true)
    await expectStreaming(page, '2')
  })

  await test.step('the history names what was opened; it is opened again', async () => {
    await page.getByTestId('rail-history').click()
    const entries = page.getByTestId('history-entry')
    await expect(entries.first()).toHaveAttribute('data-outcome', 'running')
    await expect(entries.first()).toContainText('channels 1–2 222')
    await page.getByTestId('rail-jobs').click()
  })

  await test.step('tiles and windows come back after a restart', async () => {
    await page.keyboard.press('2')
    const popOut = await shell.nextWindow(page, () => page.keyboard.press('o'))
    await expectStreaming(popOut, '1')
    await page.keyboard.press('Control+ArrowDown')
    await expect(page.getByTestId('view-area')).toHaveAttribute('data-tiles', '2')
    // Kept a moment after the last change.
    await expect
      .poll(() => {
        const { desks } = JSON.parse(readFileSync(join(dataFolder, 'workbench/desks.json'), 'utf8')) as {
          desks: { windows: { id: string; tiles: unknown[] }[] }[]
        }
        return desks.at(-1)?.windows.map(({ tiles }) => tiles.length)
      })
      .toEqual(expect.arrayContaining([2, 1]))
    await shell.stop(page)
    const again = await shell.open({ dataFolder })
    const restored = await shell.nextWindow(again, async () => undefined)
    await expect(again.getByTestId('view-area')).toHaveAttribute('data-tiles', '2')
    await expectStreaming(again, null)
    await expectStreaming(restored, null)
    await expect(again.getByTestId('hints')).toHaveCount(0)
    // One job for both, as before; nothing was opened twice.
    await expect(again.getByTestId('job-list').locator('[data-state="streaming"]')).toHaveCount(1)
    await restored.close()
    // Its view is back in the empty tile.
    await expect(again.getByTestId('waterfall-canvas')).toHaveCount(2, { timeout: 20_000 })
    await expectStreaming(again, '1')
    await expectStreaming(again, '2')
  })
})
