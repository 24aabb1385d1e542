import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFocusServer } from '../support/focusServerProcess.ts'
import { dasData } from '../support/dasData.ts'
import { bytesOf, npyBytes } from '../unit/recordings/containerFixtures.ts'
import { takePicture, untilWhole } from './picture.ts'
import { expect, test } from './shell.ts'

const rows = 3000
const channels = 40

/** A bare array: a tone of 60 Hz in channels 10 to 19, noise of small steps elsewhere. */
function writeArray(path: string): string {
  const values = new Float32Array(rows * channels)
  for (let row = 0; row < rows; row++)
    for (let channel = 0; channel < channels; channel++)
      values[row * channels + channel] =
        channel >= 10 && channel < 20
          ? 100 * Math.sin((2 * Math.PI * 60 * row) / 500)
          : ((row * 7919 + channel) % 13) / 13
  writeFileSync(path, npyBytes('<f4', [rows, channels], bytesOf(values)))
  return path
}

test('a file without times asks for them, and opens as described', async ({ shell }) => {
  const dataFolder = shell.folder()
  const file = writeArray(join(dataFolder, 'array.npy'))
  const page = await shell.open({ dataFolder, files: [file] })
  const dialog = page.getByTestId('file-question')
  await expect(dialog).toBeVisible({ timeout: 20_000 })
  await expect(dialog.getByRole('heading')).toHaveText('array.npy')
  await expect(dialog.getByTestId('file-missing')).toContainText('its sample rate, when it was recorded')
  await dialog.getByTestId('file-sampleRateHz').fill('fast')
  await dialog.getByTestId('file-open').click()
  await expect(dialog.getByTestId('error-file-sampleRateHz')).toHaveText('Write a number.')
  await expect(dialog.getByTestId('error-file-startNs')).toContainText('Say when it was recorded')
  await dialog.getByTestId('file-sampleRateHz').fill('500')
  await dialog.getByTestId('file-startNs').fill('2024-03-01 12:00:00')
  await dialog.getByTestId('file-channelSpacingM').fill('2')
  await dialog.getByTestId('file-firstDistanceM').fill('100')
  await expect(dialog.getByTestId('error-file-startNs')).toHaveCount(0)
  await dialog.getByTestId('file-open').click()
  await expect(dialog).toHaveCount(0)
  const state = await untilWhole(page)
  expect(state.firstRowTime).toMatch(/^2024-03-01T12:00:00/)
  // The edges of the picture lie half a channel outside.
  expect(Number(state.leftDistance)).toBeCloseTo(99, 3)
  expect(Number(state.rightDistance)).toBeCloseTo(101 + 2 * (channels - 1), 3)
})

test('beside the backend of a site, a session and a file open while the live job goes on', async ({ shell }) => {
  test.slow()
  const server = await startFocusServer({ args: ['--source', 'simulated:channels=120,prr=500'] })
  try {
    const page = await shell.open({ backend: server.base })
    await expect(page.getByTestId('tile-badge')).toHaveText('LIVE', { timeout: 20_000 })
    await page.getByTestId('capture').click()
    await expect(page.getByTestId('capture-status')).toContainText(/REC 00:00:0[2-9]/, { timeout: 20_000 })
    await page.getByTestId('capture').click()
    await page.getByTestId('rail-sessions').click()
    const entry = page.getByTestId('session-list').locator('li').first()
    await expect(entry).toHaveAttribute('data-state', 'closed')
    await entry.getByTestId('session-open').click()
    expect(Number((await untilWhole(page)).rows)).toBeGreaterThan(10)
    await page.getByTestId('rail-recordings').click()
    await expect(page.getByTestId('recording-list')).toContainText('opened here')
    await page.getByTestId('rail-jobs').click()
    await expect(page.getByTestId('job-live-1')).toHaveAttribute('data-state', 'streaming')
  } finally {
    await server.stop()
  }
})

test('every real recording that is named at the start shows a picture; zeros alone are a flat one', async ({
  shell
}) => {
  test.slow()
  test.skip(shell.kind === 'desktop', 'the same windows show the same files: the web shell opens them all')
  const folder = dasData('')
  test.skip(folder === null, 'the folder of real recordings is missing')
  const names = readdirSync(folder!)
    .filter((name) => name !== 'README.md')
    .sort()
  const page = await shell.open({ files: names.map((name) => join(folder!, name)) })
  const jobs = page.getByTestId('job-list')
  await expect(jobs.locator('li[data-state="completed"][data-testid^="job-"]')).toHaveCount(names.length, {
    timeout: 60_000
  })
  for (const [index, name] of names.entries()) {
    const id = `historic-${index + 1}`
    await jobs.getByRole('button', { name: id, exact: true }).click()
    await expect(page.getByTestId('waterfall-canvas')).toHaveAttribute('data-job-id', id)
    const { rows: drawn } = await untilWhole(page)
    expect(Number(drawn), name).toBeGreaterThan(2)
    const { brightness } = await takePicture(page)
    const shades = new Set([...brightness].map((value) => Math.round(value * 100)))
    if (name === 'neubrex_das_1.h5') expect(shades.size, name).toBeLessThan(4)
    else expect(shades.size, name).toBeGreaterThan(6)
  }
})
