/** The stand-in for a site's server and the strict client, one against the other: each is the other's check. */
import { request as httpsRequest } from 'node:https'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { createSelfSignedCertificate } from '../../support/selfSignedCertificate.ts'
import { ridgeChannel } from '../../support/siteJob.ts'
import { startSiteServer, type SiteOptions, type SiteServer } from '../../support/siteServer.ts'
import { channelsOfStream, expectShape, spectrograms, strictClient, waterfall } from '../../support/strictClient.ts'
import { applicationError, anyError } from '../../support/strictClient.ts'
import { readRows } from '../../support/strictRows.ts'

const sites: SiteServer[] = []
const start = async (options: Partial<SiteOptions> = {}) => {
  const site = await startSiteServer(options)
  sites.push(site)
  return { site, client: strictClient(site.base, 'site') }
}
afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.dispose()))
})

const brightest = (values: Float32Array) => values.reduce((best, value, at) => (value > values[best]! ? at : best), 0)

describe('the site server', () => {
  it('answers channels, fibre and acknowledgement below its base path', async () => {
    const { client } = await start()
    expect((await client.request('GET', '/ack')).status).toBe(200)
    expect(await client.channels()).toEqual({ lowest_channel: 1, highest_channel: 400 })
    expect((await client.liveMetadata()).prr).toBe(1000)
  })

  it.each([
    ['numbers', false],
    ['strings', true]
  ] as const)('configures with ports as %s, empty frequencies %s', async (numbersAs, emptyFrequencies) => {
    const { client } = await start({ numbersAs, emptyFrequencies })
    const job = await client.configure(spectrograms(1, 4))
    expect(job.stream_amount).toBe(2)
    expect(typeof job.stream_port).toBe(numbersAs === 'numbers' ? 'number' : 'string')
    expect(Array.isArray(job.frequencies_list)).toBe(!emptyFrequencies)
    expect(await client.request('GET', `/metadata/${job.job_id}`)).toMatchObject({ status: 200, body: job })
  })

  it('streams a ridge that is where it says', async () => {
    const { client } = await start()
    const request = waterfall(1, 400)
    const job = await client.configure(request)
    const stream = client.rows(job)
    const expected = { channels: channelsOfStream(request, 0), valuesPerChannel: 1, linesDtS: job.lines_dt }
    const { rows } = await readRows(stream, expected, 40)
    stream.cancel()
    for (const row of rows) {
      const away = Math.abs(
        brightest(row.values) + 1 - ridgeChannel(row.timestampMs, { channelCount: 400, spacingM: 2 })
      )
      expect(Math.min(away, 400 - away)).toBeLessThanOrEqual(3)
    }
  })

  it('sends each block of a multi view on its own stream and none beyond', async () => {
    const { client } = await start()
    const request = spectrograms(11, 14)
    const job = await client.configure(request)
    for (const streamId of [0, 1]) {
      const expected = {
        channels: channelsOfStream(request, streamId),
        valuesPerChannel: job.frequencies_amount,
        linesDtS: job.lines_dt
      }
      expect((await readRows(client.rows(job, streamId), expected, 5)).missing).toBe(0)
    }
    expect((await client.rows(job, 2).end()).code).toBe('NOT_FOUND')
  })

  it('has no DELETE, refuses a view type that is a number, and closes a job that its client left', async () => {
    const { site, client } = await start()
    const request = waterfall(1, 10)
    expect((await client.post('/configure', { ...request, view_type: 2 })).status).toBe(422)
    const job = await client.configure(request)
    expect(await client.deleteJob(job.job_id)).toMatchObject({ status: 404, body: { detail: 'Not Found' } })
    const stream = client.rows(job)
    await stream.next()
    stream.cancel()
    await eventually('the job closes', () => site.left.includes(job.job_id))
    expect(expectShape(await client.request('GET', `/metadata/${job.job_id}`), 404, applicationError).error).toBe(
      'Invalid job_id'
    )
  })

  it('plays a recorded range to its end and refuses one that is not recorded', async () => {
    const { client } = await start({ recordings: [[1_700_000_000, 1_700_000_100]] })
    expect(await client.recordings(1_699_999_000, 1_700_001_000)).toEqual([[1_700_000_000, 1_700_000_100]])
    const request = waterfall(1, 50, { start_time: 1_700_000_010, end_time: 1_700_000_020 })
    const job = await client.configure(request)
    const stream = client.rows(job)
    const { rows } = await readRows(stream, {
      channels: request.channels,
      valuesPerChannel: 1,
      linesDtS: job.lines_dt
    })
    expect(rows).toHaveLength(200)
    expect((await stream.end()).code).toBe('OK')
    const missing = await client.post('/configure', { ...request, start_time: 100, end_time: 200 })
    expect(expectShape(missing, 404, anyError)).toEqual({ error: 'No recording found in given time range' })
  })

  it.each(['nan', 'infinity', 'wrong shape', 'short bytes'] as const)('is caught with %s', async (fault) => {
    const { site, client } = await start()
    site.fault = fault
    const request = waterfall(1, 20)
    const job = await client.configure(request)
    const expected = { channels: request.channels, valuesPerChannel: 1, linesDtS: job.lines_dt }
    await expect(readRows(client.rows(job), expected, 5)).rejects.toThrow(/not finite|bytes for|data_shape_x/)
  })

  it('opens a stream late, refuses in bursts, crashes and comes back without its jobs', async () => {
    const { site, client } = await start({ streamOpensAfterMs: 400 })
    site.refuseNext(1, 503, 3)
    const refused = await client.post('/configure', waterfall(1, 20))
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('3')
    const job = await client.configure(waterfall(1, 20))
    expect((await client.rows(job).end()).code).toBe('UNAVAILABLE')
    await site.crash()
    await expect(client.channels()).rejects.toThrow()
    await site.restart()
    expect((await client.request('GET', `/metadata/${job.job_id}`)).status).toBe(404)
  })

  it('speaks https with a certificate that signs itself', async () => {
    const certificate = createSelfSignedCertificate()
    const { site } = await start({ tls: { key: certificate.keyPem, cert: certificate.certificatePem } })
    const answer = await new Promise<{ status: number | undefined; fingerprint: string }>((resolve, reject) => {
      const asked = httpsRequest(`${site.base}/ack`, { ca: certificate.certificatePem, agent: false }, (response) => {
        const { fingerprint256 } = (response.socket as import('node:tls').TLSSocket).getPeerCertificate()
        response.resume()
        resolve({ status: response.statusCode, fingerprint: fingerprint256 })
      })
      asked.on('error', reject)
      asked.end()
    })
    expect(answer).toEqual({ status: 200, fingerprint: certificate.fingerprint256 })
    await expect(fetch(`${site.base}/ack`)).rejects.toThrow()
  })
})
