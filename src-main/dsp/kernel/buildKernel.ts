/**
 * Builds the WebAssembly kernel from `assembly/` into `out/kernel/spectral.wasm` where it is missing or older than its
 * sources. Run by Node as it is: the build, the tests and the benches call it before all else.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '..', '..', '..')
const sources = join(here, 'assembly')
const target = join(root, 'out', 'kernel', 'spectral.wasm')
const timeoutMs = 60_000

function isBuilt(): boolean {
  const builtMs = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const files = [fileURLToPath(import.meta.url), ...readdirSync(sources).map((name) => join(sources, name))]
  return files.every((file) => statSync(file).mtimeMs < builtMs)
}

/** @throws Error when the compiler fails; what it says goes to standard error */
export function ensureKernelBuilt(): void {
  if (isBuilt()) return
  mkdirSync(dirname(target), { recursive: true })
  // Under a name of its own until it is whole: others may be building or reading at the same time.
  const unfinished = `${target}.${process.pid}`
  const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js')
  const options = [
    ...['--target', 'release', '--outFile', unfinished, '-O3', '--runtime', 'stub', '--noAssert', '--use', 'abort='],
    ...['--enable', 'simd,threads', '--disableWarning', '112'],
    // The memory is the caller's and holds the samples: up to 4 GiB, shared between workers.
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536']
  ]
  const done = spawnSync(process.execPath, [compiler, join(sources, 'index.ts'), ...options], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    timeout: timeoutMs
  })
  if (done.status !== 0) {
    rmSync(unfinished, { force: true })
    throw new Error('The spectral kernel could not be compiled; what the compiler said is above.')
  }
  renameSync(unfinished, target)
}

if (import.meta.main) ensureKernelBuilt()
