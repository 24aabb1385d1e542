import { spawn, type ChildProcess } from 'node:child_process'
import { setPriority } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import type { BackendProcess } from '../../../src-main/embeddedProcess.ts'
import { systemClock, type Clock } from '../../../src-main/clock.ts'
import { liveRequest, quickStreams, startCore, type CoreFixture } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(source: string, clock?: Clock) {
  const processes: BackendProcess[] = []
  const server = embeddedServer(['--source', source], (process) => processes.push(process))
  const fixture = await startCore({
    ...(clock ? { clock } : {}),
    spawnBackend: () => server.spawn(),
    adjustSettings: (settings) => ({
      ...quickStreams(settings),
      streams: { ...quickStreams(settings).streams, noDataAfterMs: 1500 },
      health: { ...settings.health, intervalMs: 250 }
    })
  })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const { id } = await fixture.open(liveRequest, 'w1')
  await fixture.becomes(id, 'streaming')
  await window.watch(id)
  await eventually('rows', () => window.rows().length > 2)
  return { fixture, id, processes }
}

const status = (fixture: CoreFixture) => fixture.core.health.status()!
const changes = (fixture: CoreFixture): string =>
  fixture.core.health
    .changes(10)
    .map(({ text }) => text)
    .join('\n')

test('a backend that is killed: who gets no data, since when, that the backend is the cause; over when it is back', async () => {
  const { fixture, id, processes } = await start('simulated:channels=120,prr=500')
  processes[0]!.end(true)
  const window = fixture.window('w1')
  await eventually('the sentence', () =>
    window
      .of('health.changed')
      .some(({ status: { headline } }) => /gets no data since \d\d:\d\d:\d\d: the backend ".*" is away/.test(headline))
  )
  const told = window.of('health.changed').find(({ status: { headline } }) => headline.includes('is away'))!
  expect(told.status).toMatchObject({ severity: 'critical', losses: { isLosing: true, jobs: [id] } })
  expect(['poor', 'critical']).toContain(told.status.grade)
  expect(told.streams.find(({ jobId }) => jobId === id)!.word).toMatch(/cut|stalled/)
  await eventually('it streams again', async () => (await fixture.job(id)).state === 'streaming', 20_000)
  await eventually('over', () => !status(fixture).losses.isLosing, 20_000)
  expect(changes(fixture)).toMatch(/The backend ".*" was started again/)
  expect(changes(fixture)).toContain(`${id} streams again`)
})

test('a stream that stalls though its backend answers: that is what is said', async () => {
  const { fixture, id, processes } = await start('simulated:channels=120,prr=500')
  process.kill(processes[0]!.pid!, 'SIGSTOP')
  cleanups.push(() => void process.kill(processes[0]!.pid!, 'SIGCONT'))
  await eventually('stalled', () => new RegExp(`^${id} gets no data since`).test(status(fixture).headline))
  const [why] = fixture.core.health.why(id)
  expect(why!.bottleneck).toBe('backend')
  expect(why!.evidence[0]!.reading).toEqual({
    name: 'wavefall_backend_up',
    labels: { backend: 'Embedded simulator' }
  })
  expect(fixture.core.health.readings.value('wavefall_stream_silence_seconds', { job: id })).toBeGreaterThan(0.2)
  process.kill(processes[0]!.pid!, 'SIGCONT')
  await eventually('over', () => !status(fixture).losses.isLosing, 25_000)
})

test('blocks that the backend leaves out: it is named, however busy the machine is', async () => {
  const { fixture, id } = await start('faulty:gap=0.2@3/2,channels=120,prr=500')
  const said = new RegExp(`^${id} loses data since .*: the backend ".*" leaves blocks out\\.$`)
  const window = fixture.window('w1')
  const told = () => window.of('health.changed').find(({ status: { headline } }) => said.test(headline))
  await eventually('the sentence', () => told() !== undefined, 20_000)
  expect(told()!.status).toMatchObject({ severity: 'critical', losses: { isLosing: true, jobs: [id] } })
  expect(told()!.status.detail).toMatch(/\d blocks or rows are missing in the numbering of what was received/)
})

test('a thread that receives is killed: told as a change, and the loss is the stream’s', async () => {
  const { fixture } = await start('simulated:channels=120,prr=500')
  await fixture.core.ingest.kill()
  await eventually('told', () => changes(fixture).includes('The thread "ingest" was lost and started again.'))
  const live = fixture.core.health.live()!
  expect(live.processes.find(({ id }) => id === 'ingest')!.restarts).toBe(1)
})

test('another process that burns the processors is named', async () => {
  const { fixture } = await start('simulated:channels=120,prr=500')
  const burn: ChildProcess = spawn(process.execPath, ['-e', 'for (;;) Math.random()'], { stdio: 'ignore' })
  cleanups.push(() => void burn.kill('SIGKILL'))
  try {
    // Where much else runs it would only get its share of the processors.
    setPriority(burn.pid!, -15)
  } catch {
    // Not for everyone; on a machine that is not busy it is not needed.
  }
  await eventually(
    'named',
    () => new RegExp(`Another process, "[^"]+" \\(${burn.pid}\\), takes \\d+ % of a processor`).test(changes(fixture)),
    20_000
  )
  expect(fixture.core.health.readings.value('wavefall_others_cpu_ratio')).toBeGreaterThan(0.2)
})

test('the clock set forward by an hour is told, and intervals do not notice', async () => {
  let stepMs = 0
  const system = systemClock()
  const clock: Clock = {
    ...system,
    nowMs: () => system.nowMs() + stepMs,
    nowNs: () => system.nowNs() + BigInt(stepMs) * 1_000_000n
  }
  const { fixture } = await start('simulated:channels=120,prr=500', clock)
  stepMs = 3_600_000
  await eventually('told', () => changes(fixture).includes('was set forward by 1 h 0 m'))
  const { availabilityPercent, restarts, active } = status(fixture).monitoring
  expect({ availabilityPercent, restarts, active }).toEqual({ availabilityPercent: 100, restarts: 0, active: true })
})
