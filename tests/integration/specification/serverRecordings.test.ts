/** Real recordings as historic jobs of the embedded server: their ranges, and samples and times that are the file's own. */
import h5wasm, { Dataset } from 'h5wasm/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dasData } from '../../support/dasData.ts'
import { startFocusServer, type FocusServerProcess } from '../../support/focusServerProcess.ts'
import { readBlocks } from '../../support/strictBlocks.ts'
import {
  anyError,
  expectShape,
  rowsOf,
  strictClient,
  waterfall,
  type StrictClient
} from '../../support/strictClient.ts'
import { readRows } from '../../support/strictRows.ts'

const folder = dasData('')
const secondsOf = (iso: string) => Date.parse(iso) / 1000

describe.skipIf(folder === null)('a folder of recordings', () => {
  let server: FocusServerProcess
  let client: StrictClient

  beforeAll(async () => {
    server = await startFocusServer({ args: ['--source', 'silent', '--recordings', folder!] })
    client = strictClient(server.base)
    await h5wasm.ready
  }, 60_000)
  afterAll(async () => {
    expect(await server?.stop(), server?.log()).toBe(0)
  })

  const datasetOf = (file: string, path: string) => {
    const opened = new h5wasm.File(dasData(file)!, 'r')
    const dataset = opened.get(path)
    if (!(dataset instanceof Dataset)) throw new Error(`${file} has no dataset ${path}`)
    const read = { value: dataset.value as Int16Array | Float32Array, shape: dataset.shape }
    opened.close()
    return read
  }

  const rangeNear = async (fromS: number, toS: number): Promise<[number, number]> => {
    const ranges = await client.recordings(fromS, toS)
    expect(ranges, server.log()).toHaveLength(1)
    return ranges[0]!
  }

  /** Configures over whole seconds around a range, as the interface has them. */
  const historic = (range: [number, number], channels: number, more: Parameters<typeof waterfall>[2] = {}) => {
    const request = waterfall(1, channels, { start_time: Math.floor(range[0]), end_time: Math.ceil(range[1]), ...more })
    return client.configure(request).then((job) => ({ request, job }))
  }

  /** Whole seconds, because only those can be configured: the listed range holds the file's own and is no wider than it must. */
  const isAround = (range: [number, number], startS: number, endS: number) => {
    expect(range).toEqual([Math.floor(startS), expect.any(Number)])
    expect(range[1]).toBe(Math.round(range[1]))
    expect(Math.abs(range[1] - endS - 0.5)).toBeLessThanOrEqual(0.6)
  }

  it('lists the ranges of the files by their own times, such that each can be configured as it stands', async () => {
    const optodas = await rangeNear(secondsOf('2023-10-27T14:00:00Z'), secondsOf('2023-10-27T15:00:00Z'))
    const start = secondsOf('2023-10-27T14:23:37.020Z')
    isAround(optodas, start, start + 10)
    const energy = await rangeNear(secondsOf('2023-04-26T16:00:00Z'), secondsOf('2023-04-26T17:00:00Z'))
    expect(energy[0]).toBe(Math.floor(secondsOf('2023-04-26T16:14:49.042Z')))
    expect(Math.abs(energy[1] - energy[0] - 453 * 5.12)).toBeLessThan(6.13)
    const anonymous = await rangeNear(0, secondsOf('1971-01-01T00:00:00Z'))
    expect(anonymous).toEqual([0, 13])
    for (const [start_time, end_time] of [optodas, energy, anonymous]) {
      const job = await client.configure(waterfall(1, 5, { start_time, end_time }))
      expect((await client.deleteJob(job.job_id)).status).toBe(200)
    }
  })

  it('plays decimated_optodas.hdf5 sample for sample', async () => {
    const range = await rangeNear(secondsOf('2023-10-27T14:00:00Z'), secondsOf('2023-10-27T15:00:00Z'))
    const { job } = await historic(range, 51)
    const stream = client.blocks(job)
    const checker = await readBlocks(stream)
    expect((await stream.end()).code).toBe('OK')
    expect(checker.offer).toMatchObject({ content: 'SAMPLES', channel_count: 51, sample_interval_ns: 2e6 })
    expect(checker.offer).toMatchObject({ first_own_channel: '32500', own_channel_step: 50 })
    expect(checker.offer!.channel_spacing_m).toBeCloseTo(51.065, 2)
    expect(checker.offer!.first_distance_m).toBeCloseTo((32_500 / 50) * 51.065, -1)
    expect(checker.sampleCount()).toBe(5000)
    expect(Number(checker.blocks[0]!.start_time_ns) / 1e9).toBeCloseTo(secondsOf('2023-10-27T14:23:37.020Z'), 2)
    const { value } = datasetOf('decimated_optodas.hdf5', 'data')
    expect(checker.offer!.element_type).toBe('FLOAT32')
    expect(checker.data().equals(Buffer.from(value.buffer, value.byteOffset, value.byteLength))).toBe(true)
  })

  it('plays prodml_2.0.h5 of the year 1970 sample for sample', async () => {
    const range = await rangeNear(0, secondsOf('1971-01-01T00:00:00Z'))
    const { job } = await historic(range, 512)
    const checker = await readBlocks(client.blocks(job))
    expect(checker.offer).toMatchObject({ channel_count: 512, sample_interval_ns: 5e6, element_type: 'INT16' })
    expect(checker.offer).toMatchObject({ first_own_channel: '-260' })
    expect(checker.offer!.first_distance_m).toBeCloseTo(-265.4, 0)
    expect(checker.offer!.channel_spacing_m).toBeCloseTo(1.02095, 4)
    const { value } = datasetOf('prodml_2.0.h5', 'Acquisition/Raw[0]/RawData')
    expect(checker.sampleCount()).toBe(2500)
    expect(checker.data().equals(Buffer.from(value.buffer, value.byteOffset, value.byteLength))).toBe(true)
  })

  it('plays the band energy of prodml_fbe_1.h5 as it is', async () => {
    const range = await rangeNear(secondsOf('2023-04-26T16:00:00Z'), secondsOf('2023-04-26T17:00:00Z'))
    const { job } = await historic(range, 301, { frequencyRange: { min: 9, max: 50 } })
    const checker = await readBlocks(client.blocks(job))
    expect(checker.offer).toMatchObject({ content: 'BAND_ENERGY', channel_count: 301, element_type: 'FLOAT32' })
    expect(checker.offer!.band_low_hz).toBeCloseTo(9, 0)
    expect(checker.offer!.band_high_hz).toBeCloseTo(50, 0)
    expect(checker.sampleCount()).toBe(453)
    const { value } = datasetOf('prodml_fbe_1.h5', 'Acquisition/Processed/Fbe[0]/FbeData[2]')
    expect(checker.data().equals(Buffer.from(value.buffer, value.byteOffset, value.byteLength))).toBe(true)
  })

  it('sends the band energy as rows in dB at the file’s own times', async () => {
    const range = await rangeNear(secondsOf('2023-04-26T16:00:00Z'), secondsOf('2023-04-26T17:00:00Z'))
    const { request, job } = await historic(range, 301, { frequencyRange: { min: 9, max: 50 } })
    const stream = client.rows(job)
    const { rows } = await readRows(stream, rowsOf(request, job))
    expect((await stream.end()).code).toBe('OK')
    const { value } = datasetOf('prodml_fbe_1.h5', 'Acquisition/Processed/Fbe[0]/FbeData[2]')
    for (const row of rows) {
      const at = Math.round((row.timestampMs / 1000 - range[0]) / 5.12)
      expect(at).toBeGreaterThanOrEqual(0)
      expect(at).toBeLessThan(453)
    }
    expect(new Set(rows.map((row) => Math.round((row.timestampMs / 1000 - range[0]) / 5.12))).size).toBeGreaterThan(440)
    const [first] = rows
    const stored = value.subarray(0, 301)
    first!.values.forEach((decibel, channel) => expect(decibel).toBeCloseTo(10 * Math.log10(stored[channel]!), 2))
  })

  it('gives rows of the earthquake inside the file’s range, louder at the S wave', async () => {
    const range = await rangeNear(secondsOf('2023-10-27T14:00:00Z'), secondsOf('2023-10-27T15:00:00Z'))
    const { request, job } = await historic(range, 51, { frequencyRange: { min: 1, max: 30 } })
    const { rows } = await readRows(client.rows(job), rowsOf(request, job))
    const mean = (fromS: number, toS: number) => {
      const inside = rows.filter(
        ({ timestampMs }) => timestampMs / 1000 >= range[0] + fromS && timestampMs / 1000 < range[0] + toS
      )
      expect(inside.length).toBeGreaterThan(5)
      return (
        inside.reduce((sum, row) => sum + row.values.reduce((all, value) => all + value, 0) / 51, 0) / inside.length
      )
    }
    expect(rows[0]!.timestampMs).toBeGreaterThanOrEqual(range[0] * 1000 - 1)
    expect(rows.at(-1)!.timestampMs).toBeLessThanOrEqual(range[1] * 1000 + 1)
    expect(mean(7.5, 9.5) - mean(0.3, 2)).toBeGreaterThan(6)
  })

  it('refuses channels that the file does not have, and a range between files', async () => {
    const start = secondsOf('2023-10-27T14:23:38Z')
    const tooMany = await client.post('/configure', waterfall(1, 52, { start_time: start, end_time: start + 5 }))
    expectShape(tooMany, 422, anyError)
    const between = await client.post(
      '/configure',
      waterfall(1, 5, { start_time: start + 1000, end_time: start + 1060 })
    )
    expect(expectShape(between, 404, anyError)).toEqual({ error: 'No recording found in given time range' })
  })
})
