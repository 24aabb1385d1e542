import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureBuilt } from '../../../src-main/launch.ts'
import { runCommand, startCommand, type RunningCommand } from '../../support/commandLine.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort, listenLocally } from '../../support/listenLocally.ts'

let folder: string
const running: RunningCommand[] = []

const start = (args: string[], environment?: Record<string, string>): RunningCommand => {
  const command = startCommand(args, environment)
  running.push(command)
  return command
}

beforeAll(() => ensureBuilt(), 300_000)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wavefall-cli-'))
})
afterEach(async () => {
  for (const command of running.splice(0)) await command.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('usage', () => {
  it.each([
    [['nonsense']],
    [['serve', '--port', '70000']],
    [['serve', '--port', 'http']],
    [['serve', '--backend', 'not an address']],
    [['serve', '--tls-cert', 'only.pem']],
    [['serve', '--set', 'jobs.nothing=1']],
    [['serve', '--set', 'jobs.queueMax=many']],
    [['serve', '--log-level', 'loud']],
    [['start', '--web', '--desktop']],
    [['jobs', 'start', '--channels', '1-5']],
    [['jobs', 'start', '--view', 'upside-down']],
    [['jobs', 'start', '--from', 'yesterday']],
    [['jobs', 'stop']],
    [['focus-server', '--grpc-ports', '9:1']]
  ])('%j is wrong usage: exit 2, said on standard error alone', async (args) => {
    const { code, out, err } = await runCommand(args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/error: /)
  })

  it.each([
    [[]],
    [['start']],
    [['serve']],
    [['focus-server']],
    [['inspect']],
    [['jobs']],
    [['jobs', 'start']],
    [['doctor']]
  ])('%j --help has an example and exits 0', async (args) => {
    const { code, out } = await runCommand([...args, '--help'])
    expect(code).toBe(0)
    expect(out).toMatch(/Examples?:\n {2}\S*.*wavefall/)
  })
})

describe('serve and jobs', () => {
  let core: RunningCommand
  let ready: { ready: boolean; url: string; token: string }
  let data: string

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'wavefall-serve-'))
    core = startCommand(['serve', '--json', '--port', '0', '--data', data])
    ready = JSON.parse(await core.firstLine()) as typeof ready
  }, 60_000)
  afterAll(async () => {
    await core.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const jobs = (args: string[], token = ready.token) =>
    runCommand(['jobs', ...args, '--connect', ready.url], { WAVEFALL_TOKEN: token })

  it('says in one line of JSON where it is, and serves the windows there', async () => {
    expect(Object.keys(ready)).toEqual(['ready', 'url', 'token'])
    expect(ready.ready).toBe(true)
    expect(ready.token).toMatch(/^[\w-]{43}$/)
    const page = await fetch(ready.url)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<div id="root">')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
  })

  it('starts a live job on the embedded server, lists it, stops it', async () => {
    // The backend may still be starting; the call says so and is tried again.
    let started = await jobs(['start', '--channels', '1:64', '--band', '5:200', '--json'])
    const deadline = Date.now() + 20_000
    while (started.code !== 0 && Date.now() < deadline)
      started = await jobs(['start', '--channels', '1:64', '--band', '5:200', '--json'])
    expect(started.code, started.err).toBe(0)
    const job = JSON.parse(started.out) as { id: string; request: { channels: unknown; band: unknown } }
    expect(job.request).toMatchObject({
      channels: { min: 1, max: 64 },
      band: { minHz: 5, maxHz: 200 },
      timeRange: null
    })

    const listed = await jobs(['list', '--json'])
    expect(listed.code).toBe(0)
    expect((JSON.parse(listed.out) as { id: string }[]).map(({ id }) => id)).toContain(job.id)

    const stopped = await jobs(['stop', job.id, '--json'])
    expect(stopped.code).toBe(0)
    expect(JSON.parse(stopped.out)).toMatchObject({ id: job.id, state: 'cancelled' })
  }, 60_000)

  it('says what is wrong with a request: exit 1, one sentence, nothing on standard output', async () => {
    const channels = await jobs(['start', '--channels', '1:99999', '--json'])
    expect(channels).toMatchObject({ code: 1, out: '' })
    expect(channels.err).toMatch(/channels/)
    const half = await jobs(['start', '--from', '2023-04-26T16:14:49Z', '--json'])
    expect(half).toMatchObject({ code: 1, out: '' })
    expect(half.err).toContain('--to')
    const recording = await jobs(['start', '--recording', 'no such recording'])
    expect(recording).toMatchObject({ code: 1, out: '' })
    expect(recording.err).toContain('no such recording')
    const unknown = await jobs(['stop', 'live-999'])
    expect(unknown).toMatchObject({ code: 1, out: '' })
    expect(unknown.err).toContain('live-999')
  }, 60_000)

  it('refuses a wrong token and says where the right one comes from', async () => {
    const { code, out, err } = await jobs(['list', '--json'], 'a-wrong-token-0123456789')
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toContain('WAVEFALL_TOKEN')
  })

  it('takes the token from the address too', async () => {
    const { code, out } = await runCommand([
      'jobs',
      'list',
      '--json',
      '--connect',
      `${ready.url}/#token=${ready.token}`
    ])
    expect(code).toBe(0)
    expect(Array.isArray(JSON.parse(out))).toBe(true)
  })

  it('fails with a sentence where no core is', async () => {
    const { code, err } = await runCommand(['jobs', 'list', '--connect', `http://127.0.0.1:${await freePort()}`])
    expect(code).toBe(1)
    expect(err).toMatch(/No core answers at http/)
  })

  it('keeps standard output to its one line', () => {
    expect(core.out().trimEnd().split('\n')).toHaveLength(1)
  })
})

describe('a core from start to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with %s: exit 0, the embedded server with it',
    async (signal) => {
      const core = start(['serve', '--json', '--port', '0', '--data', folder])
      const { url } = JSON.parse(await core.firstLine()) as { url: string }
      const ready = (): string | undefined => /"event":"backend_ready".*"pid":(\d+)/.exec(core.err())?.[1]
      await eventually('the embedded server is ready', () => ready() !== undefined, 25_000)
      const pid = Number(ready())
      expect(await core.stop(signal)).toBe(0)
      await expect(fetch(url)).rejects.toThrow()
      expect(() => process.kill(pid, 0)).toThrow()
    },
    60_000
  )

  it('uses the token of the environment, and none that could be guessed', async () => {
    const token = 'chosen-token-0123456789'
    const core = start(['serve', '--json', '--port', '0', '--data', folder], { WAVEFALL_TOKEN: token })
    expect(JSON.parse(await core.firstLine())).toMatchObject({ token })
    const weak = await runCommand(['serve', '--json', '--port', '0', '--data', folder], { WAVEFALL_TOKEN: 'short' })
    expect(weak).toMatchObject({ code: 1, out: '' })
    expect(weak.err).toContain('WAVEFALL_TOKEN')
  })

  it('fails on a port that was named and is taken, and leaves nothing behind', async () => {
    const other = createServer()
    const port = await listenLocally(other)
    const { code, out, err } = await runCommand(['serve', '--json', '--port', String(port), '--data', folder])
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toContain(`Port ${port} is in use`)
    await new Promise((resolve) => other.close(resolve))
  })

  it('start --web streams the simulated fibre, and its last line is the address', async () => {
    const program = start(['start', '--web', '--no-open', '--port', '0', '--data', folder])
    await eventually('the address', () => program.out().includes('#token='), 25_000)
    const last = program.out().trimEnd().split('\n').at(-1)!
    expect(last).toMatch(/^Wavefall: http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/)
    expect(program.out()).toContain('Web shell: as asked for.')
    const address = last.slice('Wavefall: '.length)
    const rows = async (): Promise<number> => {
      const { out } = await runCommand(['jobs', 'list', '--json', '--connect', address])
      const jobs = JSON.parse(out) as { request: { channels: unknown }; statistics: { rows: number } }[]
      if (jobs[0]) expect(jobs[0].request.channels).toEqual({ min: 1, max: 2222 })
      return jobs[0]?.statistics.rows ?? 0
    }
    const deadline = Date.now() + 25_000
    let arrived = await rows()
    while (arrived === 0 && Date.now() < deadline) arrived = await rows()
    expect(arrived).toBeGreaterThan(0)
    expect(await program.stop()).toBe(0)
    expect(readdirSync(folder).filter((name) => name.startsWith('open-') && name.endsWith('.html'))).toEqual([])
  }, 60_000)

  it.skipIf(process.platform === 'win32')('ends when the npm that started it is gone', async () => {
    // As npm does it: a shell between, which is killed and tells nobody.
    const shell = spawn(
      'sh',
      ['-c', `"${process.execPath}" out/main/cli.cjs serve --json --port 0 --data "${folder}" & echo $!; wait`],
      { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, npm_lifecycle_event: 'start' } }
    )
    let out = ''
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    await eventually('it is ready', () => out.includes('"ready":true'), 25_000)
    const pid = Number(out.split('\n')[0])
    const isAlive = (): boolean => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    expect(isAlive()).toBe(true)
    shell.kill('SIGKILL')
    await eventually('it has ended', () => !isAlive())
  })

  it('start refuses a file that is not there, and a desktop that cannot be', async () => {
    const missing = await runCommand(['start', '--web', '--no-open', '--data', folder, join(folder, 'missing.h5')])
    expect(missing.code).toBe(1)
    expect(missing.err).toContain(`There is no file ${join(folder, 'missing.h5')}`)
    const desktop = await runCommand(['start', '--desktop', '--data', folder], { ELECTRON_OVERRIDE_DIST_PATH: folder })
    expect(desktop.code).toBe(1)
    expect(desktop.err).toContain(`no Electron runtime in ${folder}`)
  })
})

describe('doctor', () => {
  interface Check {
    name: string
    level: 'ok' | 'warning' | 'bad'
    found: string
    advice: string
  }

  const doctor = async (...args: string[]): Promise<{ code: number | null; checks: Check[] }> => {
    const { code, out } = await runCommand(['doctor', '--json', '--data', folder, ...args])
    return { code, checks: JSON.parse(out) as Check[] }
  }
  const named = (checks: Check[], name: string): Check => checks.find((check) => check.name === name)!

  it('looks at everything, says what to do wherever it is not ok, and leaves no file', async () => {
    const { code, checks } = await doctor()
    expect(checks.map(({ name }) => name)).toEqual([
      'runtime',
      'desktop',
      'graphics',
      'cores',
      'memory',
      'disk',
      'settings',
      'web port',
      'stream ports',
      'health API',
      'audit log',
      'backend',
      'clock'
    ])
    for (const check of checks) expect(check.advice === '', check.name).toBe(check.level === 'ok')
    expect(code).toBe(checks.some(({ level }) => level === 'bad') ? 1 : 0)
    expect(named(checks, 'disk').found).toMatch(/writes \d+ MB\/s/)
    expect(readdirSync(folder)).toEqual([])
  })

  it('names wrong settings by key, and a damaged file', async () => {
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ version: 1, site: { channelLowest: -4 } }))
    expect(named((await doctor()).checks, 'settings')).toMatchObject({ level: 'warning' })
    expect(named((await doctor()).checks, 'settings').found).toContain('site.channelLowest')
    writeFileSync(join(folder, 'settings.json'), '{ "site": ')
    const damaged = await doctor()
    expect(named(damaged.checks, 'settings')).toMatchObject({ level: 'bad' })
    expect(damaged.code).toBe(1)
  })

  it('reaches the backend, and compares its clock', async () => {
    let ahead = 0
    const server = createServer((request, response) => {
      response.setHeader('date', new Date(Date.now() + ahead).toUTCString())
      response.statusCode = request.url === '/site/ack' ? 200 : 404
      response.end()
    })
    const url = `http://127.0.0.1:${await listenLocally(server)}/site`
    const near = await doctor('--backend', url)
    expect(named(near.checks, 'backend').level).toBe('ok')
    expect(named(near.checks, "backend's clock").level).toBe('ok')
    ahead = 60_000
    const far = named((await doctor('--backend', url)).checks, "backend's clock")
    expect(far.level).toBe('warning')
    expect(far.found).toMatch(/^this machine is (59|60)\.\d s behind$/)
    await new Promise((resolve) => server.close(resolve))
    const gone = await doctor('--backend', url)
    expect(named(gone.checks, 'backend')).toMatchObject({ level: 'bad' })
    expect(gone.code).toBe(1)
  }, 60_000)
})
