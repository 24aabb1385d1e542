import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionState, CoreConnection } from '../../../src-preload/contract/transport.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { createLog } from '../../../src-main/storage/log.ts'
import { createToken } from '../../../src-main/web/token.ts'
import { createWebServer, type WebServer } from '../../../src-main/web/webServer.ts'
import { connectWebSocket } from '../../../src-renderer/stream/webSocketConnection.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/listenLocally.ts'
import { testAccess, type TestAccess } from '../../support/testAccess.ts'
import { smallCore, type SmallCore } from '../../support/smallCore.ts'

/** The window's own connection against the real server, over real sockets. */
const token = createToken()
const windowId = 'window-0123456789'
let folder: string
let core: SmallCore
let access: TestAccess
let port: number
let server: WebServer | null = null
let connection: CoreConnection | null = null

const serve = async (): Promise<void> => {
  server = await createWebServer({
    core,
    host: '127.0.0.1',
    port,
    mayMove: false,
    rendererFolder: folder,
    tls: null,
    api: null,
    requestsPerMinuteMax: 60_000,
    log: createLog({ clock: systemClock(), sinks: [] })
  })
}

function connect(withToken = token): { states: ConnectionState[]; reasons: string[]; last(): ConnectionState } {
  connection = connectWebSocket(`http://127.0.0.1:${port}`, withToken, windowId)
  const states: ConnectionState[] = []
  const reasons: string[] = []
  connection.onState((state, reason) => {
    states.push(state)
    reasons.push(reason)
  })
  return { states, reasons, last: () => states.at(-1)! }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wavefall-connection-'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  access = await testAccess(token)
  core = smallCore(undefined, access)
  port = await freePort()
})
afterEach(async () => {
  connection?.dispose()
  await server?.dispose()
  server = null
  await access.dispose()
  rmSync(folder, { recursive: true, force: true })
})

describe("a window's connection to the core", () => {
  it('opens, calls, hears events and gets row frames', async () => {
    await serve()
    const { last } = connect()
    await eventually('it is open', () => last() === 'open')
    expect(await connection!.call('jobs.list', {})).toEqual({ ok: true, value: [] })
    const heard: unknown[] = []
    connection!.on('job.forgotten', (payload) => heard.push(payload))
    const frames: ArrayBuffer[] = []
    connection!.onRows((frame) => frames.push(frame))
    for (const window of core.ports) window.sendEvent('job.forgotten', { jobId: 'live-1' })
    core.sendRows(2, 4)
    await eventually('event and rows are there', () => heard.length === 1 && frames.length === 1)
    expect(heard).toEqual([{ jobId: 'live-1' }])
    expect(frames[0]!.byteLength).toBe(64 + 2 * 4 * 4)
  })

  it('comes back by itself under the same window id; calls meanwhile are answered at once', async () => {
    await serve()
    const { last, states, reasons } = connect()
    await eventually('it is open', () => last() === 'open')
    core.holdJobsList()
    const pending = connection!.call('jobs.list', {})
    await eventually('the call is under way', () => core.asked.length === 1)
    await server!.dispose()
    expect(await pending).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    await eventually('the loss is said', () => last() === 'lost')
    expect(reasons.at(-1)).toContain('the program ends')
    expect(await connection!.call('jobs.list', {})).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    core = smallCore(undefined, access)
    await serve()
    await eventually('it is open again', () => last() === 'open')
    expect(states.filter((state) => state === 'open')).toHaveLength(2)
    expect([...core.ports].map((window) => window.windowId)).toEqual([windowId])
    expect(await connection!.call('jobs.list', {})).toEqual({ ok: true, value: [] })
  })

  it('opens when the core comes after the window', async () => {
    const { last } = connect()
    await eventually('nobody answers', () => last() === 'lost')
    await serve()
    await eventually('it is open', () => last() === 'open')
  })

  it.each([
    ['a wrong token', createToken()],
    ['no token', '']
  ])('gives up with %s, and says what to do', async (_name, wrong) => {
    await serve()
    const { last, reasons } = connect(wrong)
    await eventually('it is refused', () => last() === 'refused')
    expect(reasons.at(-1)).toContain('token')
    expect(core.ports.size).toBe(0)
  })

  it('tries no more once disposed', async () => {
    await serve()
    const { last } = connect()
    await eventually('it is open', () => last() === 'open')
    connection!.dispose()
    await eventually('the window is gone', () => core.ports.size === 0)
    expect(server!.counters().clients).toBe(0)
    expect(await connection!.call('jobs.list', {})).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  })
})
