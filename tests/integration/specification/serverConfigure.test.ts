/** POST /configure of the embedded server: answers, the streams a job has, and one message for each wrong field. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFocusServer, type FocusServerProcess } from '../../support/focusServerProcess.ts'
import {
  applicationError,
  expectShape,
  spectrograms,
  strictClient,
  validationError,
  waterfall,
  type ConfigureAnswer,
  type ConfigureRequest,
  type StrictClient
} from '../../support/strictClient.ts'

let server: FocusServerProcess
let client: StrictClient
const open: string[] = []

beforeAll(async () => {
  server = await startFocusServer({ args: ['--source', 'simulated:channels=2222,prr=2000,spacing=1.02,seed=7'] })
  client = strictClient(server.base)
}, 60_000)
afterAll(async () => {
  for (const id of open) await client.deleteJob(id)
  expect(await server?.stop(), server?.log()).toBe(0)
})

const configure = async (request: ConfigureRequest): Promise<ConfigureAnswer> => {
  const job = await client.configure(request)
  open.push(job.job_id)
  if (open.length > 10) await client.deleteJob(open.shift()!)
  return job
}

const mapOf = (min: number, sizes: number[]): Record<string, number> =>
  Object.fromEntries(
    sizes.flatMap((size, stream) => Array<number>(size).fill(stream)).map((stream, at) => [String(min + at), stream])
  )

describe('a job', () => {
  it.each([
    [2, [1, 1]],
    [3, [1, 1, 1]],
    [4, [2, 2]],
    [5, [2, 2, 1]],
    [7, [3, 3, 1]],
    [99, [33, 33, 33]]
  ])('of %i channels in the multi view has blocks of %j', async (count, sizes) => {
    const job = await configure(spectrograms(11, 10 + count))
    expect(job.stream_amount).toBe(sizes.length)
    expect(job.channel_amount).toBe(count)
    expect(job.channel_to_stream_index).toEqual(mapOf(11, sizes))
    expect(job.view_type).toBe('0')
  })

  it('of one channel in the single view has one stream', async () => {
    const job = await configure(spectrograms(7, 7))
    expect(job).toMatchObject({ stream_amount: 1, channel_amount: 1, view_type: '1' })
    expect(job.channel_to_stream_index).toEqual({ '7': 0 })
  })

  it('in the waterfall has one stream for every channel and the band as its frequencies', async () => {
    const job = await configure(waterfall(1, 2222))
    expect(job).toMatchObject({ stream_amount: 1, channel_amount: 2222, view_type: '2', lines_dt: 0.05 })
    expect(job.frequencies_list).toEqual([0, 1000])
    expect(new Set(Object.values(job.channel_to_stream_index))).toEqual(new Set([0]))
    expect(Object.keys(job.channel_to_stream_index)).toHaveLength(2222)
  })

  it('in the waterfall takes a band and nfftSelection 1', async () => {
    const job = await configure(waterfall(1, 50, { nfftSelection: 1, frequencyRange: { min: 5, max: 50 } }))
    expect(job.frequencies_list).toEqual([5, 50])
  })

  it.each([
    [10, 100, 0.1],
    [30, 200, 0.15],
    [1, 200, 0.005]
  ])('of %i s on %i rows has lines_dt %d', async (displayTimeAxisDuration, height, linesDt) => {
    const job = await configure(spectrograms(11, 13, { displayTimeAxisDuration, displayInfo: { height } }))
    expect(job.lines_dt).toBeCloseTo(linesDt, 12)
  })

  it('lists the frequencies of the FFT bins inside the range', async () => {
    const job = await configure(spectrograms(11, 13, { nfftSelection: 1024, frequencyRange: { min: 100, max: 200 } }))
    const frequencies = job.frequencies_list as number[]
    const step = 2000 / 1024
    expect(frequencies).toHaveLength(job.frequencies_amount)
    const expected = Array.from({ length: 513 }, (_, bin) => bin * step).filter((hz) => hz >= 100 && hz <= 200)
    expect(frequencies).toHaveLength(expected.length)
    frequencies.forEach((hz, at) => expect(hz).toBeCloseTo(expected[at]!, 6))
  })

  it('gets an id and a stream port of its own', async () => {
    const [one, two] = await Promise.all([configure(waterfall(1, 5)), configure(waterfall(1, 5))])
    expect(one.job_id).not.toBe(two.job_id)
    expect(one.stream_port).not.toBe(two.stream_port)
    expect(one.stream_url).toBe('http://127.0.0.1')
  })

  it('may carry fields that nobody knows', async () => {
    const answer = await client.post('/configure', { ...waterfall(1, 5), colour: 'red', nested: { deep: [1] } })
    expect(answer.status, answer.text).toBe(200)
    open.push((answer.body as ConfigureAnswer).job_id)
  })
})

/** What is changed in a good request → the fields that must be named, and no others. */
const wrong: [string, Record<string, unknown>, string[]][] = [
  ['view_type as a number', { view_type: 2 }, ['view_type']],
  ['an unknown view_type', { view_type: '3' }, ['view_type']],
  ['no view_type', { view_type: undefined }, ['view_type']],
  ['no channels', { channels: undefined }, ['channels']],
  ['channel 0', { channels: { min: 0, max: 10 } }, ['channels.min']],
  ['a channel beyond the fibre', { channels: { min: 1, max: 2223 } }, ['channels.max']],
  ['channels as text', { channels: { min: '1', max: 10 } }, ['channels.min']],
  ['half a channel', { channels: { min: 1.5, max: 10 } }, ['channels.min']],
  ['no displayInfo', { displayInfo: undefined }, ['displayInfo']],
  ['height 0', { displayInfo: { height: 0 } }, ['displayInfo.height']],
  ['height 10001', { displayInfo: { height: 10_001 } }, ['displayInfo.height']],
  ['duration 0', { displayTimeAxisDuration: 0 }, ['displayTimeAxisDuration']],
  ['duration 3601', { displayTimeAxisDuration: 3601, displayInfo: { height: 10_000 } }, ['displayTimeAxisDuration']],
  ['an FFT that is no power of two', { nfftSelection: 1000 }, ['nfftSelection']],
  ['too small an FFT', { nfftSelection: 64 }, ['nfftSelection']],
  ['too large an FFT for many channels', { nfftSelection: 4096 }, ['nfftSelection']],
  ['a frequency below 0', { frequencyRange: { min: -1, max: 100 } }, ['frequencyRange.min']],
  ['a frequency above PRR/2', { frequencyRange: { min: 0, max: 1001 } }, ['frequencyRange.max']],
  [
    'several at once',
    { channels: { min: 0, max: 3000 }, nfftSelection: 7 },
    ['channels.min', 'channels.max', 'nfftSelection']
  ]
]

/** A relation between two fields may be reported at either of them or at their object. */
const wrongRelations: [string, Record<string, unknown>, string][] = [
  ['channels the wrong way round', { channels: { min: 20, max: 10 } }, 'channels'],
  ['frequencies the wrong way round', { frequencyRange: { min: 200, max: 100 } }, 'frequencyRange'],
  ['no width of frequencies', { frequencyRange: { min: 100, max: 100 } }, 'frequencyRange'],
  ['rows closer than 5 ms', { displayTimeAxisDuration: 1, displayInfo: { height: 201 } }, 'display'],
  ['start without end', { start_time: 1_700_000_000 }, 'end_time'],
  ['end without start', { end_time: 1_700_000_000 }, 'start_time'],
  ['end before start', { start_time: 1_700_000_100, end_time: 1_700_000_000 }, '_time'],
  ['a range in the future', { start_time: 4_000_000_000, end_time: 4_000_000_060 }, '_time']
]

describe('a request that is wrong', () => {
  const refused = async (change: Record<string, unknown>) => {
    const answer = await client.post('/configure', { ...spectrograms(11, 20), ...change })
    const error = expectShape(answer, 422, validationError)
    const fields = error.detail.map((entry) => entry.loc.slice(1).join('.'))
    expect(new Set(fields).size, `one entry a field: ${answer.text}`).toBe(fields.length)
    // The first sentence says what and where.
    expect(error.error).toContain(error.detail[0]!.msg)
    expect(error.error).toContain(fields[0]!)
    return { fields, error }
  }

  it.each(wrong)('%s', async (_name, change, expected) => {
    const { fields } = await refused(change)
    expect(fields.toSorted()).toEqual(expected.toSorted())
  })

  it.each(wrongRelations)('%s', async (_name, change, part) => {
    const { fields } = await refused(change)
    expect(fields.length).toBeGreaterThan(0)
    for (const field of fields) expect(field).toContain(part)
  })

  it('says what the page says for channel 0', async () => {
    const { error } = await refused({ channels: { min: 0, max: 10 } })
    expect(error).toEqual({
      error: 'channels.min: 0 is below 1',
      detail: [{ loc: ['body', 'channels', 'min'], msg: '0 is below 1', type: 'too_small' }]
    })
  })

  it('single view of two channels', async () => {
    const { fields } = await refused({ view_type: '1', channels: { min: 11, max: 12 } })
    for (const field of fields) expect(field).toMatch(/^(channels|view_type)/)
  })

  it('single view takes an FFT of 65536, not of 131072', async () => {
    const single = { view_type: '1', channels: { min: 11, max: 11 } }
    const job = await configure({ ...spectrograms(11, 11), nfftSelection: 65_536 })
    expect(job.frequencies_amount).toBeGreaterThan(16_000)
    expect((await refused({ ...single, nfftSelection: 131_072 })).fields).toEqual(['nfftSelection'])
  })

  it('a time in which nothing was recorded is 404', async () => {
    const answer = await client.post(
      '/configure',
      waterfall(1, 10, { start_time: 1_000_000_000, end_time: 1_000_000_060 })
    )
    expect(expectShape(answer, 404, applicationError).error).toBe('No recording found in given time range')
  })

  it('never costs a slot: bad input by the hundred, then a good job', async () => {
    const bad = Array.from({ length: 100 }, (_, at) => ({ ...waterfall(1, 5), channels: { min: -at, max: {} } }))
    for (const body of bad) expect((await client.post('/configure', body)).status).toBe(422)
    const answer = await client.post('/configure', waterfall(1, 5))
    expect(answer.status, answer.text).toBe(200)
    open.push((answer.body as ConfigureAnswer).job_id)
  })
})
