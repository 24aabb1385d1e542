/** Opens the program as a user does, in the shell that the Playwright project names: the same specs run in both. */
import { test as base, type Page } from '@playwright/test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright'
import { type Graphics, launchBrowser } from '../support/browser.ts'
import { launchDesktop, whyNoDesktop } from '../support/electron.ts'
import { startWebShell } from '../support/webShell.ts'

export interface OpenOptions {
  /** Base URL of a Focus Server; without it the program starts its own. */
  backend?: string
  dataFolder?: string
  files?: string[]
  /** Query of the page, e.g. `renderer=canvas2d` (web only). */
  query?: string
}

export interface Shell {
  readonly kind: 'web' | 'desktop'
  open(options?: OpenOptions): Promise<Page>
  /** A fresh folder that goes with the test. */
  folder(): string
  /** The window that an action opens beside a page of `open`. */
  nextWindow(page: Page, action: () => Promise<void>): Promise<Page>
  /** What comes to the disk by an action: a download, or a file that the system's dialog names. */
  savedFile(page: Page, action: () => Promise<void>): Promise<string>
  /** Ends the program of a page, as a user does. */
  stop(page: Page): Promise<void>
}

interface Started {
  page: Page
  nextWindow(): Promise<Page>
  savedFile(path: string, action: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

function argumentsFor(options: OpenOptions, dataFolder: string): string[] {
  return ['--data', dataFolder, ...(options.backend ? ['--backend', options.backend] : []), ...(options.files ?? [])]
}

async function openWeb(browser: Browser, options: OpenOptions, dataFolder: string): Promise<Started> {
  const program = await startWebShell(argumentsFor(options, dataFolder))
  const { address } = program
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(options.query ? address.replace('/#', `/?${options.query}#`) : address)
  return {
    page,
    nextWindow: () => context.waitForEvent('page'),
    async savedFile(path, action) {
      const [download] = await Promise.all([page.waitForEvent('download'), action()])
      await download.saveAs(path)
    },
    async stop() {
      await context.close()
      await program.stop()
    }
  }
}

async function openDesktop(options: OpenOptions, dataFolder: string): Promise<Started> {
  const { app, page } = await launchDesktop(argumentsFor(options, dataFolder))
  return {
    page,
    nextWindow: () => app.waitForEvent('window'),
    async savedFile(path, action) {
      // The dialog is the system's; what a person would choose in it is given.
      await app.evaluate(({ dialog, session }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
        session.defaultSession.once('will-download', (_event, item) => item.setSavePath(filePath))
      }, path)
      await action()
      for (let tries = 0; tries < 200 && !existsSync(path); tries++)
        await new Promise((resolve) => setTimeout(resolve, 50))
    },
    stop: () => app.close()
  }
}

/** Drawing in software keeps two cores busy, and a busy machine is what admission refuses by default. */
function admitOnBusyMachine(dataFolder: string): void {
  const file = join(dataFolder, 'settings.json')
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ version: 1, jobs: { cpuRefusePercent: 100 } }))
}

export const test = base.extend<{ shell: Shell }, { theBrowser: Browser | null; graphics: Graphics }>({
  /** `test.use({ graphics: 'webgl' })` in a spec that needs WebGL. */
  graphics: ['software', { option: true, scope: 'worker' }],
  theBrowser: [
    async ({ graphics }, use, { project }) => {
      const browser = project.name === 'web' ? await launchBrowser(graphics) : null
      await use(browser)
      await browser?.close()
    },
    { scope: 'worker' }
  ],
  shell: async ({ theBrowser }, use, testInfo) => {
    const kind = testInfo.project.name === 'desktop' ? 'desktop' : 'web'
    const hindrance = kind === 'desktop' ? whyNoDesktop() : null
    test.skip(hindrance !== null, hindrance ?? '')
    test.skip(kind === 'web' && theBrowser === null, 'no Chrome or Chromium was found')
    let started: Started[] = []
    const startedWith = (page: Page): Started => {
      const one = started.find((known) => known.page === page)
      if (!one) throw new Error('this page was not opened by the test')
      return one
    }
    const folders: string[] = []
    const folder = (): string => {
      const made = mkdtempSync(join(tmpdir(), 'wavefall-e2e-'))
      folders.push(made)
      return made
    }
    await use({
      kind,
      folder,
      async open(options = {}) {
        const dataFolder = options.dataFolder ?? folder()
        admitOnBusyMachine(dataFolder)
        const one = await (kind === 'desktop'
          ? openDesktop(options, dataFolder)
          : openWeb(theBrowser!, options, dataFolder))
        started.push(one)
        return one.page
      },
      async nextWindow(page, action) {
        const [opened] = await Promise.all([startedWith(page).nextWindow(), action()])
        return opened
      },
      async savedFile(page, action) {
        const path = join(folder(), 'saved')
        await startedWith(page).savedFile(path, action)
        return path
      },
      async stop(page) {
        const one = startedWith(page)
        started = started.filter((known) => known !== one)
        await one.stop()
      }
    })
    for (const one of started.reverse()) await one.stop()
    for (const made of folders) rmSync(made, { recursive: true, force: true })
  }
})

export const { expect } = test
