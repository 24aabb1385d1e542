import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { alertRule, type Alert } from '../../../src-preload/contract/alerts.ts'
import type { AlertsOptions } from '../../../src-main/health/alerts/alerts.ts'
import { startAlertReceiver, type AlertReceiver } from '../../support/alertReceiver.ts'
import { startAlerts, type AlertsFixture } from '../../support/alertsFixture.ts'
import { eventually } from '../../support/eventually.ts'

const open: { dispose(): Promise<void> }[] = []
afterEach(async () => {
  while (open.length > 0) await open.pop()!.dispose()
})
async function start(options: Partial<AlertsOptions> = {}): Promise<AlertsFixture> {
  const fixture = await startAlerts(options)
  open.push(fixture)
  return fixture
}
async function receiver(): Promise<AlertReceiver> {
  const server = await startAlertReceiver()
  open.push({ dispose: () => server.close() })
  return server
}

const quick = { queue: { gatherMs: 20, firstRetryMs: 50, retryMaxMs: 200 } }
const finding = {
  ruleId: 'component-failed',
  component: 'analysis 1',
  severity: 'critical' as const,
  title: 'A worker died',
  description: 'It was started again.',
  value: null,
  threshold: null
}

async function useWebhook({ call }: AlertsFixture, address: string): Promise<void> {
  const channels = await call('alerts.channels', {})
  const { channel } = channels.find((one) => one.channel.id === 'webhook')!
  const settings = { kind: 'webhook' as const, address, withPicture: true, caFile: null }
  await call('alerts.saveChannel', {
    channel: { ...channel, isEnabled: true, severities: ['warning', 'critical', 'emergency'], settings }
  })
}

const messages = (server: AlertReceiver): unknown[] => server.received.map(({ body }) => body['message'])
const openOnes = (fixture: AlertsFixture): Alert[] => fixture.alerts.list({ statuses: ['active', 'acknowledged'] })

describe('alerts', () => {
  it('a stalled stream is at its channel within ten seconds, once, and is over by itself', async () => {
    const server = await receiver()
    const png = Buffer.from('picture of job-1')
    const fixture = await start({ pictureOf: (jobId) => Promise.resolve(jobId === 'job-1' ? png : null) })
    await useWebhook(fixture, server.url)
    const { readings, alerts } = fixture
    const stalled = (await fixture.call('alerts.rules', {})).find((one) => one.rule.id === 'stream-stalled')!
    await fixture.call('alerts.saveRule', { rule: { ...stalled.rule, clearForS: 1 } })
    const beganMs = performance.now()
    const write = (value: number): void =>
      readings.write([{ name: 'wavefall_stream_stalled', labels: { job: 'job-1' }, value }], Date.now())
    await eventually('the stalled stream was told', () => {
      write(1)
      return server.received.length > 0
    })
    expect(performance.now() - beganMs).toBeLessThan(10_000)
    expect(server.received[0]!.body).toMatchObject({
      severity: 'critical',
      component: 'streams',
      threshold: 0.5,
      message: expect.stringContaining('Stream stalled · job-1') as string,
      metadata: { job: 'job-1', picture: { data: png.toString('base64') } }
    })
    expect(alerts.list()).toHaveLength(1)
    await eventually('the alert has its picture', () => alerts.list()[0]!.hasPicture)
    const id = alerts.list()[0]!.id
    expect((await fixture.call('alerts.picture', { id })).pngBase64).toBe(png.toString('base64'))
    const saved = await fixture.call('alerts.rules', {})
    const rule = saved.find((one) => one.rule.id === 'stream-stalled')!
    expect(rule.openAlerts).toBe(1)
    await eventually('it was told that it is over', () => {
      write(0)
      return server.received.length > 1
    })
    expect(messages(server)).toHaveLength(2)
    expect(server.received[1]!.body).toMatchObject({ metadata: { status: 'resolved' } })
    expect(alerts.list()[0]).toMatchObject({ status: 'resolved', resolvedBy: 'itself' })
  }, 30_000)

  it('a thousand alerts a second delay nothing, and go out as one', async () => {
    const server = await receiver()
    const fixture = await start(quick)
    await useWebhook(fixture, server.url)
    const { alerts } = fixture
    await turn()
    const delays: number[] = []
    for (let round = 0; round < 50; round++) {
      for (let at = 0; at < 100; at++)
        alerts.raise({ ...finding, ruleId: 'task-failed', component: `part ${at % 40}`, title: `${round} ${at}` })
      const turnMs = performance.now()
      await turn()
      delays.push(performance.now() - turnMs)
    }
    await eventually('all were followed', () => alerts.readings().raising.length === 0)
    expect(alerts.readings().raising.dropped).toBe(0)
    expect(openOnes(fixture)).toHaveLength(40)
    expect(alerts.list().reduce((sum, alert) => sum + alert.count, 0)).toBe(5000)
    delays.sort((a, b) => a - b)
    // A slice is 2 ms; all at once would take seconds of one turn. What else the machine does only ever adds to it.
    expect(delays[Math.floor(delays.length * 0.5)]!).toBeLessThan(100)
    await eventually('they went out', () => server.received.length > 0)
    await eventually('all were told', () => alerts.readings().channels.every(({ waiting }) => waiting === 0))
    expect(server.received.length).toBeLessThan(6)
    expect(messages(server).join()).toMatch(/\d+ alerts: \d+ warning/)
  }, 30_000)

  it('counts what is beyond its bounds, and says so in one alert', async () => {
    const fixture = await start(quick)
    for (let at = 0; at < 25_000; at++) fixture.alerts.raise({ ...finding, component: `part ${at}` })
    await eventually('the overflow is an alert', () =>
      openOnes(fixture).some(({ ruleId }) => ruleId === 'alerts-overflow')
    )
    expect(fixture.alerts.counts()).toMatchObject({ dropped: 24_000, open: 1001 })
    expect(openOnes(fixture).filter(({ ruleId }) => ruleId === 'alerts-overflow')).toHaveLength(1)
  }, 30_000)

  it('a channel that fails is retried and is itself an alert, elsewhere; what waited comes as one when it works', async () => {
    const server = await receiver()
    const fixture = await start(quick)
    await useWebhook(fixture, server.url)
    const { alerts } = fixture
    server.behave({ status: 500 })
    for (let at = 0; at < 10; at++) alerts.raise({ ...finding, component: `part ${at}` })
    await eventually('the failing channel is an alert', () =>
      openOnes(fixture).some(({ ruleId }) => ruleId === 'channel-failed')
    )
    const failed = openOnes(fixture).find(({ ruleId }) => ruleId === 'channel-failed')!
    expect(failed).toMatchObject({ severity: 'warning', component: 'alerts', labels: { channel: 'webhook' } })
    expect(failed.description).toContain('answered 500')
    const listed = (await fixture.call('alerts.channels', {})).find(({ channel }) => channel.id === 'webhook')!
    expect(listed).toMatchObject({ state: 'failing', sent: 0, waiting: 10 })
    await eventually('it was shown', () =>
      fixture
        .events('alerts.shown')
        .some(({ alerts: shown }) => shown.some(({ ruleId }) => ruleId === 'channel-failed'))
    )
    server.behave({ status: 200 })
    await eventually(
      'the channel works again',
      () => alerts.list().find(({ id }) => id === failed.id)!.status === 'resolved'
    )
    const bodies = server.received.map(({ body }) => JSON.stringify(body))
    expect(bodies.some((body) => body.includes('channel-failed'))).toBe(false)
    expect(server.received.at(-1)!.body).toMatchObject({ metadata: { status: 'summary', count: 10 } })
  }, 30_000)

  it('sends a test and shows the answer', async () => {
    const server = await receiver()
    const fixture = await start(quick)
    await useWebhook(fixture, `${server.url}/hook`)
    const test = (channelId: string) => fixture.call('alerts.testChannel', { channelId })
    expect(await test('webhook')).toMatchObject({
      succeeded: true,
      answer: expect.stringContaining('answered 200: ok') as string
    })
    expect(server.received[0]!.body).toMatchObject({ severity: 'info', metadata: { status: 'test' } })
    server.behave({ status: 403, text: 'invalid_token' })
    expect(await test('webhook')).toMatchObject({
      succeeded: false,
      answer: expect.stringContaining('403: invalid_token') as string
    })
    expect(await test('slack')).toMatchObject({
      succeeded: false,
      answer: 'The address of its incoming webhook is not set.'
    })
    expect(await test('desktop')).toMatchObject({ succeeded: false })
    expect(await test('console')).toMatchObject({ succeeded: true })
    expect(fixture.written.join()).toContain('TEST: Test of this channel')
    expect(await test('in-app')).toMatchObject({ succeeded: true })
    expect(fixture.events('alerts.shown').at(-1)).toMatchObject({ kind: 'test' })
    await expect(test('nowhere')).rejects.toThrow('not-found')
  }, 30_000)

  it('routes by severity, and by what a rule names', async () => {
    const server = await receiver()
    const fixture = await start(quick)
    await fixture.call('alerts.setSecret', { channelId: 'slack', name: 'address', value: `${server.url}/slack` })
    const slack = (await fixture.call('alerts.channels', {})).find(({ channel }) => channel.id === 'slack')!
    await fixture.call('alerts.saveChannel', { channel: { ...slack.channel, isEnabled: true } })
    fixture.alerts.raise({ ...finding, ruleId: 'unknown-finding', severity: 'warning', component: 'a' })
    await eventually(
      'the warning was shown and logged',
      () => fixture.events('alerts.shown').length > 0 && fixture.logged.join().includes('alert_raised')
    )
    fixture.alerts.raise({ ...finding, ruleId: 'unknown-finding', severity: 'critical', component: 'b' })
    await eventually('the critical one came to Slack', () => server.received.length > 0)
    expect(server.received[0]!.body['text']).toContain('CRITICAL')
    const rule = (await fixture.call('alerts.rules', {})).find((one) => one.rule.id === 'component-failed')!.rule
    await fixture.call('alerts.saveRule', { rule: { ...rule, channels: ['log'] } })
    fixture.alerts.raise({ ...finding, component: 'c' })
    fixture.alerts.raise({ ...finding, ruleId: 'unknown-finding', severity: 'critical', component: 'd' })
    await eventually('the next one came', () => server.received.length > 1)
    expect(JSON.stringify(server.received.map(({ body }) => body))).not.toContain('component c')
    expect(fixture.logged.join()).toContain('"about":"c"')
  }, 30_000)

  it('a rule that is switched off ends its alerts and raises none', async () => {
    const fixture = await start(quick)
    fixture.alerts.raise(finding)
    await eventually('it is open', () => openOnes(fixture).length === 1)
    const { rule } = (await fixture.call('alerts.rules', {})).find((one) => one.rule.id === 'component-failed')!
    await fixture.call('alerts.saveRule', { rule: { ...rule, isEnabled: false } })
    expect(openOnes(fixture)).toHaveLength(0)
    fixture.alerts.raise(finding)
    await eventually('it was looked at', () => fixture.alerts.readings().raising.length === 0)
    expect(openOnes(fixture)).toHaveLength(0)
  })

  it('acknowledges, silences and ends by hand, and keeps it through a restart', async () => {
    const fixture = await start(quick)
    for (const component of ['a', 'b', 'c']) fixture.alerts.raise({ ...finding, component })
    await eventually('three are open', () => openOnes(fixture).length === 3)
    const idOf = (component: string): string => fixture.alerts.list().find((one) => one.component === component)!.id
    expect(await fixture.call('alerts.acknowledge', { ids: [idOf('a')] })).toMatchObject([
      { status: 'acknowledged', acknowledgedBy: 'tester' }
    ])
    await fixture.call('alerts.silence', { component: 'b', forS: 3600, reason: 'works going on' })
    await fixture.call('alerts.resolve', { ids: [idOf('c')] })
    const states = (one: AlertsFixture): string[] =>
      one.alerts
        .list()
        .map(({ component, status }) => `${component} ${status}`)
        .sort()
    const expected = ['a acknowledged', 'b silenced', 'c resolved']
    expect(states(fixture)).toEqual(expected)
    await expect(fixture.call('alerts.silence', { forS: 5 })).rejects.toThrow('names one of')
    const again = await fixture.again()
    open.push({ dispose: () => again.alerts.dispose() })
    expect(states(again)).toEqual(expected)
    expect(again.alerts.statistics(1)).toMatchObject({ total: 3, resolved: 1, acknowledged: 1, silenced: 1 })
    const [silence] = await again.call('alerts.silences', {})
    expect(silence).toMatchObject({ component: 'b', reason: 'works going on', by: 'tester' })
    await again.call('alerts.endSilence', { id: silence!.id })
    expect(again.alerts.list({ component: 'b' })[0]!.status).toBe('active')
  })

  it('tries a rule that is not saved', async () => {
    const fixture = await start()
    const nowMs = Date.now()
    for (let at = 0; at < 100; at++)
      fixture.readings.write(
        [{ name: 'memory_usage_percent', value: at > 50 && at < 60 ? 95 : 40 }],
        nowMs - 100_000 + at * 1000
      )
    const rule = alertRule.parse({
      id: 'mine',
      title: 'Mine',
      component: 'memory',
      severity: 'warning',
      condition: { kind: 'threshold', reading: 'memory_usage_percent', value: 90 },
      forS: 5
    })
    const trial = await fixture.call('alerts.tryRule', { rule, fromMs: nowMs - 3_600_000, toMs: nowMs })
    expect(trial).toMatchObject({ count: 1, records: 100 })
    expect(trial.sentence).toContain('would have fired 1 ×')
  })

  it('never shows a secret: not in answers, logs, files or events', async () => {
    const secret = 'T0SECRET-66120'
    const server = await receiver()
    const fixture = await start(quick)
    await fixture.call('alerts.setSecret', { channelId: 'slack', name: 'address', value: `${server.url}/${secret}` })
    await fixture.call('alerts.setSecret', { channelId: 'webhook', name: 'authorization', value: secret })
    await fixture.call('alerts.setSecret', { channelId: 'pagerduty', name: 'key', value: secret })
    server.behave({ status: 404 })
    const test = await fixture.call('alerts.testChannel', { channelId: 'slack' })
    expect(test.succeeded).toBe(false)
    const channels = await fixture.call('alerts.channels', {})
    expect(channels.find(({ channel }) => channel.id === 'slack')!.secrets).toEqual([
      { name: 'address', state: 'this run', variable: 'WAVEFALL_SECRET_SLACK_ADDRESS' }
    ])
    const slack = channels.find(({ channel }) => channel.id === 'slack')!.channel
    await fixture.call('alerts.saveChannel', { channel: { ...slack, isEnabled: true } })
    fixture.alerts.raise(finding)
    await eventually('the failing channel is an alert', () =>
      openOnes(fixture).some(({ ruleId }) => ruleId === 'channel-failed')
    )
    const all = [
      test,
      channels,
      fixture.alerts.list(),
      fixture.logged,
      fixture.written,
      await fixture.files(),
      ...(['alerts.changed', 'alerts.shown', 'alerts.told'] as const).map((name) => fixture.events(name))
    ]
    expect(JSON.stringify(all)).not.toContain(secret)
  }, 30_000)
})
