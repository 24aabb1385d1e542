import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { TokenRecord } from '../../../src-preload/contract/access.ts'
import { runCommand, startCommand, type Finished, type RunningCommand } from '../../support/commandLine.ts'

/** A core without a fibre is enough: nothing listens at port 9 of the loopback. */
const nobody = 'http://127.0.0.1:9'
let folder: string
let core: RunningCommand
let url: string
let admin: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wavefall-tokens-'))
  core = startCommand(['serve', '--json', '--port', '0', '--backend', nobody, '--data', folder])
  const ready = JSON.parse(await core.firstLine()) as { url: string; token: string }
  url = ready.url
  admin = ready.token
}, 40_000)
afterAll(async () => {
  await core.stop()
  rmSync(folder, { recursive: true, force: true })
})

const run = (args: string[], token = admin): Promise<Finished> =>
  runCommand([...args, '--connect', url], { WAVEFALL_TOKEN: token })

describe('tokens and audit on the command line', () => {
  it('makes a token that is shown once, lists it, and takes it away from an open connection', async () => {
    const made = await run(['tokens', 'create', 'crane 7', '--role', 'viewer', '--expires', '1h'])
    expect(made).toMatchObject({ code: 0 })
    const token = made.out.trim()
    expect(token).toMatch(/^wf_[\w-]{43}$/)

    const listed = await run(['tokens', 'list', '--json'])
    const records = JSON.parse(listed.out) as TokenRecord[]
    const record = records.find(({ name }) => name === 'crane 7')!
    expect(record).toMatchObject({ role: 'viewer', state: 'valid', createdBy: 'start token' })
    expect(record.expiresAtMs! - record.createdAtMs).toBe(3_600_000)
    expect(listed.out).not.toContain(token)

    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`, ['wavefall.v1', `token.${token}`])
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    const refused = await run(['tokens', 'list'], token)
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.err).toContain('needs the role admin')

    expect(await run(['tokens', 'revoke', 'crane 7'])).toMatchObject({ code: 0 })
    expect(await closed).toBe(1008)
    expect((await run(['jobs', 'list'], token)).err).toContain('refuses the token')
    expect(readFileSync(join(folder, 'access/tokens.json'), 'utf8')).not.toContain(token)
    expect(core.err()).not.toContain(token)
    expect(core.err()).not.toContain(admin)
  })

  it('shows who did what, verifies it, and finds what was changed', async () => {
    const listed = await run(['audit', 'list'])
    expect(listed.code).toBe(0)
    expect(listed.out).toContain('access.createToken')
    expect(listed.out).toContain('access.revokeToken')
    expect(listed.out).toContain('needs the role admin')
    expect(await run(['audit', 'verify'])).toMatchObject({ code: 0 })
    await core.stop()
    const offline = await runCommand(['audit', 'verify', '--data', folder, '--json'])
    expect(JSON.parse(offline.out)).toMatchObject({ intact: true })
    const file = join(folder, 'access/audit-000001.jsonl')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"refused"', '"done"'))
    const changed = await runCommand(['audit', 'verify', '--data', folder])
    expect(changed.code).toBe(1)
    expect(changed.out).toContain('NOT intact')
  })

  it('refuses wrong usage with exit code 2', async () => {
    expect((await run(['tokens', 'create', 'x', '--role', 'king'])).code).toBe(2)
    expect((await run(['tokens', 'create', 'x', '--expires', 'soon'])).code).toBe(2)
    expect((await run(['tokens', 'create'])).code).toBe(2)
  })
})
