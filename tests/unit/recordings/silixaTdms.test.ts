import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import type { Recording } from '../../../src-main/recordings/recording.ts'
import { silixaProperties, type TdmsProperties, type TdmsSegment, writeTdms } from './tdmsFixture.ts'

let folder: string
let opened: Recording[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-tdms-'))
  opened = []
})

afterEach(async () => {
  for (const recording of opened) await recording.close()
  await rm(folder, { recursive: true })
})

const rowsOf = (first: number, count: number, channels = 4): number[][] =>
  Array.from({ length: count }, (_, row) => Array.from({ length: channels }, (_, c) => (first + row) * 10 + c))

async function openTdms(
  segments: TdmsSegment[],
  properties: TdmsProperties = silixaProperties,
  type: 'int16' | 'float32' = 'int16'
): Promise<Recording> {
  const path = join(folder, 't.tdms')
  await writeTdms(path, segments, { properties, type })
  const recording = await openRecording(path)
  opened.push(recording)
  return recording
}

const readAll = async (recording: Recording): Promise<number[]> => {
  const { time, channel } = recording.info.shape
  return [...(await recording.read({ time: { from: 0, to: time }, channel: { from: 0, to: channel } }))]
}

test('says scale, times and distances by its properties', async () => {
  const { info } = await openTdms([{ values: rowsOf(0, 10) }])
  expect(info).toMatchObject({
    format: 'silixa-tdms',
    shape: { time: 10, channel: 4 },
    dtype: 'int16',
    unit: 'strain/s',
    startTimeNs: 1_700_000_000_123_456_789n,
    endTimeNs: 1_700_000_000_143_456_789n,
    sampleRateHz: 500,
    channelSpacingM: 3,
    firstChannel: 0,
    firstDistanceM: -30,
    gaugeLengthM: 10,
    warnings: []
  })
  expect(info.scale).toBeCloseTo((116e-9 * 500) / (10 * 8192), 20)
})

test('interleaved, by channel and repeated segments read as one', async () => {
  const recording = await openTdms([
    { values: rowsOf(0, 5) },
    { values: rowsOf(5, 6), isInterleaved: false, chunkRows: 3 },
    { values: rowsOf(11, 3), isInterleaved: false, chunkRows: 3, isRepeated: true }
  ])
  expect(recording.info.shape).toEqual({ time: 14, channel: 4 })
  expect(await readAll(recording)).toEqual(rowsOf(0, 14).flat())
  const part = await recording.read({ time: { from: 1, to: 14, stride: 4 }, channel: { from: 1, to: 4, stride: 2 } })
  expect([...part]).toEqual([1, 5, 9, 13].flatMap((row) => [row * 10 + 1, row * 10 + 3]))
  for (let row = 0; row < 14; row++)
    expect([...(await recording.read({ time: { from: row, to: row + 1 }, channel: { from: 2, to: 3 } }))]).toEqual([
      row * 10 + 2
    ])
})

test('float32 keeps its values and says that the scale was assumed', async () => {
  const recording = await openTdms(
    [
      {
        values: [
          [0.25, -1.5],
          [3.75, 1e-7]
        ]
      }
    ],
    silixaProperties,
    'float32'
  )
  expect(await readAll(recording)).toEqual([0.25, -1.5, 3.75, Math.fround(1e-7)])
  expect(recording.info.warnings).toEqual([expect.stringContaining('scale of int16 counts was assumed')])
})

test.each([
  ['past the end of the file', { nextOffset: 9_999_999n }, 6],
  ['never closed', { nextOffset: 0xffff_ffff_ffff_ffffn }, 6],
  ['cut off within a row', { cutBytes: 5 }, 5]
])('a last segment %s is read up to its last whole row', async (_name, damage, rows) => {
  const recording = await openTdms([{ values: rowsOf(0, 4) }, { values: rowsOf(4, 6), ...damage }])
  expect(await readAll(recording)).toEqual(rowsOf(0, 4 + rows).flat())
  expect(recording.info.warnings[0]).toMatch(/last segment, at byte \d+, is incomplete/)
})

test('an incomplete chunk by channel is left out whole', async () => {
  const last = { values: rowsOf(0, 8), isInterleaved: false, chunkRows: 4, cutBytes: 3 }
  const recording = await openTdms([last])
  expect(await readAll(recording)).toEqual(rowsOf(0, 4).flat())
  expect(recording.info.warnings.join(' ')).toMatch(/make no whole chunk/)
})

test('without GPS time the computer clock is taken and said; without either the start is not known', async () => {
  const { GPSTimeStamp: _gps, ...cpuOnly } = silixaProperties
  const { CPUTimeStamp: _cpu, ...neither } = cpuOnly
  const byClock = await openTdms([{ values: rowsOf(0, 2) }], cpuOnly)
  expect(byClock.info.startTimeNs).toBe(1_700_000_007_000_000_000n)
  expect(byClock.info.warnings).toEqual([expect.stringContaining('CPUTimeStamp')])
  const timeless = await openTdms([{ values: rowsOf(0, 2) }], neither)
  expect(timeless.info).toMatchObject({ startTimeNs: null, endTimeNs: null })
})

test('TDMS of another kind is refused', async () => {
  await expect(openTdms([{ values: rowsOf(0, 2) }], { Author: 'someone' })).rejects.toThrow(/not of a Silixa iDAS/)
})
