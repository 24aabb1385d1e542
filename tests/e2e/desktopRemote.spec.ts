import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { dasData } from '../support/dasData.ts'
import { desktopEnvironment, programFolder } from '../support/electron.ts'
import { expect, test } from './desktopProgram.ts'

/** A core without windows, as it would run on another machine. */
async function serve(dataFolder: string): Promise<{ url: string; token: string; stop(): Promise<void> }> {
  writeFileSync(join(dataFolder, 'settings.json'), JSON.stringify({ version: 1, jobs: { cpuRefusePercent: 100 } }))
  const cli = join(programFolder, 'out/main/cli.cjs')
  const child = spawn(process.execPath, [cli, 'serve', '--json', '--port', '0', '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { url, token } = JSON.parse(line) as { url: string; token: string }
  return {
    url,
    token,
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }
  }
}

test('windows on the core of another machine: it streams, menus work, nothing runs here', async ({ desktop }) => {
  const core = await serve(desktop.folder())
  try {
    const { page, app } = await desktop.launch({ args: ['--connect', `${core.url}/#token=${core.token}`] })
    await expect(page.getByTestId('backend-pill')).toHaveAttribute('data-state', 'up', { timeout: 30_000 })
    expect(await page.evaluate(() => window.wavefall?.remote)).toEqual({ url: core.url, token: core.token })
    const policy = await page.evaluate(async () => (await fetch('/')).headers.get('content-security-policy'))
    expect(policy).toContain(`connect-src 'self' ${core.url} ${core.url.replace('http', 'ws')}`)
    const theme = (): Promise<string | null> => page.locator('html').getAttribute('data-theme')
    const before = await theme()
    await app.evaluate(({ Menu }) => Menu.getApplicationMenu()!.getMenuItemById('toggle-theme')!.click())
    await expect.poll(theme).not.toBe(before)
    expect(await app.evaluate(({ Menu }) => Menu.getApplicationMenu()!.getMenuItemById('open') === null)).toBe(true)
    const dropped = await page.evaluate(() => window.wavefall!.openDroppedFiles([new File(['x'], 'a.h5')]))
    expect(dropped).toEqual({ jobIds: [], failures: ['a.h5 is not a file on this machine.'] })
  } finally {
    await core.stop()
  }
})

test('without a Node beside it the backend is a utility process, and takes files', async ({ desktop }) => {
  const { WAVEFALL_NODE: _node, ...environment } = desktopEnvironment()
  const file = dasData('prodml_2.0.h5')
  const { app, page } = await desktop.launch({ environment, args: file ? [file] : [] })
  const node = await app.evaluate(() => process.versions.node)
  const tooOld = Number(node.split('.')[0]) < 20
  if (tooOld) process.stderr.write(`\nSKIPPING the backend as a utility process: Node ${node} is too old for it\n`)
  test.skip(tooOld, `the Node inside this runtime, ${node}, is too old for the backend`)
  await expect(page.getByTestId('backend-pill')).toHaveAttribute('data-state', 'up', { timeout: 30_000 })
  const processes = await app.evaluate((electron) => electron.app.getAppMetrics().map(({ name }) => name))
  expect(processes).toContain('Wavefall Focus Server')
  if (file) await expect(page.locator('body')).toContainText('historic-', { timeout: 30_000 })
})
