/**
 * `npm start` and `npm run wavefall`: builds what is not built or older than its sources, then runs the command line. Run by
 * Node as it is (types are stripped), so it imports nothing that needs the build.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

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
  const started = Date.now()
  const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const done = spawnSync(process.execPath, [electronVite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    timeout: buildTimeoutMs
  })
  if (done.status !== 0) throw new Error('The build failed; what it said is above.')
  writeFileSync(stamp, new Date().toISOString())
  process.stderr.write(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`)
}

/** Builds when needed; a build that runs already is waited for. Throws when it fails. */
export function ensureBuilt(): void {
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

function runCommand(args: string[]): void {
  const child = spawn(process.execPath, [join(root, 'out', 'main', 'cli.cjs'), ...args], {
    stdio: 'inherit',
    env: { ...process.env, WAVEFALL_NODE: process.execPath }
  })
  // A terminal sends Ctrl+C to both; what is sent to this process alone is handed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
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
