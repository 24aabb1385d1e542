/**
 * `npm run screenshots`: remakes the pictures of the README from the running program, in `resources/screenshots/`. Those of
 * real recordings need the folder of recordings (see dasData.ts) and are left as they are without it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright'
import { launchBrowser } from './browser.ts'
import { dasData } from './dasData.ts'
import { startFocusServer } from './focusServerProcess.ts'
import { startWebShell } from './webShell.ts'

const target = resolve(import.meta.dirname, '../../resources/screenshots')
const canvas = '[data-testid=waterfall-canvas]'

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(target, `${name}.png`) })
  process.stdout.write(`${name}.png\n`)
}

const rowsAtLeast = (page: Page, rows: number): Promise<unknown> =>
  page.waitForFunction(
    ([selector, wanted]) => Number(document.querySelector<HTMLElement>(selector)?.dataset.rows ?? 0) >= wanted,
    [canvas, rows] as const,
    { timeout: 120_000 }
  )

async function takeRecording(
  page: Page,
  file: string,
  name: string,
  prepare: (page: Page) => Promise<unknown>
): Promise<void> {
  await page.getByTestId('rail-recordings').click()
  await page.getByTestId('recording-list').getByRole('button', { name: file }).click()
  await prepare(page)
  await page.getByTestId('form-open').click()
  await page.waitForFunction(
    (selector) => {
      const { jobId, jobState } = document.querySelector<HTMLElement>(selector)?.dataset ?? {}
      return jobId?.startsWith('historic') && jobState === 'completed'
    },
    canvas,
    { timeout: 60_000 }
  )
  await page.waitForTimeout(1500) // the last frame and the counters of the strip
  await take(page, name)
}

const browser = await launchBrowser()
if (!browser) process.exit(1)
mkdirSync(target, { recursive: true })
const folder = mkdtempSync(join(tmpdir(), 'wavefall-screenshots-'))
writeFileSync(join(folder, 'settings.json'), JSON.stringify({ version: 1, jobs: { cpuRefusePercent: 100 } }))
const recordings = dasData('')
const server = await startFocusServer({ args: recordings ? ['--recordings', recordings] : [] })
const program = await startWebShell(['--data', folder, '--backend', server.base])
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(program.address)
  await rowsAtLeast(page, 700)
  await take(page, 'live-dark')
  await page.getByTestId('theme-toggle').click()
  await take(page, 'live-light')
  await page.getByTestId('theme-toggle').click()
  if (recordings) {
    await takeRecording(page, 'prodml_fbe_1.h5', 'moving-source', async () => {
      const label = await page.getByTestId('form-band').locator('option', { hasText: '49.32' }).textContent()
      await page.getByTestId('form-band').selectOption({ label: label! })
    })
    await takeRecording(page, 'decimated_optodas.hdf5', 'earthquake', async () => {
      await page.getByTestId('form-band-min').fill('2')
      await page.getByTestId('form-band-max').fill('30')
    })
    await takeRecording(page, 'prodml_2.0.h5', 'transient', async () => {
      await page.getByTestId('form-band-min').fill('3')
      await page.getByTestId('form-band-max').fill('20')
    })
  }
} finally {
  await browser.close()
  await program.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
