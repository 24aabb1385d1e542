/** `npm run load`: every scenario of the line in full, and the table of what was measured. Takes about 45 minutes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const marker = 'LOAD |'
const lines: string[] = []
const child = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'tests/load/vitest.config.ts',
    ...process.argv.slice(2)
  ],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, WAVEFALL_LOAD: 'full' } }
)
let rest = ''
child.stdout.setEncoding('utf8').on('data', (text: string) => {
  process.stdout.write(text)
  const whole = (rest + text).split('\n')
  rest = whole.pop()!
  for (const line of whole) if (line.includes(marker)) lines.push(line.slice(line.indexOf(marker) + marker.length))
})
const [code] = (await once(child, 'exit')) as [number | null]
process.stdout.write(
  `\n| what | measured | target | |\n|---|---|---|---|\n${lines.map((line) => `|${line}\n`).join('')}`
)
process.exitCode = code ?? 1
