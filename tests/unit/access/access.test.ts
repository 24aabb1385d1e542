import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { rightNames, rightsOfRole, roleNames } from '../../../src-preload/contract/access.ts'
import { calls, type CallName } from '../../../src-preload/contract/calls.ts'
import { rightOfCall, rightOfEvent } from '../../../src-preload/contract/callRights.ts'
import { events } from '../../../src-preload/contract/events.ts'
import { openAccess } from '../../../src-main/access/access.ts'
import { accessHandlers } from '../../../src-main/access/accessHandlers.ts'
import type { Identity } from '../../../src-main/access/identity.ts'
import { dispatch } from '../../../src-main/dispatch.ts'
import { createLog } from '../../../src-main/storage/log.ts'
import { eventually } from '../../support/eventually.ts'
import { manualClock } from '../../support/manualClock.ts'
import { smallCore } from '../../support/smallCore.ts'
import { testAccess, type TestAccess } from '../../support/testAccess.ts'

const startToken = 'the-token-of-this-start-0123456789'
let access: TestAccess
afterEach(() => access.dispose())

const admin: Identity = { tokenId: 'start', name: 'start token', role: 'admin', address: null }
const create = async (role: Identity['role'], validForS: number | null = null, name: string = role) => {
  const made = await accessHandlers(access)['access.createToken']({ name, role, validForS }, { identity: admin })
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}

describe('tokens', () => {
  it('are random, shown once, and kept as hashes', async () => {
    access = await testAccess(startToken)
    const { token, record } = await create('operator')
    expect(token).toMatch(/^wf_[A-Za-z0-9_-]{43}$/)
    const file = readFileSync(join(access.folder, 'access/tokens.json'), 'utf8')
    expect(file).toContain(record.id)
    expect(file).not.toContain(token)
    expect(file).not.toContain(startToken)
    expect(JSON.stringify(access.tokens.list())).not.toContain(token)
    expect(access.admit(token, '10.0.0.9', '/health')).toMatchObject({ allowed: true, identity: { role: 'operator' } })
    expect(access.tokens.list().find(({ id }) => id === record.id)!.lastUsedAtMs).not.toBeNull()
  })

  it('are still known after a restart, and the one of the start is not', async () => {
    access = await testAccess(startToken)
    const { token } = await create('auditor')
    const log = createLog({ clock: manualClock(), sinks: [] })
    const again = await openAccess({ dataFolder: access.folder, clock: manualClock(Date.now()), log })
    expect(again.admit(token, null, '/')).toMatchObject({ allowed: true, identity: { role: 'auditor' } })
    expect(again.admit(startToken, null, '/')).toMatchObject({ allowed: false, status: 401 })
    await again.dispose()
  })

  it('expire to the millisecond, and say so', async () => {
    const clock = manualClock(1_700_000_000_000)
    access = await testAccess(null, clock)
    const { token, record } = await create('viewer', 60)
    const ended: string[] = []
    access.tokens.onEnded((id, why) => ended.push(`${id} ${why}`))
    await clock.advance(59_999)
    expect(access.admit(token, null, '/').allowed).toBe(true)
    await clock.advance(1)
    expect(access.admit(token, null, '/')).toMatchObject({
      allowed: false,
      status: 401,
      reason: expect.stringMatching(/expired/)
    })
    expect(access.tokens.list()[0]!.state).toBe('expired')
    await clock.advance(1000)
    expect(ended).toEqual([`${record.id} expired`])
  })

  it('are revoked at once, by name or id, once', async () => {
    access = await testAccess(startToken)
    const { token, record } = await create('operator', null, 'crane 7')
    const ended: string[] = []
    access.tokens.onEnded((id, why) => ended.push(`${id} ${why}`))
    const revoke = accessHandlers(access)['access.revokeToken']
    expect(await revoke({ token: 'crane 7' }, {})).toMatchObject({ ok: true, value: { state: 'revoked' } })
    expect(ended).toEqual([`${record.id} revoked`])
    expect(access.admit(token, null, '/')).toMatchObject({
      allowed: false,
      status: 401,
      reason: expect.stringMatching(/revoked/)
    })
    expect(await revoke({ token: record.id }, {})).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/revoked already/) }
    })
    expect(await revoke({ token: 'start' }, {})).toMatchObject({ ok: true })
    expect(access.admit(startToken, null, '/').allowed).toBe(false)
  })

  it('of a damaged file are not believed, and the program says so', async () => {
    access = await testAccess()
    const { token } = await create('admin')
    const file = join(access.folder, 'access/tokens.json')
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20))
    const lines: string[] = []
    const sink = { write: async (text: string) => void lines.push(text), dispose: async () => undefined }
    const log = createLog({ clock: manualClock(), sinks: [sink] })
    const again = await openAccess({ dataFolder: access.folder, clock: manualClock(), log })
    expect(again.admit(token, null, '/').allowed).toBe(false)
    await log.flush()
    expect(lines.join('')).toContain('tokens_damaged')
    await again.dispose()
  })
})

describe('the gate', () => {
  it('refuses missing and wrong tokens with a sentence, counted and audited, without the token in any line', async () => {
    access = await testAccess(startToken)
    const wrong = 'wf_a-wrong-token-that-must-not-be-written'
    expect(access.admit(null, '10.0.0.1', '/metrics')).toMatchObject({
      allowed: false,
      status: 401,
      reason: expect.stringMatching(/needed/)
    })
    expect(access.admit(wrong, '10.0.0.1', '/metrics')).toMatchObject({
      allowed: false,
      status: 401,
      reason: expect.stringMatching(/wrong/)
    })
    expect(access.admit('', '10.0.0.1', '/metrics').allowed).toBe(false)
    expect(access.counters()).toMatchObject({ missing: 1, wrong: 2, admitted: 0 })
    const entries = await access.audit.list(10, null)
    expect(entries).toHaveLength(3)
    expect(entries[0]).toMatchObject({ actor: 'nobody', outcome: 'refused', action: '/metrics', address: '10.0.0.1' })
    await eventually('the log lines are written', () => access.lines.join('').includes('access_refused'))
    expect(access.lines.join('') + JSON.stringify(entries)).not.toContain(wrong)
  })

  it('tells an address that tries on and on to wait, and lets a right token of it pass', async () => {
    access = await testAccess(startToken, manualClock())
    const statuses = Array.from({ length: 30 }, () => access.admit('wrong-wrong-wrong', '10.0.0.1', '/'))
    expect(statuses.slice(0, 20).every((one) => !one.allowed && one.status === 401)).toBe(true)
    expect(statuses.slice(20).every((one) => !one.allowed && one.status === 429 && one.retryAfterS! > 0)).toBe(true)
    expect(access.admit(startToken, '10.0.0.1', '/').allowed).toBe(true)
    expect(access.admit('wrong-wrong-wrong', '10.0.0.2', '/')).toMatchObject({ status: 401 })
    expect(access.counters().limited).toBe(10)
  })

  it('takes as long for a token that is nearly right as for one that is not', async () => {
    access = await testAccess(startToken, manualClock())
    const near = `${startToken.slice(0, -1)}X`
    const far = `X${startToken.slice(1)}`
    const timed = (token: string): number => {
      const startMs = performance.now()
      for (let at = 0; at < 100; at++) access.tokens.match(token)
      return performance.now() - startMs
    }
    const rounds = Array.from({ length: 25 }, () => [timed(near), timed(far)] as const)
    // The least of each: what else the machine does only ever adds to it.
    const ratio = Math.min(...rounds.map(([first]) => first)) / Math.min(...rounds.map(([, second]) => second))
    expect(ratio).toBeGreaterThan(0.4)
    expect(ratio).toBeLessThan(2.5)
  })
})

describe('roles', () => {
  it('stand on one another, and auditor and service beside them', () => {
    expect(rightsOfRole.viewer).not.toContain('operate')
    for (const right of rightsOfRole.viewer) expect(rightsOfRole.operator).toContain(right)
    for (const right of rightNames) expect(rightsOfRole.admin).toContain(right)
    expect(rightsOfRole.service).toEqual(['metrics'])
    for (const right of ['look', 'operate', 'administer'] as const) expect(rightsOfRole.auditor).not.toContain(right)
    for (const right of ['records', 'audit'] as const) expect(rightsOfRole.auditor).toContain(right)
    expect(rightsOfRole.operator).not.toContain('audit')
  })

  it('cover every call and every event', () => {
    expect(Object.keys(rightOfCall).sort()).toEqual(Object.keys(calls).sort())
    expect(Object.keys(rightOfEvent).sort()).toEqual(Object.keys(events).sort())
  })

  it.each(roleNames)('%s may do what it may and nothing else, call by call', async (role) => {
    access = await testAccess()
    const core = smallCore(undefined, access)
    const identity: Identity = { tokenId: 't', name: 'the token', role, address: '10.0.0.1' }
    const port = { windowId: 'w', returnsWithinMs: 0, identity, sendEvent: () => undefined, sendRows: () => undefined }
    for (const name of Object.keys(calls) as CallName[]) {
      const before = core.asked.length
      const answer = await dispatch(core, port, { kind: 'call', id: 1, name, arguments: {} }, () => undefined)
      const isRefused = JSON.stringify(answer).includes('has the role')
      expect(isRefused, name).toBe(!rightsOfRole[role].includes(rightOfCall[name]))
      if (isRefused) expect(core.asked.length, name).toBe(before)
    }
    const refusals = Object.values(rightOfCall).filter((right) => !rightsOfRole[role].includes(right)).length
    expect(access.counters().forbidden).toBe(refusals)
  })

  it('writes down who did what, and how it ended', async () => {
    access = await testAccess()
    const core = smallCore(undefined, access)
    const identity: Identity = { tokenId: 't1', name: 'night shift', role: 'operator', address: '10.0.0.1' }
    const port = { windowId: 'w', returnsWithinMs: 0, identity, sendEvent: () => undefined, sendRows: () => undefined }
    const ask = (name: string, args: object) =>
      dispatch(core, port, { kind: 'call', id: 1, name, arguments: args }, () => undefined)
    await ask('jobs.pace', { jobId: 'live-3', pace: 1 })
    await ask('jobs.list', {})
    await ask('access.tokens', {})
    await ask('jobs.close', { jobId: 'live-3' })
    const entries = await access.audit.list(10, null)
    expect(entries.map(({ action, subject, outcome, actor }) => [actor, action, subject, outcome])).toEqual([
      ['night shift', 'jobs.close', 'jobId live-3', 'failed'],
      ['night shift', 'access.tokens', '', 'refused'],
      ['night shift', 'jobs.pace', 'jobId live-3', 'failed']
    ])
    expect(entries[1]!.reason).toContain('needs the role admin')
  })
})
