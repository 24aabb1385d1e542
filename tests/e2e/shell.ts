/** Opens the program as a user does, in the shell that the Playwright project names: the same specs run in both. */
import { test as base, type Page } from '@playwright/test'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright'
import { launchBrowser } from '../support/browser.ts'
import { launchDesktop, whyNoDesktop } from '../support/electron.ts'

const root = resolve(import.meta.dirname, '../..')
const startsWithinMs = 30_000

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
}

interface Started {
  page: Page
  stop(): Promise<void>
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await exited
  clearTimeout(timer)
}

function argumentsFor(options: OpenOptions, dataFolder: string): string[] {
  return ['--data', dataFolder, ...(options.backend ? ['--backend', options.backend] : []), ...(options.files ?? [])]
}

/** `npm start -- --web --no-open`, by the program that npm would start; its last line is the address. */
export async function startWebShell(
  args: string[]
): Promise<{ address: string; child: ChildProcess; log: () => string }> {
  const child = spawn(
    process.execPath,
    [join(root, 'src-main/launch.ts'), 'start', '--web', '--no-open', '--port', '0', ...args],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe']
    }
  )
  let output = ''
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const address = await new Promise<string>((done, fail) => {
    const timer = setTimeout(
      () => fail(new Error(`no address within ${startsWithinMs} ms\n${output}\n${log}`)),
      startsWithinMs
    )
    child.once('exit', (code) => fail(new Error(`ended with ${code} before its address\n${output}\n${log}`)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = /^Wavefall: (http\S+#token=\S+)$/m.exec(output)?.[1]
      if (!found) return
      clearTimeout(timer)
      done(found)
    })
  })
  return { address, child, log: () => log }
}

async function openWeb(browser: Browser, options: OpenOptions, dataFolder: string): Promise<Started> {
  const { address, child } = await startWebShell(argumentsFor(options, dataFolder))
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(options.query ? address.replace('/#', `/?${options.query}#`) : address)
  return {
    page,
    async stop() {
      await context.close()
      await end(child)
    }
  }
}

async function openDesktop(options: OpenOptions, dataFolder: string): Promise<Started> {
  const { app, page } = await launchDesktop(argumentsFor(options, dataFolder))
  return { page, stop: () => app.close() }
}

/** Drawing in software keeps two cores busy, and a busy machine is what admission refuses by default. */
function admitOnBusyMachine(dataFolder: string): void {
  const file = join(dataFolder, 'settings.json')
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ version: 1, jobs: { cpuRefusePercent: 100 } }))
}

export const test = base.extend<{ shell: Shell }, { theBrowser: Browser | null }>({
  theBrowser: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use, { project }) => {
      const browser = project.name === 'web' ? await launchBrowser() : null
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
    const started: Started[] = []
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
      }
    })
    for (const one of started.reverse()) await one.stop()
    for (const made of folders) rmSync(made, { recursive: true, force: true })
  }
})

export const { expect } = test
