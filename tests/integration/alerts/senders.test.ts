import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertChannelSettings, type AlertChannelSettings } from '../../../src-preload/contract/alertChannels.ts'
import { systemClock } from '../../../src-main/clock.ts'
import type { AlertMessage } from '../../../src-main/health/alerts/alertMessage.ts'
import { createCommandSender } from '../../../src-main/health/alerts/channels/command.ts'
import { createEmailSender } from '../../../src-main/health/alerts/channels/email.ts'
import { createPagerDutySender } from '../../../src-main/health/alerts/channels/pagerDuty.ts'
import type { AlertSender, SendAnswer } from '../../../src-main/health/alerts/channels/sender.ts'
import { createSlackSender } from '../../../src-main/health/alerts/channels/slack.ts'
import { createWebhookSender } from '../../../src-main/health/alerts/channels/webhook.ts'
import { alertOf } from '../../support/alertOf.ts'
import { startAlertReceiver } from '../../support/alertReceiver.ts'
import { freePort } from '../../support/listenLocally.ts'
import { createSelfSignedCertificate } from '../../support/selfSignedCertificate.ts'
import { startSmtpServer, type SmtpOptions, type SmtpServer } from '../../support/smtpServer.ts'

const clock = systemClock()
const picture = Buffer.from('89504e470d0a1a0a-not-really', 'utf8')
const message = (more = {}, kind: AlertMessage['kind'] = 'raised'): AlertMessage => ({
  kind,
  alert: alertOf(more),
  picture: () => Promise.resolve(picture)
})
const send = (sender: AlertSender, ...messages: AlertMessage[]): Promise<SendAnswer> =>
  sender.send(messages, new AbortController().signal)
type Kind<Name> = Extract<AlertChannelSettings, { kind: Name }>
const settingsOf = <Name extends AlertChannelSettings['kind']>(kind: Name, more = {}): Kind<Name> =>
  alertChannelSettings.parse({ kind, ...more }) as Kind<Name>

const certificate = createSelfSignedCertificate()
let folder: string
let caFile: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-senders-'))
  caFile = join(folder, 'ca.pem')
  await writeFile(caFile, certificate.certificatePem)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const webhook = (more = {}, secrets: Record<string, string> = {}): AlertSender =>
  createWebhookSender({
    settings: settingsOf('webhook', more),
    secret: (name) => secrets[name] ?? null,
    memoryUsageMb: () => 512.5,
    clock
  })

describe('webhook', () => {
  it('sends exactly the payload, with the picture and the secret header', async () => {
    const server = await startAlertReceiver()
    const answer = await send(
      webhook({ address: `${server.url}/hook?x=1` }, { authorization: 'Bearer 123' }),
      message()
    )
    expect(answer).toEqual({ ok: true, answer: expect.stringContaining('answered 200: ok') as string })
    const [{ path, headers, body }] = server.received as [(typeof server.received)[number]]
    expect(path).toBe('/hook?x=1')
    expect(headers.authorization).toBe('Bearer 123')
    expect(Object.keys(body)).toEqual([
      'timestamp',
      'severity',
      'component',
      'memory_usage',
      'threshold',
      'message',
      'metadata'
    ])
    expect(body).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      severity: 'critical',
      component: 'streams',
      memory_usage: 512.5,
      threshold: 5,
      message: 'Stream stalled · job-1. No data comes.',
      metadata: {
        alert_id: 'alert-1',
        status: 'active',
        value: 12.5,
        job: 'job-1',
        started_at: '2026-01-01T03:00:00.000Z',
        picture: { content_type: 'image/png', encoding: 'base64', data: picture.toString('base64') }
      }
    })
    await server.close()
  })

  it('sends many as one', async () => {
    const server = await startAlertReceiver()
    const many = Array.from({ length: 30 }, (_, at) =>
      message({ id: `a${at}`, severity: at < 2 ? 'emergency' : 'warning' }, at < 5 ? 'resolved' : 'raised')
    )
    await send(webhook({ address: server.url }), ...many)
    expect(server.received).toHaveLength(1)
    expect(server.received[0]!.body).toMatchObject({
      severity: 'emergency',
      message: '30 alerts: 2 emergency, 28 warning; 5 of them are over',
      metadata: { status: 'summary', count: 30 }
    })
    await server.close()
  })

  it('tells what may pass from what may not', async () => {
    const server = await startAlertReceiver()
    const sender = webhook({ address: `${server.url}/secret-path` })
    server.behave(
      { status: 500, text: 'broken' },
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503, headers: { 'retry-after': '86400' } },
      { status: 404 },
      { status: 302, headers: { location: '/x' } },
      'cut'
    )
    const answers: SendAnswer[] = []
    for (let at = 0; at < 6; at++) answers.push(await send(sender, message()))
    expect(answers.map((answer) => (answer.ok ? 'ok' : [answer.isFinal, answer.retryAfterMs]))).toEqual([
      [false, null],
      [false, 7000],
      [false, 600_000],
      [true, null],
      [true, null],
      [false, null]
    ])
    expect(JSON.stringify(answers)).toContain('answered 500: broken')
    expect(JSON.stringify(answers)).not.toContain('secret-path')
    await server.close()
  })

  it('says that nobody is there, and that a certificate is not trusted; a given CA is', async () => {
    const away = await send(webhook({ address: `http://127.0.0.1:${await freePort()}` }), message())
    expect(away).toMatchObject({ ok: false, isFinal: false, reason: expect.stringContaining('ECONNREFUSED') as string })
    const server = await startAlertReceiver({ tls: certificate })
    const untrusted = await send(webhook({ address: server.url }), message())
    expect(untrusted).toMatchObject({ ok: false, reason: expect.stringContaining('is not trusted') as string })
    expect(server.received).toHaveLength(0)
    expect(await send(webhook({ address: server.url, caFile }), message())).toMatchObject({ ok: true })
    expect(await send(webhook({ address: server.url, caFile: join(folder, 'none.pem') }), message())).toMatchObject({
      ok: false,
      reason: expect.stringContaining('none.pem cannot be read (ENOENT)') as string
    })
    await server.close()
  })
})

describe('Slack', () => {
  it('sends text that means nothing to Slack but what it says', async () => {
    const server = await startAlertReceiver()
    const sender = createSlackSender({
      settings: settingsOf('slack', { channel: '#night' }),
      secret: (name) => (name === 'address' ? `${server.url}/services/T0/B0/xyz` : null),
      clock
    })
    expect(sender.lacks()).toBe('')
    expect(await send(sender, message({ title: 'a <b> & c' }))).toMatchObject({ ok: true })
    const [{ path, body }] = server.received as [(typeof server.received)[number]]
    expect(path).toBe('/services/T0/B0/xyz')
    expect(body).toMatchObject({ channel: '#night', text: 'CRITICAL: a &lt;b&gt; &amp; c' })
    expect(JSON.stringify(body['blocks'])).toContain('Value 12.5 seconds, threshold 5 seconds')
    await server.close()
  })
})

describe('PagerDuty', () => {
  it('opens an incident, closes the same, and makes one of many', async () => {
    const server = await startAlertReceiver()
    server.behave({ status: 202, text: '{"status":"success","message":"Event processed"}' })
    const sender = createPagerDutySender({
      settings: settingsOf('pagerduty', { address: `${server.url}/v2/enqueue`, service: 'Site 7' }),
      secret: () => 'routing-1',
      memoryUsageMb: () => 1,
      clock
    })
    await send(sender, message())
    await send(sender, message({ status: 'resolved' }, 'resolved'))
    const many = ['a', 'b', 'c', 'd'].map((id) => message({ id, severity: 'emergency' }))
    await send(sender, ...many)
    for (const one of many) await send(sender, { ...one, kind: 'resolved' })
    await send(sender, message({ id: 'test-1' }, 'test'))
    const events = server.received.map(({ body }) => [body['event_action'], body['dedup_key']])
    const manyKey = events[2]![1]
    expect(manyKey).toContain('many alerts')
    expect(events).toEqual([
      ['trigger', 'alert-1'],
      ['resolve', 'alert-1'],
      ['trigger', manyKey],
      ['resolve', manyKey],
      ['trigger', 'test-1'],
      ['resolve', 'test-1']
    ])
    expect(server.received[0]!.body).toMatchObject({
      routing_key: 'routing-1',
      payload: {
        summary: 'CRITICAL: Stream stalled · job-1',
        severity: 'error',
        component: 'streams',
        source: expect.stringMatching(/^Site 7 on /) as string
      }
    })
    await server.close()
  })
})

describe('e-mail', () => {
  const login = { user: 'alerts@example.org', password: 'pass-9471' }
  async function withServer(
    options: SmtpOptions,
    use: (server: SmtpServer, sender: AlertSender) => Promise<void>,
    more = {}
  ) {
    const server = await startSmtpServer(options)
    const sender = createEmailSender({
      settings: settingsOf('email', {
        host: '127.0.0.1',
        port: server.port,
        user: options.login?.user ?? '',
        from: 'wavefall@example.org',
        recipients: ['night@example.org', 'day@example.org'],
        caFile,
        ...more
      }),
      secret: () => login.password
    })
    try {
      await use(server, sender)
    } finally {
      await server.close()
    }
  }

  it('turns to TLS, logs in, and attaches the picture', () =>
    withServer({ tls: certificate, login }, async (server, sender) => {
      expect(await send(sender, message())).toEqual({
        ok: true,
        answer: '127.0.0.1 answered 250 2.0.0 queued as 42'
      })
      const [mail] = server.mails
      expect(mail).toMatchObject({ user: login.user, isEncrypted: true, to: ['night@example.org', 'day@example.org'] })
      expect(mail!.raw).toContain('filename=waterfall.png')
      expect(mail!.raw).toContain(picture.toString('base64'))
      expect(mail!.raw).toMatch(/Subject: .*Wavefall.*CRITICAL/)
    }))

  it('speaks TLS from the start where it is told to', () =>
    withServer(
      { tls: certificate, login, fromTheStart: true },
      async (server, sender) => {
        expect(await send(sender, message())).toMatchObject({ ok: true })
        expect(server.mails).toHaveLength(1)
      },
      { tls: 'from the start' }
    ))

  it('sends no word over a plain connection where TLS is required', () =>
    withServer({ login }, async (server, sender) => {
      expect(await send(sender, message())).toMatchObject({ ok: false, reason: expect.stringMatching(/TLS/) as string })
      expect(server.mails).toHaveLength(0)
    }))

  it('trusts no certificate that nobody vouches for', () =>
    withServer(
      { tls: certificate },
      async (server, sender) => {
        expect(await send(sender, message())).toMatchObject({
          ok: false,
          reason: expect.stringContaining('is not trusted') as string
        })
        expect(server.mails).toHaveLength(0)
      },
      { caFile: null }
    ))

  it('tells a wrong password, a refusal and a busy server apart, and tells no secret', () =>
    withServer({ tls: certificate, login }, async (server, sender) => {
      server.misbehave('AUTH', '535 5.7.8 no')
      const wrongPassword = await send(sender, message())
      expect(wrongPassword).toMatchObject({ ok: false, isFinal: true })
      server.misbehave('AUTH', null)
      server.misbehave('RCPT', '550 5.1.1 unknown')
      expect(await send(sender, message())).toMatchObject({ ok: false, isFinal: true })
      server.misbehave('RCPT', null)
      server.misbehave('BODY', '451 4.3.0 later')
      expect(await send(sender, message())).toMatchObject({ ok: false, isFinal: false })
      server.misbehave('BODY', 'cut')
      expect(await send(sender, message())).toMatchObject({ ok: false, isFinal: false })
      server.misbehave('BODY', null)
      expect(await send(sender, message())).toMatchObject({ ok: true })
      expect(JSON.stringify(wrongPassword)).not.toContain(login.password)
    }))

  it('says that nobody is there', async () => {
    const sender = createEmailSender({
      settings: settingsOf('email', { host: '127.0.0.1', port: await freePort(), recipients: ['a@b.org'] }),
      secret: () => null
    })
    expect(await send(sender, message())).toMatchObject({ ok: false, isFinal: false })
  })
})

describe.skipIf(process.platform === 'win32')('own handlers', () => {
  const command = (more = {}): AlertSender =>
    createCommandSender({
      settings: settingsOf('command', more),
      folder: join(folder, 'handlers'),
      memoryUsageMb: () => 1,
      clock
    })
  async function script(name: string, text: string): Promise<void> {
    await mkdir(join(folder, 'handlers'), { recursive: true })
    await writeFile(join(folder, 'handlers', name), `#!/bin/sh\n${text}\n`)
    await chmod(join(folder, 'handlers', name), 0o755)
  }

  it('get the payload on standard input, and no secret of the environment', async () => {
    process.env['WAVEFALL_SECRET_TEST_KEY'] = 'hidden-5512'
    await script('say.sh', 'cat; env')
    const answer = await send(command({ file: 'say.sh' }), message())
    delete process.env['WAVEFALL_SECRET_TEST_KEY']
    expect(answer).toMatchObject({ ok: true })
    const text = answer.ok ? answer.answer : ''
    expect(text).toContain('"component":"streams"')
    expect(text).not.toContain('hidden-5512')
  })

  it('fail with what they said, may be slow only so long, and take their children along', async () => {
    await script('fail.sh', 'echo no such pager >&2; exit 3')
    expect(await send(command({ file: 'fail.sh' }), message())).toMatchObject({
      ok: false,
      isFinal: false,
      reason: 'The handler ended with 3: no such pager.'
    })
    await script('slow.sh', 'sleep 30 & sleep 30')
    const beganMs = performance.now()
    expect(await send(command({ file: 'slow.sh', timeoutS: 1 }), message())).toMatchObject({
      ok: false,
      reason: expect.stringContaining('more than 1 s') as string
    })
    expect(performance.now() - beganMs).toBeLessThan(5000)
  })

  it('lie in their folder and nowhere else', async () => {
    await mkdir(join(folder, 'handlers'), { recursive: true })
    await writeFile(join(folder, 'outside.sh'), '#!/bin/sh\n')
    await symlink(join(folder, 'outside.sh'), join(folder, 'handlers', 'link.sh'))
    expect(await send(command({ file: 'link.sh' }), message())).toMatchObject({ ok: false, isFinal: true })
    for (const file of ['../outside.sh', '/bin/sh', '.hidden', 'a b'])
      expect(alertChannelSettings.safeParse({ kind: 'command', file }).success).toBe(false)
  })
})
