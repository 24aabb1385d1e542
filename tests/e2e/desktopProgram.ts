/** The desktop program for its own specs: each launch has a data folder, everything is closed and removed behind the test. */
import { test as base } from '@playwright/test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchDesktop, whyNoDesktop, type DesktopProgram } from '../support/electron.ts'

export interface Launched extends DesktopProgram {
  dataFolder: string
}

export interface Desktop {
  folder(): string
  launch(options?: { dataFolder?: string; args?: string[]; environment?: Record<string, string> }): Promise<Launched>
}

export const test = base.extend<{ desktop: Desktop }>({
  // eslint-disable-next-line no-empty-pattern
  desktop: async ({}, use) => {
    const reason = whyNoDesktop()
    if (reason !== null) process.stderr.write(`\nSKIPPING the desktop: ${reason}\n`)
    test.skip(reason !== null, reason ?? '')
    const folders: string[] = []
    const launched: Launched[] = []
    const folder = (): string => {
      const made = mkdtempSync(join(tmpdir(), 'wavefall-desktop-'))
      folders.push(made)
      return made
    }
    await use({
      folder,
      async launch({ dataFolder = folder(), args = [], environment } = {}) {
        // Drawing in software keeps the machine busy, and a busy machine is what admission refuses by default.
        const settings = join(dataFolder, 'settings.json')
        if (!existsSync(settings))
          writeFileSync(settings, JSON.stringify({ version: 1, jobs: { cpuRefusePercent: 100 } }))
        const program = await launchDesktop(['--data', dataFolder, ...args], environment)
        const one = { ...program, dataFolder }
        launched.push(one)
        return one
      }
    })
    for (const { app } of launched.reverse()) await app.close().catch(() => undefined)
    for (const made of folders) rmSync(made, { recursive: true, force: true })
  }
})

export const { expect } = test
