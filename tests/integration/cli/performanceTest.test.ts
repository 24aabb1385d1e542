import { beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt } from '../../../src-main/launch.ts'
import type { Report } from '../../../src-main/commands/performance/report.ts'
import { runCommand } from '../../support/commandLine.ts'
import { startCommand } from '../../support/commandProcess.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

beforeAll(() => {
  if (process.env.WAVEFALL_TEST_CLI === undefined) ensureBuilt()
}, 300_000)

const percent = expect.any(Number) as number

describe('performance-test', () => {
  test('with its own core: levels, readings, limits, recovery; one JSON document and nothing else', async () => {
    const { code, out, err } = await runCommand([
      'performance-test',
      'spike',
      '--jobs',
      '3',
      '--seconds',
      '2',
      '--json'
    ])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const report = JSON.parse(out) as Report
    expect(report).toMatchObject({ mode: 'spike', core: 'own', seconds: 2, interrupted: false })
    expect(report.levels.map(({ jobs }) => jobs)).toEqual([1, 3])
    for (const level of report.levels) {
      expect(level).toMatchObject({ lostBlocks: 0, lostRows: 0, gaps: 0, missingRows: 0 })
      expect(level.rowsPerS).toBeGreaterThan(0)
      expect(level.networkMegabytesPerS).toBeGreaterThan(0)
      expect(level.cpuPercent).toEqual({ mean: percent, max: percent })
      expect(level.latencyMs).toEqual({ p50: percent, p95: percent, p99: percent })
      expect(level.processes.map(({ label }) => label)).toEqual(
        expect.arrayContaining(['core', 'embedded Focus Server', 'analysis 1'])
      )
    }
    expect(report.limits.jobs).toBeGreaterThanOrEqual(1)
    expect(report.limits.gigabytesPerS).toBeGreaterThan(0)
  })

  test('against a running core it leaves nothing behind, and the text names jobs, success and limits', async () => {
    const home = mkdtempSync(join(tmpdir(), 'wavefall-performance-test-'))
    const serve = await startCommand(['serve', '--json', '--port', '0', '--data', home], home)
    try {
      const { url, token } = JSON.parse(serve.firstLine) as { url: string; token: string }
      const environment = { WAVEFALL_TOKEN: token }
      const done = await runCommand(['performance-test', 'baseline', '--seconds', '2', '--connect', url], environment)
      expect(done.code, done.err).toBe(0)
      expect(done.out).toMatch(/^Performance test "baseline"/)
      expect(done.out).toMatch(/jobs\s+success\s+CPU/)
      expect(done.out).toMatch(/This machine: at (?:least|most) .*1 jobs? like these/)
      expect(done.out).not.toContain(token)
      const listed = await runCommand(['jobs', 'list', '--json', '--connect', url], environment)
      expect(JSON.parse(listed.out)).toEqual([])
    } finally {
      await serve.stop()
      rmSync(home, { recursive: true, force: true })
    }
  })

  test.each([
    [['sideways']],
    [['linear', '--jobs', '0']],
    [['soak', '--seconds', 'long']],
    [['--connect', 'not an address']]
  ])('wrong usage is said and ends with 2: %j', async (args) => {
    const { code, err, out } = await runCommand(['performance-test', ...args])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).not.toBe('')
  })

  test('a core that does not answer ends it with 1 and one sentence', async () => {
    const { code, err, out } = await runCommand(['performance-test', '--connect', 'http://127.0.0.1:9'])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^No core answers at http:\/\/127\.0\.0\.1:9: .*\.\n$/)
  })
})
