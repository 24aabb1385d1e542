import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { runCommand, startCommand } from '../../support/commandLine.ts'
import { eventually } from '../../support/eventually.ts'
import { startFocusServer, type FocusServerProcess } from '../../support/focusServerProcess.ts'
import { compareWithSimulator } from '../../support/simulatorTruth.ts'

const fibre = { channels: 60, prrHz: 500, seed: 9 }
const source = ['--source', 'simulated:channels=60,prr=500,seed=9']

let folder: string
let data: string
let servers: FocusServerProcess[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-capture-command-'))
  data = join(folder, 'data')
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  servers = []
})

async function server(args: string[] = source): Promise<FocusServerProcess> {
  const started = await startFocusServer({ args })
  servers.push(started)
  return started
}

interface Captured {
  path: string
  state: string
  blocks: number
  samples: number
  channels: number
  bytes: number
  gaps: number
  lost: number
}

async function trueSamples(path: string): Promise<number> {
  const recording = await openRecordingHere(path)
  try {
    const { firstWrong } = await compareWithSimulator(recording, fibre)
    expect(firstWrong).toBeNull()
    return recording.info.shape.time
  } finally {
    await recording.close()
  }
}

test('captures to the sample; the session is listed, shown, renamed, verified and deleted by commands', async () => {
  const { base } = await server()
  const out = join(data, 'sessions', 'night')
  const run = await runCommand(
    ['capture', '--backend', base, '--channels', '5:44', '--seconds', '1.5', '--out', out, '--json'],
    { WAVEFALL_DATA: data }
  )
  expect(run).toMatchObject({ code: 0 })
  const captured = JSON.parse(run.out) as Captured
  expect(captured).toMatchObject({ path: out, state: 'closed', samples: 750, channels: 40, gaps: 0, lost: 0 })
  expect(captured.blocks).toBeGreaterThan(10)
  expect(captured.bytes).toBeGreaterThan(750 * 40 * 2)
  expect(await trueSamples(out)).toBe(750)

  const again = await runCommand(['capture', '--backend', base, '--seconds', '1', '--out', out])
  expect(again).toMatchObject({ code: 1, out: '' })
  expect(again.err).toContain('not empty')

  const sessions = (...args: string[]) => runCommand(['sessions', ...args, '--data', data])
  const listed = JSON.parse((await sessions('list', '--json')).out) as { id: string; name: string }[]
  expect(listed).toMatchObject([{ id: 'night', name: 'night', state: 'closed', samples: 750 }])
  expect((await sessions('rename', 'night', 'The digger')).code).toBe(0)
  expect((await sessions('show', 'the digger')).out).toMatch(/^name +The digger$/m)
  expect(await sessions('verify', 'The digger')).toMatchObject({ code: 0 })
  const refused = await sessions('delete', 'The digger')
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.err).toMatch(/Nothing was deleted: confirm it with --yes/)

  // One bit of one sample, in the middle.
  const handle = await open(join(out, 'segment-000001.wfs'), 'r+')
  const at = Math.floor((await handle.stat()).size / 2)
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at)
  await handle.write(Buffer.from([buffer[0]! ^ 4]), 0, 1, at)
  await handle.close()
  const bad = await sessions('verify', out, '--json')
  expect(bad.code).toBe(1)
  expect(bad.err).toMatch(/not whole;.*segment-000001\.wfs, byte \d+: frame \d+ does not match its sum/)
  const { whole, problems } = JSON.parse(bad.out) as { whole: boolean; problems: { file: string; offset: number }[] }
  expect(whole).toBe(false)
  expect(problems).toHaveLength(1)
  expect(problems[0]!.offset).toBeLessThanOrEqual(at)
  expect(problems[0]!.offset).toBeGreaterThan(at - 60 * 2 * 50)

  expect((await sessions('delete', 'night', '--yes')).code).toBe(0)
  expect(JSON.parse((await sessions('list', '--json')).out)).toEqual([])
  expect(await readdir(join(data, 'sessions', '.trash'))).toHaveLength(1)
  expect(await sessions('show', 'night')).toMatchObject({ code: 1 })
})

test('Ctrl+C closes the session with what is there', async () => {
  const { base } = await server()
  const out = join(folder, 'interrupted')
  const command = startCommand(['capture', '--backend', base, '--seconds', '600', '--out', out, '--json'])
  await eventually('a segment', async () =>
    (await readdir(out).catch((): string[] => [])).includes('segment-000001.wfs')
  )
  expect(await command.stop('SIGINT')).toBe(0)
  const captured = JSON.parse(command.out()) as Captured
  expect(captured).toMatchObject({ state: 'closed', channels: 60 })
  expect(await trueSamples(out)).toBe(captured.samples)
  expect(await readdir(out)).not.toContain('recording.lock')
})

test('the backend is killed and comes back: one session, the gap recorded, every sample true', async () => {
  const first = await server()
  const port = new URL(first.base).port
  const out = join(folder, 'killed')
  const command = startCommand(['capture', '--backend', first.base, '--seconds', '6', '--out', out, '--json'])
  await eventually('a segment', async () =>
    (await readdir(out).catch((): string[] => [])).includes('segment-000001.wfs')
  )
  await first.kill()
  servers = []
  await server([...source, '--port', port])
  await eventually('the end', () => command.child.exitCode !== null, 40_000)
  expect({ code: command.child.exitCode, err: command.err() }).toEqual({ code: 0, err: '' })
  const captured = JSON.parse(command.out()) as Captured
  expect(captured.gaps).toBeGreaterThanOrEqual(1)
  expect(captured.samples).toBeLessThan(6 * 500)
  expect(await trueSamples(out)).toBe(captured.samples)
})

test('no backend, no fibre, wrong channels, wrong usage: one sentence and the exit code', async () => {
  const { base } = await server()
  const failing = async (...args: string[]) => runCommand(['capture', '--out', join(folder, 'never'), ...args])
  const channels = await failing('--backend', base, '--seconds', '1', '--channels', '1:5000')
  expect(channels).toMatchObject({ code: 1, out: '' })
  expect(channels.err).toMatch(/channels\.max/)
  const nobody = await failing('--backend', 'http://127.0.0.1:1', '--seconds', '1')
  expect(nobody).toMatchObject({ code: 1, out: '' })
  expect(nobody.err.trim().split('\n')).toHaveLength(1)
  expect(await failing('--seconds', '0')).toMatchObject({ code: 2 })
  expect(await readdir(join(folder, 'never')).catch(() => null)).toBeNull()
})
