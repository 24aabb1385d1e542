import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { systemClock } from '../../src-main/clock.ts'
import { createHistoryFile } from '../../src-main/health/historyFile.ts'
import { startFocusServer, type FocusServerProcess } from '../support/focusServerProcess.ts'
import { canvasState } from './picture.ts'
import { expect, test } from './shell.ts'

const wcagAa = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']
const source = ['--source', 'simulated:channels=120,prr=500']

/** What an earlier run of the program recorded of the last day: a record each 45 s. */
async function writeDay(dataFolder: string): Promise<void> {
  const file = createHistoryFile({
    folder: join(dataFolder, 'monitoring'),
    clock: systemClock(),
    problem: (sentence) => {
      throw new Error(sentence)
    }
  })
  const nowMs = Date.now()
  const name = 'wavefall_machine_cpu_ratio'
  for (let record = 1900; record > 0; record--) {
    const mean = 0.4 + 0.3 * Math.sin(record / 40)
    file.record({
      atMs: nowMs - record * 45_000,
      values: [{ key: name, name, labels: {}, min: mean - 0.1, mean, max: mean + 0.1 }]
    })
    if (record % 400 === 0) await file.settled()
  }
  await file.settled()
}

async function violations(page: Page, screen: string): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .include('[data-testid=health-page]')
    .withTags(wcagAa)
    .setLegacyMode()
    .analyze()
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${screen}: ${id} at ${target.join(' ')}: ${failureSummary ?? ''}`)
  )
}

let started: FocusServerProcess | null = null

// A step that fails must not leave a server behind.
test.afterEach(async () => {
  await started?.kill()
  started = null
})

test('the health page: well while it is, a dead backend and why, well again; jobs, charts, log and diagnostics', async ({
  shell
}, testInfo) => {
  test.setTimeout(240_000)
  const home = shell.folder()
  const first = await startFocusServer({ home, args: source })
  started = first
  const dataFolder = shell.folder()
  await writeDay(dataFolder)
  const page = await shell.open({ backend: first.base, dataFolder })
  const canvas = page.getByTestId('waterfall-canvas')
  await expect.poll(async () => Number((await canvasState(page)).rows ?? 0), { timeout: 30_000 }).toBeGreaterThan(20)
  const jobId = (await canvas.getAttribute('data-job-id'))!
  const headline = page.getByTestId('health-headline')
  const banner = page.getByTestId('health-banner')

  await test.step('nothing is lost, and it says so', async () => {
    await page.getByTestId('grade-pill').click()
    // A machine that is busy with other things is told too, but it must not be called a loss.
    await expect(banner).toContainText(/nothing is (being )?lost/i, { timeout: 30_000 })
    await expect(page.getByTestId(`stream-${jobId}`)).toBeVisible()
    await expect(page.getByTestId(`lane-${jobId}`)).toBeVisible()
    await expect(page.getByTestId('reading-received')).toBeVisible()
  })

  await test.step('numbers have three digits that count, and nothing is cut off at 1280 × 720', async () => {
    if (shell.kind === 'web') await page.setViewportSize({ width: 1280, height: 720 })
    for (const text of await page.locator('.health-value strong').allTextContents())
      expect(text.replace(/[^\d]/g, '').replace(/^0+/, '').replace(/0+$/, '').length, text).toBeLessThanOrEqual(3)
    const heights = await page
      .locator('.health-reading')
      .evaluateAll((cards) => cards.map((card) => Math.round(card.getBoundingClientRect().height)))
    expect(new Set(heights).size).toBe(1)
    const cut = await page
      .locator('[data-testid=health-page] button')
      .evaluateAll((buttons) =>
        buttons.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).map((one) => one.textContent)
      )
    expect(cut).toEqual([])
  })

  await test.step('pages by keyboard', async () => {
    await page.getByTestId('health-overview-tab').focus()
    await page.keyboard.press('ArrowRight')
    await expect(page.getByTestId('chart-reading')).toBeVisible()
    await page.keyboard.press('End')
    await expect(page.getByTestId('log-viewer')).toBeVisible()
    await page.keyboard.press('Home')
    await expect(banner).toBeVisible()
  })

  await test.step('readable in dark and light', async () => {
    // The same page in both shells: once is enough.
    if (shell.kind !== 'web') return
    let found: string[] = []
    for (const theme of ['dark', 'light']) {
      if ((await page.locator('html').getAttribute('data-theme')) !== theme)
        await page.getByTestId('theme-toggle').click()
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
      for (const tab of ['overview', 'charts', 'alerts', 'actions', 'log']) {
        await page.getByTestId(`health-${tab}-tab`).click()
        found = [...found, ...(await violations(page, `${theme} ${tab}`))]
      }
    }
    expect(found).toEqual([])
    await page.getByTestId('theme-toggle').click()
  })

  await test.step('a reading of a day is drawn at once', async () => {
    await page.getByTestId('health-charts-tab').click()
    await page.getByTestId('chart-reading').selectOption('wavefall_machine_cpu_ratio')
    await page.getByRole('button', { name: '24 h' }).click()
    const chart = page.getByTestId('health-chart').first()
    await expect.poll(async () => Number(await chart.getAttribute('data-points'))).toBeGreaterThan(400)
    const paintMs: number[] = []
    for (let time = 0; time < 5; time++) {
      const before = await chart.getAttribute('data-drawn')
      await expect(chart).not.toHaveAttribute('data-drawn', before!)
      paintMs.push(Number(await chart.getAttribute('data-paint-ms')))
    }
    expect(Math.min(...paintMs)).toBeLessThan(200)
    testInfo.annotations.push({ type: 'a chart of 24 h, ms', description: paintMs.join(' ') })
    await page.getByRole('button', { name: '10 min' }).click()
    await page.getByTestId('health-overview-tab').click()
  })

  const killedAt = Date.now()
  await first.kill()
  started = null
  await test.step('the backend dies: said within seconds, with its cause, on the timeline and as an alert', async () => {
    await expect(headline).toContainText(jobId, { timeout: 15_000 })
    await expect(headline).toContainText(/backend/i)
    expect(Date.now() - killedAt).toBeLessThan(20_000)
    await expect(page.getByTestId('grade-pill')).not.toContainText('nothing lost')
    await expect(page.getByTestId(`lane-${jobId}`).locator('.lane-bad, .lane-warning')).not.toHaveCount(0)
    await page.getByTestId('health-why').click()
    await expect(page.getByTestId('health-explanations')).toContainText(/backend/i)
    await expect(page.getByTestId('health-explanations').getByRole('button', { name: 'chart' }).first()).toBeVisible()
    await expect(page.getByTestId('health-changes')).toContainText(jobId)
    await page.getByTestId('health-alerts-tab').click()
    await expect(page.locator('[data-testid=alert-row][data-status=active]').first()).toBeVisible({ timeout: 40_000 })
  })

  const second = await startFocusServer({ home, args: ['--port', new URL(first.base).port, ...source] })
  try {
    await test.step('it is back: resolved by itself', async () => {
      await page.getByTestId('health-overview-tab').click()
      await expect(headline).not.toContainText(/backend/i, { timeout: 100_000 })
      await expect(page.getByTestId(`stream-${jobId}`)).not.toHaveAttribute('data-word', /reconnecting|stalled|failed/)
      await page.getByTestId('health-alerts-tab').click()
      await page.getByLabel('Show those that are over').check()
      await expect(page.locator('[data-testid=alert-row][data-status=resolved]').first()).toBeVisible({
        timeout: 60_000
      })
    })

    await test.step('the log finds what happened, by level, job and text', async () => {
      await page.getByTestId('health-log-tab').click()
      const lines = page.getByTestId('log-viewer').locator('tbody tr')
      await expect(lines).not.toHaveCount(0)
      await page.getByTestId('log-job').fill(jobId)
      await page.getByTestId('log-text').fill('reconnecting')
      await expect(async () => {
        const texts = await lines.allTextContents()
        expect(texts.length).toBeGreaterThan(0)
        for (const text of texts) expect(text).toMatch(/reconnecting/i)
      }).toPass({ timeout: 15_000 })
      await page.getByTestId('log-text').fill('no line says this')
      await expect(page.getByTestId('log-viewer')).toContainText('No line is like that.')
    })

    await test.step('diagnostics are a file', async () => {
      await page.getByTestId('save-diagnostics').click()
      const saved = page.getByTestId('diagnostics-saved')
      await expect(saved).toContainText(/Saved/, { timeout: 60_000 })
      const path = /secrets: (.+) \(/.exec((await saved.textContent())!)![1]!
      expect(existsSync(path)).toBe(true)
      expect(readFileSync(path).length).toBeGreaterThan(1000)
    })

    await test.step('a stream leads to its job', async () => {
      await page.getByTestId('health-overview-tab').click()
      await page.getByTestId(`stream-${jobId}`).locator('td').nth(2).click()
      await expect(page.getByTestId('health-page')).toHaveCount(0)
      await expect(canvas).toBeVisible()
      await expect(canvas).toHaveAttribute('data-job-id', jobId)
    })
  } finally {
    await second.stop()
  }
})
