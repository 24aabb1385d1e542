/** Six faults, each made for real, and what the health page says of each. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { availableParallelism, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import {
  openProgram,
  rowsAtLeast,
  takeWindow,
  type OpenOptions,
  type OpenProgram,
  type Scene
} from './screenshotsStage.ts'

/** Long enough for the curves to show how it was before. */
const calmMs = 25_000
/** Then the page has told everything that belongs to it. */
const toldMs = 6000

/** Small enough that it is not what keeps the machine busy. */
const quietFibre = 'simulated:channels=400,prr=500'
const readings = ['health.intervalMs=500']

interface Fault {
  name: string
  open?: OpenOptions
  isLight?: boolean
  /** Makes it; what it answers ends it. */
  make(program: OpenProgram): Promise<() => void>
  /** What the headline must say, and within how many seconds. */
  says: RegExp
  /** And what stands below it, where other things could be the cause as well. */
  proves?: RegExp
  withinS: number
  whyNot?(): string | null
}

async function untilSaid(page: Page, { name, says, proves, withinS }: Fault): Promise<string> {
  const deadline = Date.now() + withinS * 1000
  for (;;) {
    const headline = await page.getByTestId('health-headline').innerText()
    const detail = await page.getByTestId('health-detail').innerText()
    if (says.test(headline) && (proves?.test(detail) ?? true)) return headline
    if (Date.now() > deadline)
      throw new Error(`not said within ${withinS} s: ${String(proves ?? says)}; ${name} says: ${headline} ${detail}`)
    await page.waitForTimeout(250)
  }
}

async function takeFault(browser: Browser, fault: Fault): Promise<void> {
  const program = await openProgram(browser, {
    backend: ['--source', quietFibre],
    ...fault.open,
    settings: [...readings, ...(fault.open?.settings ?? [])]
  })
  const { page } = program
  let end = (): void => undefined
  try {
    await rowsAtLeast(page, 20)
    if (fault.isLight) await page.getByTestId('theme-toggle').click()
    await page.getByTestId('rail-health').click()
    await page.waitForTimeout(calmMs)
    end = await fault.make(program)
    const madeAtMs = Date.now()
    await untilSaid(page, fault)
    const toldAfterS = (Date.now() - madeAtMs) / 1000
    await page.waitForTimeout(toldMs)
    const headline = await untilSaid(page, fault)
    await takeWindow(page, fault.name)
    process.stdout.write(`  after ${toldAfterS.toFixed(1)} s: ${headline}\n`)
  } finally {
    end()
    await program.stop()
  }
}

const isRoot = process.platform === 'linux' && process.getuid?.() === 0

/** Packs files as a nightly archive job does, on every processor; before everyone else where the system allows it. */
function burn(): () => void {
  const zeros = openSync('/dev/zero', 'r')
  const count = availableParallelism() * (isRoot ? 1 : 4)
  const children = Array.from({ length: count }, (): ChildProcess => {
    const child = spawn('gzip', ['-9'], { stdio: [zeros, 'ignore', 'ignore'] })
    try {
      setPriority(child.pid!, -20)
    } catch {
      // Only an administrator may; so many of them are enough for everyone else.
    }
    return child
  })
  return () => {
    for (const child of children) child.kill('SIGKILL')
    closeSync(zeros)
  }
}

/** A disk of its own that is nearly full: 180 MB in memory. */
const smallDisk = { folder: '', megabytes: 180 }

const faults: Fault[] = [
  {
    name: 'fault-backend-killed',
    async make({ server }) {
      await server.kill()
      return () => undefined
    },
    says: /^live-1 gets no data since \d\d:\d\d:\d\d: the backend "North Sea 2" is away\.$/,
    withinS: 30
  },
  {
    name: 'fault-fibre-silent',
    open: { backend: ['--source', 'faulty:stall=3600@40,channels=400,prr=500'] },
    make: async () => () => undefined,
    says: /^live-1 gets no data since \d\d:\d\d:\d\d: the backend "North Sea 2" has stopped sending\.$/,
    withinS: 90
  },
  {
    name: 'fault-blocks-lost',
    isLight: true,
    open: { backend: ['--source', 'faulty:gap=0.2@40/2,channels=400,prr=500'] },
    make: async () => () => undefined,
    says: /^live-1 loses data since \d\d:\d\d:\d\d: the backend "North Sea 2" leaves blocks out\.$/,
    withinS: 90
  },
  {
    name: 'fault-processors-busy',
    whyNot: () => (process.platform === 'win32' ? 'there is no gzip' : null),
    open: { backend: ['--source', 'simulated:channels=2222,prr=2000,scene=noise'] },
    make: async () => burn(),
    says: /^live-1 (loses rows|is late|loses data) since \d\d:\d\d:\d\d: the machine is out of CPU\.$/,
    proves: /Another process \("gzip", \d+ %\) is busy since/,
    withinS: 60
  },
  {
    name: 'fault-memory-short',
    open: {
      backend: ['--source', 'simulated:channels=1500,prr=2000,scene=noise'],
      settings: [
        'health.memoryIntervalS=2',
        'health.memoryWarningMb=380',
        'health.memoryCriticalMb=430',
        'health.memoryEmergencyMb=480'
      ]
    },
    async make({ page }) {
      await page.getByTestId('rail-jobs').click()
      await page.getByTestId('pre-trigger').selectOption('60')
      await page.getByTestId('rail-health').click()
      return () => undefined
    },
    says: /^Memory: the program holds \d+ MB, emergency from 480 MB, since \d\d:\d\d:\d\d\.$/,
    withinS: 120
  },
  {
    name: 'fault-disk-nearly-full',
    whyNot: () => (isRoot ? null : 'a small disk of its own can be made by an administrator of Linux only'),
    async make({ page }) {
      await page.getByTestId('rail-jobs').click()
      await page.getByTestId('capture').click()
      await page.getByTestId('rail-health').click()
      return () => undefined
    },
    says: /^The disk is full in .+ at the rate of the capture ".+", since \d\d:\d\d:\d\d\.$/,
    withinS: 30
  }
]

/** Sets what needs more than the program around a fault. */
async function takeOnSmallDisk(browser: Browser, fault: Fault): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-small-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${smallDisk.megabytes}m`, 'tmpfs', folder])
  try {
    if (mounted.status !== 0) throw new Error(`no small disk could be made: ${String(mounted.stderr)}`)
    await takeFault(browser, { ...fault, open: { ...fault.open, dataFolder: folder } })
  } finally {
    if (mounted.status === 0) spawnSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  }
}

export const faultScenes: Scene[] = faults.map((fault) => ({
  names: [fault.name],
  ...(fault.whyNot ? { whyNot: fault.whyNot } : {}),
  take: (browser) =>
    fault.name === 'fault-disk-nearly-full' ? takeOnSmallDisk(browser, fault) : takeFault(browser, fault)
}))
