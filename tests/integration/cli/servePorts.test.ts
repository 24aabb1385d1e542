import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand, startCommand, type RunningCommand } from '../../support/commandLine.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort, listenLocally } from '../../support/listenLocally.ts'

const nobody = 'http://127.0.0.1:9'
let folder: string
let running: RunningCommand | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wavefall-ports-'))
})
afterEach(async () => {
  await running?.stop()
  running = null
  rmSync(folder, { recursive: true, force: true })
})

interface Ready {
  url: string
  token: string
  health?: string
  metrics?: string
}
const args = (...more: string[]): string[] => [
  'serve', '--json', '--port', '0', '--backend', nobody, '--data', folder, ...more
] // prettier-ignore
async function serve(...more: string[]): Promise<Ready> {
  running = startCommand(args(...more))
  return JSON.parse(await running.firstLine()) as Ready
}

describe('ports of serve', () => {
  it('has none of its own for health until it is told, and answers on its own port behind the token', async () => {
    const ready = await serve()
    expect(Object.keys(ready).sort()).toEqual(['ready', 'token', 'url'])
    expect((await fetch(`${ready.url}/health`)).status).toBe(401)
    expect((await fetch(`${ready.url}/metrics`)).status).toBe(401)
    const health = () => fetch(`${ready.url}/health`, { headers: { authorization: `Bearer ${ready.token}` } })
    expect((await health()).status).toBe(200)
    // The first second of the program has no readings yet.
    await eventually('monitoring', async () => {
      const { monitoring_active: isActive } = (await (await health()).json()) as { monitoring_active: boolean }
      return isActive
    })
  })

  it('opens one port for health and one for metrics, or one for both', async () => {
    const [health, metrics] = [await freePort(), await freePort()]
    const ready = await serve('--health-port', String(health), '--metrics-port', String(metrics))
    expect(ready).toMatchObject({ health: `http://127.0.0.1:${health}`, metrics: `http://127.0.0.1:${metrics}` })
    expect((await fetch(`${ready.health!}/health`)).status).toBe(200)
    expect((await fetch(`${ready.health!}/metrics`)).status).toBe(200)
    expect((await fetch(`${ready.metrics!}/metrics`)).status).toBe(200)
    expect(((await (await fetch(`${ready.metrics!}/health`)).json()) as { message: string }).message).toContain(
      '--health-port'
    )
    expect(await running!.stop()).toBe(0)
    const both = await serve('--health-port', String(health), '--metrics-port', String(health))
    expect(both.metrics).toBe(both.health)
    expect((await fetch(`${both.metrics!}/metrics`)).status).toBe(200)
  })

  it('ends with one sentence where a port that was asked for is taken, and goes on where the settings ask for it', async () => {
    const other = createServer()
    const port = await listenLocally(other, await freePort())
    try {
      const failed = await runCommand(args('--health-port', String(port)))
      expect(failed.code).toBe(1)
      expect(failed.err).toContain(`127.0.0.1:${port}: the port is in use`)
      const ready = await serve('--set', 'network.api=true', '--set', `network.apiPort=${port}`)
      expect(ready.health).toBeUndefined()
      expect(running!.err()).toContain('Warning: The health API cannot listen')
    } finally {
      other.close()
    }
  })

  it('takes wrong values of its flags for wrong usage', async () => {
    const wrong = [
      ['--health-port', 'many'],
      ['--interval', '0'],
      ['--memory-threshold', '101'],
      ['--response-threshold', '-1']
    ]
    const finished = await Promise.all(wrong.map((flags) => runCommand(args(...flags))))
    expect(finished.map(({ code }) => code)).toEqual([2, 2, 2, 2])
  })
})
