import { join } from 'node:path'
import { exportFormats } from '../../src-main/sessions/export/exportFormats.ts'
import { runExport } from '../../src-main/sessions/export/runExport.ts'
import { nanosecondsFromIso } from '../../src-preload/contract/units.ts'
import { createMemoryRecording } from '../unit/sources/memoryRecording.ts'
import { canvasState, untilStill } from './picture.ts'
import { expect, test } from './shell.ts'

const sampleRateHz = 1000
const channelsUsual = 20
const startIso = '2024-03-01T12:00:00.000000000Z'

interface Odd {
  name: string
  seconds?: number
  channels?: number
  startIso?: string
  valueAt(row: number, channel: number): number
  /** What the box beside the pointer says of a value. */
  reads: RegExp
}

/** A tone of amplitude 4: 20·log10(4) − 10·log10(2). */
const reads = /^9\.0\d* dB re/
const noise = (row: number, channel: number): number => Math.sin(row * 12.9898 + channel * 78.233) * 4

const odd: Odd[] = [
  { name: 'not-a-number', valueAt: () => Number.NaN, reads: /invalid/ },
  { name: 'zero', valueAt: () => 0, reads: /[-−]300(\.0+)? dB re/ },
  { name: 'constant', valueAt: () => 5, reads: /[-−]\d+(\.\d+)? dB re/ },
  { name: 'outlier', valueAt: (row, channel) => (row === 3333 && channel === 7 ? 1e12 : noise(row, channel)), reads },
  { name: 'one-channel', channels: 1, valueAt: noise, reads },
  { name: 'one-row', seconds: 0.024, valueAt: noise, reads: /\d dB re/ },
  { name: 'before-1970', startIso: '1965-05-05T23:59:58.250000000Z', valueAt: noise, reads }
]

async function write(
  folder: string,
  { name, seconds = 8, channels = channelsUsual, startIso: from = startIso, valueAt }: Odd
): Promise<string> {
  const recording = createMemoryRecording(
    { time: Math.round(seconds * sampleRateHz), channel: channels },
    {
      valueAt,
      dtype: 'float32',
      scale: 1,
      startTimeNs: nanosecondsFromIso(from)!,
      firstChannel: 1,
      channelSpacingM: 10,
      firstDistanceM: 10
    }
  )
  const target = join(folder, `${name}.h5`)
  await runExport({
    source: name,
    target,
    format: exportFormats.prodml,
    selection: { time: null, channels: null, band: null, decimate: 1 },
    overwrite: false,
    signal: new AbortController().signal,
    open: () => Promise.resolve(recording)
  })
  return target
}

test('nothing but zeros, one value or no number; one outlier, one channel, one row; before 1970', async ({ shell }) => {
  test.slow()
  const folder = shell.folder()
  const files: string[] = []
  for (const one of odd) files.push(await write(folder, one))
  const page = await shell.open({ files })
  const bugs: string[] = []
  page.on('pageerror', ({ message }) => bugs.push(message))
  const jobs = page.getByTestId('job-list')
  await expect(jobs.locator('li[data-state="completed"][data-testid^="job-"]')).toHaveCount(odd.length, {
    timeout: 60_000
  })
  for (const [index, { name, channels = channelsUsual, startIso: from = startIso, reads: said }] of odd.entries()) {
    await test.step(name, async () => {
      const id = `historic-${index + 1}`
      await jobs.getByRole('button', { name: id, exact: true }).click()
      const canvas = page.getByTestId('waterfall-canvas')
      await expect(canvas).toHaveAttribute('data-job-id', id)
      await expect.poll(async () => Number((await canvasState(page)).rows)).toBeGreaterThan(0)
      await untilStill(page)
      const state = await canvasState(page)
      expect(Number(state.columns)).toBe(channels)
      const sinceStartNs = nanosecondsFromIso(state.firstRowTime!)! - nanosecondsFromIso(from)!
      expect(Number(sinceStartNs) / 1e9).toBeGreaterThan(0)
      expect(Number(sinceStartNs) / 1e9).toBeLessThan(0.3)
      expect(Number(state.highDb)).toBeGreaterThan(Number(state.lowDb))
      const box = (await canvas.boundingBox())!
      await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.9)
      await expect(page.getByTestId('cursor-box-value')).toHaveText(said)
      await page.mouse.move(5, 5)
    })
  }
  await test.step('an outlier does not blank the others', async () => {
    await jobs.getByRole('button', { name: 'historic-4', exact: true }).click()
    await expect(page.getByTestId('waterfall-canvas')).toHaveAttribute('data-job-id', 'historic-4')
    expect(Number((await canvasState(page)).highDb)).toBeLessThan(60)
  })
  expect(bugs).toEqual([])
})

test('the window changes its size while data streams in: the picture fills it, and no row is missing', async ({
  shell
}) => {
  const page = await shell.open()
  const canvas = page.getByTestId('waterfall-canvas')
  const rows = async (): Promise<number> => Number((await canvasState(page)).rows)
  await expect.poll(rows).toBeGreaterThan(10)
  for (const [width, height] of [
    [1000, 640],
    [1800, 1000],
    [1280, 720]
  ] as const) {
    const before = await rows()
    await page.setViewportSize({ width, height })
    await expect.poll(rows).toBeGreaterThan(before + 5)
    await expect
      .poll(() =>
        canvas.evaluate((element) => {
          const { width: across, height: down } = element.getBoundingClientRect()
          const drawn = element as HTMLCanvasElement
          return [drawn.width / across, drawn.height / down].every((ratio) => Math.abs(ratio - devicePixelRatio) < 0.01)
        })
      )
      .toBe(true)
    const right = await canvas.evaluate((element) => element.getBoundingClientRect().right)
    expect(right).toBeLessThanOrEqual(width)
  }
  expect(await canvasState(page)).toMatchObject({ gaps: '0', following: 'true' })
})
