import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { securityHeaders } from '../../src-preload/contract/security.ts'
import { programFolder } from '../support/electron.ts'
import { expect, test } from './desktopProgram.ts'

/** Empty while nothing was logged. */
function logOf(dataFolder: string): string {
  const file = join(dataFolder, 'logs/desktop.log')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

test('the page has no node and no more than the bridge', async ({ desktop }) => {
  const { page, app } = await desktop.launch()
  const found = await page.evaluate(() => ({
    globals: ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'electron'].filter(
      (name) => name in globalThis
    ),
    bridge: Object.keys(window.wavefall ?? {}).sort(),
    remote: window.wavefall?.remote
  }))
  expect(found.globals).toEqual([])
  expect(found.bridge).toEqual(['connect', 'keepPicture', 'openDroppedFiles', 'remote', 'send', 'windowId', 'windows'])
  expect(found.remote).toBeNull()
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences()
    return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag: webviewTag ?? false }
  })
  expect(preferences).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false
  })
})

test('every answer carries the headers, and the policy works', async ({ desktop }) => {
  const { page } = await desktop.launch()
  const headers = await page.evaluate(async () => Object.fromEntries((await fetch('/')).headers))
  expect(headers).toMatchObject(securityHeaders())
  const effects = await page.evaluate(async () => {
    const violated: string[] = []
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violated.push(effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.inlineRan = true'
    document.head.append(script)
    const frame = document.createElement('iframe')
    frame.src = 'https://example.org/'
    document.body.append(frame)
    // In a turn of the page's own: what a debugger evaluates may evaluate text itself.
    const evaluated = await new Promise((resolve) =>
      setTimeout(() => {
        try {
          resolve(globalThis.eval('true'))
        } catch {
          resolve(false)
        }
      })
    )
    const fetched = await fetch('https://example.org/').then(
      () => true,
      () => false
    )
    const otherHost = await fetch('wavefall://elsewhere/').then(
      () => true,
      () => false
    )
    while (!violated.some((directive) => directive.startsWith('frame')))
      await new Promise((resolve) => setTimeout(resolve, 10))
    return { ran: 'inlineRan' in window, evaluated, fetched, otherHost, violated }
  })
  expect(effects).toMatchObject({ ran: false, evaluated: false, fetched: false, otherHost: false })
  expect(effects.violated).toEqual(expect.arrayContaining(['script-src-elem', 'frame-src', 'connect-src']))
})

test('no file outside the built windows is served', async ({ desktop }) => {
  const { page } = await desktop.launch()
  const statuses = await page.evaluate(async () => {
    const ask = async (path: string): Promise<[string, number]> => [path, (await fetch(path)).status]
    return Promise.all(
      ['/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '/..%5c..%5cpackage.json', '/nothing.js', '/'].map(ask)
    )
  })
  expect(statuses.map(([, status]) => status)).toEqual([404, 404, 404, 404, 200])
  expect(await page.evaluate(async () => (await fetch('/', { method: 'POST' })).status)).toBe(405)
})

test('navigation and new windows are denied; listed pages go to the browser of the system', async ({ desktop }) => {
  const { page, app, dataFolder } = await desktop.launch()
  // The system's browser is the border of the program: what would reach it is written down instead.
  await app.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { opened })
    shell.openExternal = async (address: string) => void opened.push(address)
  })
  const address = page.url()
  await page.evaluate(() => {
    window.location.href = 'https://example.org/'
  })
  await expect.poll(() => logOf(dataFolder)).toContain('https://example.org/')
  await page.evaluate(() => {
    window.location.href = 'https://www.apache.org/licenses/LICENSE-2.0'
  })
  expect(await page.evaluate(() => window.open('https://example.com/') === null)).toBe(true)
  expect(await page.evaluate(() => window.open('wavefall://app/') === null)).toBe(true)
  await expect
    .poll(() => app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened))
    .toEqual(['https://www.apache.org/licenses/LICENSE-2.0'])
  expect(page.url()).toBe(address)
  expect(app.windows()).toHaveLength(1)
})

test('permissions are denied', async ({ desktop }) => {
  const { page } = await desktop.launch()
  const answers = await page.evaluate(async () => ({
    notification: await Notification.requestPermission(),
    geolocation: (await navigator.permissions.query({ name: 'geolocation' })).state,
    camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'granted',
      (error: Error) => error.name
    ),
    position: await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('granted'),
        ({ code }) => resolve(code)
      )
    )
  }))
  expect(answers.notification).toBe('denied')
  expect(answers.geolocation).toBe('denied')
  expect(answers.camera).toMatch(/NotAllowedError|NotFoundError/)
  expect(answers.position).toBe(1)
})

test('a foreign page with the same preload gets no bridge, and its messages are refused', async ({ desktop }) => {
  const { app, dataFolder } = await desktop.launch()
  const preload = join(programFolder, 'out/preload/bridge.cjs')
  const bridge = await app.evaluate(async ({ BrowserWindow }, preloadFile) => {
    const foreign = new BrowserWindow({ show: false, webPreferences: { preload: preloadFile, sandbox: true } })
    await foreign.loadURL('wavefall://app/')
    const found = (await foreign.webContents.executeJavaScript('typeof window.wavefall')) as string
    foreign.destroy()
    return found
  }, preload)
  expect(bridge).toBe('undefined')
  await expect.poll(() => logOf(dataFolder)).toContain('"event":"ipc_refused"')
})

test('a window of its own has the same floor, and goes with the main window', async ({ desktop }) => {
  const { page, app, dataFolder } = await desktop.launch()
  await expect(page.getByTestId('waterfall-canvas')).toHaveAttribute('data-job-state', 'streaming', { timeout: 30_000 })
  const [popOut] = await Promise.all([app.waitForEvent('window'), page.getByTestId('tile-pop-out-1').click()])
  await expect(popOut.getByTestId('pop-out')).toBeVisible()
  const floors = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => {
      const contents = window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences()
      return { sandbox, contextIsolation, nodeIntegration, webSecurity }
    })
  )
  const floor = { sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true }
  expect(floors).toEqual([floor, floor])
  expect(await popOut.evaluate(() => 'require' in globalThis || 'process' in globalThis)).toBe(false)
  expect(await popOut.evaluate(() => window.open('wavefall://app/?popout=another-0001&desk=desk-0001') === null)).toBe(
    true
  )
  await popOut.evaluate(() => {
    window.location.href = 'https://example.org/'
  })
  await expect.poll(() => logOf(dataFolder)).toContain('https://example.org/')
  await popOut.evaluate(() => {
    const ask = window.wavefall!.windows as (request: unknown) => void
    ask({ kind: 'open', windowId: '../../etc', desk: 'x', place: null })
    ask('nothing')
  })
  await expect.poll(() => logOf(dataFolder)).toContain('not a request about windows')
  expect(app.windows()).toHaveLength(2)
  const ended = app.waitForEvent('close')
  await app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows())
      if (!window.webContents.getURL().includes('popout')) window.close()
  })
  await ended
})

test('messages that are no calls are refused and harm nothing', async ({ desktop }) => {
  const { page, dataFolder } = await desktop.launch()
  await page.evaluate(() => {
    const send = window.wavefall!.send as (message: unknown) => void
    send({ kind: 'call', id: 'x', name: 5 })
    send('x'.repeat(300_000))
    send(null)
  })
  await expect.poll(() => logOf(dataFolder)).toContain('not a call')
  await expect(page.getByTestId('waterfall-canvas')).toBeVisible()
})
