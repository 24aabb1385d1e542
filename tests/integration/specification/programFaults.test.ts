/** The program against a site's server that misbehaves: late, gone, restarted, wrong, silent, overloaded. */
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { startProgram, type Program, type ProgramOptions } from '../../support/program.ts'
import { startSiteServer, type SiteFault, type SiteOptions, type SiteServer } from '../../support/siteServer.ts'

const programs: Program[] = []
const sites: SiteServer[] = []

async function start(siteOptions: Partial<SiteOptions> = {}, options: Partial<ProgramOptions> = {}) {
  const site = await startSiteServer(siteOptions)
  sites.push(site)
  const program = await startProgram({ backend: site.base, ...options })
  programs.push(program)
  await program.untilBackend('the backend is up', ({ state }) => state === 'up')
  return { site, program }
}
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.dispose()))
  await Promise.all(sites.splice(0).map((site) => site.dispose()))
})

const channels = { min: 1, max: 100 }

async function streaming(siteOptions: Partial<SiteOptions> = {}, options: Partial<ProgramOptions> = {}) {
  const { site, program } = await start(siteOptions, options)
  const job = await program.open({ channels })
  const view = await program.view(job.id)
  await eventually('20 rows', () => view.rows.length >= 20, 25_000)
  return { site, program, job, view }
}

describe('a stream', () => {
  it('whose port opens 5 s late begins, without a failure on the way', { timeout: 60_000 }, async () => {
    const { program, site } = await start({ streamOpensAfterMs: 5000 })
    const job = await program.open({ channels })
    const view = await program.view(job.id)
    await eventually('20 rows', () => view.rows.length >= 20, 30_000)
    expect(program.statesOf(job.id)).not.toContain('failed')
    expect(site.configured.length).toBe(1)
  })

  it('goes on after the server was killed and restarted, with the hole as a gap', { timeout: 60_000 }, async () => {
    const { site, program, job, view } = await streaming()
    const lastMs = view.rows.at(-1)!.timeMs
    await site.crash()
    const away = await program.untilJob(job.id, 'reconnecting', ({ state }) => state === 'reconnecting')
    expect(away.reason).not.toBe('')
    await site.restart()
    await program.untilJob(job.id, 'streaming again', ({ state }) => state === 'streaming', 30_000)
    const before = view.rows.length
    await eventually('20 more rows', () => view.rows.length >= before + 20, 20_000)
    expect(site.configured.length).toBe(2)
    expect(view.gaps.length + (view.descriptions.length - 1)).toBeGreaterThan(0)
    const [gap] = view.gaps
    expect(gap, 'the hole is sent as a gap frame').toBeDefined()
    expect(gap!.missingMs).toBeGreaterThan(100)
    expect(gap!.reason).not.toBe('')
    // The picture goes on in the same grid: later rows are later.
    expect(view.rows.at(-1)!.timeMs).toBeGreaterThan(lastMs + gap!.missingMs * 0.9)
    expect(Math.abs(Date.now() - view.rows.at(-1)!.timeMs)).toBeLessThan(2500)
    expect((await program.job(job.id)).statistics).toMatchObject({
      reconnects: expect.any(Number),
      gaps: expect.any(Number)
    })
    expect((await program.job(job.id)).statistics.gaps).toBeGreaterThan(0)
  })

  it.each([
    ['nan', 'invalidValues'],
    ['infinity', 'invalidValues'],
    ['wrong shape', 'badMessages'],
    ['short bytes', 'badMessages']
  ] as [SiteFault, 'invalidValues' | 'badMessages'][])('survives %s and counts %s', async (fault, counter) => {
    const { site, program, job, view } = await streaming()
    site.fault = fault
    await program.untilJob(job.id, `${counter} rises`, ({ statistics }) => statistics[counter] > 3)
    site.fault = 'none'
    const before = view.rows.length
    await eventually('30 more rows', () => view.rows.length >= before + 30, 20_000)
    expect(program.statesOf(job.id)).not.toContain('failed')
    for (const { values } of view.rows)
      expect(values.every((value) => Number.isNaN(value) || Number.isFinite(value))).toBe(true)
    const invalid = view.rows.some(({ values }) => values.some((value) => Number.isNaN(value)))
    expect(invalid).toBe(counter === 'invalidValues')
    expect(view.rows.slice(-10).every(({ values }) => values.every(Number.isFinite))).toBe(true)
  })

  it('that falls silent is stalled, and streams again with the hole as a gap', { timeout: 60_000 }, async () => {
    const { site, program, job, view } = await streaming()
    site.fault = 'silent'
    await program.untilJob(job.id, 'stalled', ({ state }) => state === 'stalled' || state === 'reconnecting', 5000)
    site.fault = 'none'
    await program.untilJob(job.id, 'streaming again', ({ state }) => state === 'streaming')
    await eventually('a gap', () => view.gaps.length > 0)
    expect(view.gaps[0]!.rowCount).toBeGreaterThan(2)
  })
})

describe('an overloaded site', () => {
  it.each([503, 502, 504] as const)(
    'that answers %i twice gets the request again, and the job streams',
    async (status) => {
      const { site, program } = await start()
      site.refuseNext(2, status)
      const job = await program.open({ channels })
      await program.untilJob(job.id, 'streaming', ({ state }) => state === 'streaming')
      expect(site.configured).toHaveLength(1)
    }
  )

  it('is asked again no sooner than its Retry-After says', async () => {
    const { site, program } = await start({}, { streams: { retryMaxMs: 10_000 } })
    site.refuseNext(1, 503, 2)
    const askedMs = Date.now()
    const job = await program.open({ channels })
    await program.untilJob(job.id, 'streaming', ({ state }) => state === 'streaming')
    expect(site.configured[0]!.atMs - askedMs).toBeGreaterThanOrEqual(1900)
  })
})

describe('a site that is away', () => {
  it(
    'opens the circuit, says when it tries again, and closes it when the site is back',
    { timeout: 60_000 },
    async () => {
      const { site, program } = await start()
      await site.crash()
      const open = await program.untilBackend(
        'the circuit is open',
        ({ circuit }) => circuit.state !== 'closed',
        30_000
      )
      expect(open.circuit.failures).toBeGreaterThanOrEqual(5)
      const down = await program.untilBackend('down', ({ state }) => state === 'down')
      expect(down.reason).not.toBe('')
      const defaults = await program.call('jobs.defaults', {})
      const request = { ...defaults, view: 'waterfall' as const, channels, rowIntervalS: 0.05, band: null }
      const refused = await program.tryCall('jobs.open', { request, windowId: null })
      if (!refused.ok) expect(refused.error.message.length).toBeGreaterThan(10)
      await site.restart()
      await program.untilBackend('the circuit is closed', ({ circuit }) => circuit.state === 'closed', 30_000)
      await program.untilBackend('up', ({ state }) => state === 'up')
      const job = await program.open({ channels })
      await program.untilJob(job.id, 'streaming', ({ state }) => state === 'streaming')
    }
  )

  it('at the start of the program is found when it comes', { timeout: 60_000 }, async () => {
    const site = await startSiteServer()
    sites.push(site)
    await site.crash()
    const program = await startProgram({ backend: site.base })
    programs.push(program)
    await program.untilBackend('down', ({ state }) => state === 'down')
    await site.restart()
    await program.untilBackend('up', ({ state }) => state === 'up', 30_000)
  })
})
