import { startFocusServer } from '../support/focusServerProcess.ts'
import { canvasState } from './picture.ts'
import { expect, test } from './shell.ts'

test.use({ graphics: 'webgl' })

const rowsOf = async (page: Parameters<typeof canvasState>[0]): Promise<number> =>
  Number((await canvasState(page)).rows ?? 0)

test('the GPU context is lost: the picture comes back from memory', async ({ shell }) => {
  const server = await startFocusServer()
  try {
    const page = await shell.open({ backend: server.base, query: 'renderer=webgl2' })
    const canvas = page.getByTestId('waterfall-canvas')
    await expect(canvas).toHaveAttribute('data-renderer', 'webgl2')
    await expect.poll(() => rowsOf(page)).toBeGreaterThan(20)
    const lost = await canvas.evaluate((element) => {
      const extension = (element as HTMLCanvasElement).getContext('webgl2')?.getExtension('WEBGL_lose_context')
      extension?.loseContext()
      setTimeout(() => extension?.restoreContext(), 500)
      return Boolean(extension)
    })
    expect(lost).toBe(true)
    await expect(
      page
        .getByTestId('notice')
        .filter({ hasText: /graphics context/i })
        .first()
    ).toBeVisible()
    const frames = Number((await canvasState(page)).drawnFrames)
    await expect.poll(async () => Number((await canvasState(page)).drawnFrames)).toBeGreaterThan(frames + 10)
    const bright = await canvas.screenshot()
    expect(bright.length, 'a picture with content compresses badly').toBeGreaterThan(50_000)
  } finally {
    await server.stop()
  }
})
