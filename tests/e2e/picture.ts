import { expect, type Page } from '@playwright/test'
import { PNG } from 'pngjs'
import type { Picture } from '../support/ridges.ts'
import { nanosecondsFromIso, secondsFromNanoseconds } from '../../src-preload/contract/units.ts'

/** What the canvas says of itself (its `data-` attributes). */
export async function canvasState(page: Page): Promise<Record<string, string>> {
  const canvas = page.getByTestId('waterfall-canvas')
  return canvas.evaluate((element) => ({ ...(element as HTMLElement).dataset }) as Record<string, string>)
}

const seconds = (iso: string): number => secondsFromNanoseconds(nanosecondsFromIso(iso)!)

/** Relative luminance of a pixel, 0..1: the colour maps in use grow with it. */
const luminance = (data: Buffer, at: number): number =>
  (0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!) / 255

/** Drags the picture a little towards the past: it stands still then, while the stream goes on. */
export async function holdPicture(page: Page): Promise<void> {
  const box = (await page.getByTestId('waterfall-canvas').boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 + 30, { steps: 4 })
  await page.mouse.up()
  await page.mouse.move(box.x + box.width + 60, box.y + box.height / 2)
  await expect(page.getByTestId('waterfall-canvas')).toHaveAttribute('data-following', 'false')
  await untilStill(page)
}

/** Until no row comes any more and the part that is shown does not move. */
export async function untilStill(page: Page): Promise<void> {
  let last = ''
  await expect
    .poll(
      async () => {
        const before = last
        const { topTime, bottomTime, rows, following } = await canvasState(page)
        last = `${topTime} ${bottomTime} ${following === 'true' ? rows : ''}`
        return last === before
      },
      { intervals: [200] }
    )
    .toBe(true)
}

/** Until a played job has shown its last row: some are still on their way when it is done. What the canvas says then. */
export async function untilWhole(page: Page): Promise<Record<string, string>> {
  let before = ''
  await expect
    .poll(
      async () => {
        const { jobId, jobState, rows = '0' } = await canvasState(page)
        const isSettled = rows === before && Number(rows) > 0
        before = rows
        return isSettled && /^historic-/.test(jobId ?? '') && jobState === 'completed'
      },
      { timeout: 60_000, intervals: [500] }
    )
    .toBe(true)
  return canvasState(page)
}

/**
 * The pixels that a user sees of a picture that stands still, with time and distance from the edges that the program states. `step` > 1 averages blocks of
 * pixels. Rows before the first data are left out.
 */
export async function takePicture(page: Page, step = 2): Promise<Picture & { state: Record<string, string> }> {
  const state = await canvasState(page)
  const png = PNG.sync.read(await page.getByTestId('waterfall-canvas').screenshot())
  expect((await canvasState(page)).topTime, 'the picture stood still while it was taken').toBe(state.topTime)
  const top = seconds(state.topTime!)
  const bottom = seconds(state.bottomTime!)
  const left = Number(state.leftDistance)
  const right = Number(state.rightDistance)
  const rowsAll = Math.floor(png.height / step)
  const columns = Math.floor(png.width / step)
  const secondsOfPixelRow = (row: number): number => top + ((row + 0.5) / rowsAll) * (bottom - top)
  const firstData = seconds(state.firstRowTime!)
  const lastData = seconds(state.lastRowTime!)
  const used = Array.from({ length: rowsAll }, (_, row) => row).filter((row) => {
    const at = secondsOfPixelRow(row)
    return at >= firstData && at <= lastData
  })
  const brightness = new Float32Array(used.length * columns)
  used.forEach((row, index) => {
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let y = row * step; y < (row + 1) * step; y++) {
        for (let x = column * step; x < (column + 1) * step; x++) sum += luminance(png.data, (y * png.width + x) * 4)
      }
      brightness[index * columns + column] = sum / step ** 2
    }
  })
  return {
    rows: used.length,
    columns,
    brightness,
    secondsOfRow: (row) => secondsOfPixelRow(used[0]! + row),
    metresOfColumn: (column) => left + ((column + 0.5) / columns) * (right - left),
    state
  }
}
