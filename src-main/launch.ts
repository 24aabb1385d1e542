/**
 * `npm start` and `npm run wavefall`: builds what is not built or older than its sources, then runs the command line. Run by
 * Node as it is (types are stripped), so it imports nothing that needs the build.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { ensureKernelBuilt } from './dsp/kernel/buildKernel.ts'

const root = resolve(import.meta.dirname, '..')
const stamp = join(root, 'out', '.built')
const lock = join(root, 'out', '.building')
const sources = [
  'src-main',
  'src-preload',
  'src-renderer',
  'protos',
  'resources',
  'package.json',
  'electron.vite.config.ts'
]
const buildTimeoutMs = 300_000

function newestChange(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return 0
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))))
}

function isBuilt(): boolean {
  const builtMs = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return builtMs > Math.max(...sources.map((name) => newestChange(join(root, name))))
}

/** A folder is the lock: making it succeeds for one only. One that a killed build left behind goes stale. */
function takeLock(): boolean {
  mkdirSync(join(root, 'out'), { recursive: true })
  try {
    mkdirSync(lock)
    return true
  } catch {
    const sinceMs = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    if (sinceMs > buildTimeoutMs) rmdirSync(lock)
    return false
  }
}

function build(): void {
  process.stderr.write('Building …\n')
  // What changes while it builds is newer than the stamp, so it is built the next time.
  const started = new Date()
  const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const done = spawnSync(process.execPath, [electronVite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    timeout: buildTimeoutMs
  })
  if (done.status !== 0) throw new Error('The build failed; what it said is above.')
  writeFileSync(stamp, started.toISOString())
  utimesSync(stamp, started, started)
  process.stderr.write(`Built in ${((Date.now() - started.getTime()) / 1000).toFixed(1)} s.\n`)
}

/** Builds when needed; a build that runs already is waited for. Throws when it fails. */
export function ensureBuilt(): void {
  ensureKernelBuilt()
  const giveUpMs = Date.now() + buildTimeoutMs
  while (!isBuilt()) {
    if (takeLock()) {
      try {
        if (!isBuilt()) build()
      } finally {
        if (existsSync(lock)) rmdirSync(lock)
      }
    } else if (Date.now() > giveUpMs) throw new Error('Another build does not come to an end.')
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
}

/** In this very process, so that Ctrl+C comes once and exit codes are the command's own. */
function runCommand(args: string[]): void {
  const commandLine = join(root, 'out', 'main', 'cli.cjs')
  process.argv = [process.argv[0]!, commandLine, ...args]
  createRequire(import.meta.url)(commandLine)
}

if (import.meta.main) {
  try {
    ensureBuilt()
    const args = process.argv.slice(2)
    if (args[0] !== 'build') runCommand(args)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  }
}
