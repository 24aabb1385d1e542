import type { Browser, BrowserContext, Page } from 'playwright'

/** A window's own pace: how often its page is painted, and how often its picture changes. */
export interface WindowPace {
  /** Frames of the page a second (`requestAnimationFrame`), and in the worst second. */
  framesPerS: number
  worstFramesPerS: number
  /** Drawings of the picture a second. */
  picturesPerS: number
  /** Rows that the picture has taken meanwhile. */
  rows: number
}

interface Counting {
  wavefallFrames?: number[]
}

export async function openWindow(browser: Browser | BrowserContext, address: string): Promise<Page> {
  // A context was given its size when it was made.
  const page = await ('newContext' in browser
    ? browser.newPage({ viewport: { width: 1440, height: 900 } })
    : browser.newPage())
  await page.goto(address)
  await page.waitForFunction(
    () =>
      Number((document.querySelector('[data-testid=waterfall-canvas]') as HTMLElement | null)?.dataset.rows ?? 0) > 0,
    null,
    { timeout: 30_000 }
  )
  return page
}

const pictureCounts = (page: Page): Promise<{ drawn: number; rows: number }> =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLElement>('[data-testid=waterfall-canvas]')
    return { drawn: Number(canvas?.dataset.drawnFrames ?? 0), rows: Number(canvas?.dataset.rows ?? 0) }
  })

/** Counts from now on; `ended` gives what was seen. */
export async function watchPace(page: Page): Promise<{ ended(): Promise<WindowPace> }> {
  await page.evaluate(() => {
    const counting = window as Counting
    const perSecond: number[] = []
    counting.wavefallFrames = perSecond
    const startedMs = performance.now()
    const count = (): void => {
      if (counting.wavefallFrames !== perSecond) return
      const second = Math.floor((performance.now() - startedMs) / 1000)
      for (let at = perSecond.length; at <= second; at++) perSecond.push(0)
      perSecond[second]! += 1
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  })
  const before = await pictureCounts(page)
  const startedMs = performance.now()
  return {
    async ended() {
      const after = await pictureCounts(page)
      const seconds = (performance.now() - startedMs) / 1000
      const perSecond = await page.evaluate(() => {
        const counting = window as Counting
        const counted = counting.wavefallFrames ?? []
        delete counting.wavefallFrames
        return counted
      })
      const whole = perSecond.slice(0, -1)
      return {
        framesPerS: whole.reduce((sum, frames) => sum + frames, 0) / Math.max(1, whole.length),
        worstFramesPerS: whole.length > 0 ? Math.min(...whole) : 0,
        picturesPerS: (after.drawn - before.drawn) / seconds,
        rows: after.rows - before.rows
      }
    }
  }
}

/** Shows a job by its line in the list, and waits until its picture is there. */
export async function showJob(page: Page, jobId: string): Promise<void> {
  await page.getByTestId(`job-${jobId}`).getByRole('button').first().click()
  await page.waitForFunction(
    (wanted) => document.querySelector<HTMLElement>('[data-testid=waterfall-canvas]')?.dataset.jobId === wanted,
    jobId,
    { timeout: 20_000 }
  )
}
