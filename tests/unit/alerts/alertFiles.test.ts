import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alertRule } from '../../../src-preload/contract/alerts.ts'
import { openAlertHistory } from '../../../src-main/health/alerts/alertHistory.ts'
import { openRuleBook } from '../../../src-main/health/alerts/ruleBook.ts'
import { type KeyStore, openSecrets } from '../../../src-main/health/alerts/secrets.ts'
import { readingKinds } from '../../../src-main/health/kinds.ts'
import { alertOf } from '../../support/alertOf.ts'
import { manualClock } from '../../support/manualClock.ts'

let folder: string
const clock = manualClock()
const fail = (error: unknown): never => {
  throw error instanceof Error ? error : new Error(String(error))
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-alerts-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the history of alerts on disk', () => {
  const open = (more = {}) => openAlertHistory({ folder, clock, alertsMax: 100, onError: fail, ...more })

  it('comes back after a restart, the newest state of each', async () => {
    const history = await open()
    history.keep(alertOf({ id: 'a' }))
    history.keep(alertOf({ id: 'b', createdAtMs: 5 }))
    await history.settled()
    history.keep(alertOf({ id: 'a', status: 'resolved' }))
    await history.settled()
    const { alerts, problem } = await open()
    expect(alerts.map(({ id, status }) => [id, status])).toEqual([
      ['b', 'active'],
      ['a', 'resolved']
    ])
    expect(problem).toBe('')
  })

  it('loses one line where one is damaged or half written, and says so', async () => {
    const history = await open()
    history.keep(alertOf({ id: 'a' }))
    await history.settled()
    await appendFile(join(folder, 'history.jsonl'), '{"id":"half","severi')
    const again = await open()
    expect(again.alerts.map(({ id }) => id)).toEqual(['a'])
    expect(again.problem).toContain('1 lines could not be understood')
    again.keep(alertOf({ id: 'b' }))
    await again.settled()
    expect((await open()).alerts.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('stays bounded on disk, and loses nothing that is open', async () => {
    const history = await open({ fileMaxBytes: 20_000 })
    history.keep(alertOf({ id: 'open' }))
    for (let at = 0; at < 400; at++) {
      history.keep(alertOf({ id: `ended-${at}`, status: 'resolved', createdAtMs: at }))
      if (at % 10 === 0) await history.settled()
    }
    await history.settled()
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))
    expect(Math.max(...sizes)).toBeLessThan(30_000)
    const { alerts } = await open()
    expect(alerts.length).toBeLessThanOrEqual(101)
    expect(alerts.some(({ id }) => id === 'open')).toBe(true)
  })
})

describe('rules on disk', () => {
  const open = () => openRuleBook(folder, clock, fail)
  const own = alertRule.parse({
    id: 'own',
    title: 'Own',
    component: 'streams',
    severity: 'critical',
    condition: { kind: 'threshold', reading: 'wavefall_uptime_seconds', value: 5 }
  })

  it('has every shipped rule on readings that exist', async () => {
    const rules = (await open()).listed(readingKinds, new Map())
    expect(rules.length).toBeGreaterThan(30)
    expect(rules.filter(({ problem }) => problem !== '')).toEqual([])
    expect(rules.filter(({ rule }) => !rule.isEnabled)).toEqual([])
  })

  it('ships what is asked for', async () => {
    const rules = await open()
    const terms = (id: string) => {
      const rule = rules.rule(id)!
      const { condition } = rule
      return [rule.severity, 'value' in condition ? condition.value : null, rule.forS, rule.repeatS]
    }
    expect(terms('response-slow')).toEqual(['warning', 2, 300, 300])
    expect(terms('response-degraded')).toEqual(['warning', 1, 300, 300])
    expect(terms('errors-high')).toEqual(['critical', 0.05, 120, 300])
    expect(terms('cpu-high')).toEqual(['warning', 80, 600, 300])
    expect(terms('memory-high')).toEqual(['warning', 85, 600, 300])
    expect(terms('uptime-low').slice(0, 2)).toEqual(['critical', 0.999])
    for (const id of ['memory-level', 'degraded-in-a-row', 'cache-hits', 'component-failed'])
      expect(rules.rule(id)).not.toBeNull()
  })

  it('keeps changes, own rules and silences, and restores what came with the program', async () => {
    const rules = await open()
    const before = rules.rule('cpu-high')!
    await rules.save({ ...before, isEnabled: false })
    await rules.save(own)
    await rules.addSilence({
      id: 's',
      ruleId: 'own',
      component: null,
      alertId: null,
      fromMs: 0,
      untilMs: clock.nowMs() + 5000,
      reason: '',
      by: 'x'
    })
    const again = await open()
    expect(again.rule('cpu-high')!.isEnabled).toBe(false)
    expect(again.rule('own')).toEqual(own)
    expect(again.silences()).toHaveLength(1)
    const listed = again.listed(readingKinds, new Map([['own', 2]]))
    expect(listed.find(({ rule }) => rule.id === 'cpu-high')).toMatchObject({ isShipped: true, isChanged: true })
    expect(listed.at(-1)).toMatchObject({ isShipped: false, openAlerts: 2 })
    expect((await again.restore('cpu-high')).ok).toBe(true)
    expect((await again.remove('own')).ok).toBe(true)
    expect(await again.remove('cpu-high')).toMatchObject({ ok: false, error: { code: 'refused' } })
    const third = await open()
    expect(third.rule('cpu-high')).toEqual(before)
    expect(third.rule('own')).toBeNull()
  })

  it.each([
    [{ ...own, severity: null }, 'severity'],
    [
      {
        ...own,
        condition: { kind: 'expression', expression: '1 +', compare: 'above', value: 1, clearValue: null, unit: '' }
      },
      'something is missing'
    ],
    [
      {
        ...own,
        condition: { kind: 'expression', expression: '1 + 1', compare: 'above', value: 1, clearValue: null, unit: '' }
      },
      'names no reading'
    ],
    [{ ...own, condition: { ...own.condition, clearValue: 6 } }, 'over before it began']
  ])('refuses a rule that makes no sense', async (rule, sentence) => {
    const saved = await (await open()).save(rule as typeof own)
    expect(saved).toMatchObject({ ok: false, error: { code: 'invalid' } })
    expect(saved.ok ? '' : saved.error.message).toContain(sentence)
  })

  it('puts a damaged file aside and goes on with what came with the program', async () => {
    await writeFile(join(folder, 'rules.json'), '{"version":1,"rules":[{')
    const rules = await open()
    expect(rules.problem).toContain('is not JSON')
    expect(rules.rule('cpu-high')!.isEnabled).toBe(true)
    const [aside] = (await readdir(folder)).filter((name) => name.includes('damaged'))
    expect(await readFile(join(folder, aside!), 'utf8')).toBe('{"version":1,"rules":[{')
  })

  it('leaves out the one entry that is wrong', async () => {
    const file = JSON.stringify({ version: 1, rules: [own, { id: 'BAD id' }], silences: 5 })
    await writeFile(join(folder, 'rules.json'), file)
    const rules = await open()
    expect(rules.rule('own')).toEqual(own)
    expect(rules.problem).toContain('2 wrong entries')
    expect(await readdir(folder)).toHaveLength(2)
  })
})

describe('secrets', () => {
  const secret = 'do-not-tell-8714'
  /** A key store that turns bits around: what is written must at least not be the secret. */
  const keyStore: KeyStore = {
    isAvailable: () => true,
    encrypt: (text) => Buffer.from(text).map((byte) => byte ^ 0x5a),
    decrypt: (bytes) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString()
  }
  const onDisk = async (): Promise<string> => {
    const files = await readdir(folder)
    return (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n')
  }

  it('are kept by the key store of the system', async () => {
    const secrets = await openSecrets(folder, keyStore, {}, clock, fail)
    expect(await secrets.set('slack', 'address', secret)).toEqual({ ok: true, value: 'key store' })
    expect(await onDisk()).not.toContain(secret)
    const again = await openSecrets(folder, keyStore, {}, clock, fail)
    expect(again.get('slack', 'address')).toBe(secret)
    expect(again.state('slack', 'address')).toBe('key store')
    const elsewhere = await openSecrets(folder, null, {}, clock, fail)
    expect(elsewhere.get('slack', 'address')).toBeNull()
    expect(elsewhere.state('slack', 'address')).toBe('unreadable')
    await again.forget('slack')
    expect((await openSecrets(folder, keyStore, {}, clock, fail)).state('slack', 'address')).toBe('not set')
  })

  it('come from the environment before anything else', async () => {
    const environment = { WAVEFALL_SECRET_SITE_SLACK_ADDRESS: secret }
    const secrets = await openSecrets(folder, keyStore, environment, clock, fail)
    await secrets.set('site-slack', 'address', 'other')
    expect(secrets.get('site-slack', 'address')).toBe(secret)
    expect(secrets.state('site-slack', 'address')).toBe('environment')
  })

  it('stay in memory where there is no key store, and reach no disk', async () => {
    const secrets = await openSecrets(folder, { ...keyStore, isAvailable: () => false }, {}, clock, fail)
    expect(await secrets.set('email', 'password', secret)).toEqual({ ok: true, value: 'this run' })
    expect(secrets.get('email', 'password')).toBe(secret)
    expect(await onDisk()).not.toContain(secret)
    expect((await openSecrets(folder, null, {}, clock, fail)).state('email', 'password')).toBe('not set')
  })

  it('are refused with a sentence where the key store fails', async () => {
    const broken: KeyStore = {
      ...keyStore,
      encrypt() {
        throw new Error('locked')
      }
    }
    const secrets = await openSecrets(folder, broken, {}, clock, fail)
    const set = await secrets.set('pagerduty', 'key', secret)
    expect(set).toMatchObject({ ok: false, error: { code: 'failed' } })
    expect(JSON.stringify(set)).toContain('WAVEFALL_SECRET_PAGERDUTY_KEY')
    expect(JSON.stringify(set)).not.toContain(secret)
  })
})
