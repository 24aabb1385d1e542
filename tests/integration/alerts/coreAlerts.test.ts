import { PNG } from 'pngjs'
import { afterEach, expect, test } from 'vitest'
import type { BackendProcess } from '../../../src-main/embeddedProcess.ts'
import { liveRequest, quickStreams, startCore } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'
import { startAlertReceiver } from '../../support/alertReceiver.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test.skipIf(process.platform === 'win32')(
  'a backend that hangs: the stalled stream is told with its waterfall, once, and is over when it streams again',
  async () => {
    const processes: BackendProcess[] = []
    const server = embeddedServer(['--source', 'simulated:channels=120,prr=500'], (process) => processes.push(process))
    const notified: string[] = []
    const fixture = await startCore({
      spawnBackend: () => server.spawn(),
      alertOutlets: {
        notifyDesktop: (title) => {
          notified.push(title)
          return Promise.resolve()
        }
      },
      adjustSettings: (settings) => ({
        ...quickStreams(settings),
        streams: { ...quickStreams(settings).streams, noDataAfterMs: 1000 },
        health: { ...settings.health, intervalMs: 250 }
      })
    })
    cleanups.push(() => fixture.dispose())
    const receiver = await startAlertReceiver()
    cleanups.push(() => receiver.close())
    const window = fixture.window('w1')
    const { handlers, alerts, health } = fixture.core
    await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
    const channels = await handlers['alerts.channels']({}, window)
    const webhook = channels.ok ? channels.value.find(({ channel }) => channel.id === 'webhook')!.channel : null
    const settings = { kind: 'webhook' as const, address: receiver.url, withPicture: true, caFile: null }
    await handlers['alerts.saveChannel']({ channel: { ...webhook!, isEnabled: true, settings } }, window)
    const rules = await handlers['alerts.rules']({}, window)
    const { rule } = (rules.ok ? rules.value : []).find((listed) => listed.rule.id === 'stream-stalled')!
    await handlers['alerts.saveRule']({ rule: { ...rule, forS: 1, clearForS: 1 } }, window)
    expect(rules.ok && rules.value.filter(({ problem }) => problem !== '')).toEqual([])

    const { id } = await fixture.open(liveRequest, 'w1')
    await fixture.becomes(id, 'streaming')
    await window.watch(id)
    await eventually('rows', () => window.rows().length > 5)
    const pid = processes[0]!.pid!
    process.kill(pid, 'SIGSTOP')
    cleanups.push(() => void process.kill(pid, 'SIGCONT'))
    const stalled = () => receiver.received.filter(({ body }) => JSON.stringify(body).includes('stream-stalled'))
    await eventually('the stalled stream was told', () => stalled().length > 0, 20_000)
    const metadata = stalled()[0]!.body['metadata'] as { job: string; status: string; picture?: { data: string } }
    expect(metadata).toMatchObject({ job: id, status: 'active' })
    const picture = PNG.sync.read(Buffer.from(metadata.picture!.data, 'base64'))
    expect([picture.width, picture.height]).toEqual([800, 480])
    const colours = new Set<number>()
    for (let at = 0; at < picture.data.length; at += 4) colours.add(picture.data.readUInt32BE(at))
    // A colour map's worth of levels, not an empty frame.
    expect(colours.size).toBeGreaterThan(100)
    await eventually('the desktop was told', () => notified.some((title) => title.includes('Stream stalled')))
    expect(window.of('alerts.shown').length).toBeGreaterThan(0)
    expect(health.readings.value('wavefall_alerts_open', { severity: 'critical' })).toBeGreaterThan(0)

    process.kill(pid, 'SIGCONT')
    await eventually(
      'it is over',
      () => alerts.list().some((alert) => alert.ruleId === 'stream-stalled' && alert.status === 'resolved'),
      30_000
    )
    await eventually('that was told', () => stalled().some(({ body }) => JSON.stringify(body).includes('"resolved"')))
    expect(alerts.list().filter(({ ruleId }) => ruleId === 'stream-stalled')).toHaveLength(1)
    expect(stalled().length).toBeLessThanOrEqual(3)
  },
  90_000
)
