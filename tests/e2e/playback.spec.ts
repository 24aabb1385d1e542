import type { Page } from '@playwright/test'
import { dasData } from '../support/dasData.ts'
import { startFocusServer, type FocusServerProcess } from '../support/focusServerProcess.ts'
import { canvasState, untilWhole } from './picture.ts'
import { expect, test } from './shell.ts'

let server: FocusServerProcess | null = null

test.beforeAll(async () => {
  const folder = dasData('')
  if (folder) server = await startFocusServer({ args: ['--recordings', folder] })
})
test.afterAll(async () => {
  await server?.stop()
})

const rows = async (page: Page): Promise<number> => Number((await canvasState(page)).rows ?? 0)
const jobId = async (page: Page): Promise<string> => (await canvasState(page)).jobId ?? ''
const firstRowS = async (page: Page): Promise<number> =>
  Date.parse((await canvasState(page)).firstRowTime ?? '1970-01-01T00:00:00Z') / 1000
/** Where playback is, seconds from the start of the recording. */
const atS = async (page: Page): Promise<number> =>
  Number(await page.getByTestId('transport-slider').getAttribute('aria-valuenow'))

const allRows = async (page: Page): Promise<number> => Number((await untilWhole(page)).rows)

/** Presses at a part of the overview's width. */
async function pressOverview(page: Page, part: number): Promise<void> {
  const box = (await page.getByTestId('transport-slider').boundingBox())!
  await page.mouse.move(box.x + part * box.width, box.y + box.height / 2)
  await page.mouse.down()
}

test('a recording of a backend is played at a pace, stands still, is stepped, goes on and is sought in, as one job', async ({
  shell
}) => {
  test.skip(server === null, 'the folder of real recordings is missing')
  test.slow()
  const page = await shell.open({ backend: server!.base })
  await page.getByTestId('rail-recordings').click()
  await page
    .getByTestId('recording-list')
    .getByRole('button', { name: /decimated_optodas/ })
    .click()
  await expect(page.getByTestId('form-open')).toBeEnabled()
  await page.getByTestId('form-open').click()
  await expect.poll(() => jobId(page)).toMatch(/^historic-/)
  const all = await allRows(page)
  expect(all).toBeGreaterThan(50)
  const job = await jobId(page)
  const startS = await firstRowS(page)
  // It is no file of this machine: the bar is plain, and says why.
  await expect(page.getByTestId('overview')).toHaveAttribute('title', /not opened as a file/)

  // Ten seconds of data: at real time there is time to look at each step.
  await page.getByTestId('transport-pace').selectOption('1')
  await expect(page.getByTestId(`job-${job}`)).toHaveAttribute('data-state', 'streaming')
  await expect.poll(() => rows(page)).toBeLessThan(all)
  await expect.poll(() => rows(page)).toBeGreaterThan(2)
  await page.getByTestId('transport-play').click()
  await expect(page.getByTestId('transport-play')).toContainText('Play')
  await expect(page.getByTestId(`job-${job}`)).toHaveAttribute('data-state', 'streaming')

  // Rows on the way come; then it stands still until it is stepped.
  let still = -1
  await expect
    .poll(
      async () => {
        const before = still
        still = await rows(page)
        return still === before
      },
      { intervals: [700] }
    )
    .toBe(true)
  expect(still).toBeLessThan(all)
  await page.getByTestId('transport-step').click()
  await expect.poll(() => rows(page)).toBe(still + 1)
  await page.keyboard.press("'")
  await expect.poll(() => rows(page)).toBe(still + 2)
  const before = await atS(page)
  await page.keyboard.press(';')
  await expect.poll(() => atS(page)).toBeLessThan(before)

  await page.getByTestId('transport-pace').selectOption('100')
  await page.getByTestId('transport-play').click()
  await allRows(page)

  // A pace that is chosen at the end plays again; standing still, each key goes on from where the one before it went.
  await page.getByTestId('transport-pace').selectOption('1')
  await expect(page.getByTestId('transport-play')).toHaveText(/Pause/)
  await page.getByTestId('transport-play').click()
  await expect(page.getByTestId('transport-play')).toHaveText(/Play$/)
  // Its rows are gone: what is sought begins where it is sought.
  await page.getByTestId('transport-slider').press('Home')
  await expect.poll(() => atS(page)).toBeLessThan(0.5)
  for (let press = 0; press < 5; press++) await page.getByTestId('transport-slider').press('PageUp')
  await expect.poll(async () => (await firstRowS(page)) - startS).toBeGreaterThan(3.5)
  await page.getByTestId('transport-pace').selectOption('100')
  await page.getByTestId('transport-play').click()
  await allRows(page)
  expect((await firstRowS(page)) - startS).toBeLessThan(5.5)
  expect(await jobId(page)).toBe(job)
})

test('a file is shown as a whole: a click and a drag on its overview go there, a part is played again and again', async ({
  shell
}) => {
  const file = dasData('decimated_optodas.hdf5')
  test.skip(file === null, 'the folder of real recordings is missing')
  test.slow()
  const page = await shell.open({ files: [file!] })
  await expect.poll(() => jobId(page), { timeout: 30_000 }).toMatch(/^historic-/)
  const job = await jobId(page)
  await allRows(page)
  const startS = await firstRowS(page)
  await expect(page.getByTestId('overview-canvas')).toHaveAttribute('data-state', 'ready')

  // It stands still where it is put.
  await page.getByTestId('transport-pace').selectOption('1')
  await page.getByTestId('transport-play').click()
  await expect(page.getByTestId('transport-play')).toContainText('Play')
  await pressOverview(page, 0.3)
  await page.mouse.up()
  await expect.poll(async () => Math.abs((await firstRowS(page)) - startS - 3)).toBeLessThan(0.5)
  await pressOverview(page, 0.4)
  for (let part = 0.42; part < 0.6; part += 0.02) {
    const box = (await page.getByTestId('transport-slider').boundingBox())!
    await page.mouse.move(box.x + part * box.width, box.y + 10)
  }
  const box = (await page.getByTestId('transport-slider').boundingBox())!
  await page.mouse.move(box.x + 0.7 * box.width, box.y + 10)
  await page.mouse.up()
  await expect.poll(async () => Math.abs((await firstRowS(page)) - startS - 7)).toBeLessThan(0.5)
  expect(await jobId(page)).toBe(job)

  // A part of a second, drawn with Shift: it comes round again and again, and never leaves it.
  await page.keyboard.down('Shift')
  await pressOverview(page, 0.2)
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 10, { steps: 4 })
  await page.mouse.up()
  await page.keyboard.up('Shift')
  await expect(page.getByTestId('overview-loop')).toBeVisible()
  await expect(page.getByTestId('transport-loop')).toContainText('Loop on')
  await expect.poll(() => atS(page)).toBeLessThan(3.2)
  await page.getByTestId('transport-play').click()
  let turns = 0
  let last = await atS(page)
  await expect
    .poll(
      async () => {
        const now = await atS(page)
        expect(now).toBeGreaterThan(1.5)
        expect(now).toBeLessThan(3.5)
        if (now < last) turns++
        last = now
        return turns
      },
      { timeout: 30_000, intervals: [100] }
    )
    .toBeGreaterThanOrEqual(2)
  await page.keyboard.press('p')
  await expect(page.getByTestId('overview-loop')).toBeHidden()
  await expect.poll(async () => (await canvasState(page)).jobState, { timeout: 30_000 }).toBe('completed')
  expect(await jobId(page)).toBe(job)
})
