import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './shell.ts'

const wcagAa = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']

/** One line for each thing that is wrong, with where. */
async function violations(page: Page, screen: string, within: string): Promise<string[]> {
  // A page of its own, which the other way needs, cannot be had in the desktop program.
  const { violations: found } = await new AxeBuilder({ page })
    .include(within)
    .withTags(wcagAa)
    .setLegacyMode()
    .analyze()
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${screen}: ${id} at ${target.join(' ')}: ${failureSummary ?? ''}`)
  )
}

interface Screen {
  name: string
  /** The part that is not on the screens before. */
  within: string
  open(page: Page): Promise<void>
  close(page: Page): Promise<void>
}

const nothing = async (): Promise<void> => undefined
const section = (name: string, within = '[data-testid=inspector]'): Screen => ({
  name,
  within,
  open: (page) => page.getByTestId(`rail-${name}`).click(),
  close: nothing
})
const dialog = (name: string, keys: string, testId: string): Screen => ({
  name,
  within: `[data-testid=${testId}]`,
  async open(page) {
    await page.getByTestId('rail-jobs').click()
    await page.keyboard.press(keys)
    await expect(page.getByTestId(testId)).toBeVisible()
  },
  async close(page) {
    await page.keyboard.press('Escape')
    await expect(page.getByTestId(testId)).toHaveCount(0)
  }
})

const screens: Screen[] = [
  section('jobs', 'body'),
  section('history'),
  section('sessions'),
  section('recordings'),
  section('tasks'),
  section('settings', '[data-testid=settings-page]'),
  dialog('palette', 'Control+Shift+P', 'palette'),
  dialog('key map', '?', 'key-map'),
  dialog('layouts', 'Control+Shift+O', 'layouts'),
  dialog('save layout', 'Control+Shift+S', 'save-layout'),
  {
    name: 'tile menu',
    within: '[role=menu]',
    open: (page) => page.getByTestId('tile-menu-1').click(),
    close: (page) => page.keyboard.press('Escape')
  }
]

/** Controls of one group that lie over each other, or reach out of the window. */
const misplaced = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const problems: string[] = []
    const width = document.documentElement.clientWidth
    const height = document.documentElement.clientHeight
    if (document.documentElement.scrollWidth > width) problems.push('the page is wider than the window')
    const groups = ['.top-bar', '.rail', '.tile-header', '.stream-strip', '.page-head']
    const nameOf = (element: Element): string =>
      element.getAttribute('data-testid') ?? element.getAttribute('aria-label') ?? element.textContent.slice(0, 30)
    for (const group of document.querySelectorAll(groups.join(','))) {
      const controls = [...group.querySelectorAll('button, select, input, .pill, h1')].filter((element) => {
        const { width: wide, height: high } = element.getBoundingClientRect()
        return wide > 0 && high > 0 && getComputedStyle(element).visibility !== 'hidden'
      })
      const boxes = controls.map((element) => ({ element, box: element.getBoundingClientRect() }))
      for (const { element, box } of boxes) {
        if (box.right > width + 1 || box.left < -1 || box.bottom > height + 1 || box.top < -1)
          problems.push(`${nameOf(element)} reaches out of the window`)
      }
      for (const [index, one] of boxes.entries())
        for (const other of boxes.slice(index + 1)) {
          if (one.element.contains(other.element) || other.element.contains(one.element)) continue
          const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
          const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
          if (across > 1 && down > 1) problems.push(`${nameOf(one.element)} lies over ${nameOf(other.element)}`)
        }
    }
    return problems
  })

test('every screen holds WCAG AA in dark and light, and nothing overlaps at any size', async ({ shell }) => {
  test.setTimeout(240_000)
  const page = await shell.open()
  await expect(page.getByTestId('waterfall-canvas')).toBeVisible({ timeout: 30_000 })
  const found: string[] = []
  for (const theme of ['dark', 'light']) {
    await page.getByTestId('rail-jobs').click()
    if ((await page.locator('html').getAttribute('data-theme')) !== theme)
      await page.getByTestId('theme-toggle').click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    for (const screen of screens) {
      await screen.open(page)
      found.push(...(await violations(page, `${theme} ${screen.name}`, screen.within)))
      await screen.close(page)
    }
  }
  expect(found).toEqual([])

  if (shell.kind === 'desktop') return
  await page.getByTestId('rail-jobs').click()
  await page.getByTestId('slot-1').click({ position: { x: 150, y: 150 } })
  const session = await page.context().newCDPSession(page)
  const sizes = [
    { width: 1280, height: 720, scale: 1 },
    { width: 3840, height: 2160, scale: 1 },
    // 1920 × 1080 at 125 % and at 200 %: so many CSS pixels are left.
    { width: 1536, height: 864, scale: 1.25 },
    { width: 960, height: 540, scale: 2 }
  ]
  for (const { width, height, scale } of sizes) {
    await session.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: false })
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width)
    await expect.poll(() => misplaced(page), { message: `${width} × ${height} at ${scale}` }).toEqual([])
    await page.getByTestId('rail-settings').click()
    await expect.poll(() => misplaced(page), { message: `settings, ${width} × ${height} at ${scale}` }).toEqual([])
    await page.getByTestId('rail-jobs').click()
  }
})
