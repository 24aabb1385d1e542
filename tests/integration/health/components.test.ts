import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Alert } from '../../../src-preload/contract/alerts.ts'
import type { BackendProcess } from '../../../src-main/embeddedProcess.ts'
import { liveRequest, quickStreams, startCore, type CoreFixture } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const failuresOf = ({ core }: CoreFixture, component: string): Alert[] =>
  core.alerts.list().filter((alert) => alert.ruleId === 'component-failed' && alert.component === component)

test('worker, receiving thread, backend and history that fail are each one alert, over when they are back; five poor checks are one too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-components-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  // A file where the folder of the history should be: nothing can be written there.
  const monitoring = join(folder, 'monitoring')
  await writeFile(monitoring, '')
  const processes: BackendProcess[] = []
  const server = embeddedServer(['--source', 'simulated:channels=120,prr=500'], (process) => processes.push(process))
  const fixture = await startCore({
    dataFolder: folder,
    spawnBackend: () => server.spawn(),
    adjustSettings: (settings) => ({
      ...quickStreams(settings),
      // Any use of the processors is critical here: the grade stays poor from the first check on.
      health: {
        ...settings.health,
        intervalMs: 250,
        recordIntervalS: 1,
        memoryIntervalS: 1,
        cpuWarningPercent: 1,
        cpuCriticalPercent: 1
      }
    })
  })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const { id } = await fixture.open(liveRequest, 'w1')
  await fixture.becomes(id, 'streaming')

  await fixture.core.ingest.kill()
  processes.at(-1)!.end(true)
  const parts = ['ingest', 'backend Embedded simulator', 'history of readings']
  for (const part of parts) await eventually(`${part} is told`, () => failuresOf(fixture, part).length > 0, 20_000)
  const ingest = failuresOf(fixture, 'ingest')[0]!
  expect(ingest).toMatchObject({ severity: 'critical', title: 'ingest failed' })
  expect(ingest.description).toMatch(/^Its thread was lost: killed\./)
  expect(failuresOf(fixture, 'history of readings')[0]!.description).toMatch(
    /cannot be written to .* \((EEXIST|ENOTDIR)\)/
  )

  await rm(monitoring)
  for (const part of parts)
    await eventually(
      `${part} is back`,
      () => failuresOf(fixture, part).every(({ status }) => status === 'resolved'),
      30_000
    )
  for (const part of parts) expect(failuresOf(fixture, part), part).toHaveLength(1)

  const inARow = (): Alert[] => fixture.core.alerts.list().filter(({ ruleId }) => ruleId === 'degraded-in-a-row')
  await eventually('five poor checks in a row', () => inARow().length > 0, 20_000)
  expect(inARow()).toHaveLength(1)
}, 90_000)
