/** The program against a site's server that knows nothing of us: rows, places, times, units, recordings, addresses. */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { startProgram, type Program, type ProgramOptions, type ProgramView } from '../../support/program.ts'
import { createSelfSignedCertificate } from '../../support/selfSignedCertificate.ts'
import { ridgeChannel } from '../../support/siteJob.ts'
import { startSiteServer, type SiteOptions, type SiteServer } from '../../support/siteServer.ts'

const programs: Program[] = []
const sites: SiteServer[] = []

async function start(siteOptions: Partial<SiteOptions> = {}, options: Partial<ProgramOptions> = {}) {
  const site = await startSiteServer(siteOptions)
  sites.push(site)
  const program = await startProgram({ backend: site.base, ...options })
  programs.push(program)
  return { site, program }
}
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.dispose()))
  await Promise.all(sites.splice(0).map((site) => site.dispose()))
})

const fibre = { channelCount: 400, spacingM: 2 }

/** Every row's brightest column must be where the ridge was at the row's time. */
function expectRidge(view: ProgramView): void {
  const { columns } = view.description()
  let checked = 0
  for (const { values, timeMs } of view.rows) {
    const column = values.reduce((best, value, at) => (value > values[best]! ? at : best), 0)
    const channel = columns.firstChannel + column * columns.channelStep * columns.channelsPerColumn
    const due = ridgeChannel(timeMs, fibre)
    if (due < columns.firstChannel + 10 || due > columns.firstChannel + columns.count - 10) continue
    expect(Math.abs(channel - due), `row at ${timeMs} ms`).toBeLessThan(4)
    checked += 1
  }
  expect(checked).toBeGreaterThan(10)
}

const untilRows = (view: ProgramView, count: number) =>
  eventually(`${count} rows`, () => view.rows.length >= count, 25_000)

const peakOf = (view: ProgramView) => Math.max(...view.rows.slice(-20).flatMap((row) => [...row.values]))

describe('a live job at a site', () => {
  it('shows the ridge at its distance and time, with the axes of the fibre', async () => {
    const { program } = await start({ fibreStartM: 100 })
    await program.untilBackend('the backend is up', ({ state }) => state === 'up')
    const job = await program.open({ channels: { min: 1, max: 400 } })
    const view = await program.view(job.id)
    await untilRows(view, 60)
    const { columns, rowIntervalNs, live } = view.description()
    expect(columns).toMatchObject({ count: 400, firstChannel: 1, channelsPerColumn: 1, channelSpacingM: 2 })
    expect(columns.firstDistanceM).toBe(100)
    expect(rowIntervalNs).toBeCloseTo(50e6, 0)
    expect(live).toBe(true)
    expectRidge(view)
    expect(view.rows.every((row, at) => at === 0 || row.index === view.rows[at - 1]!.index + 1)).toBe(true)
    const streaming = await program.untilJob(job.id, 'streaming', ({ state }) => state === 'streaming')
    expect(streaming.statistics).toMatchObject({ service: 'rows', gaps: 0, badMessages: 0, invalidValues: 0 })
    expect(Math.abs(Date.now() - view.rows.at(-1)!.timeMs)).toBeLessThan(2000)
  })

  it('of part of the fibre has that part’s channels and distances', async () => {
    const { program, site } = await start({ fibreStartM: 100, numbersAs: 'strings', emptyFrequencies: true })
    await program.untilBackend('the backend is up', ({ state }) => state === 'up')
    const job = await program.open({ channels: { min: 101, max: 300 } })
    const view = await program.view(job.id)
    await untilRows(view, 30)
    expect(view.description().columns).toMatchObject({ count: 200, firstChannel: 101, firstDistanceM: 300 })
    expect(site.configured[0]!.request).toMatchObject({ view_type: '2', channels: { min: 101, max: 300 } })
    expect(site.configured[0]!.request.start_time ?? null).toBeNull()
  })

  it.each(['linear', 'natural logarithm'] as const)(
    'with %s values is shown in dB when the site says so',
    async (values) => {
      const { program } = await start({ values }, { site: { rowScale: values } })
      await program.untilBackend('the backend is up', ({ state }) => state === 'up')
      const job = await program.open({ channels: { min: 1, max: 400 } })
      const view = await program.view(job.id)
      await untilRows(view, 60)
      expectRidge(view)
      expect(peakOf(view)).toBeGreaterThan(-33)
      expect(peakOf(view)).toBeLessThan(-27)
    }
  )

  it('whose server has no DELETE is cancelled by disconnecting', async () => {
    const { program, site } = await start()
    await program.untilBackend('the backend is up', ({ state }) => state === 'up')
    const job = await program.open({ channels: { min: 1, max: 50 } })
    await program.untilJob(job.id, 'streaming', ({ state }) => state === 'streaming')
    expect(site.openStreams()).toBe(1)
    const closed = await program.call('jobs.close', { jobId: job.id })
    expect(closed.id).toBe(job.id)
    await program.untilJob(job.id, 'cancelled', ({ state }) => state === 'cancelled')
    await eventually('the site closed the job', () => site.left.length === 1)
    expect(site.openStreams()).toBe(0)
    expect(site.deletes.length).toBeLessThanOrEqual(4)
  })

  it('is refused with a sentence while the site waits for its fibre', async () => {
    const { program } = await start({ waitingForFibre: true })
    const status = await program.untilBackend('no fibre', ({ state }) => state === 'no-fibre')
    expect(status.reason).toMatch(/waiting for fiber/i)
    const defaults = await program.call('jobs.defaults', {})
    const answer = await program.tryCall('jobs.open', {
      request: { ...defaults, view: 'waterfall', channels: { min: 1, max: 50 } },
      windowId: null
    })
    if (answer.ok) await program.untilJob(answer.value.id, 'failed or waiting', ({ state }) => state !== 'streaming')
    else expect(answer.error.message).toMatch(/fib(er|re)/i)
  })
})

describe('a recording of a site', () => {
  const recordings: [number, number][] = [[1_700_000_000, 1_700_000_100]]

  it.each([true, false])('is listed (bare list: %s) and plays to its end', async (bareRecordings) => {
    const { program } = await start({ recordings, bareRecordings })
    await program.untilBackend('the backend is up', ({ state }) => state === 'up')
    const listed = await program.call('backend.recordings', { fromNs: null, toNs: null })
    expect(listed.map(({ startNs, endNs }) => [Number(startNs) / 1e9, Number(endNs) / 1e9])).toEqual(recordings)
    const job = await program.open({
      channels: { min: 1, max: 400 },
      timeRange: { startNs: '1700000010000000000', endNs: '1700000020000000000' }
    })
    const view = await program.view(job.id)
    const done = await program.untilJob(job.id, 'completed', ({ state }) => state === 'completed')
    await untilRows(view, 200)
    expect(view.rows).toHaveLength(200)
    expect(view.rows[0]!.timeMs).toBeCloseTo(1_700_000_010_000, 0)
    expectRidge(view)
    expect(done.progress).toBe(1)
    expect(done.statistics).toMatchObject({ rows: 200, lostRows: 0 })
  })

  it('that is not there fails with the site’s own words', async () => {
    const { program } = await start({ recordings })
    await program.untilBackend('the backend is up', ({ state }) => state === 'up')
    const defaults = await program.call('jobs.defaults', {})
    const answer = await program.tryCall('jobs.open', {
      request: {
        ...defaults,
        view: 'waterfall',
        channels: { min: 1, max: 50 },
        timeRange: { startNs: '1600000000000000000', endNs: '1600000010000000000' }
      },
      windowId: null
    })
    const reason = answer.ok
      ? (await program.untilJob(answer.value.id, 'failed', ({ state }) => state === 'failed')).reason
      : answer.error.message
    expect(reason).toMatch(/no recording/i)
  })
})

describe('a site with https', () => {
  const certificate = createSelfSignedCertificate()
  const tls = { key: certificate.keyPem, cert: certificate.certificatePem }

  it('is trusted by its pinned fingerprint', async () => {
    const { program } = await start({ tls }, { site: { tlsFingerprint256: certificate.fingerprint256 } })
    await program.untilBackend('the backend is up', ({ state }) => state === 'up')
  })

  it('is trusted by a CA file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wavefall-ca-'))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, certificate.certificatePem)
    const { program } = await start({ tls }, { site: { tlsCaFile: file } })
    await program.untilBackend('the backend is up', ({ state }) => state === 'up')
    rmSync(folder, { recursive: true })
  })

  it.each([null, `${'00:'.repeat(31)}00`])('is not trusted with the fingerprint %s', async (tlsFingerprint256) => {
    const { program, site } = await start({ tls }, { site: { tlsFingerprint256 } })
    const status = await program.untilBackend('down', ({ state }) => state === 'down')
    expect(status.reason).toMatch(/certificate|fingerprint/i)
    expect(site.requestCount()).toBe(0)
  })
})
