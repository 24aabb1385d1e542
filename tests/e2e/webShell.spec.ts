import { launchBrowser } from '../support/browser.ts'
import { startWebShell } from '../support/webShell.ts'
import { expect, test } from './shell.ts'

/** What only the web shell has: the token in the address, the policy of a served page, windows that come and go. */
test('the token leaves the address bar, a reload keeps window and picture, a page without it is refused', async ({
  shell
}) => {
  const browser = await launchBrowser()
  test.skip(browser === null, 'no Chrome or Chromium was found')
  const program = await startWebShell(['--data', shell.folder()])
  try {
    const context = await browser!.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || /content security policy/i.test(message.text())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(program.address)
    const canvas = page.getByTestId('waterfall-canvas')
    await expect(canvas).toHaveAttribute('data-rows', /^[1-9]\d*$/, { timeout: 20_000 })
    expect(page.url()).not.toContain('token')
    const windowId = await page.evaluate(() => sessionStorage.getItem('wavefall.window'))

    await page.reload()
    await expect(canvas).toHaveAttribute('data-rows', /^[1-9]\d*$/, { timeout: 20_000 })
    expect(await page.evaluate(() => sessionStorage.getItem('wavefall.window'))).toBe(windowId)
    expect(complaints).toEqual([])

    const stranger = await context.newPage()
    await stranger.goto(new URL(program.address).origin)
    const banner = stranger.getByTestId('connection-banner')
    await expect(banner).toHaveAttribute('data-state', 'refused', { timeout: 20_000 })
    await expect(banner).toContainText(/address/i)

    const blocked = await page.evaluate(async () => {
      const outcomes: string[] = []
      try {
        await fetch('http://127.0.0.1:9/')
      } catch {
        outcomes.push('fetch')
      }
      // A task of the page's own: what a debugger evaluates may do more than the page.
      const evaluated = await new Promise<boolean>((done) =>
        setTimeout(() => {
          try {
            new Function('return 1')()
            done(true)
          } catch {
            done(false)
          }
        })
      )
      if (!evaluated) outcomes.push('eval')
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.head.append(script)
      if (!('injected' in window)) outcomes.push('inline script')
      return outcomes
    })
    expect(blocked).toEqual(['fetch', 'eval', 'inline script'])
  } finally {
    await program.stop()
    await browser!.close()
  }
})

test('the core goes away and says so; a browser that was there is told, not left with a frozen picture', async ({
  shell
}) => {
  const browser = await launchBrowser()
  test.skip(browser === null, 'no Chrome or Chromium was found')
  const program = await startWebShell(['--data', shell.folder()])
  try {
    const page = await browser!.newPage()
    await page.goto(program.address)
    await expect(page.getByTestId('waterfall-canvas')).toHaveAttribute('data-rows', /^[1-9]\d*$/, { timeout: 20_000 })
    await program.stop()
    const banner = page.getByTestId('connection-banner')
    await expect(banner).toHaveAttribute('data-state', 'lost')
    await expect(banner).toContainText(/trying again/i)
  } finally {
    await program.stop()
    await browser!.close()
  }
})
