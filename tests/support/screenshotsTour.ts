/** The pictures of the README's tour. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { PNG } from 'pngjs'
import { dasData } from './dasData.ts'
import { runCommand } from './commandLine.ts'
import { eventually } from './eventually.ts'
import {
  canvas,
  keepFile,
  openProgram,
  openRecording,
  rowsAtLeast,
  standsStill,
  takeWindow,
  type OpenOptions,
  type Scene
} from './screenshotsStage.ts'

const earthquake = 'decimated_optodas.hdf5'
const movingSource = 'prodml_fbe_1.h5'
const quietFibre = { backend: ['--source', 'simulated:channels=400,prr=500'] }
const transient = 'prodml_2.0.h5'
const longChannel = 'geofon_9N_HSF.mseed'
const whyNoRecordings = (): string | null => (dasData('') === null ? 'the folder of real recordings is missing' : null)

async function withProgram(browser: Browser, options: OpenOptions, look: (page: Page) => Promise<void>): Promise<void> {
  const program = await openProgram(browser, options)
  try {
    await look(program.page)
  } finally {
    await program.stop()
  }
}

/** Real recordings beside a fibre that is too small to keep the machine busy. */
const withRecordings = (browser: Browser, files: string[], look: (page: Page) => Promise<void>): Promise<void> =>
  withProgram(
    browser,
    { backend: ['--source', 'simulated:channels=100,prr=200'], files: files.map((file) => dasData(file)!) },
    async (page) => {
      await page.getByTestId('tile-badge').first().waitFor({ timeout: 60_000 })
      await look(page)
    }
  )

interface PlaceOnPicture {
  x: number
  y: number
}

/** Where a channel and a part of the picture's time (0 top, 1 bottom) are on the page. */
async function placeOf(page: Page, channel: number, timeMs: number): Promise<PlaceOnPicture> {
  const box = (await page.locator(canvas).boundingBox())!
  const state = await page.locator(canvas).evaluate((element) => ({ ...(element as HTMLElement).dataset }))
  const [left, right] = [Number(state.leftChannel), Number(state.rightChannel)]
  const [top, bottom] = [Date.parse(state.topTime!), Date.parse(state.bottomTime!)]
  return {
    x: box.x + ((channel - left) / (right - left)) * box.width,
    y: box.y + ((timeMs - top) / (bottom - top)) * box.height
  }
}

/** The brightest place of a line of the picture near `at`: what an eye picks. */
function brightestNear(png: PNG, at: PlaceOnPicture, reach: number): PlaceOnPicture {
  let best = { x: at.x, light: -1 }
  for (let x = Math.round(at.x - reach); x <= at.x + reach; x++) {
    let light = 0
    for (let y = -2; y <= 2; y++)
      for (let dx = -3; dx <= 3; dx++) {
        const index = ((Math.round(at.y) + y) * png.width + x + dx) * 4
        light += 0.2 * png.data[index]! + 0.7 * png.data[index + 1]! + 0.1 * png.data[index + 2]!
      }
    if (light > best.light) best = { x, light }
  }
  return { x: best.x, y: at.y }
}

async function takeLive(browser: Browser): Promise<void> {
  await withProgram(browser, {}, async (page) => {
    await rowsAtLeast(page, 750)
    await takeWindow(page, 'live-dark')
    await page.getByTestId('theme-toggle').click()
    await page.mouse.move(600, 680)
    await page.waitForTimeout(1000)
    await takeWindow(page, 'live-light')
  })
}

async function takeWindowParts(browser: Browser): Promise<void> {
  await withProgram(browser, quietFibre, async (page) => {
    await rowsAtLeast(page, 200)
    await page.keyboard.press('Control+Shift+P')
    await page.getByTestId('palette-input').fill('tile')
    await page.waitForTimeout(500)
    await takeWindow(page, 'palette')
    await page.keyboard.press('Escape')
    await page.getByTestId('rail-settings').click()
    await page.waitForTimeout(1000)
    await takeWindow(page, 'settings')
  })
}

/** Waits until a machine that does other things too has been calm for a while. */
async function takeAllWell(browser: Browser): Promise<void> {
  await withProgram(browser, quietFibre, async (page) => {
    await rowsAtLeast(page, 200)
    await page.getByTestId('rail-health').click()
    const headline = page.getByTestId('health-headline')
    await eventually('all is well', async () => (await headline.innerText()).startsWith('All is well'), 300_000)
    await takeWindow(page, 'health-well')
  })
}

async function takeTiles(browser: Browser): Promise<void> {
  await withRecordings(browser, [movingSource, earthquake], async (page) => {
    await openRecording(page, movingSource, { storedBand: '49.32' })
    await page.getByTestId('slot-1').click({ position: { x: 40, y: 14 } })
    await page.keyboard.press('Control+ArrowDown')
    await page.locator('[data-slot="2"][data-active=true]').waitFor()
    await openRecording(page, earthquake, { view: 'multi', nfft: 256, rowIntervalS: 0.05 })
    await page.getByTestId('pick-channels').click()
    await page.getByTestId('channel-text').fill('32900, 33500, 34150, 34750')
    await page.getByTestId('channel-show').click()
    await page.getByTestId('channel-close').click()
    await page.getByTestId('slot-2').click({ position: { x: 40, y: 14 } })
    await page.keyboard.press('Control+ArrowRight')
    await page.locator('[data-slot="3"][data-active=true]').waitFor()
    await openRecording(page, earthquake, { view: 'single', channels: [21, 21], nfft: 256, rowIntervalS: 0.02 })
    // As much of the pictures as fits: the inspector goes, and the tiles below get the greater part.
    await page.getByTestId('show-spectrogram').click()
    await page.getByTestId('slot-3').click({ position: { x: 40, y: 14 } })
    await page.keyboard.press('i')
    const line = (await page.getByTestId('split-line').first().boundingBox())!
    await page.mouse.move(line.x + 300, line.y + line.height / 2)
    await page.mouse.down()
    await page.mouse.move(line.x + 300, line.y - 50, { steps: 4 })
    await page.mouse.up()
    await page.mouse.move(1, 450)
    await standsStill(page)
    await takeWindow(page, 'tiles')
  })
}

async function takeMovingSource(browser: Browser): Promise<void> {
  await withRecordings(browser, [movingSource], async (page) => {
    await openRecording(page, movingSource, { storedBand: '49.32' })
    await page.mouse.move(1, 450)
    await standsStill(page)
    await takeWindow(page, 'moving-source')

    // The source goes from channel 267 to 118 between rows 160 and 400, which are 5.12 s apart.
    const png = PNG.sync.read(await page.screenshot())
    const startMs = Date.parse((await page.locator(canvas).getAttribute('data-first-row-time'))!)
    const picks: PlaceOnPicture[] = []
    for (let row = 180; row <= 380; row += 25) {
      const channel = 267 - ((row - 160) * 149) / 240
      const near = await placeOf(page, channel, startMs + row * 5120)
      picks.push(brightestNear(png, near, 30))
    }
    await page.getByTestId('tool-menu').click()
    await page.getByRole('menuitemradio', { name: 'pick points of a line' }).click()
    for (const { x, y } of picks) await page.mouse.click(x, y)
    await page.getByTestId('measuring').scrollIntoViewIfNeeded()
    process.stdout.write(
      `  velocity ${await page.getByTestId('line-velocity').innerText()}, R² ${await page.getByTestId('line-r2').innerText()}\n`
    )
    await page.getByTestId('line-keep').click()
    await page.getByTestId('annotation-edit').click()
    await page.getByTestId('annotation-label').fill('Moving source')
    await page.getByTestId('annotation-note').fill('Steady for 17 min, towards channel 1')
    await page.getByTestId('annotation-save').click()
    await page.getByTestId('annotations').scrollIntoViewIfNeeded()
    await page.mouse.move(1, 450)
    await standsStill(page)
    await takeWindow(page, 'measured-line')

    await page.getByTestId('slot-1').click({ position: { x: 40, y: 14 } })
    const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('s')])
    keepFile('saved-picture', await saved.path())
  })
}

async function takeEarthquake(browser: Browser): Promise<void> {
  await withRecordings(browser, [earthquake], async (page) => {
    await openRecording(page, earthquake, { band: [2, 30] })
    await page.mouse.move(1, 450)
    await standsStill(page)
    await takeWindow(page, 'earthquake')
    const startMs = Date.parse((await page.locator(canvas).getAttribute('data-first-row-time'))!)
    const from = await placeOf(page, 33_000, startMs + 6500)
    const to = await placeOf(page, 34_600, startMs + 9200)
    await page.keyboard.down('Shift')
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(to.x, to.y, { steps: 5 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    await page.getByTestId('region-rms').waitFor()
    await page.getByTestId('selection').scrollIntoViewIfNeeded()
    await page.mouse.move(1, 450)
    await standsStill(page)
    await takeWindow(page, 'selected-region')
  })
}

async function takePlayback(browser: Browser): Promise<void> {
  await withRecordings(browser, [transient, longChannel], async (page) => {
    await openRecording(page, transient, { band: [3, 20] })
    await page.mouse.move(1, 450)
    await standsStill(page)
    await takeWindow(page, 'transient')
    await openRecording(page, longChannel, { view: 'single', nfft: 2048, rowIntervalS: 0.5 })
    await page.mouse.move(1, 450)
    await standsStill(page)
    await takeWindow(page, 'playback')
  })
}

/** The same drawing without a window. */
async function takeCommand(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-picture-'))
  const target = join(folder, 'picture.png')
  try {
    const { code, err } = await runCommand([
      'picture',
      dasData(earthquake)!,
      target,
      '--band',
      '2:30',
      '--map',
      'magma',
      '--size',
      '1440x700'
    ])
    if (code !== 0) throw new Error(err)
    keepFile('picture-command', target)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const tourScenes: Scene[] = [
  { names: ['live-dark', 'live-light'], take: takeLive },
  { names: ['palette', 'settings'], take: takeWindowParts },
  { names: ['tiles'], whyNot: whyNoRecordings, take: takeTiles },
  { names: ['moving-source', 'measured-line', 'saved-picture'], whyNot: whyNoRecordings, take: takeMovingSource },
  { names: ['earthquake', 'selected-region'], whyNot: whyNoRecordings, take: takeEarthquake },
  { names: ['transient', 'playback'], whyNot: whyNoRecordings, take: takePlayback },
  { names: ['picture-command'], whyNot: whyNoRecordings, take: takeCommand },
  { names: ['health-well'], take: takeAllWell }
]
