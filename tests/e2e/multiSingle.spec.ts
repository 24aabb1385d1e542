import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { PNG } from 'pngjs'
import { bytesOf, npyBytes } from '../unit/recordings/containerFixtures.ts'
import { expect, test } from './shell.ts'

const rateHz = 500
const rows = 4000
const channels = 8
const nfft = 256
const stepHz = rateHz / nfft
const amplitude = 100
/** Channel c (from 0) holds a tone in the middle of bin 16 + 8 c; channel 4 a single sample that stands out as well. */
const toneBin = (channel: number): number => 16 + 8 * channel
const spike = { channel: 4, row: 1500, value: 4321 }

function writeArray(path: string): string {
  const values = new Float32Array(rows * channels)
  for (let row = 0; row < rows; row++)
    for (let channel = 0; channel < channels; channel++)
      values[row * channels + channel] =
        row === spike.row && channel === spike.channel
          ? spike.value
          : amplitude * Math.cos((2 * Math.PI * toneBin(channel) * row) / nfft) + ((row * 7919 + channel) % 13) / 1300
  writeFileSync(path, npyBytes('<f4', [rows, channels], bytesOf(values)))
  return path
}

const stateOf = (page: Page, testId: string): Promise<Record<string, string | undefined>> =>
  page
    .getByTestId(testId)
    .first()
    .evaluate((element) => ({ ...(element as HTMLElement).dataset }))

/** Opens the recording again in another view, in the tile that shows it. */
async function openView(page: Page, view: 'multi' | 'single', first: number, last: number): Promise<void> {
  await page.getByTestId('form-view').selectOption(view)
  await page.getByTestId('form-source').selectOption({ label: 'array.npy' })
  await expect(page.getByTestId('form-source').locator('option:checked')).toHaveText('array.npy')
  await page.getByLabel('First channel').fill(String(first))
  await page.getByLabel('Last channel').fill(String(last))
  await page.getByTestId('form-nfft').selectOption(String(nfft))
  await page.getByTestId('form-row-interval').fill('0.05')
  await expect(page.getByTestId('job-form')).toHaveAttribute('data-check', 'valid')
  await page.getByTestId('form-open').click()
}

/** Brightest line of a picture, as the frequency at its middle: the tone. */
async function brightestHz(page: Page, picture: number): Promise<number> {
  const state = await stateOf(page, 'spectra-canvas')
  const png = PNG.sync.read(await page.getByTestId('spectra-canvas').screenshot())
  const [left, top] = state.places!.split(' ')[picture]!.split(',').map(Number) as [number, number]
  const [width, height] = state.pictureSize!.split(',').map(Number) as [number, number]
  let best = { brightness: -1, y: 0 }
  // Below the label; every picture is wide enough for a column a third from the right.
  const x = left + Math.floor(width * 0.66)
  for (let y = 24; y < height; y++) {
    const at = ((top + y) * png.width + x) * 4
    const brightness = png.data[at]! + png.data[at + 1]! * 2 + png.data[at + 2]!
    if (brightness > best.brightness) best = { brightness, y }
  }
  const [low, high] = [Number(state.lowHz), Number(state.highHz)]
  return high - ((best.y + 0.5) / height) * (high - low)
}

test('MultiChannel and SingleChannel show known tones and a single peak where they are', async ({ shell }) => {
  test.slow()
  const dataFolder = shell.folder()
  const page = await shell.open({ dataFolder, files: [writeArray(join(dataFolder, 'array.npy'))] })
  const dialog = page.getByTestId('file-question')
  await dialog.getByTestId('file-sampleRateHz').fill(String(rateHz))
  await dialog.getByTestId('file-startNs').fill('2024-03-01 12:00:00')
  await dialog.getByTestId('file-channelSpacingM').fill('2')
  await dialog.getByTestId('file-firstDistanceM').fill('100')
  await dialog.getByTestId('file-open').click()
  await expect(page.getByTestId('tile-badge')).toContainText('2024-03-01', { timeout: 30_000 })

  await openView(page, 'multi', 1, channels)
  const spectra = page.getByTestId('spectra-canvas')
  await expect(spectra).toHaveAttribute('data-job-state', 'completed', { timeout: 30_000 })
  await expect(spectra).toHaveAttribute('data-channels', '1 2 3 4 5 6 7 8')
  await page.getByTestId('pick-channels').click()
  await page.getByTestId('channel-text').fill('7, 2-3')
  await page.getByTestId('channel-show').click()
  await expect(spectra).toHaveAttribute('data-channels', '7 2 3')
  await page.getByTestId('channel-entry').first().getByRole('checkbox').focus()
  await page.keyboard.press('Alt+ArrowDown')
  await expect(spectra).toHaveAttribute('data-channels', '2 7 3')
  await page.getByTestId('channel-close').click()
  for (const [picture, channel] of [1, 6, 2].entries()) {
    await expect
      .poll(async () => Math.abs((await brightestHz(page, picture)) - toneBin(channel) * stepHz))
      .toBeLessThan(1.5 * stepHz)
  }

  await page.getByTestId('panes-both').click()
  const traces = page.getByTestId('traces-canvas')
  await expect(traces).toHaveAttribute('data-channels', '2 7 3')
  await expect(traces).toHaveAttribute('data-rows', String(rows))
  const before = await stateOf(page, 'spectra-canvas')
  const box = (await spectra.boundingBox())!
  await page.mouse.move(box.x + 80, box.y + 40)
  await page.mouse.wheel(0, -400)
  await expect.poll(async () => (await stateOf(page, 'spectra-canvas')).rightTime).not.toBe(before.rightTime)
  await expect
    .poll(async () => {
      const [up, down] = [await stateOf(page, 'spectra-canvas'), await stateOf(page, 'traces-canvas')]
      return Math.abs(Date.parse(up.rightTime!) - Date.parse(down.rightTime!))
    })
    .toBeLessThan(40)
  await expect(page.getByTestId('cursor-box-place').first()).toContainText('channel 2 · 102.0 m')

  await openView(page, 'single', 4, 4)
  const spectrum = page.getByTestId('spectrum-canvas')
  await expect(page.getByTestId('single-channel')).toHaveText('4 · 106.0 m', { timeout: 30_000 })
  await expect(spectrum).toHaveAttribute('data-peak-hz', (toneBin(3) * stepHz).toFixed(4))
  const known = 10 * Math.log10(amplitude ** 2 / 2 / (1.5 * stepHz))
  expect(Math.abs(Number((await stateOf(page, 'spectrum-canvas')).peakDb) - known)).toBeLessThan(0.05)

  const trace = page.getByTestId('trace-canvas')
  await expect(trace).toHaveAttribute('data-rows', String(rows))
  const place = (await trace.boundingBox())!
  await page.mouse.click(place.x + place.width * 0.3, place.y + place.height * 0.5)
  await expect(page.getByTestId('spectrum-newest')).toBeVisible()
  const shown = await stateOf(page, 'trace-canvas')
  const span = Date.parse(shown.rightTime!) - Date.parse(shown.leftTime!)
  const [plotLeft, , plotWidth] = shown.place!.split(',').map(Number) as [number, number, number]
  const scale = await page.evaluate(() => window.devicePixelRatio)
  const clickedMs = Date.parse(shown.leftTime!) + ((place.width * 0.3 * scale - plotLeft) / plotWidth) * span
  // Rows are 50 ms apart.
  await expect
    .poll(async () => Math.abs(Date.parse((await stateOf(page, 'spectrum-canvas')).time!) - clickedMs))
    .toBeLessThan(60)
  await page.getByTestId('spectrum-newest').click()

  await page.getByTestId('reference-store').click()
  await page.getByTestId('reference-name').fill('channel four')
  await page.getByTestId('reference-save').click()
  await expect(spectrum).toHaveAttribute('data-reference', 'channel four')

  await page.getByTestId('channel-after').click()
  await expect(page.getByTestId('single-channel')).toHaveText('5 · 108.0 m', { timeout: 30_000 })
  await expect(trace).toHaveAttribute('data-rows', String(rows))
  // 4 000 samples share some 900 pixels, and the one that stands out is there.
  await expect
    .poll(async () => Number((await stateOf(page, 'trace-canvas')).range?.split(' ')[1]))
    .toBeGreaterThan(4321)
  await expect(page.locator('[data-slot]')).toHaveCount(1)
})
