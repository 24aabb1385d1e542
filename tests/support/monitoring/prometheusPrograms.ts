import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '../eventually.ts'
import { freePort } from '../listenLocally.ts'

/** The real programs: named in PROMETHEUS and PROMTOOL, or found on the path (Debian: the package `prometheus`). */
function find(variable: string, name: string): string | null {
  const named = process.env[variable] ?? name
  const tried = spawnSync(named, ['--version'], { encoding: 'utf8' })
  return tried.status === 0 ? named : null
}

export const promtool = find('PROMTOOL', 'promtool')
export const prometheus = find('PROMETHEUS', 'prometheus')

export const skipReason =
  promtool && prometheus
    ? null
    : 'no Prometheus: install it (Debian: apt-get install prometheus), or name the programs in PROMETHEUS and PROMTOOL'
if (skipReason) process.stderr.write(`\nSKIPPED: ${skipReason}\n`)

export interface RunningPrometheus {
  query(expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>
  get(path: string): Promise<unknown>
  stop(): Promise<void>
}

export async function startPrometheus(configFile: string, dataFolder: string): Promise<RunningPrometheus> {
  const port = await freePort()
  const child: ChildProcess = spawn(
    prometheus!,
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${dataFolder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn'
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] }
  )
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)))
  const base = `http://127.0.0.1:${port}`
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(base + path)
    const body = (await answer.json()) as { status: string; error?: string; data: unknown }
    if (body.status !== 'success') throw new Error(`${path}: ${body.error ?? answer.status}`)
    return body.data
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await exited
    clearTimeout(timer)
  }
  try {
    await eventually(
      'Prometheus is ready',
      () =>
        fetch(`${base}/-/ready`).then(
          ({ ok }) => ok,
          () => {
            if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`)
            return false
          }
        ),
      20_000
    )
  } catch (error) {
    await stop()
    throw error
  }
  return {
    get,
    async query(expr) {
      const data = (await get(`/api/v1/query?query=${encodeURIComponent(expr)}`)) as { result: never[] }
      return data.result
    },
    stop
  }
}
