/** What every picture of the README needs: the built program in a browser, and a place to put what it shows. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright'
import { eventually } from './eventually.ts'
import { startFocusServer, type FocusServerProcess } from './focusServerProcess.ts'
import { withPalette } from './screenshotsPalette.ts'
import { startWebShell } from './webShell.ts'

export const pictureFolder = resolve(import.meta.dirname, '../../resources/screenshots')
export const canvas = '[data-testid=waterfall-canvas]'
const size = { width: 1440, height: 900 }

/** One picture, or a few that are taken of the same running program. */
export interface Scene {
  names: readonly string[]
  /** Said where the scene cannot be set on this machine. */
  whyNot?(): string | null
  take(browser: Browser): Promise<void>
}

export interface OpenProgram {
  page: Page
  server: FocusServerProcess
  dataFolder: string
  stop(): Promise<void>
}

export interface OpenOptions {
  /** Arguments of the backend. */
  backend?: string[]
  /** `path=value` of the program's settings. */
  settings?: string[]
  dataFolder?: string
  /** Recordings that are opened beside the backend. */
  files?: string[]
}

/** A backend, the program beside it and a window on it, 1440 × 900, dark, without first steps. */
export async function openProgram(browser: Browser, options: OpenOptions = {}): Promise<OpenProgram> {
  const ownFolder = mkdtempSync(join(tmpdir(), 'wavefall-screenshots-'))
  const dataFolder = options.dataFolder ?? ownFolder
  const settings = [
    'display.showHints=false',
    'site.name=North Sea 2',
    // A machine that is busy with other things still shows the pictures.
    'jobs.cpuRefusePercent=100',
    ...(options.settings ?? [])
  ]
  const server = await startFocusServer({ args: options.backend ?? [] })
  const program = await startWebShell([
    ...['--data', dataFolder, '--backend', server.base],
    ...settings.flatMap((one) => ['--set', one]),
    ...(options.files ?? [])
  ]).catch(async (error: unknown) => {
    await server.stop()
    throw error
  })
  const context = await browser.newContext({ viewport: size })
  const page = await context.newPage()
  await page.goto(program.address)
  return {
    page,
    server,
    dataFolder,
    async stop() {
      await context.close()
      await program.stop()
      await server.stop()
      rmSync(ownFolder, { recursive: true, force: true })
    }
  }
}

export function keep(name: string, png: Buffer): void {
  mkdirSync(pictureFolder, { recursive: true })
  const packed = withPalette(png)
  writeFileSync(join(pictureFolder, `${name}.png`), packed)
  process.stdout.write(`${name}.png, ${Math.round(packed.length / 1000)} kB\n`)
}

export const keepFile = (name: string, path: string): void => keep(name, readFileSync(path))

export async function takeWindow(page: Page, name: string): Promise<void> {
  keep(name, await page.screenshot())
}

export const rowsAtLeast = (page: Page, rows: number): Promise<unknown> =>
  page.waitForFunction(
    ([selector, wanted]) => Number(document.querySelector<HTMLElement>(selector)?.dataset.rows ?? 0) >= wanted,
    [canvas, rows] as const,
    { timeout: 120_000 }
  )

/** Overviews below the pictures are made, and frames that follow are as those before: what was asked for is on the screen. */
export async function standsStill(page: Page): Promise<void> {
  let before: Buffer = Buffer.alloc(0)
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll<HTMLElement>('[data-testid=overview-canvas]')].every(
        ({ dataset }) => dataset.state === 'ready'
      ),
    undefined,
    { timeout: 60_000 }
  )
  const view = page.getByTestId('view-area')
  await eventually(
    'a picture that stands still',
    async () => {
      const now = await view.screenshot()
      const isSame = now.equals(before)
      before = now
      if (!isSame) await page.waitForTimeout(400)
      return isSame
    },
    30_000
  )
}

export interface WantedView {
  view?: 'waterfall' | 'multi' | 'single'
  channels?: readonly [number, number]
  band?: readonly [number, number]
  /** Part of the name of a band of a band-energy recording. */
  storedBand?: string
  nfft?: number
  rowIntervalS?: number
}

/** Chooses a recording as a user does, fills in the form, and opens it in the tile that is active. */
export async function openRecording(page: Page, file: string, wanted: WantedView = {}): Promise<void> {
  await page.getByTestId('rail-recordings').click()
  await page.getByTestId('recording-list').getByRole('button', { name: file }).click()
  // The form is filled in by what the core knows of the recording; what is chosen before that is overwritten.
  await page.waitForTimeout(2000)
  if (wanted.view) await page.getByTestId('form-view').selectOption(wanted.view)
  if (wanted.channels) {
    await page.getByLabel('First channel').fill(String(wanted.channels[0]))
    await page.getByLabel('Last channel').fill(String(wanted.channels[1]))
  }
  if (wanted.band) {
    await page.getByTestId('form-band-min').fill(String(wanted.band[0]))
    await page.getByTestId('form-band-max').fill(String(wanted.band[1]))
  }
  if (wanted.storedBand) {
    const label = await page.getByTestId('form-band').locator('option', { hasText: wanted.storedBand }).textContent()
    await page.getByTestId('form-band').selectOption({ label: label! })
  }
  if (wanted.nfft) await page.getByTestId('form-nfft').selectOption(String(wanted.nfft))
  if (wanted.rowIntervalS) await page.getByTestId('form-row-interval').fill(String(wanted.rowIntervalS))
  const jobs = page.getByTestId('job-list').locator('[data-state]')
  const before = await jobs.count()
  await page.locator('[data-testid=job-form][data-check=valid]').waitFor({ timeout: 20_000 })
  await page.getByTestId('form-open').click()
  await eventually(`a job of ${file}`, async () => (await jobs.count()) > before, 30_000)
  await eventually(
    `all of ${file}`,
    async () => {
      const states = await jobs.evaluateAll((all) =>
        all.filter((one) => one.textContent.includes('historic')).map((one) => (one as HTMLElement).dataset.state)
      )
      return states.length > 0 && states.every((state) => state === 'completed')
    },
    60_000
  )
}
