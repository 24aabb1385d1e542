import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dasData } from '../support/dasData.ts'
import { desktopCommand, desktopEnvironment } from '../support/electron.ts'
import { expect, test } from './desktopProgram.ts'

/** A process and all that it started, by their ids. */
function processTree(root: number): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const tree = [root]
  for (const parent of tree) tree.push(...pairs.filter(([, ppid]) => ppid === parent).map(([pid]) => pid!))
  return tree
}

function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  return state !== '' && !state.startsWith('Z')
}

const logOf = (dataFolder: string): string => {
  const file = join(dataFolder, 'logs/desktop.log')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

test('a first start shows the whole fibre, live; none of its messages is refused', async ({ desktop }) => {
  const { page, dataFolder } = await desktop.launch()
  await expect(page.getByTestId('waterfall-canvas')).toHaveAttribute('data-job-state', 'streaming', { timeout: 30_000 })
  await expect
    .poll(async () => Number(await page.getByTestId('waterfall-canvas').getAttribute('data-rows')))
    .toBeGreaterThan(20)
  await expect(page.locator('body')).toContainText('channels 1–2 222')
  expect(logOf(dataFolder)).not.toContain('refused')
})

test('menu commands reach the page', async ({ desktop }) => {
  const { app, page } = await desktop.launch()
  const theme = (): Promise<string | null> => page.locator('html').getAttribute('data-theme')
  await expect(page.getByTestId('waterfall-canvas')).toBeVisible({ timeout: 30_000 })
  const before = await theme()
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()!.getMenuItemById('toggle-theme')!.click())
  await expect.poll(theme).toBe(before === 'dark' ? 'light' : 'dark')
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()!.getMenuItemById('close-job')!.click())
  await expect(page.getByTestId('waterfall-canvas')).not.toHaveAttribute('data-job-state', 'streaming')
})

test('a second start hands its file to the first and ends', async ({ desktop }) => {
  const file = dasData('prodml_2.0.h5')
  test.skip(file === null, 'the recordings are not there')
  const { page, app, dataFolder } = await desktop.launch()
  await expect(page.getByTestId('waterfall-canvas')).toBeVisible({ timeout: 30_000 })
  const [command, ...args] = desktopCommand(['--data', dataFolder, file!])
  const second = spawn(command!, args, { env: desktopEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  second.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(second, 'exit')) as [number | null]
  expect(code).toBe(0)
  expect(said).toContain('is running already')
  await expect(page.locator('body')).toContainText('historic-', { timeout: 30_000 })
  expect(app.windows()).toHaveLength(1)
})

test('the window comes back where it was; a damaged file costs no more than that', async ({ desktop }) => {
  const dataFolder = desktop.folder()
  const wanted = { x: 120, y: 90, width: 900, height: 620 }
  const first = await desktop.launch({ dataFolder })
  // A window that is not on the screen yet has no place of its own.
  await expect(first.page.getByTestId('waterfall-canvas')).toBeVisible({ timeout: 30_000 })
  await first.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]!.setBounds(bounds), wanted)
  const bounds = (program: typeof first) =>
    program.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds())
  await expect.poll(() => bounds(first)).toEqual(wanted)
  await first.app.close()
  const second = await desktop.launch({ dataFolder })
  await expect.poll(() => bounds(second)).toEqual(wanted)
  await second.app.close()
  writeFileSync(join(dataFolder, 'desktop/window.json'), '{ "version": 1, "bou')
  const third = await desktop.launch({ dataFolder })
  const area = await third.app.evaluate(({ screen }) => screen.getPrimaryDisplay().workArea)
  const fresh = { width: Math.min(1440, area.width), height: Math.min(900, area.height) }
  await expect.poll(() => bounds(third)).toMatchObject(fresh)
  expect(logOf(dataFolder)).toContain('window_state_damaged')
})

test('quit leaves no process behind', async ({ desktop }) => {
  const { page, app } = await desktop.launch()
  await expect(page.getByTestId('waterfall-canvas')).toBeVisible({ timeout: 30_000 })
  const main = app.process()
  const tree = processTree(main.pid!)
  expect(tree.length).toBeGreaterThan(3)
  await app.close()
  await expect.poll(() => tree.filter(isRunning)).toEqual([])
  expect(main.exitCode).toBe(0)
})

for (const [signals, title] of [
  [['SIGTERM'], 'SIGTERM ends all and exits with 0'],
  [['SIGINT'], 'SIGINT ends all and exits with 0'],
  [['SIGTERM', 'SIGTERM'], 'a second signal does not wait, and nothing is left behind either']
] as const) {
  test(title, async ({ desktop }) => {
    const dataFolder = desktop.folder()
    const [command, ...args] = desktopCommand(['--data', dataFolder])
    const child = spawn(command!, args, { env: desktopEnvironment(), stdio: 'ignore' })
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>
    const jobs = join(dataFolder, 'open-jobs.json')
    await expect
      .poll(() => existsSync(jobs) && readFileSync(jobs, 'utf8').includes('"backendJobId"'), { timeout: 40_000 })
      .toBe(true)
    const tree = processTree(child.pid!)
    for (const signal of signals) child.kill(signal)
    const [code, signal] = await exited
    if (signals.length === 1) expect([code, signal]).toEqual([0, null])
    await expect.poll(() => tree.filter(isRunning)).toEqual([])
  })
}

test('a page whose process dies is loaded again, and the stream goes on', async ({ desktop }) => {
  const { app, page, dataFolder } = await desktop.launch()
  await expect(page.getByTestId('waterfall-canvas')).toHaveAttribute('data-job-state', 'streaming', { timeout: 30_000 })
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer())
  const state = (): Promise<string> =>
    app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
        `document.querySelector('[data-testid="waterfall-canvas"]')?.dataset.jobState ?? 'none'`
      )
    ) as Promise<string>
  await expect.poll(() => logOf(dataFolder)).toContain('window_process_gone')
  await expect.poll(state, { timeout: 30_000 }).toBe('streaming')
})

test('dropped files become jobs; what cannot be read is said', async ({ desktop }) => {
  const file = dasData('prodml_2.0.h5')
  test.skip(file === null, 'the recordings are not there')
  const { page, dataFolder } = await desktop.launch()
  await expect(page.getByTestId('waterfall-canvas')).toBeVisible({ timeout: 30_000 })
  const foreign = join(dataFolder, 'foreign.h5')
  writeFileSync(foreign, 'no recording')
  await page.evaluate(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.id = 'drop'
    document.body.append(input)
  })
  await page.locator('#drop').setInputFiles([file!, foreign])
  const opened = await page.evaluate(() =>
    window.wavefall!.openDroppedFiles([
      ...(document.querySelector('#drop') as HTMLInputElement).files!,
      new File(['x'], 'made-by-the-page.h5')
    ])
  )
  expect(opened.failures).toEqual([
    'made-by-the-page.h5 is not a file on this machine.',
    expect.stringContaining('foreign.h5')
  ])
  expect(opened.jobIds).toHaveLength(1)
  await expect(page.locator('body')).toContainText(opened.jobIds[0]!)
})
