import { spawn, spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src-main/clock.ts'
import { type Recording, RecordingError } from '../../../src-main/recordings/recording.ts'
import { createServedSessions, type ServedSessions } from '../../../src-main/sessions/remote/servedSessions.ts'
import { createLog } from '../../../src-main/storage/log.ts'
import { createToken } from '../../../src-main/web/token.ts'
import { createWebServer, type WebServer } from '../../../src-main/web/webServer.ts'
import { sessionSummary } from '../../support/fakeSessions.ts'
import { testAccess, type TestAccess } from '../../support/testAccess.ts'
import { smallCore } from '../../support/smallCore.ts'
import { sourceOf, startNs, valueAt } from '../../unit/export/exportFixtures.ts'

const token = createToken()
const rows = 300
const channels = 7
/** A hole of two seconds after row 100. */
const holeNs = 2_000_000_000n
const intervalNs = 1_000_000
const timeOf = (row: number): bigint => startNs + BigInt(row * intervalNs) + (row >= 100 ? holeNs : 0n)

const withHole = (): Recording =>
  sourceOf({
    rows,
    channels,
    dtype: 'int16',
    unit: 'nm/m/s',
    sampleIntervalNs: intervalNs,
    sampleRateHz: 1000,
    segments: [
      { firstIndex: 0, startTimeNs: timeOf(0) },
      { firstIndex: 100, startTimeNs: timeOf(100) }
    ],
    gaps: [{ startTimeNs: timeOf(99) + BigInt(intervalNs), endTimeNs: timeOf(100) }],
    endTimeNs: timeOf(rows - 1) + BigInt(intervalNs)
  })

let server: WebServer | null = null
let served: ServedSessions | null = null
let access: TestAccess | null = null
afterEach(async () => {
  await server?.dispose()
  await served?.dispose()
  await access?.dispose()
})

async function serve(openRecording: (path: string) => Promise<Recording>): Promise<WebServer> {
  served = createServedSessions({
    list: () => Promise.resolve([sessionSummary(), sessionSummary({ id: 'gone', state: 'missing' })]),
    pathOf: (id) => Promise.resolve(id === 'session-1' ? 'the/session' : null),
    openRecording,
    clock: systemClock()
  })
  access = await testAccess(token)
  server = await createWebServer({
    core: smallCore(served, access),
    host: '127.0.0.1',
    port: 0,
    mayMove: false,
    rendererFolder: import.meta.dirname,
    tls: null,
    api: null,
    requestsPerMinuteMax: 60_000,
    log: createLog({ clock: systemClock(), sinks: [] })
  })
  return server
}

const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }): Promise<Response> =>
  fetch(`${server!.url}${path}`, { headers })

interface ArrayDocument {
  shape: number[]
  data_type: string
  dimension_names: string[]
  chunk_grid: { configuration: { chunk_shape: number[] } }
}

describe('sessions over HTTP', () => {
  it('are listed and described, with everything that a store without a listing must say at once', async () => {
    await serve(() => Promise.resolve(withHole()))
    const list = (await (await get('/zarr')).json()) as { sessions: { id: string }[] }
    expect(list.sessions.map(({ id }) => id)).toEqual(['session-1'])
    const group = (await (await get('/zarr/session-1/zarr.json')).json()) as {
      consolidated_metadata: { metadata: Record<string, ArrayDocument> }
    }
    const { data, time, distance } = group.consolidated_metadata.metadata
    expect(data).toMatchObject({ shape: [rows, channels], data_type: 'int16', dimension_names: ['time', 'distance'] })
    expect(await (await get('/zarr/session-1/data/zarr.json')).json()).toEqual(data)
    expect([time!.shape, distance!.shape]).toEqual([[rows], [channels]])
  })

  it('give the samples and the times of every row, over a gap', async () => {
    await serve(() => Promise.resolve(withHole()))
    const samples = new Int16Array(await (await get('/zarr/session-1/data/c/0/0')).arrayBuffer())
    for (const [row, channel] of [
      [0, 0],
      [99, 6],
      [100, 0],
      [299, 6]
    ] as const)
      expect(samples[row * channels + channel]).toBe(valueAt(row, channel))
    const times = new BigInt64Array(await (await get('/zarr/session-1/time/c/0')).arrayBuffer())
    for (const row of [0, 99, 100, 299]) expect(times[row]).toBe(timeOf(row))
  })

  it('are refused without the token, from foreign pages, and where there is no such thing', async () => {
    await serve(() => Promise.resolve(withHole()))
    expect((await get('/zarr', {})).status).toBe(401)
    expect((await get('/zarr/session-1/zarr.json', { authorization: 'Bearer wrong' })).status).toBe(401)
    const foreign = { authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' }
    expect((await get('/zarr/session-1/zarr.json', foreign)).status).toBe(403)
    for (const key of ['nobody/zarr.json', 'session-1/data/c/1/0', 'session-1/data/c/0', 'session-1/else/zarr.json'])
      expect((await get(`/zarr/${key}`)).status, key).toBe(404)
    for (const key of ['session-1/../../etc/passwd', 'session-1/time/c/99999999999'])
      expect((await get(`/zarr/${key}`)).status, key).toBe(404)
  })

  it('say in a sentence why a damaged one cannot be read', async () => {
    await serve((path) => Promise.reject(new RecordingError(path, 'has a damaged header at byte 64')))
    const answer = await get('/zarr/session-1/zarr.json')
    expect([answer.status, await answer.text()]).toEqual([422, 'the/session: has a damaged header at byte 64.\n'])
  })

  it('open in xarray as they are', async (context) => {
    const python = process.env.WAVEFALL_PYTHON ?? 'python3'
    if (spawnSync(python, ['-c', 'import xarray, zarr, fsspec, aiohttp']).status !== 0) {
      process.stderr.write('\nSKIPPED: no Python with xarray, zarr, fsspec and aiohttp; name one in WAVEFALL_PYTHON\n')
      return context.skip()
    }
    const { url } = await serve(() => Promise.resolve(withHole()))
    const script = `
import sys, json, xarray
url, token = sys.argv[1:]
store = xarray.open_zarr(url + "/zarr/session-1", storage_options={"headers": {"Authorization": "Bearer " + token}})
data = store["data"]
print(json.dumps({"shape": data.shape, "dims": data.dims, "value": int(data.values[100, 3]),
  "ns": int(store["time"].values[100].astype("datetime64[ns]").astype("int64")), "unit": data.attrs["units"],
  "metre": float(store["distance"].values[1] - store["distance"].values[0])}))`
    const child = spawn(python, ['-W', 'error::RuntimeWarning', '-c', script, url, token])
    const said = { out: '', err: '' }
    child.stdout.on('data', (part: Buffer) => (said.out += part.toString()))
    child.stderr.on('data', (part: Buffer) => (said.err += part.toString()))
    const status = await new Promise((resolve) => child.on('close', resolve))
    expect(status, said.err).toBe(0)
    const found = JSON.parse(said.out) as { metre: number }
    expect(found).toMatchObject({
      shape: [rows, channels],
      dims: ['time', 'distance'],
      value: valueAt(100, 3),
      ns: Number(timeOf(100)),
      unit: 'nm/m/s'
    })
    expect(found.metre).toBeCloseTo(1.02095, 9)
  })
})
