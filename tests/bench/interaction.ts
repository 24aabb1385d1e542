/**
 * What an operator's hand feels while a waterfall of 2 222 channels streams into a window: time between frames while it is
 * panned and zoomed, script in a frame while levels are dragged, memory while nothing but rows come, and what one more tile
 * costs. Generator, core and browser are processes of this machine; the browser draws in software.
 */
import type { CDPSession, Page } from 'playwright'
import { percentilesOf } from '../../src-main/commands/performance/figures.ts'
import { launchBrowser } from '../support/browser.ts'
import { openAll, pause, startLine } from '../support/load/line.ts'
import { defaultRequest, lineFibre } from '../support/load/scenarios.ts'
import { openWindow } from '../support/load/windowWatch.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const frameTargetMs = 33
const levelsTargetMs = 16
const sixTilesTarget = 20
const tilesMost = 6

interface Timing {
  /** Times between frames, ms, and script in each of them. */
  gaps: number[]
  script: number[]
}

interface Timed {
  wavefallTiming?: Timing
}

/** Before the page's own scripts: every frame's callbacks are timed. */
function timeFrames(): void {
  const timing = { gaps: [] as number[], script: [] as number[] }
  ;(window as Timed).wavefallTiming = timing
  const ask = window.requestAnimationFrame.bind(window)
  window.requestAnimationFrame = (callback) =>
    ask((nowMs) => {
      const startedMs = performance.now()
      callback(nowMs)
      timing.script.push(performance.now() - startedMs)
    })
  let lastMs = performance.now()
  const next = (nowMs: number): void => {
    timing.gaps.push(nowMs - lastMs)
    lastMs = nowMs
    ask(next)
  }
  ask(next)
}

/** What was timed while something was done. */
async function during(page: Page, act: () => Promise<void>): Promise<Timing> {
  await page.evaluate(() => {
    const timing = (window as Timed).wavefallTiming!
    timing.gaps.length = 0
    timing.script.length = 0
  })
  await act()
  return page.evaluate(() => {
    const { gaps, script } = (window as Timed).wavefallTiming!
    return { gaps: [...gaps], script: [...script] }
  })
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

async function drag(page: Page, from: { x: number; y: number }, by: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  for (let step = 1; step <= 40; step++) {
    await page.mouse.move(from.x + (by.x * step) / 40, from.y + (by.y * step) / 40)
  }
  await page.mouse.up()
}

async function zoomAndPan(page: Page, { x, y, width, height }: Box): Promise<void> {
  const middle = { x: x + width / 2, y: y + height / 2 }
  await page.mouse.move(middle.x, middle.y)
  for (const turn of [-60, 60]) for (let step = 0; step < 20; step++) await page.mouse.wheel(0, turn)
  await drag(page, middle, { x: width / 5, y: height / 4 })
  await drag(page, middle, { x: -width / 5, y: -height / 4 })
}

/** Bytes of the page's heap and of its arrays, after what is not needed was thrown away. */
async function memoryOf(session: CDPSession): Promise<{ heap: number; arrays: number }> {
  for (let turn = 0; turn < 2; turn++) await session.send('HeapProfiler.collectGarbage')
  const usage = (await session.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number }
  return { heap: usage.usedSize, arrays: usage.backingStorageSize ?? 0 }
}

const p95 = (values: readonly number[]): number => percentilesOf([...values])?.p95 ?? 0

async function handEntries(page: Page, rounds: number): Promise<BenchEntry[]> {
  const box = (await page.getByTestId('waterfall-canvas').first().boundingBox())!
  const gaps: number[] = []
  const levels: number[] = []
  const script: number[] = []
  for (let round = 0; round < rounds; round++) {
    const hand = await during(page, () => zoomAndPan(page, box))
    gaps.push(p95(hand.gaps))
    script.push(p95(hand.script))
    const bar = { x: box.x + box.width + 15, y: box.y + box.height / 2 }
    levels.push(p95((await during(page, () => drag(page, bar, { x: 0, y: box.height / 6 }))).script))
  }
  const frames = figure('interaction: pan and zoom of a streaming waterfall, p95 between frames', gaps, 'ms')
  const dragged = figure('interaction: levels dragged on the colour bar, script in a frame, p95', levels, 'ms')
  return [
    { ...frames, target: `≤ ${frameTargetMs}`, meets: frames.value <= frameTargetMs },
    figure('interaction: pan and zoom, script in a frame, p95', script, 'ms'),
    { ...dragged, target: `≤ ${levelsTargetMs}`, meets: dragged.value <= levelsTargetMs }
  ]
}

/** The heap while rows come and nobody does anything. */
async function heapEntries(page: Page, session: CDPSession, seconds: number): Promise<BenchEntry[]> {
  await page.keyboard.press('l')
  await pause(2000)
  const before = await memoryOf(session)
  await pause(seconds * 1000)
  const after = await memoryOf(session)
  const perMinute = (((after.heap - before.heap) / 1e6) * 60) / seconds
  return [
    figure(`interaction: growth of the heap while streaming, over ${seconds} s`, perMinute, 'MB/min', {
      target: '≤ 0.5',
      meets: perMinute <= 0.5
    }),
    figure('interaction: arrays of one tile, rows and picture', before.arrays / 1e6, 'MB')
  ]
}

/** One tile after the other, each with a job of its own, up to six. */
async function tileEntries(page: Page, session: CDPSession, jobIds: readonly string[]): Promise<BenchEntry[]> {
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
  const timing = await during(page, () => pause(5000))
  const framesPerS = figure(`interaction: ${tiles} tiles at once`, timing.gaps.length / 5, 'frames/s')
  const more = (after.heap + after.arrays - before.heap - before.arrays) / 1e6 / Math.max(1, tiles - 1)
  return [
    figure('interaction: memory of one more tile', more, 'MB'),
    { ...framesPerS, target: `≥ ${sixTilesTarget}`, meets: tiles === tilesMost && framesPerS.value >= sixTilesTarget }
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
    await context.addInitScript(timeFrames)
    const page = await openWindow(context, line.address)
    const session = await context.newCDPSession(page)
    await session.send('HeapProfiler.enable')
    await pause(8000)
    const entries = await handEntries(page, rounds)
    entries.push(...(await heapEntries(page, session, seconds)))
    const others = await openAll(
      line,
      Array.from({ length: tilesMost - 1 }, () => request)
    )
    entries.push(...(await tileEntries(page, session, [first!, ...others])))
    return entries
  } finally {
    await browser.close()
    await line.stop()
  }
}
