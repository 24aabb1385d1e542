import type { Page } from '@playwright/test'
import { dasData } from '../support/dasData.ts'
import { startFocusServer, type FocusServerProcess } from '../support/focusServerProcess.ts'
import { canvasState } from './picture.ts'
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

test('a recording is played at a pace, stands still, goes on, and is sought in', async ({ shell }) => {
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
  const whole = async (): Promise<boolean> => {
    const { jobState } = await canvasState(page)
    return /^historic-/.test(await jobId(page)) && jobState === 'completed'
  }
  await expect.poll(whole, { timeout: 30_000 }).toBe(true)
  // The last rows are on their way when the job is done.
  let all = -1
  await expect
    .poll(async () => {
      const before = all
      all = await rows(page)
      return all > 50 && all === before
    })
    .toBe(true)

  // Ten seconds of data: at real time there is time to look at each step.
  const first = await jobId(page)
  await page.getByTestId('transport-pace').selectOption('1')
  await expect.poll(() => jobId(page)).not.toBe(first)
  const paced = await jobId(page)
  await expect.poll(() => rows(page)).toBeGreaterThan(2)
  expect(await rows(page)).toBeLessThan(all)
  await page.getByTestId('transport-play').click()
  await expect(page.getByTestId('transport-play')).toContainText('Play')
  await expect(page.getByTestId(`job-${paced}`)).toHaveAttribute('data-state', 'streaming')
  const still = await rows(page)
  expect(still).toBeLessThan(all)
  await page.getByTestId('transport-pace').selectOption('100')
  await page.getByTestId('transport-play').click()
  await expect.poll(whole, { timeout: 30_000 }).toBe(true)
  await expect.poll(() => rows(page)).toBe(all)

  const before = Date.parse((await canvasState(page)).firstRowTime!)
  await page.getByTestId('transport-slider').fill('5000')
  await page.getByTestId('transport-slider').blur()
  await expect.poll(() => jobId(page)).not.toBe(paced)
  await expect.poll(whole, { timeout: 30_000 }).toBe(true)
  const after = Date.parse((await canvasState(page)).firstRowTime!)
  expect((after - before) / 1000).toBeGreaterThan(3.5)
  expect((after - before) / 1000).toBeLessThan(5.5)
})
