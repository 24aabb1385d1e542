import { startFocusServer } from '../support/focusServerProcess.ts'
import { canvasState } from './picture.ts'
import { expect, test } from './shell.ts'

test('the form says what is wrong while typing, and opens what is right', async ({ shell }) => {
  const server = await startFocusServer({ args: ['--source', 'simulated:channels=500,prr=1000'] })
  try {
    const page = await shell.open({ backend: server.base })
    await expect.poll(async () => Number((await canvasState(page)).rows ?? 0)).toBeGreaterThan(5)
    const form = page.getByTestId('job-form')
    await form.getByTestId('form-channels-max').fill('9999')
    await expect(form.getByTestId('error-channels')).toContainText('9999 is above 500')
    await expect(form.getByTestId('form-open')).toBeDisabled()
    await form.getByTestId('form-channels-min').fill('101')
    await form.getByTestId('form-channels-max').fill('200')
    await expect(form.getByTestId('error-channels')).toBeHidden()
    await expect(form.getByTestId('form-load')).toHaveAttribute('data-fits', 'true')
    await expect(form.getByTestId('form-open')).toBeEnabled()
    await form.getByTestId('form-open').click()
    await expect.poll(async () => (await canvasState(page)).columns, { timeout: 15_000 }).toBe('100')
    const state = await canvasState(page)
    expect(Number(state.leftChannel)).toBeCloseTo(100.5, 1)
    expect(Number(state.rightChannel)).toBeCloseTo(200.5, 1)
    const jobId = state.jobId!
    await page.getByTestId(`job-${jobId}`).getByRole('button', { name: 'Close' }).click()
    await expect(page.getByTestId(`job-${jobId}`)).toHaveAttribute('data-state', 'cancelled')
    await expect(page.getByTestId(`job-${jobId}`).getByTestId('job-steps')).toContainText('clean-up')
  } finally {
    await server.stop()
  }
})
