import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { failure, ok } from '../src-preload/contract/errors.ts'
import type { Clock } from './clock.ts'
import { lineSplitter } from './embeddedProcess.ts'
import type { Log } from './storage/log.ts'
import type { PerformanceTests, TestState, TestType } from './web/api/testRoutes.ts'

export interface PerformanceTestOptions {
  /** The built command line. */
  cliFile: string
  clock: Clock
  log: Log
  /** One sentence why no test may run now; null: it may. */
  whyNot(): Promise<string | null>
}

const keptMax = 20
const modeOfType: Record<TestType, string> = {
  load: 'linear',
  stress: 'stress',
  spike: 'spike',
  baseline: 'baseline',
  soak: 'soak'
}
const secondsByDefault: Record<TestType, number> = { load: 140, stress: 200, spike: 60, baseline: 30, soak: 600 }
/** Levels that a test goes through at its usual number of jobs, so that `duration` is of the whole. */
const jobsByDefault: Record<TestType, number> = { load: 30, stress: 100, spike: 50, baseline: 1, soak: 10 }
const outputMaxBytes = 8 * 1024 * 1024
/** Start, settling and recovery, beside the time that was asked for. */
const graceMs = 180_000
const endsWithinMs = 15_000

function levels(type: TestType, jobs: number): number {
  if (type === 'baseline' || type === 'soak') return 1
  if (type === 'spike') return jobs > 1 ? 2 : 1
  return new Set([1, ...Array.from({ length: Math.floor(jobs / 5) }, (_, at) => (at + 1) * 5), jobs]).size
}

interface RunningTest {
  child: ChildProcess
  exited: Promise<void>
}

/** `performance-test` of the command line in a process of its own: what is measured is neither this core nor who asks. */
export function createPerformanceTests({ cliFile, clock, log, whyNot }: PerformanceTestOptions): PerformanceTests {
  const states = new Map<string, TestState>()
  let running: RunningTest | null = null
  let disposed = false

  const change = (testId: string, more: Partial<TestState>): void => {
    states.set(testId, { ...states.get(testId)!, ...more })
  }

  function run(testId: string, type: TestType, seconds: number, jobs: number): RunningTest {
    const each = Math.max(1, Math.round(seconds / levels(type, jobs)))
    const args = [cliFile, 'performance-test', modeOfType[type], '--seconds', String(each), '--jobs', String(jobs)]
    const { WAVEFALL_TOKEN: _token, ...env } = process.env
    const child = spawn(process.execPath, [...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'], env })
    const startedMs = clock.monotonicMs()
    let output = ''
    let lastLine = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < outputMaxBytes) output += text
    })
    child.stderr.setEncoding('utf8').on(
      'data',
      lineSplitter((line) => {
        const text = line.split('\r').at(-1)!.trim()
        if (text === '') return
        lastLine = text.slice(0, 500)
        change(testId, { message: lastLine })
      })
    )
    const stopTicks = clock.every(1000, () => {
      change(testId, { progress: Math.min(0.99, (clock.monotonicMs() - startedMs) / (seconds * 1000 + 20_000)) })
    })
    const cancelLimit = clock.after(seconds * 1000 + graceMs, () => {
      lastLine = 'It did not end in its time and was stopped.'
      child.kill('SIGTERM')
      clock.after(endsWithinMs, () => child.kill('SIGKILL'))
    })
    const exited = new Promise<void>((resolve) => {
      const finish = (code: number | null): void => {
        stopTicks()
        cancelLimit()
        running = null
        const report = code === 0 ? parseReport(output) : null
        const status = report ? 'completed' : disposed ? 'cancelled' : 'failed'
        change(testId, {
          status,
          progress: report ? 1 : states.get(testId)!.progress,
          message: report ? 'It is over; the report says what came of it.' : lastLine || `It ended with code ${code}.`,
          endedAt: new Date(clock.nowMs()).toISOString(),
          report
        })
        log.info('performance_test_ended', { testId, type, status })
        resolve()
      }
      child.once('error', (error) => {
        lastLine = error.message
        finish(null)
      })
      child.once('close', finish)
    })
    return { child, exited }
  }

  return {
    async start(type, seconds, jobs) {
      if (disposed) return failure('unavailable', 'The program is ending.')
      if (running)
        return failure('refused', 'A test is running already; its end is in GET /api/v1/performance/test/{testId}.')
      const reason = await whyNot()
      if (reason !== null) return failure('refused', reason)
      const testId = randomUUID()
      const state: TestState = {
        testId,
        type,
        status: 'running',
        progress: 0,
        message: 'It starts a core of its own …',
        startedAt: new Date(clock.nowMs()).toISOString(),
        endedAt: null,
        report: null
      }
      states.set(testId, state)
      for (const id of [...states.keys()].slice(0, Math.max(0, states.size - keptMax))) states.delete(id)
      const most = jobs ?? jobsByDefault[type]
      running = run(testId, type, seconds ?? secondsByDefault[type], most)
      log.info('performance_test_started', { testId, type, jobs: most })
      return ok(state)
    },
    state: (testId) => states.get(testId) ?? null,
    async dispose() {
      disposed = true
      if (!running) return
      const { child, exited } = running
      child.kill('SIGTERM')
      const cancel = clock.after(endsWithinMs, () => child.kill('SIGKILL'))
      // The program's own end does not wait for a test's.
      await Promise.race([exited, new Promise<void>((resolve) => clock.after(3000, resolve))])
      if (child.exitCode === null) child.kill('SIGKILL')
      cancel()
    }
  }
}

function parseReport(output: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(output)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
