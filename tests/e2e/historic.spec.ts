import type { Page } from '@playwright/test'
import { dasData } from '../support/dasData.ts'
import { startFocusServer, type FocusServerProcess } from '../support/focusServerProcess.ts'
import type { Picture } from '../support/ridges.ts'
import { canvasState, takePicture, untilWhole } from './picture.ts'
import { expect, test } from './shell.ts'

let server: FocusServerProcess | null = null

test.beforeAll(async () => {
  const folder = dasData('')
  if (folder) server = await startFocusServer({ args: ['--recordings', folder] })
})
test.afterAll(async () => {
  await server?.stop()
})
test.beforeEach(() => {
  test.skip(server === null, 'the folder of real recordings is missing')
})

/** `band`: the start of the name of a recorded band, or the ends to type, Hz. */
async function openRecording(page: Page, name: string, band: string | [string, string]): Promise<void> {
  await page.getByTestId('rail-recordings').click()
  await page
    .getByTestId('recording-list')
    .getByRole('button', { name: new RegExp(name.replace('.', '\\.')) })
    .click()
  const form = page.getByTestId('job-form')
  if (typeof band === 'string') {
    const label = await form.getByTestId('form-band').locator('option', { hasText: band }).textContent()
    await form.getByTestId('form-band').selectOption({ label: label! })
  } else {
    await form.getByTestId('form-band-min').fill(band[0])
    await form.getByTestId('form-band-max').fill(band[1])
  }
  await expect(form.getByTestId('form-open')).toBeEnabled()
  await form.getByTestId('form-open').click()
  await untilWhole(page)
}

/** Mean brightness of a part of the picture, by metres and seconds. */
function meanOf(picture: Picture, where: { fromM: number; toM: number; fromS: number; toS: number }): number {
  let sum = 0
  let count = 0
  for (let row = 0; row < picture.rows; row++) {
    const at = picture.secondsOfRow(row)
    if (at < where.fromS || at >= where.toS) continue
    for (let column = 0; column < picture.columns; column++) {
      const metres = picture.metresOfColumn(column)
      if (metres < where.fromM || metres >= where.toM) continue
      sum += picture.brightness[row * picture.columns + column]!
      count++
    }
  }
  expect(count).toBeGreaterThan(20)
  return sum / count
}

test('band energy: the moving source is where the file has it, with its own times and distances', async ({ shell }) => {
  const page = await shell.open({ backend: server!.base })
  await openRecording(page, 'prodml_fbe_1.h5', '49.32')
  const state = await canvasState(page)
  expect(state.rows).toBe('453')
  expect(state.firstRowTime).toMatch(/^2023-04-26T16:14:49\.042/)
  const picture = await takePicture(page)
  // Locus 267 at row 160, 118 at row 400, 5.12 s a row, dx 1.02095 m: where the ridge is, it is brighter than beside it.
  const startS = Date.parse('2023-04-26T16:14:49.042Z') / 1000
  const spacingM = 1.0209523
  for (const part of [0.2, 0.4, 0.6, 0.8]) {
    const atS = startS + (160 + 240 * part) * 5.12
    const locusM = (267 - 149 * part) * spacingM
    const near = meanOf(picture, { fromM: locusM - 15, toM: locusM + 15, fromS: atS - 40, toS: atS + 40 })
    const beside = meanOf(picture, { fromM: locusM - 50, toM: locusM - 35, fromS: atS - 40, toS: atS + 40 })
    expect(near, `at ${(part * 100).toFixed(0)} % of its way`).toBeGreaterThan(beside + 0.02)
  }
})

test('earthquake: quiet before it, strong after S, at the distances of the submarine cable', async ({ shell }) => {
  const page = await shell.open({ backend: server!.base })
  await openRecording(page, 'decimated_optodas.hdf5', ['2', '30'])
  const state = await canvasState(page)
  // Channel ids 32 500 … 35 000 in steps of 50, 1.0213 m each.
  expect(Number(state.leftDistance)).toBeCloseTo(32_500 * 1.0213, -2)
  expect(Number(state.rightDistance)).toBeCloseTo(35_000 * 1.0213, -2)
  expect(state.firstRowTime).toMatch(/^2023-10-27T14:23:37/)
  const picture = await takePicture(page)
  const startS = Date.parse('2023-10-27T14:23:37.02Z') / 1000
  const whole = { fromM: Number(state.leftDistance), toM: Number(state.rightDistance) }
  const before = meanOf(picture, { ...whole, fromS: startS + 0.3, toS: startS + 2 })
  const after = meanOf(picture, { ...whole, fromS: startS + 7.5, toS: startS + 9.5 })
  expect(after).toBeGreaterThan(before + 0.1)
})

test('transient: at 7.1 s over loci 160 to 400, in 1970', async ({ shell }) => {
  const page = await shell.open({ backend: server!.base })
  await openRecording(page, 'prodml_2.0.h5', ['3', '20'])
  const state = await canvasState(page)
  expect(state.firstRowTime).toMatch(/^1970-01-01T00:00:0/)
  expect(Number(state.leftDistance)).toBeCloseTo(-260 * 1.02095, -1)
  const picture = await takePicture(page)
  const loci = { fromM: (160 - 260) * 1.02095, toM: (400 - 260) * 1.02095 }
  const at = meanOf(picture, { ...loci, fromS: 6.9, toS: 7.4 })
  const before = meanOf(picture, { ...loci, fromS: 4, toS: 6 })
  expect(at).toBeGreaterThan(before + 0.05)
})
