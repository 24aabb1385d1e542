import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface NativeReference {
  /** Transforms a second. */
  rate(nfft: number, milliseconds: number): Promise<number>
  end(): void
}

/** Compiles and starts `kernelFftw.c`. A sentence where that cannot be done here. */
export function startFftw(): NativeReference | string {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-fftw-'))
  const program = join(folder, 'kernelFftw')
  const source = join(import.meta.dirname, 'kernelFftw.c')
  const options = ['-O3', '-march=native', '-ffast-math', '-o', program, source, '-lfftw3f', '-lm']
  const compiled = spawnSync('cc', options, { encoding: 'utf8', timeout: 60_000 })
  if (compiled.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return compiled.error ? 'there is no C compiler here' : 'single-precision FFTW 3 is not installed here'
  }
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async rate(nfft, milliseconds) {
      child.stdin.write(`${nfft} ${milliseconds}\n`)
      return Number((await lines.next()).value)
    },
    end() {
      child.kill()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
