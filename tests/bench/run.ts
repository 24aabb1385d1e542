/**
 * `npm run bench [-- --json] [--rounds N] [--seconds N] [NAME…]`: speed as ratios against a named alternative measured in the
 * same run. A bench that cannot run here says why (`skipped`) and counts as neither met nor missed.
 */
import { parseArgs } from 'node:util'
import { ensureKernelBuilt } from '../../src-main/dsp/kernel/buildKernel.ts'
import type { BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

/** `rounds` and `seconds` where a bench has rounds, or a time that it watches; else it takes its own. */
type Bench = (options?: BenchOptions) => Promise<BenchEntry[]>

const benches: Record<string, () => Promise<{ run: Bench }>> = {
  kernel: () => import('./kernel.ts'),
  pipeline: () => import('./pipeline.ts'),
  workers: () => import('./workers.ts'),
  simulator: () => import('./simulator.ts'),
  decode: () => import('./decode.ts'),
  receive: () => import('./receive.ts'),
  latency: () => import('./latency.ts'),
  jobs: () => import('./jobs.ts'),
  api: () => import('./api.ts'),
  'line-rate': () => import('./lineRate.ts'),
  overload: () => import('./overload.ts'),
  capture: () => import('./capture.ts'),
  export: () => import('./export.ts'),
  seek: () => import('./seek.ts'),
  interaction: () => import('./interaction.ts'),
  start: () => import('./start.ts'),
  idle: () => import('./idle.ts'),
  soak: () => import('./soak.ts'),
  monitoring: () => import('./monitoring.ts')
}

function line(entry: BenchEntry): string {
  if (entry.skipped) return `  ${entry.name}: skipped, ${entry.skipped}`
  const figures = `${entry.value.toPrecision(4)} ${entry.unit} (${entry.min.toPrecision(3)} … ${entry.max.toPrecision(3)}, ${entry.rounds} rounds)`
  const ratio = entry.against && entry.ratio !== null ? `, ${entry.ratio.toPrecision(3)} × ${entry.against}` : ''
  const verdict = entry.meets === null ? 'not judged' : entry.meets ? 'met' : 'MISSED'
  const target = entry.target === null ? '' : `, target ${entry.target}: ${verdict}`
  return `  ${entry.name}: ${figures}${ratio}${target}`
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' }, seconds: { type: 'string' } }
})
const options: BenchOptions = {}
for (const name of ['rounds', 'seconds'] as const) {
  const text = values[name]
  if (text === undefined) continue
  options[name] = Number(text)
  if (Number.isFinite(options[name]) && options[name] > 0) continue
  process.stderr.write(`--${name} ${text}: give a number above zero.\n`)
  process.exit(2)
}
const unknown = positionals.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench named ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.\n`
  )
  process.exit(2)
}
ensureKernelBuilt()
const names = positionals.length > 0 ? positionals : Object.keys(benches)
const entries: BenchEntry[] = []
for (const name of names) {
  process.stderr.write(`${name} …\n`)
  const done = await (await benches[name]!()).run(options)
  entries.push(...done)
  if (!values.json) process.stdout.write(`${name}\n${done.map(line).join('\n')}\n`)
}
if (values.json) process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`)
process.exit(entries.some((entry) => !entry.skipped && entry.meets === false) ? 1 : 0)
