/** One window, no job: what the program costs when it does nothing. The embedded Focus Server is named apart. */
import { launchBrowser } from '../support/browser.ts'
import { pause, startLine } from '../support/load/line.ts'
import { processTree, processUsage } from '../support/processUsage.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const settleMs = 5000
const targetPercent = 1

export async function run({ seconds = 20 }: BenchOptions = {}): Promise<BenchEntry[]> {
  if (!processUsage(process.pid))
    return [skippedFigure('idle: CPU of the core', '% of a core', 'CPU is read from /proc')]
  const browser = await launchBrowser()
  const line = await startLine({ source: 'simulated' })
  try {
    if (browser) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.goto(line.address)
      await page.getByTestId('job-list').or(page.getByRole('main')).first().waitFor({ timeout: 20_000 })
    }
    await pause(settleMs)
    const windowPids = processTree(process.pid).filter((pid) => pid !== process.pid && isBrowser(pid, line))
    const cpuS = (pids: number[]): number => pids.reduce((sum, pid) => sum + (processUsage(pid)?.cpuS ?? 0), 0)
    const before = [cpuS([line.corePid]), cpuS([line.generatorPid]), cpuS(windowPids)]
    const startedMs = performance.now()
    await pause(seconds * 1000)
    const passedS = (performance.now() - startedMs) / 1000
    const percent = [cpuS([line.corePid]), cpuS([line.generatorPid]), cpuS(windowPids)].map(
      (after, at) => (100 * (after - before[at]!)) / passedS
    )
    const name = (what: string): string => `idle: one window, no job, CPU of ${what}`
    return [
      figure(name('the core'), percent[0]!, '% of a core', {
        target: `< ${targetPercent}`,
        meets: percent[0]! < targetPercent
      }),
      figure(name('the embedded Focus Server'), percent[1]!, '% of a core'),
      browser
        ? figure(name('the browser with all its processes'), percent[2]!, '% of a core')
        : skippedFigure(name('the browser'), '% of a core', 'no Chrome or Chromium was found')
    ]
  } finally {
    await browser?.close()
    await line.stop()
  }
}

const isBrowser = (pid: number, line: { corePid: number; generatorPid: number }): boolean =>
  ![...processTree(line.corePid), ...processTree(line.generatorPid)].includes(pid)
