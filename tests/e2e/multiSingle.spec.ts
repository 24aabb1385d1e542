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

const number = (text: string | null): number =>
  Number.parseFloat((text ?? '').replaceAll('−', '-').replaceAll(/[\u202f\s]/g, ''))

/** Where a frequency stands in one of the pictures, and a part of its width; CSS pixels of the page. */
async function spectrogramAt(page: Page, picture: number, part: number, hertz: number): Promise<[number, number]> {
  const state = await stateOf(page, 'spectra-canvas')
  const box = (await page.getByTestId('spectra-canvas').boundingBox())!
  const scale = await page.evaluate(() => window.devicePixelRatio)
  const [left, top] = state.places!.split(' ')[picture]!.split(',').map(Number) as [number, number]
  const [width, height] = state.pictureSize!.split(',').map(Number) as [number, number]
  const [low, high] = [Number(state.lowHz), Number(state.highHz)]
  return [box.x + (left + part * width) / scale, box.y + (top + ((high - hertz) / (high - low)) * height) / scale]
}

/** Where a time stands in a chart, at a part of its height from the top. */
async function chartAt(page: Page, testId: string, timeMs: number, down: number): Promise<[number, number]> {
  const state = await stateOf(page, testId)
  const box = (await page.getByTestId(testId).boundingBox())!
  const scale = await page.evaluate(() => window.devicePixelRatio)
  const [left, top, width, height] = state.place!.split(',').map(Number) as [number, number, number, number]
  const [from, to] = [Date.parse(state.leftTime!), Date.parse(state.rightTime!)]
  return [box.x + (left + ((timeMs - from) / (to - from)) * width) / scale, box.y + (top + down * height) / scale]
}

async function chooseTool(page: Page, name: RegExp): Promise<void> {
  await page.getByTestId('tool-menu').click()
  await page.getByRole('menuitemradio', { name }).click()
}

/** Pixels that are drawn over a pane. */
const drawnOver = (page: Page, kind: string): Promise<number> =>
  page
    .getByTestId(`${kind}-marks`)
    .first()
    .evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement
      if (width === 0) return 0
      const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height)
      let count = 0
      for (let at = 3; at < data.length; at += 4) if (data[at]! > 0) count++
      return count
    })

const markCount = (page: Page) => page.getByTestId('annotation-list').locator('> li')

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

  await test.step('two cursors across channels: Δf, Δx and ΔdB of their tones', async () => {
    await page.keyboard.press('c')
    await expect(page.getByTestId('tool-name')).toHaveText('cursors')
    await page.mouse.click(...(await spectrogramAt(page, 0, 0.3, toneBin(1) * stepHz)))
    await page.mouse.click(...(await spectrogramAt(page, 1, 0.7, toneBin(6) * stepHz)))
    expect(number(await page.getByTestId('cursor-df').textContent())).toBeCloseTo((toneBin(6) - toneBin(1)) * stepHz, 3)
    await expect(page.getByTestId('cursor-dx')).toHaveText('10 m · 5 ch')
    expect(Math.abs(number(await page.getByTestId('cursor-db').textContent()))).toBeLessThan(0.05)
    expect(await drawnOver(page, 'spectrogram')).toBeGreaterThan(100)
    expect(await drawnOver(page, 'trace'), 'their times in the traces too').toBeGreaterThan(100)
  })

  await test.step('a box with a band, which the list names and jumps to', async () => {
    await chooseTool(page, /annotate a box/)
    await page.mouse.move(...(await spectrogramAt(page, 2, 0.2, 100)))
    await page.mouse.down()
    await page.mouse.move(...(await spectrogramAt(page, 2, 0.6, 50)), { steps: 4 })
    await page.mouse.up()
    await expect(markCount(page)).toHaveCount(1)
    const facts = (await markCount(page).first().locator('.annotation-facts').textContent())!
    expect(facts).toContain('channel 3')
    const [low, high] = /([\d.]+)–([\d.]+) Hz/.exec(facts)!.slice(1).map(Number)
    expect([Math.abs(low! - 50), Math.abs(high! - 100)].every((off) => off < 2)).toBe(true)
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('tool-name')).toHaveText('move')
    const beforeJump = (await stateOf(page, 'spectra-canvas')).leftTime
    await markCount(page).first().getByRole('button').first().click()
    await expect.poll(async () => (await stateOf(page, 'spectra-canvas')).leftTime).not.toBe(beforeJump)
  })

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
  await expect(page.getByTestId('spectrum-canvas')).toHaveAttribute('data-peak-hz', (toneBin(4) * stepHz).toFixed(4))
  // 4 000 samples share some 900 pixels, and the one that stands out is there.
  await expect
    .poll(async () => Number((await stateOf(page, 'trace-canvas')).range?.split(' ')[1]))
    .toBeGreaterThan(4321)
  await expect(page.locator('[data-slot]')).toHaveCount(1)

  await test.step('the peak to the sample, and a frequency by the time of one period', async () => {
    const peakMs = Date.parse('2024-03-01T12:00:00Z') + (spike.row / rateHz) * 1000
    await page.keyboard.press('c')
    await page.mouse.click(...(await chartAt(page, 'trace-canvas', peakMs, 0.05)))
    await expect(page.getByTestId('cursor-a')).toHaveText(/^12:00:03\.000000\s· ch 5\s· 4321/)
    await page.mouse.click(...(await chartAt(page, 'trace-canvas', peakMs + 1000, 0.5)))
    const deltaS = number(await page.getByTestId('cursor-dt').textContent())
    expect(Math.abs(deltaS - 1)).toBeLessThan(0.01)
    expect(number(await page.getByTestId('cursor-repeat').textContent())).toBeCloseTo(1 / deltaS, 2)
    await expect(page.getByTestId('cursor-dvalue')).toHaveText(/−4\d{3}/)
    expect(await drawnOver(page, 'spectrogram')).toBeGreaterThan(100)
  })

  await test.step('two cursors in the spectrum: Δf to the bin', async () => {
    const state = await stateOf(page, 'spectrum-canvas')
    const chart = (await page.getByTestId('spectrum-canvas').boundingBox())!
    const [left, top, width, height] = state.place!.split(',').map(Number) as [number, number, number, number]
    const at = (hertz: number): [number, number] => [
      chart.x + (left + ((hertz - Number(state.lowHz)) / (Number(state.highHz) - Number(state.lowHz))) * width) / scale,
      chart.y + (top + height / 2) / scale
    ]
    await page.mouse.move(...at(toneBin(4) * stepHz))
    await page.mouse.down()
    await page.mouse.move(...at(150.4), { steps: 3 })
    await page.mouse.up()
    const nearest = Math.round(150.4 / stepHz)
    expect(number(await page.getByTestId('cursor-df').textContent())).toBeCloseTo((nearest - toneBin(4)) * stepHz, 3)
    const tone = number(/([−\d.]+) dB/.exec((await page.getByTestId('cursor-a').textContent())!)![1]!)
    expect(Math.abs(tone - known)).toBeLessThan(0.05)
    expect(await drawnOver(page, 'spectrum')).toBeGreaterThan(100)
  })
})
