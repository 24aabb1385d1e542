/**
 * `npm test`: build, unit and integration tests (vitest), end-to-end tests (Playwright), load in its short form; the static
 * checks run in what these leave of the machine. The closing lines name what failed and what was skipped and add up what the
 * runners' own reports say. A runner without a report is a failure.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join, resolve } from 'node:path'
import { findElectronRuntime } from './support/electronRuntime.ts'

const root = resolve(import.meta.dirname, '..')
const reports = join(root, 'test-results', 'reports')
const bin = join(root, 'node_modules', '.bin')
/** Checks as `typescript` does, which only the linter still needs, in a third of the time. */
const nativeCompiler = join(root, 'node_modules', 'typescript-native', 'bin', 'tsc')
const counts = { passed: 0, failed: 0, skipped: 0 }
const skipped: string[] = []
const failed: string[] = []
const broken: string[] = []

interface StepOptions {
  environment?: Record<string, string>
  /** In what other steps leave of the machine; its output comes as a whole when it is done. */
  aside?: boolean
}

function step(name: string, command: string, args: string[], options: StepOptions = {}): Promise<boolean> {
  const { environment = {}, aside = false } = options
  const started = Date.now()
  if (!aside) process.stdout.write(`\n== ${name}\n`)
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: aside ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}`, ...environment },
      shell: process.platform === 'win32'
    })
    if (aside && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    const output: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
    const done = (passed: boolean, words = ''): void => {
      const seconds = ((Date.now() - started) / 1000).toFixed(0)
      process.stdout.write(
        `${Buffer.concat(output)}${words}\n== ${name}: ${passed ? 'done' : 'FAILED'} in ${seconds} s\n`
      )
      if (!passed) broken.push(name)
      resolve(passed)
    }
    child.once('error', (error) => done(false, error.message))
    child.once('close', (code) => done(code === 0))
  })
}

/** Types, lint and format, one after the other. */
async function checkStatically(): Promise<void> {
  const aside = { aside: true }
  for (const project of ['node', 'web', 'tests'])
    await step(`types: ${project}`, process.execPath, [nativeCompiler, '-p', `tsconfig.${project}.json`], aside)
  await step('lint and import rules', 'eslint', ['--max-warnings', '0', '.'], aside)
  await step('format', 'prettier', ['--check', '--log-level', 'warn', '.'], aside)
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  numFailedTestSuites: number
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[]
}

function readReport(file: string, runner: string): unknown {
  const path = join(reports, file)
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'))
  counts.failed += 1
  broken.push(`${runner} wrote no report`)
  return null
}

function countVitest(file: string): void {
  const report = readReport(file, 'vitest') as VitestReport | null
  if (!report) return
  counts.passed += report.numPassedTests
  counts.failed += report.numFailedTests
  counts.skipped += report.numPendingTests + report.numTodoTests
  for (const file of report.testResults) {
    // A file that could not even be loaded has no test to count.
    if (file.status === 'failed' && file.assertionResults.length === 0) {
      counts.failed += 1
      failed.push(`${file.name} could not be loaded`)
    }
    for (const test of file.assertionResults) {
      if (test.status === 'failed') failed.push(test.fullName)
      if (test.status === 'pending' || test.status === 'skipped' || test.status === 'todo') skipped.push(test.fullName)
    }
  }
}

interface PlaywrightSuite {
  title: string
  suites?: PlaywrightSuite[]
  specs?: {
    title: string
    tests: { projectName: string; status: string; annotations: { type: string; description?: string }[] }[]
  }[]
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  errors: unknown[]
  suites: PlaywrightSuite[]
}

function nameOutcomes(suite: PlaywrightSuite, path: string): void {
  for (const spec of suite.specs ?? []) {
    for (const test of spec.tests) {
      if (test.status === 'unexpected' || test.status === 'flaky')
        failed.push(`[${test.projectName}] ${path} › ${spec.title}`)
      const why = test.annotations.find((annotation) => annotation.type === 'skip')?.description ?? ''
      if (test.status === 'skipped')
        skipped.push(`[${test.projectName}] ${path} › ${spec.title}${why ? `: ${why}` : ''}`)
    }
  }
  for (const inner of suite.suites ?? []) nameOutcomes(inner, `${path} › ${inner.title}`)
}

function countPlaywright(): void {
  const report = readReport('playwright.json', 'playwright') as PlaywrightReport | null
  if (!report) return
  counts.passed += report.stats.expected
  counts.failed += report.stats.unexpected + report.stats.flaky
  counts.skipped += report.stats.skipped
  if (report.errors.length > 0 && report.stats.unexpected === 0) counts.failed += 1
  for (const suite of report.suites) nameOutcomes(suite, suite.title)
}

/** The desktop shell needs a display; without one, a virtual one where the machine has it. */
function endToEndCommand(): [string, string[]] {
  const playwright = ['playwright', 'test']
  const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
  const virtual = needsDisplay && spawnSync('xvfb-run', ['--help'], { stdio: 'ignore' }).status === 0
  return virtual
    ? ['xvfb-run', ['-a', '-s', '-screen 0 1600x1200x24', ...playwright]]
    : [playwright[0]!, playwright.slice(1)]
}

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })
if (await step('build', process.execPath, ['src-main/launch.ts', 'build'])) {
  await step('unit and integration', 'vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(reports, 'vitest.json')}`
  ])
  countVitest('vitest.json')
  const electron = findElectronRuntime()
  const [command, args] = endToEndCommand()
  // The windows of these tests wait more than they compute.
  await Promise.all([
    checkStatically(),
    step('end to end', command, args, {
      environment: {
        PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'playwright.json'),
        ...(electron ? { ELECTRON_OVERRIDE_DIST_PATH: electron } : {})
      }
    })
  ])
  countPlaywright()
  await step('load, short form', 'vitest', [
    'run',
    '--config',
    'tests/load/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(reports, 'load.json')}`
  ])
  countVitest('load.json')
} else await checkStatically()
if (skipped.length > 0)
  process.stdout.write(`\nSKIPPED, so not shown to work here:\n${skipped.map((name) => `  ${name}\n`).join('')}`)
if (broken.length > 0) {
  process.stdout.write(`\nFAILED: ${broken.join('; ')}\n`)
  process.stdout.write(failed.map((name) => `  ${name}\n`).join(''))
}
if (broken.length > 0 && counts.failed === 0) counts.failed = broken.length
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
process.exitCode = counts.failed > 0 || broken.length > 0 || counts.passed === 0 ? 1 : 0
