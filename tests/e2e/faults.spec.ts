import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFocusServer } from '../support/focusServerProcess.ts'
import { canvasState } from './picture.ts'
import { expect, test } from './shell.ts'

const rowsOf = async (page: Parameters<typeof canvasState>[0]): Promise<number> =>
  Number((await canvasState(page)).rows ?? 0)

test('the backend is killed while streaming and comes back: reconnecting, then on, with the gap drawn', async ({
  shell
}) => {
  // On a slow machine the circuit opens meanwhile, and the next probe is 60 s away.
  test.slow()
  const home = shell.folder()
  const first = await startFocusServer({ home })
  const port = new URL(first.base).port
  const page = await shell.open({ backend: first.base })
  const canvas = page.getByTestId('waterfall-canvas')
  await expect.poll(() => rowsOf(page)).toBeGreaterThan(20)
  await first.kill()
  await expect(canvas).toHaveAttribute('data-job-state', 'reconnecting', { timeout: 10_000 })
  await expect(page.getByTestId('tile-badge')).toContainText(/reconnecting/i)
  const before = await rowsOf(page)
  const second = await startFocusServer({ home, args: ['--port', port] })
  try {
    await expect(canvas).toHaveAttribute('data-job-state', 'streaming', { timeout: 100_000 })
    await expect.poll(() => rowsOf(page)).toBeGreaterThan(before + 20)
    await expect.poll(async () => Number((await canvasState(page)).gaps)).toBeGreaterThanOrEqual(1)
    await expect(page.getByTestId('counter-gaps')).not.toContainText(/gaps\s*0/)
  } finally {
    await second.stop()
  }
})

test('the backend is missing at the start: said, and the job starts when it is there', async ({ shell }) => {
  const probe = await startFocusServer()
  const port = new URL(probe.base).port
  await probe.stop()
  const page = await shell.open({ backend: probe.base })
  await expect(page.getByTestId('backend-pill')).toHaveAttribute('data-state', 'down', { timeout: 15_000 })
  const server = await startFocusServer({ args: ['--port', port] })
  try {
    await expect(page.getByTestId('backend-pill')).toHaveAttribute('data-state', 'up', { timeout: 75_000 })
  } finally {
    await server.stop()
  }
})

test('a damaged settings file is kept aside, said, and the defaults are used', async ({ shell }) => {
  const dataFolder = shell.folder()
  writeFileSync(join(dataFolder, 'settings.json'), '{ "site": { "nftMin": ')
  const server = await startFocusServer()
  try {
    const page = await shell.open({ backend: server.base, dataFolder })
    await expect(page.getByTestId('notice').first()).toContainText(/settings/i)
    await expect.poll(() => rowsOf(page)).toBeGreaterThan(5)
  } finally {
    await server.stop()
  }
})

test('a stalling, cutting, spoiling fibre is survived and counted', async ({ shell }) => {
  const server = await startFocusServer({
    args: ['--source', 'faulty:stall=2@3,gap=0.5@7,shape@9,cut@11,nan=0.3@14,channels=300,prr=1000']
  })
  try {
    const page = await shell.open({ backend: server.base })
    const canvas = page.getByTestId('waterfall-canvas')
    await expect(canvas).toHaveAttribute('data-job-state', 'stalled', { timeout: 15_000 })
    await expect
      .poll(async () => Number((await canvasState(page)).gaps ?? 0), { timeout: 30_000 })
      .toBeGreaterThanOrEqual(2)
    await expect.poll(() => rowsOf(page), { timeout: 40_000 }).toBeGreaterThan(320)
    await expect(canvas).toHaveAttribute('data-job-state', 'streaming', { timeout: 15_000 })
  } finally {
    await server.stop()
  }
})
