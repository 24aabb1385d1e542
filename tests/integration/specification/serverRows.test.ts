/** Analysed rows of the embedded server: shapes, times, values, the streams of a job. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFocusServer, type FocusServerProcess } from '../../support/focusServerProcess.ts'
import { rowsOf, spectrograms, strictClient, waterfall, type ConfigureRequest } from '../../support/strictClient.ts'
import type { StrictClient } from '../../support/strictClient.ts'
import { readRows, type Row } from '../../support/strictRows.ts'

let server: FocusServerProcess
let client: StrictClient

beforeAll(async () => {
  server = await startFocusServer({ args: ['--source', 'simulated:channels=2222,prr=2000,spacing=1.02,seed=7'] })
  client = strictClient(server.base)
}, 60_000)
afterAll(async () => {
  expect(await server?.stop(), server?.log()).toBe(0)
})

async function liveRows(request: ConfigureRequest, count: number, streamId = 0) {
  const job = await client.configure(request)
  const stream = client.rows(job, streamId)
  try {
    const checker = await readRows(stream, rowsOf(request, job, streamId), count)
    return { job, checker, atMs: Date.now() }
  } finally {
    stream.cancel()
    await client.deleteJob(job.job_id)
  }
}

const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds

describe('live rows', () => {
  it('of the whole fibre come in time, on the grid of lines_dt, without a hole', async () => {
    const { checker, atMs, job } = await liveRows(waterfall(1, 2222), 100)
    expect(job.lines_dt).toBe(0.05)
    expect(checker.missing).toBe(0)
    const ageMs = atMs - checker.rows.at(-1)!.timestampMs
    expect(ageMs).toBeGreaterThan(-50)
    expect(ageMs).toBeLessThan(2000)
  })

  it('are centred in their windows: never newer than half a window ago', async () => {
    const request = spectrograms(20, 20, { nfftSelection: 4096 })
    const job = await client.configure(request)
    const stream = client.rows(job)
    for (let messages = 0; messages < 10; messages += 1) {
      const message = await stream.next()
      const ageMs = Date.now() - message!.rows.at(-1)!.timestampMs
      expect(ageMs).toBeGreaterThan((4096 / 2000 / 2) * 1000 - 50)
    }
    stream.cancel()
    await client.deleteJob(job.job_id)
  })

  it('keep a lines_dt that is no whole number of samples', async () => {
    // 7 s on 600 rows: 11.666… ms, 23.33 samples.
    const { checker } = await liveRows(
      spectrograms(20, 22, { displayTimeAxisDuration: 7, displayInfo: { height: 600 }, nfftSelection: 128 }),
      300
    )
    expect(checker.missing).toBe(0)
  })

  it('begin with row_index 0', async () => {
    const { checker } = await liveRows(waterfall(1, 20), 3)
    expect(checker.rows[0]!.index).toBe(0)
  })

  it('of the blocks of a multi view have equal times for equal indices', async () => {
    const request = spectrograms(11, 17)
    const job = await client.configure(request)
    expect(job.stream_amount).toBe(3)
    const streams = [0, 1, 2].map((id) => client.rows(job, id))
    const checkers = await Promise.all(streams.map((stream, id) => readRows(stream, rowsOf(request, job, id), 20)))
    for (const stream of streams) stream.cancel()
    await client.deleteJob(job.job_id)
    const timeOf = new Map<number, number>()
    for (const row of checkers.flatMap((checker) => checker.rows)) {
      expect(row.timestampMs).toBe(timeOf.get(row.index) ?? row.timestampMs)
      timeOf.set(row.index, row.timestampMs)
    }
    expect(timeOf.size).toBeLessThan(60)
  })
})

describe('historic rows', () => {
  const wholeRange = async (request: ConfigureRequest, streamId = 0) => {
    const job = await client.configure(request)
    const stream = client.rows(job, streamId)
    const checker = await readRows(stream, rowsOf(request, job, streamId), Number.POSITIVE_INFINITY, 25_000)
    expect((await stream.end()).code).toBe('OK')
    return { job, checker }
  }

  it('of ten seconds of the last hour are all there, inside the range, and end with OK', async () => {
    const start = secondsAgo(600)
    const request = waterfall(1, 200, { start_time: start, end_time: start + 10 })
    const { checker, job } = await wholeRange(request)
    expect(checker.rows[0]!.index).toBe(0)
    expect(checker.missing).toBe(0)
    const [first, last] = [checker.rows[0]!.timestampMs, checker.rows.at(-1)!.timestampMs]
    expect(first).toBeGreaterThanOrEqual(start * 1000)
    expect(last).toBeLessThanOrEqual((start + 10) * 1000)
    // One window may be lost at the ends, no more.
    expect(checker.rows.length).toBeGreaterThan(10 / job.lines_dt - 40)
    expect(checker.rows.length).toBeLessThanOrEqual(10 / job.lines_dt)
  })

  it('are the same twice', async () => {
    const start = secondsAgo(1200)
    const request = spectrograms(30, 32, { start_time: start, end_time: start + 4 })
    const bytes = (rows: Row[]) => Buffer.concat(rows.map((row) => Buffer.from(row.values.buffer)))
    const [one, two] = [await wholeRange(request, 1), await wholeRange(request, 1)]
    expect(one.checker.rows.length).toBeGreaterThan(10)
    expect(bytes(one.checker.rows).equals(bytes(two.checker.rows))).toBe(true)
  })

  it('of several channels are the rows of each channel, one after another', async () => {
    const start = secondsAgo(1800)
    const range = { start_time: start, end_time: start + 4 }
    const multi = await wholeRange(spectrograms(40, 45, range), 1)
    const bins = multi.job.frequencies_amount
    for (const [position, channel] of [42, 43].entries()) {
      const single = await wholeRange(spectrograms(channel, channel, range))
      expect(single.checker.rows.length).toBe(multi.checker.rows.length)
      for (const [at, row] of single.checker.rows.entries()) {
        const part = multi.checker.rows[at]!.values.subarray(position * bins, (position + 1) * bins)
        row.values.forEach((value, bin) => expect(Math.abs(value - part[bin]!)).toBeLessThan(0.01))
      }
    }
  })

  it('of the waterfall are the summed band of the spectrum, in dB', async () => {
    const power = (decibel: number) => 10 ** (decibel / 10)
    const meanOf = (rows: Row[], powerOf: (row: Row) => number) =>
      rows.reduce((sum, row) => sum + powerOf(row), 0) / rows.length
    const binWidthHz = 2000 / 1024
    const differences: number[] = []
    for (let at = 0; at < 7; at += 1) {
      const start = secondsAgo(3000 - at * 200)
      const range = { start_time: start, end_time: start + 4, frequencyRange: { min: 100, max: 500 } }
      const spectrum = await wholeRange(spectrograms(50, 50, range))
      const energy = await wholeRange(waterfall(50, 50, range))
      const summed = meanOf(spectrum.checker.rows, ({ values }) => values.reduce((sum, value) => sum + power(value), 0))
      const band = meanOf(energy.checker.rows, ({ values }) => power(values[0]!))
      differences.push(Math.abs(10 * Math.log10((summed * binWidthHz) / band)))
    }
    // Windows differ, so something short at the end of a range may be in one and not in the other: the median tells.
    expect(differences.toSorted((one, two) => one - two)[3]).toBeLessThan(0.5)
  })
})

describe('a stream id', () => {
  it.each([1, 3, -1, 2_147_483_647])('%i that a waterfall does not have is NOT_FOUND', async (streamId) => {
    const job = await client.configure(waterfall(1, 20))
    expect((await client.rows(job, streamId).end()).code).toBe('NOT_FOUND')
    await client.deleteJob(job.job_id)
  })
})
