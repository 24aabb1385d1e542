/** From the command to the first painted row, against a bare window (desktop) or an empty page (browser) of the same runtime. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { ensureBuilt } from '../../src-main/launch.ts'
import { launchBrowser } from '../support/browser.ts'
import { desktopEnvironment, launchDesktop, whyNoDesktop } from '../support/electron.ts'
import { startWebShell } from '../support/webShell.ts'
import { skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const targetMs = 3000

const firstRow = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () =>
      Number((document.querySelector('[data-testid=waterfall-canvas]') as HTMLElement | null)?.dataset.rows ?? 0) > 0,
    null,
    { polling: 'raf', timeout: 30_000 }
  )

async function timed(action: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await action()
  return performance.now() - started
}

async function desktopRound(args: string[], ready: (page: Page) => Promise<unknown>, app?: string): Promise<number> {
  const started = performance.now()
  const running = await launchDesktop(args, desktopEnvironment(), app)
  await ready(running.page)
  const ms = performance.now() - started
  await running.app.close()
  return ms
}

function entry(name: string, against: string, ours: number[], theirs: number[]): BenchEntry {
  const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
  return {
    name,
    value: middle(ours),
    unit: 'ms',
    against,
    ratio: middle(ours) / middle(theirs),
    target: `< ${targetMs} ms`,
    meets: middle(ours) < targetMs,
    min: Math.min(...ours),
    max: Math.max(...ours),
    rounds: ours.length,
    skipped: null
  }
}

async function desktop(rounds: number): Promise<BenchEntry> {
  const name = 'start: command → first painted row, desktop'
  const hindrance = whyNoDesktop()
  if (hindrance) return skippedFigure(name, 'ms', hindrance)
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'wavefall-bench-'))
    ours.push(await desktopRound(['--data', folder], firstRow))
    theirs.push(await desktopRound([], (page) => page.waitForSelector('p'), join(import.meta.dirname, 'bareWindow')))
    rmSync(folder, { recursive: true, force: true })
  }
  return entry(name, 'a bare window of the same runtime', ours, theirs)
}

async function web(rounds: number): Promise<BenchEntry> {
  const name = 'start: command → first painted row, web shell'
  const browser = await launchBrowser()
  if (!browser) return skippedFigure(name, 'ms', 'no Chrome or Chromium was found')
  const ours: number[] = []
  const theirs: number[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const folder = mkdtempSync(join(tmpdir(), 'wavefall-bench-'))
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      let stop: () => Promise<void> = () => Promise.resolve()
      ours.push(
        await timed(async () => {
          const started = await startWebShell(['--data', folder])
          stop = started.stop
          await page.goto(started.address)
          await firstRow(page)
        })
      )
      theirs.push(
        await timed(async () => {
          const started = spawn(process.execPath, ['-e', '0'])
          await once(started, 'exit')
          await page.goto('data:text/html,<canvas></canvas><p>here</p>')
        })
      )
      await page.close()
      await stop()
      rmSync(folder, { recursive: true, force: true })
    }
  } finally {
    await browser.close()
  }
  return entry(name, 'starting Node and an empty page', ours, theirs)
}

export async function run({ rounds = 5 }: BenchOptions = {}): Promise<BenchEntry[]> {
  // What a checkout builds at its first start is no start.
  ensureBuilt()
  return [await web(rounds), await desktop(rounds)]
}
