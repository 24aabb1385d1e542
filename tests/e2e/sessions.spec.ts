import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startFocusServer, type FocusServerProcess } from '../support/focusServerProcess.ts'
import { canvasState } from './picture.ts'
import { expect, test } from './shell.ts'

let server: FocusServerProcess

test.beforeAll(async () => {
  server = await startFocusServer({ args: ['--source', 'simulated:channels=120,prr=500'] })
})
test.afterAll(() => server.stop())

const recordedSeconds = async (page: Page): Promise<number> => {
  const text = (await page.getByTestId('capture-status').textContent()) ?? ''
  const [, hours, minutes, seconds] = /REC (\d+):(\d\d):(\d\d)/.exec(text) ?? ['', '0', '0', '0']
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

/** Captures the job in view for some seconds of data; the entry of its session. */
async function capture(page: Page, seconds: number): Promise<Locator> {
  await expect(page.getByTestId('tile-badge')).toHaveText('LIVE', { timeout: 20_000 })
  await page.getByTestId('capture').click()
  await expect.poll(() => recordedSeconds(page), { timeout: 20_000 + seconds * 1000 }).toBeGreaterThanOrEqual(seconds)
  await page.getByTestId('capture').click()
  await expect(page.getByTestId('capture-status')).toHaveCount(0)
  await page.getByTestId('rail-sessions').click()
  const entry = page.getByTestId('session-list').locator('li').first()
  await expect(entry).toHaveAttribute('data-state', 'closed')
  return entry
}

test('a live job is captured, described, verified, played again, exported and deleted', async ({ shell }) => {
  test.slow()
  const dataFolder = shell.folder()
  const page = await shell.open({ dataFolder })
  const entry = await capture(page, 3)
  await expect(entry).toContainText(/2.222 ch · 2 kHz/)

  await entry.getByTestId('session-edit').click()
  await entry.getByTestId('session-name').fill('Quarry blast')
  await entry.getByTestId('session-tags').fill('blast, test')
  await entry.getByTestId('session-save').click()
  await expect(entry).toContainText('Quarry blast')
  await expect(entry).toContainText('#blast #test')
  await page.getByTestId('session-search').fill('no such thing')
  await expect(page.getByTestId('session-list').locator('li')).toHaveCount(0)
  await page.getByTestId('session-search').fill('quarry')
  await expect(entry).toContainText('Quarry blast')

  await entry.getByTestId('session-verify').click()
  await expect(entry.getByTestId('session-verified')).toContainText('It is whole.')

  await entry.getByTestId('session-export').click()
  const dialog = page.getByTestId('export-dialog')
  await dialog.getByTestId('export-format').selectOption('npy')
  await dialog.getByTestId('export-fromS').fill('1')
  await dialog.getByTestId('export-toS').fill('2')
  await dialog.getByTestId('export-name').fill('second.npy')
  await expect(dialog.getByTestId('export-start')).toBeEnabled()
  await dialog.getByTestId('export-start').click()
  await expect(page.getByTestId('task-list').locator('li').first()).toHaveAttribute('data-state', 'completed', {
    timeout: 30_000
  })
  const exported = readFileSync(join(dataFolder, 'exports', 'second.npy'))
  expect(exported.subarray(1, 6).toString('latin1')).toBe('NUMPY')
  expect(exported.subarray(0, 256).toString('latin1')).toContain("'shape': (2000, 2222)")
  expect(existsSync(join(dataFolder, 'exports', 'second.npy.json'))).toBe(true)

  await page.getByTestId('rail-sessions').click()
  await entry.getByTestId('session-open').click()
  await expect
    .poll(
      async () => {
        const { jobId, jobState, rows } = await canvasState(page)
        return /^historic-/.test(jobId ?? '') && jobState === 'completed' && Number(rows) > 20
      },
      { timeout: 30_000 }
    )
    .toBe(true)

  const folder = readdirSync(join(dataFolder, 'sessions')).find((name) => !name.startsWith('.'))
  expect(folder).toBeDefined()
  await entry.getByTestId('session-delete').click()
  await entry.getByTestId('session-delete-confirm').click()
  await expect(page.getByTestId('session-list').locator('li', { hasText: 'wavefall-session' })).toHaveCount(0)
  await expect.poll(() => existsSync(join(dataFolder, 'sessions', folder!))).toBe(false)
})

test('a capture goes on when its window closes, and the next window says so', async ({ shell }) => {
  test.slow()
  const dataFolder = shell.folder()
  const page = await shell.open({ backend: server.base, dataFolder })
  test.skip(shell.kind === 'desktop', 'the desktop program ends with its last window, and closes its captures then')
  await expect(page.getByTestId('tile-badge')).toHaveText('LIVE', { timeout: 20_000 })
  await page.getByTestId('capture').click()
  await expect.poll(() => recordedSeconds(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(1)
  const token = await page.evaluate(() => sessionStorage.getItem('wavefall.token'))
  const address = `${page.url()}#token=${token}`
  const next = await page.context().newPage()
  await page.close()
  await next.goto(address)
  await expect.poll(() => recordedSeconds(next), { timeout: 30_000 }).toBeGreaterThanOrEqual(3)
})
