import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { nanosecondsFromIso } from '../../src-preload/contract/units.ts'
import { exportFormats } from '../../src-main/sessions/export/exportFormats.ts'
import { runExport } from '../../src-main/sessions/export/runExport.ts'
import { createMemoryRecording } from '../unit/sources/memoryRecording.ts'
import { canvasState, takePicture, untilStill } from './picture.ts'
import { expect, test } from './shell.ts'

const sampleRateHz = 1000
const toneHz = 125
const channels = 60
const seconds = 8
const spacingM = 10
const firstChannel = 1
/** No job of a recording shows rows that are further apart than this by itself. */
const rowMostS = 0.06
const startIso = '2024-03-01T12:00:00.000000000Z'
const startNs = nanosecondsFromIso(startIso)!
/** A source passes channel 1 two seconds after the start, and goes on at this speed. */
const velocityMps = 250
const passesAtS = 2

const amplitudeOf = (index: number): number => 10 ** ((index % 7) / 8)
const levelOf = (index: number): number => 20 * Math.log10(amplitudeOf(index)) - 10 * Math.log10(2)

/** A tone of known strength at each channel, and a pulse of the same tone that runs along the fibre. */
async function writeRecording(folder: string): Promise<string> {
  const recording = createMemoryRecording(
    { time: seconds * sampleRateHz, channel: channels },
    {
      valueAt: (row, index) => {
        const sinceS = row / sampleRateHz - (passesAtS + (index * spacingM) / velocityMps)
        const envelope = amplitudeOf(index) + 60 * Math.exp(-((sinceS / 0.04) ** 2))
        return envelope * Math.sin((2 * Math.PI * toneHz * row) / sampleRateHz + index)
      },
      dtype: 'float32',
      scale: 1,
      startTimeNs: startNs,
      firstChannel,
      channelSpacingM: spacingM,
      firstDistanceM: firstChannel * spacingM
    }
  )
  const target = join(folder, 'passing.h5')
  await runExport({
    source: 'passing',
    target,
    format: exportFormats.prodml,
    selection: { time: null, channels: null, band: null, decimate: 1 },
    overwrite: false,
    signal: new AbortController().signal,
    open: () => Promise.resolve(recording)
  })
  return target
}

const number = (text: string | null): number =>
  Number.parseFloat((text ?? '').replaceAll('−', '-').replaceAll(/[\u202f\s]/g, ''))

/** Device of the page: a point of the picture as parts of it. */
async function at(page: Page, x: number, y: number): Promise<[number, number]> {
  const box = (await page.getByTestId('waterfall-canvas').boundingBox())!
  return [box.x + box.width * x, box.y + box.height * y]
}

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...(await at(page, ...from)))
  await page.mouse.down()
  await page.mouse.move(...(await at(page, ...to)), { steps: 5 })
  await page.mouse.up()
}

/** Row and channel that the box beside the pointer names. */
async function readAt(page: Page, x: number, y: number): Promise<{ ns: bigint; channel: number }> {
  await page.mouse.move(...(await at(page, x, y)))
  await expect(page.getByTestId('cursor-box-value')).toHaveText(/dB re/)
  const [time, place] = await Promise.all([
    page.getByTestId('cursor-box-time').textContent(),
    page.getByTestId('cursor-box-place').textContent()
  ])
  const ns = nanosecondsFromIso(`${startIso.slice(0, 11)}${/[\d:.]+/.exec(time!)![0]}Z`)!
  return { ns, channel: number(/channel (\S+)/.exec(place!)![1]!) }
}

async function chooseTool(page: Page, name: RegExp): Promise<void> {
  await page.getByTestId('tool-menu').click()
  await page.getByRole('menuitemradio', { name }).click()
}

/** Where the pulse is brightest in the picture, as parts of it, at these parts of its width. */
async function arrivals(page: Page, parts: readonly number[]): Promise<[number, number][]> {
  await page.mouse.move(5, 5)
  const picture = await takePicture(page, 1)
  const top = Date.parse(picture.state.topTime!)
  const bottom = Date.parse(picture.state.bottomTime!)
  return parts.map((part) => {
    const column = Math.floor(part * picture.columns)
    let [weight, sum] = [0, 0]
    const brightest = Math.max(
      ...Array.from({ length: picture.rows }, (_, row) => picture.brightness[row * picture.columns + column]!)
    )
    for (let row = 0; row < picture.rows; row++) {
      const brightness = picture.brightness[row * picture.columns + column]!
      if (brightness < brightest * 0.7) continue
      weight += brightness
      sum += brightness * picture.secondsOfRow(row)
    }
    return [(column + 0.5) / picture.columns, ((sum / weight) * 1000 - top) / (bottom - top)]
  })
}

const markCount = (page: Page) => page.getByTestId('annotation-list').locator('> li')

test('velocity, differences and energies of a known field; marks that last, and go to other programs and back', async ({
  shell
}) => {
  test.setTimeout(240_000)
  const folder = shell.folder()
  const page = await shell.open({ files: [await writeRecording(folder)] })
  await expect
    .poll(
      async () => {
        const { jobId, jobState } = await canvasState(page)
        return /^historic-/.test(jobId ?? '') && jobState
      },
      { timeout: 60_000 }
    )
    .toBe('completed')
  await page.getByTestId('hints-dismiss').click()
  await untilStill(page)

  await test.step('a line through picks on an arrival: velocity within 2 %', async () => {
    const places = await arrivals(page, [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])
    await chooseTool(page, /pick points/)
    for (const place of places) await page.mouse.click(...(await at(page, ...place)))
    let velocity = Number.NaN
    await expect
      .poll(async () => {
        velocity = number(await page.getByTestId('line-velocity').textContent())
        return Math.abs(velocity / velocityMps - 1)
      })
      .toBeLessThan(0.02)
    expect(number(await page.getByTestId('line-r2').textContent())).toBeGreaterThan(0.99)
    const before = await canvasState(page)
    await page.mouse.dblclick(...(await at(page, 0.5, 0.9)))
    expect((await canvasState(page)).topTime, 'two quick picks do not move the picture').toBe(before.topTime)
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+z')
    expect(number(await page.getByTestId('line-velocity').textContent())).toBe(velocity)
    await page.keyboard.press('Enter')
    await expect(markCount(page)).toHaveCount(1)
    await expect(page.getByTestId('line-velocity')).toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('tool-name')).toHaveText('move')
  })

  await test.step('two cursors: differences to the row and the channel', async () => {
    const [from, to] = [
      [0.21, 0.1],
      [0.74, 0.62]
    ] as const
    const first = await readAt(page, ...from)
    const second = await readAt(page, ...to)
    await page.keyboard.press('c')
    await drag(page, [...from], [...to])
    const deltaS = number(await page.getByTestId('cursor-dt').textContent())
    expect(deltaS).toBeCloseTo(Number(second.ns - first.ns) / 1e9, 3)
    const shown = await canvasState(page)
    const spanS = (Date.parse(shown.bottomTime!) - Date.parse(shown.topTime!)) / 1000
    expect(Math.abs(deltaS - (to[1] - from[1]) * spanS), 'within a row').toBeLessThan(rowMostS)
    const deltaM = (second.channel - first.channel) * spacingM
    await expect(page.getByTestId('cursor-dx')).toHaveText(`${deltaM} m · ${second.channel - first.channel} ch`)
    expect(number(await page.getByTestId('cursor-velocity').textContent())).toBeCloseTo(deltaM / deltaS, 0)
    // Both lie beside the pulse, where the tone alone is.
    const known = levelOf(second.channel - firstChannel) - levelOf(first.channel - firstChannel)
    expect(Math.abs(number(await page.getByTestId('cursor-db').textContent()) - known)).toBeLessThan(0.05)
    await page.keyboard.press('Escape')
  })

  await test.step('energy, peak, noise and amplitude of a region', async () => {
    await page.keyboard.down('Shift')
    await drag(page, [0.6, 0.05], [0.9, 0.3])
    await page.keyboard.up('Shift')
    const facts = page.getByTestId('selection-facts')
    await expect(page.getByTestId('region-energy')).toHaveText(/dB/)
    const [from, to] = /channels(\d+) – (\d+)time/
      .exec((await facts.textContent())!)!
      .slice(1)
      .map(Number)
    const inside = Array.from({ length: to! - from! + 1 }, (_, k) => levelOf(from! + k - firstChannel))
    const power = inside.reduce((sum, level) => sum + 10 ** (level / 10), 0) / inside.length
    const energy = 10 * Math.log10(power)
    expect(Math.abs(number(await page.getByTestId('region-energy').textContent()) - energy)).toBeLessThan(0.05)
    expect(Math.abs(number(await page.getByTestId('region-peak').textContent()) - Math.max(...inside))).toBeLessThan(
      0.05
    )
    expect(number(await page.getByTestId('region-rms').textContent()) / Math.sqrt(power)).toBeCloseTo(1, 2)
    await expect(page.getByTestId('region-snr')).toHaveText(/dB/)
    await page.getByTestId('selection-annotate').click()
    await expect(markCount(page)).toHaveCount(2)
  })

  await test.step('what is selected is what the export suggests', async () => {
    const facts = (await page.getByTestId('selection-facts').textContent())!
    const [from, to] = /channels(\d+) – (\d+)time/.exec(facts)!.slice(1)
    await page.getByTestId('selection-export').click()
    const dialog = page.getByTestId('export-dialog')
    await expect(dialog.getByLabel('First channel')).toHaveValue(from!)
    await expect(dialog.getByLabel('Last channel')).toHaveValue(to!)
    const fromS = Number(await dialog.getByLabel('From, seconds from the start').inputValue())
    const toS = Number(await dialog.getByLabel('To, seconds from the start').inputValue())
    expect(fromS).toBeGreaterThanOrEqual(0)
    expect(toS - fromS).toBeGreaterThan(1)
    expect(toS).toBeLessThan(0.35 * seconds)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  })

  await test.step('points and boxes; undo, redo, words that are changed', async () => {
    await page.keyboard.press('m')
    await page.mouse.click(...(await at(page, 0.4, 0.8)))
    await expect(markCount(page)).toHaveCount(3)
    await chooseTool(page, /annotate a box/)
    await drag(page, [0.1, 0.7], [0.3, 0.9])
    await expect(markCount(page)).toHaveCount(4)
    // A box that is thought better of.
    await page.mouse.move(...(await at(page, 0.5, 0.5)))
    await page.mouse.down()
    await page.mouse.move(...(await at(page, 0.6, 0.6)), { steps: 3 })
    await page.keyboard.press('Escape')
    await page.mouse.up()
    await expect(markCount(page)).toHaveCount(4)
    await page.keyboard.press('Control+z')
    await expect(markCount(page)).toHaveCount(3)
    await page.keyboard.press('Control+Shift+Z')
    await expect(markCount(page)).toHaveCount(4)
    await page.keyboard.press('Delete')
    await expect(markCount(page)).toHaveCount(3)
    await page.keyboard.press('Control+z')
    await expect(markCount(page)).toHaveCount(4)
    await page.keyboard.press('Escape')
    await markCount(page).last().getByRole('button').first().click()
    await page.getByTestId('annotation-edit').click()
    await page.getByTestId('annotation-label').fill('a lorry')
    await page.getByTestId('annotation-note').fill('on the bridge, "loud", once')
    await page.getByTestId('annotation-save').click()
    await expect(page.getByTestId('annotation-list')).toContainText('a lorry')
  })

  await test.step('they are there after the page was loaded again', async () => {
    await page.reload()
    await expect(page.getByTestId('annotation-list')).toContainText('a lorry', { timeout: 30_000 })
    await expect(markCount(page)).toHaveCount(4)
    await expect(page.getByTestId('annotation-list')).toContainText(/R² 1\.000|R² 0\.99/)
  })

  await test.step('out as CSV and COCO, and in again', async () => {
    const listed = async (): Promise<string[]> =>
      (await markCount(page).locator('.annotation-head, .annotation-facts').allTextContents()).sort()
    const before = await listed()
    const csv = readFileSync(await shell.savedFile(page, () => page.getByTestId('annotation-csv').click()), 'utf8')
    expect(csv.trim().split('\n')).toHaveLength(5)
    expect(csv).toContain('"on the bridge, ""loud"", once"')
    const coco = readFileSync(await shell.savedFile(page, () => page.getByTestId('annotation-coco').click()), 'utf8')
    const parsed = JSON.parse(coco) as { images: unknown[]; annotations: unknown[] }
    expect(parsed.images).toHaveLength(1)
    expect(parsed.annotations).toHaveLength(4)

    for (const [name, text] of [
      ['marks.csv', csv],
      ['marks.json', coco]
    ] as const) {
      for (let left = 4; left > 0; left--) {
        await markCount(page).first().getByRole('button').first().click()
        await page.getByTestId('annotation-remove').click()
        await expect(markCount(page)).toHaveCount(left - 1)
      }
      writeFileSync(join(folder, name), text)
      await page.getByTestId('annotation-file').setInputFiles(join(folder, name))
      await expect(markCount(page)).toHaveCount(4)
      expect(await listed(), name).toEqual(before)
    }
  })

  await test.step('a file of something else is refused in words', async () => {
    writeFileSync(join(folder, 'other.csv'), 'apples,pears\n1,2\n')
    await page.getByTestId('annotation-file').setInputFiles(join(folder, 'other.csv'))
    await expect(page.getByTestId('notice').first()).toContainText(/no annotation was read/i)
    await expect(markCount(page)).toHaveCount(4)
  })
})
