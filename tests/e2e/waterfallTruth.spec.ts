import type { Page } from '@playwright/test'
import { PNG } from 'pngjs'
import { colourMapFromName } from '../../src-preload/contract/drawing/colourMaps.ts'
import { nanosecondsFromIso } from '../../src-preload/contract/units.ts'
import { exportFormats } from '../../src-main/sessions/export/exportFormats.ts'
import { runExport } from '../../src-main/sessions/export/runExport.ts'
import { startFocusServer } from '../support/focusServerProcess.ts'
import { createMemoryRecording } from '../unit/sources/memoryRecording.ts'
import { canvasState } from './picture.ts'
import { expect, test } from './shell.ts'

const sampleRateHz = 1000
const toneHz = 62.5
const channels = 60
const seconds = 20
const firstChannel = 101
const spacingM = 2
const startIso = '2024-03-01T12:00:00.000000000Z'
/** The tone becomes ten times as strong here, seconds after the start. */
const stepS = 12

const amplitudeOf = (channel: number): number => 10 ** (1 + (channel % 7) / 4)

/** dB of the mean square of a sine. */
const levelOf = (channel: number, isStrong: boolean): number =>
  20 * Math.log10(amplitudeOf(channel)) - 10 * Math.log10(2) + (isStrong ? 20 : 0)

/** A recording of tones whose frequency, amplitude, place and time are known. */
async function writeTones(folder: string): Promise<void> {
  const recording = createMemoryRecording(
    { time: seconds * sampleRateHz, channel: channels },
    {
      valueAt: (row, channel) =>
        amplitudeOf(channel) *
        (row >= stepS * sampleRateHz ? 10 : 1) *
        Math.sin((2 * Math.PI * toneHz * row) / sampleRateHz + channel),
      dtype: 'float32',
      scale: 1,
      startTimeNs: nanosecondsFromIso(startIso)!,
      firstChannel,
      channelSpacingM: spacingM,
      firstDistanceM: firstChannel * spacingM
    }
  )
  await runExport({
    source: 'tones',
    target: `${folder}/tones.h5`,
    format: exportFormats.prodml,
    selection: { time: null, channels: null, band: null, decimate: 1 },
    overwrite: false,
    signal: new AbortController().signal,
    open: () => Promise.resolve(recording)
  })
}

const number = (text: string): number => Number.parseFloat(text.replaceAll('−', '-').replaceAll(/[\u202f\s]/g, ''))

interface Reading {
  seconds: number
  channel: number
  metres: number
  level: number
}

/** What the box beside the pointer says, `x` and `y` as parts of the picture. */
async function readAt(page: Page, x: number, y: number): Promise<Reading> {
  const box = (await page.getByTestId('waterfall-canvas').boundingBox())!
  await page.mouse.move(box.x + box.width * x, box.y + box.height * y)
  const value = page.getByTestId('cursor-box-value')
  await expect(value).toHaveText(/dB re/)
  const [time, place, level] = await Promise.all([
    page.getByTestId('cursor-box-time').textContent(),
    page.getByTestId('cursor-box-place').textContent(),
    value.textContent()
  ])
  const [, channel, metres] = /channel (\S+) · (\S+) m/.exec(place!)!
  const at = nanosecondsFromIso(`${startIso.slice(0, 11)}${/[\d:.]+/.exec(time!)![0]}Z`)!
  return {
    seconds: Number(at - nanosecondsFromIso(startIso)!) / 1e9,
    channel: number(channel!),
    metres: number(metres!),
    level: number(level!)
  }
}

/** Compares what the cursor says with the known tone, and its place with the edges of the picture. */
async function checkReading(page: Page, x: number, y: number): Promise<void> {
  const reading = await readAt(page, x, y)
  const state = await canvasState(page)
  const isStrong = reading.seconds > stepS
  expect(Math.abs(reading.seconds - stepS), 'the windows of this row hold one amplitude').toBeGreaterThan(0.3)
  expect(reading.level).toBeGreaterThan(levelOf(reading.channel - firstChannel, isStrong) - 0.05)
  expect(reading.level).toBeLessThan(levelOf(reading.channel - firstChannel, isStrong) + 0.05)
  const [left, right] = [Number(state.leftChannel), Number(state.rightChannel)]
  expect(Math.abs(reading.channel - (left + x * (right - left)))).toBeLessThan(1 + (right - left) / 400)
  expect(reading.metres).toBeCloseTo(reading.channel * spacingM, 1)
  const [top, bottom] = [state.topTime!, state.bottomTime!].map(
    (iso) => Number(nanosecondsFromIso(iso)! - nanosecondsFromIso(startIso)!) / 1e9
  )
  expect(Math.abs(reading.seconds - (top! + y * (bottom! - top!)))).toBeLessThan(0.06 + (bottom! - top!) / 300)
}

test('a recording of known tones reads as known, at every zoom, as shown and as processed', async ({ shell }) => {
  test.slow()
  const folder = shell.folder()
  await writeTones(folder)
  const server = await startFocusServer({ args: ['--recordings', folder] })
  try {
    const page = await shell.open({ backend: server.base })
    await page.getByTestId('rail-recordings').click()
    await page
      .getByTestId('recording-list')
      .getByRole('button', { name: /tones\.h5/ })
      .click()
    const form = page.getByTestId('job-form')
    await form.getByTestId('form-band-min').fill('30')
    await form.getByTestId('form-band-max').fill('100')
    await expect(form.getByTestId('form-open')).toBeEnabled()
    await form.getByTestId('form-open').click()
    await expect
      .poll(
        async () => {
          const { jobId, jobState } = await canvasState(page)
          return /^historic-/.test(jobId ?? '') && jobState
        },
        { timeout: 60_000 }
      )
      .toBe('completed')

    for (const [x, y] of [
      [0.12, 0.2],
      [0.52, 0.4],
      [0.91, 0.85]
    ] as const)
      await checkReading(page, x, y)

    // A box around a part of both amplitudes, then closer still, and back again.
    const box = (await page.getByTestId('waterfall-canvas').boundingBox())!
    const whole = await canvasState(page)
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3)
    await page.keyboard.down('Control')
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.9, { steps: 3 })
    await page.mouse.up()
    await page.keyboard.up('Control')
    await expect.poll(async () => (await canvasState(page)).leftChannel).not.toBe(whole.leftChannel)
    await checkReading(page, 0.2, 0.15)
    await checkReading(page, 0.8, 0.9)
    for (let turn = 0; turn < 6; turn++) await page.mouse.wheel(0, -150)
    await checkReading(page, 0.55, 0.95)

    // The colour of a pixel is that of the level which the cursor reads, by the levels that the bar shows.
    const still = await canvasState(page)
    const { level } = await readAt(page, 0.4, 0.92)
    await page.mouse.move(5, 5)
    const png = PNG.sync.read(await page.getByTestId('waterfall-canvas').screenshot())
    const share = (level - Number(still.lowDb)) / (Number(still.highDb) - Number(still.lowDb))
    const index = Math.min(255, Math.max(0, Math.round(share * 255)))
    const at = (Math.floor(png.height * 0.92) * png.width + Math.floor(png.width * 0.4)) * 4
    const expected = colourMapFromName(still.colourMap!).rgba.subarray(index * 4, index * 4 + 3)
    for (let part = 0; part < 3; part++) expect(Math.abs(png.data[at + part]! - expected[part]!)).toBeLessThanOrEqual(6)

    // What is processed says so, and keeps what came.
    await page.getByTestId('display-menu').click()
    await page.getByTestId('display-mean').selectOption({ label: 'mean of 8 rows' })
    await page.getByTestId('display-background').selectOption({ label: 'median of 10 s before' })
    await page.keyboard.press('Escape')
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.95)
    await expect(page.getByTestId('cursor-box-note')).toHaveText(
      /mean of 8 rows, above the median of 10 s · as it came −?[\d.]+ dB re/
    )
    await expect(page.getByTestId('cursor-box-value')).toHaveText(/dB above background/)
  } finally {
    await server.stop()
  }
})
