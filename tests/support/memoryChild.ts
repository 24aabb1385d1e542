/**
 * A core with a running capture in a process whose heap is limited, filled until it is an emergency: `memoryChild.ts FOLDER`.
 * Prints what was done and what the capture has, as one line of JSON.
 */
import v8 from 'node:v8'
import { oldSpaceLimitBytes } from '../../src-main/health/oldSpace.ts'
import { liveRequest, quickStreams, startCore } from './coreFixture.ts'
import { embeddedServer } from './embeddedServer.ts'
import { eventually } from './eventually.ts'

const [folder] = process.argv.slice(2) as [string]
const limit = oldSpaceLimitBytes()
const server = embeddedServer(['--source', 'simulated:channels=120,prr=500'])
const fixture = await startCore({
  dataFolder: folder,
  spawnBackend: () => server.spawn(),
  adjustSettings: (settings) => ({
    ...quickStreams(settings),
    health: {
      ...settings.health,
      intervalMs: 250,
      memoryIntervalS: 1,
      memoryWarningPercent: 50,
      memoryCriticalPercent: 62,
      memoryEmergencyPercent: 75
    }
  })
})
const window = fixture.window('w1')
await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
const { id } = await fixture.open(liveRequest, 'w1')
await fixture.becomes(id, 'streaming')
const capture = await fixture.core.handlers['captures.start']({ jobId: id }, window)
if (!capture.ok) throw new Error(capture.error.message)
const { captures } = fixture.core.sessions
await eventually('captured', () => captures.list()[0]!.blocks > 5)

const { health } = fixture.core
const hoard: object[][] = []
const levels = new Set<string>()
const collections = window.events
while (health.status()?.level !== 'emergency') {
  const used = v8.getHeapStatistics().used_heap_size
  if (used < 0.86 * limit) hoard.push(Array.from({ length: 40_000 }, (_, at) => ({ at, next: null })))
  // What windows would have drawn is not kept here: this memory is the test's own.
  collections.length = 0
  window.frames.length = 0
  await new Promise((resolve) => setTimeout(resolve, 15))
  const level = health.status()?.level
  if (level) levels.add(level)
}
await eventually('what was done', () => health.actions().some(({ what }) => what === 'restart prepared'), 20_000)
const blocksThen = captures.list()[0]!.blocks
await eventually('the capture goes on while memory is full', () => captures.list()[0]!.blocks > blocksThen + 5, 20_000)
const stridedRows = health.status()!.headline
hoard.length = 0
const stopped = await fixture.core.handlers['captures.stop']({ captureId: captures.list()[0]!.id }, window)
if (!stopped.ok) throw new Error(stopped.error.message)
const verified = await fixture.core.handlers['sessions.verify']({ id: stopped.value.sessionId! }, window)
process.stdout.write(
  `${JSON.stringify({
    levels: [...levels],
    actions: health.actions().map(({ what, succeeded, freedMb }) => ({ what, succeeded, freedMb })),
    capture: stopped.value,
    verified,
    headline: stridedRows,
    heapLimitMb: limit / 1e6
  })}\n`
)
await fixture.dispose()
process.exit(0)
