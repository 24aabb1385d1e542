/**
 * What an operator's hand feels while a waterfall of 2 222 channels streams into a window: script in a frame and time between
 * frames while it is zoomed, panned and its levels are dragged, memory while nothing but rows come, what one more tile costs,
 * and that a hidden one costs nothing. Generator, core and browser are processes of this machine; the browser draws in
 * software. Script is counted in processor time; times between frames depend on what else the machine does, so an empty page
 * feels the same hand in turn.
 */
import type { Browser, CDPSession, Page } from 'playwright'
import { percentilesOf } from '../../src-main/commands/performance/figures.ts'
import { launchBrowser } from '../support/browser.ts'
import { openAll, pause, startLine } from '../support/load/line.ts'
import { defaultRequest, lineFibre } from '../support/load/scenarios.ts'
import { openWindow } from '../support/load/windowWatch.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import { levels, pan, zoom, type Box } from './hand.ts'
import { traced, type FrameWork } from './handTrace.ts'
import type { BenchOptions } from './options.ts'

const frameTargetMs = 33
const levelsTargetMs = 16
const sixTilesTarget = 20
const tilesMost = 6
const emptyPage = 'an empty page under the same hand'
const plainLoop = 'a plain loop that draws all pixels anew'

/** Keeps the page's frames coming, as a stream does. */
function keepFrames(): void {
  const next = (): void => void requestAnimationFrame(next)
  next()
}

/** What one writes first: for each pixel the greatest of its cells, and its colour. As many cells and pixels as the window has. */
function drawPlainly({ columns, width, height }: { columns: number; width: number; height: number }): void {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width, height })
  document.body.append(canvas)
  const context = canvas.getContext('2d')!
  const cells = Float32Array.from({ length: columns * height * 2 }, (_, index) => ((index * 2654435761) >>> 8) % 80)
  const image = context.createImageData(width, height)
  const draw = (): void => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let greatest = -Infinity
        for (let row = y * 2; row < y * 2 + 2; row++) {
          const end = Math.floor(((x + 1) * columns) / width)
          for (let column = Math.floor((x * columns) / width); column < end; column++) {
            greatest = Math.max(greatest, cells[row * columns + column]!)
          }
        }
        const level = Math.max(0, Math.min(255, Math.round(greatest * 3)))
        image.data.set([level, 255 - level, level >> 1, 255], (y * width + x) * 4)
      }
    }
    context.putImageData(image, 0, 0)
    requestAnimationFrame(draw)
  }
  draw()
}

/** Bytes of the page's heap and of its arrays, after what is not needed was thrown away. */
async function memoryOf(session: CDPSession): Promise<{ heap: number; arrays: number }> {
  for (let turn = 0; turn < 2; turn++) await session.send('HeapProfiler.collectGarbage')
  const usage = (await session.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number }
  return { heap: usage.usedSize, arrays: usage.backingStorageSize ?? 0 }
}

interface Allocated {
  selfSize: number
  children: Allocated[]
}

const allocatedIn = ({ selfSize, children }: Allocated): number =>
  children.reduce((sum, child) => sum + allocatedIn(child), selfSize)

const p95 = (values: readonly number[]): number => percentilesOf([...values])?.p95 ?? 0
const median = (values: readonly number[]): number => percentilesOf([...values])?.p50 ?? 0

async function onEmptyPage(browser: Browser, measure: (page: Page) => Promise<number>): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  try {
    return await measure(page)
  } finally {
    await page.close()
  }
}

async function handEntries(browser: Browser, page: Page, rounds: number): Promise<BenchEntry[]> {
  const canvas = page.getByTestId('waterfall-canvas').first()
  const box = (await canvas.boundingBox())!
  const size = await canvas.evaluate((element: HTMLCanvasElement) => ({ width: element.width, height: element.height }))
  const gestures = { zoom, pan, levels }
  const found = { zoom: [] as FrameWork[], pan: [] as FrameWork[], levels: [] as FrameWork[] }
  const intervals: number[] = []
  const emptyIntervals: number[] = []
  const plain: number[] = []
  const both = async (target: Page, at: Box): Promise<void> => {
    await zoom(target, at)
    await pan(target, at)
  }
  for (let round = 0; round < rounds; round++) {
    emptyIntervals.push(
      await onEmptyPage(browser, async (empty) => {
        await empty.evaluate(keepFrames)
        return p95((await traced(browser, empty, () => both(empty, box))).intervals)
      })
    )
    const all: number[] = []
    for (const name of ['zoom', 'pan', 'levels'] as const) {
      const work = await traced(browser, page, () => gestures[name](page, box))
      found[name].push(work)
      if (name !== 'levels') all.push(...work.intervals)
    }
    intervals.push(p95(all))
    plain.push(
      await onEmptyPage(browser, async (empty) => {
        await empty.evaluate(drawPlainly, { columns: lineFibre.channels, ...size })
        return median((await traced(browser, empty, () => pause(1500))).script)
      })
    )
  }
  const scriptOf = (name: keyof typeof found): number[] => found[name].map(({ script }) => p95(script))
  const frames = figure('interaction: pan and zoom of a streaming waterfall, p95 between frames', intervals, 'ms')
  const dragged = figure(
    'interaction: levels dragged on the colour bar, script in a frame, p95',
    scriptOf('levels'),
    'ms'
  )
  const against = (values: readonly number[], value: number, name: string) => ({
    against: name,
    ratio: figure('', values, '').value / value
  })
  const script = (['zoom', 'pan'] as const).map((name) => {
    const entry = figure(`interaction: ${name}, script in a frame, p95`, scriptOf(name), 'ms')
    return { ...entry, ...against(plain, entry.value, plainLoop) }
  })
  return [
    {
      ...frames,
      ...against(emptyIntervals, frames.value, emptyPage),
      target: `≤ ${frameTargetMs}`,
      meets: frames.value <= frameTargetMs
    },
    ...script,
    {
      ...dragged,
      ...against(plain, dragged.value, plainLoop),
      target: `≤ ${levelsTargetMs}`,
      meets: dragged.value <= levelsTargetMs
    }
  ]
}

/** The heap while rows come and nobody does anything. */
async function heapEntries(page: Page, session: CDPSession, seconds: number): Promise<BenchEntry[]> {
  await page.keyboard.press('l')
  await pause(2000)
  const before = await memoryOf(session)
  await session.send('HeapProfiler.startSampling', {
    samplingInterval: 8192,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true
  })
  await pause(seconds * 1000)
  const { profile } = (await session.send('HeapProfiler.stopSampling')) as unknown as { profile: { head: Allocated } }
  const after = await memoryOf(session)
  const perMinute = (((after.heap - before.heap) / 1e6) * 60) / seconds
  return [
    figure(`interaction: growth of the heap while streaming, over ${seconds} s`, perMinute, 'MB/min', {
      target: '≤ 0.5',
      meets: perMinute <= 0.5
    }),
    figure(
      'interaction: allocated while streaming, given back since or not',
      allocatedIn(profile.head) / 1e3 / seconds,
      'kB/s'
    ),
    figure('interaction: arrays of one tile, rows and picture', before.arrays / 1e6, 'MB')
  ]
}

const drawnOf = (page: Page): Promise<number[]> =>
  page
    .getByTestId('waterfall-canvas')
    .evaluateAll((all) => all.map((canvas) => Number((canvas as HTMLElement).dataset.drawnFrames)))

/** One tile after the other, each with a job of its own, up to six; then one of them fills the window. */
async function tileEntries(
  browser: Browser,
  page: Page,
  session: CDPSession,
  jobIds: readonly string[]
): Promise<BenchEntry[]> {
  const before = await memoryOf(session)
  for (const id of jobIds.slice(1)) {
    await page.keyboard.press('Control+ArrowRight')
    await page.getByTestId(`job-${id}`).getByRole('button').first().click()
    await page
      .locator(`[data-testid=waterfall-canvas][data-job-id="${id}"][data-rows]`)
      .waitFor({ timeout: 30_000, state: 'attached' })
  }
  await pause(3000)
  const after = await memoryOf(session)
  const tiles = await page.getByTestId('waterfall-canvas').count()
  const six = await traced(browser, page, () => pause(5000))
  const framesPerS = figure(`interaction: ${tiles} tiles at once`, six.intervals.length / 5, 'frames/s')
  const more = (after.heap + after.arrays - before.heap - before.arrays) / 1e6 / Math.max(1, tiles - 1)
  await page.keyboard.press('x')
  // What was on its way when they were hidden is drawn still.
  await pause(2000)
  const drawnBefore = await drawnOf(page)
  const one = await traced(browser, page, () => pause(5000))
  const drawn = (await drawnOf(page)).map((count, index) => count - drawnBefore[index]!).toSorted((a, b) => a - b)
  const hidden = drawn.slice(0, -1).reduce((sum, count) => sum + count, 0)
  const perS = ({ script }: FrameWork): number => script.reduce((sum, ms) => sum + ms, 0) / 5
  return [
    figure('interaction: memory of one more tile', more, 'MB'),
    { ...framesPerS, target: `≥ ${sixTilesTarget}`, meets: tiles === tilesMost && framesPerS.value >= sixTilesTarget },
    figure(`interaction: script of ${tiles} tiles`, perS(six), 'ms/s'),
    figure('interaction: script while one of them hides the others', perS(one), 'ms/s', {
      against: 'all of them shown',
      ratio: perS(six) / perS(one)
    }),
    figure('interaction: frames that hidden tiles draw', hidden, '', { target: '= 0', meets: hidden === 0 })
  ]
}

export async function run({ rounds = 3, seconds = 60 }: BenchOptions = {}): Promise<BenchEntry[]> {
  const browser = await launchBrowser()
  if (!browser) return [skippedFigure('interaction', 'ms', 'no Chrome or Chromium was found')]
  const line = await startLine({ source: 'simulated' })
  try {
    const request = await defaultRequest(line, lineFibre.channels)
    const [first] = await openAll(line, [request])
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    await context.addInitScript(keepFrames)
    const page = await openWindow(context, line.address)
    const session = await context.newCDPSession(page)
    await session.send('HeapProfiler.enable')
    await pause(8000)
    const entries = await handEntries(browser, page, rounds)
    entries.push(...(await heapEntries(page, session, seconds)))
    const others = await openAll(
      line,
      Array.from({ length: tilesMost - 1 }, () => request)
    )
    entries.push(...(await tileEntries(browser, page, session, [first!, ...others])))
    return entries
  } finally {
    await browser.close()
    await line.stop()
  }
}
