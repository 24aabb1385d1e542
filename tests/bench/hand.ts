/** An operator's hand: what it does to a picture, as Chromium's own input events. */
import type { Page } from 'playwright'

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

const steps = 40

async function drag(page: Page, from: { x: number; y: number }, by: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  for (let step = 1; step <= steps; step++) {
    await page.mouse.move(from.x + (by.x * step) / steps, from.y + (by.y * step) / steps)
  }
  await page.mouse.up()
}

const middleOf = ({ x, y, width, height }: Box): { x: number; y: number } => ({ x: x + width / 2, y: y + height / 2 })

/** Time closer and wider again, then distance. */
export async function zoom(page: Page, box: Box): Promise<void> {
  const { x, y } = middleOf(box)
  await page.mouse.move(x, y)
  for (const turn of [-60, 60]) for (let step = 0; step < steps / 2; step++) await page.mouse.wheel(0, turn)
  await page.keyboard.down('Shift')
  for (const turn of [-60, 60]) for (let step = 0; step < steps / 4; step++) await page.mouse.wheel(0, turn)
  await page.keyboard.up('Shift')
}

export async function pan(page: Page, box: Box): Promise<void> {
  await drag(page, middleOf(box), { x: box.width / 5, y: box.height / 4 })
  await drag(page, middleOf(box), { x: -box.width / 5, y: -box.height / 4 })
}

/** Up and down the colour bar beside the picture. */
export async function levels(page: Page, box: Box): Promise<void> {
  const bar = { x: box.x + box.width + 15, y: box.y + box.height / 2 }
  await drag(page, bar, { x: 0, y: box.height / 6 })
  await drag(page, { ...bar, y: bar.y + box.height / 6 }, { x: 0, y: -box.height / 6 })
}
