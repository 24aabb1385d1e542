import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { verifySession } from '../../../src-main/recordings/session/verifySession.ts'
import { recoverSession } from '../../../src-main/sessions/capture/recoverSession.ts'
import { eventually } from '../../support/eventually.ts'
import { firstWrongSample, type StreamShape } from '../../support/sessionFixture.ts'

const kills = process.env.WAVEFALL_LONG ? 20 : 4
const shape: StreamShape = { channels: 200, rateHz: 1000, rowsPerBlock: 50, elementType: 'int16' }
const script = resolve(import.meta.dirname, '../../support/captureChild.ts')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-killed-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Said {
  acknowledged: number
  phase: string
  reason: string
}

interface Child {
  process: ChildProcess
  said(): Said[]
  error(): string
}

function capture(session: string, options: object, wrap: string[] = []): Child {
  const more = { shape, blocks: 1e9, segmentBytes: 3_000_000, pauseMs: 0, ...options }
  const [command, ...args] = [...wrap, process.execPath, script, session, JSON.stringify(more)] as string[]
  const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let error = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text))
  return {
    process: child,
    said: () =>
      out
        .slice(0, out.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Said),
    error: () => error
  }
}

/** The samples that are there; none is wrong and none is missing before the last. */
async function wholeSamples(session: string): Promise<{ samples: number; warnings: string[] }> {
  const recording = await openRecordingHere(session)
  try {
    expect(await firstWrongSample(recording, shape)).toBeNull()
    expect(recording.info.gaps).toEqual([])
    return { samples: recording.info.shape.time, warnings: recording.info.warnings }
  } finally {
    await recording.close()
  }
}

test(
  `killed ${kills} times: everything acknowledged is there, and it is put in order`,
  { timeout: 20_000 * kills },
  async () => {
    for (let round = 0; round < kills; round++) {
      const session = join(folder, `killed-${round}`)
      const child = capture(session, { pauseMs: round % 2 })
      await eventually('blocks', () => (child.said().at(-1)?.acknowledged ?? 0) > 0 || child.error() !== '')
      await new Promise((done) => setTimeout(done, Math.random() * 400))
      const closed = once(child.process, 'close')
      child.process.kill('SIGKILL')
      await closed
      const acknowledged = child.said().at(-1)!.acknowledged
      const asItLies = await wholeSamples(session)
      expect(asItLies.samples).toBeGreaterThanOrEqual(acknowledged)
      expect(asItLies.samples % shape.rowsPerBlock).toBe(0)
      expect(asItLies.warnings.join(' ')).not.toBe('')

      const recovery = await recoverSession(session)
      expect(recovery).toMatchObject({ samples: asItLies.samples })
      expect((await wholeSamples(session)).samples).toBe(asItLies.samples)
      expect((await verifySession(session)).problems).toEqual([])
      expect(await recoverSession(session)).toBeNull()
      await rm(session, { recursive: true })
    }
  }
)

test('a lock whose process number another process has now holds nobody up; one of a living writer does', async () => {
  const session = join(folder, 'locked')
  const child = capture(session, { pauseMs: 5 })
  const closed = once(child.process, 'close')
  await eventually('samples', () => (child.said().at(-1)?.acknowledged ?? 0) > 0)
  // As after a night of sleep: the writer lives, its lock is old.
  await utimes(join(session, 'recording.lock'), 0, 0)
  expect(await recoverSession(session)).toBeNull()
  child.process.kill('SIGKILL')
  await closed
  const owner = { pid: process.pid, host: hostname(), processStart: '1' }
  await writeFile(join(session, 'recording.lock'), JSON.stringify(owner))
  expect(await recoverSession(session)).not.toBeNull()
})

test('it can be opened while it is captured, and is left alone then', async () => {
  const session = join(folder, 'running')
  const child = capture(session, { pauseMs: 5 })
  await eventually('samples', () => (child.said().at(-1)?.acknowledged ?? 0) > 1000)
  const before = child.said().at(-1)!.acknowledged
  const { samples, warnings } = await wholeSamples(session)
  expect(samples).toBeGreaterThanOrEqual(before)
  expect(warnings).toEqual([expect.stringContaining('is being recorded')])
  expect(await recoverSession(session)).toBeNull()
  child.process.kill('SIGKILL')
  await once(child.process, 'close')
})

/** A session that fills up what it may take: a sentence, and all that was acknowledged can be read. */
async function fillsUp(session: string, child: Child, sentence: RegExp): Promise<void> {
  const [code] = (await once(child.process, 'close')) as [number]
  expect({ code, error: child.error() }).toEqual({ code: 0, error: '' })
  const last = child.said().at(-1)!
  expect(last.phase).toBe('failed')
  expect(last.reason).toMatch(sentence)
  expect(last.acknowledged).toBeGreaterThan(0)
  expect((await wholeSamples(session)).samples).toBe(last.acknowledged)
  const { problems } = await verifySession(session)
  expect(problems).toEqual([])
}

test.skipIf(process.platform === 'win32')(
  'a file that may not grow: it ends with a sentence, and is readable',
  async () => {
    const session = join(folder, 'limited')
    // bash counts in KiB.
    const child = capture(session, { segmentBytes: 1e9 }, ['bash', '-c', 'ulimit -f 5000; exec "$0" "$@"'])
    await fillsUp(session, child, /^The capture ended: the file may not grow.*Everything up to 20.*Z is on the disk/)
  }
)

test('a full disk: it ends with a sentence, and is readable and closed', async (context) => {
  const mount = join(folder, 'small')
  await mkdir(mount)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', mount])
  if (mounted.status !== 0) {
    process.stderr.write('\nSKIPPING the full disk: no small file system can be mounted here\n')
    return context.skip()
  }
  try {
    const session = join(mount, 'session')
    const child = capture(session, { segmentBytes: 2_000_000 })
    await fillsUp(session, child, /^The capture ended: the disk is full.*Everything up to 20.*Make room/)
    expect(await readdir(session)).not.toContain('recording.lock')
    const kept = join(folder, 'from-full')
    await cp(session, kept, { recursive: true })
    expect((await openRecordingHere(kept)).info.metadata.state).toBe('closed')
    const again = capture(join(mount, 'another'), {})
    await once(again.process, 'close')
    expect(`${again.error()} ${again.said().at(-1)?.reason}`).toMatch(/The capture cannot begin: the disk is full/)
  } finally {
    spawnSync('umount', [mount])
  }
})
