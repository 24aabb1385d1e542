import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import type { Recording } from '../../../src-main/recordings/recording.ts'
import {
  evenTimes,
  type ProdmlFixture,
  startNs,
  startUs,
  valueAt,
  writeBandEnergy,
  writeProdml
} from './hdf5Fixtures.ts'

let folder: string
let opened: Recording[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-prodml-'))
  opened = []
})

afterEach(async () => {
  for (const recording of opened) await recording.close()
  await rm(folder, { recursive: true })
})

const openFile = async (): Promise<Recording> => {
  const recording = await openRecording(join(folder, 'p.h5'))
  opened.push(recording)
  return recording
}

async function openProdml(fixture: Partial<ProdmlFixture> = {}): Promise<Recording> {
  await writeProdml(join(folder, 'p.h5'), { rows: 20, loci: 6, ...fixture })
  return openFile()
}

const all = { time: { from: 0, to: 20 }, channel: { from: 0, to: 6 } }
const expected = Array.from({ length: 20 }, (_, row) =>
  Array.from({ length: 6 }, (_, locus) => valueAt(row, locus))
).flat()

describe('PRODML 2.1', () => {
  test('units stand in `.uom`; strings of variable and of fixed length are read alike', async () => {
    const { info } = await openProdml({
      acquisition: {
        SpatialSamplingInterval: 10,
        'SpatialSamplingInterval.uom': 'ft',
        'GaugeLength.uom': { fixed: 'm' }
      },
      raw: { OutputDataRate: 1, 'OutputDataRate.uom': 'kHz' }
    })
    expect(info).toMatchObject({
      formatVersion: '2.1',
      instrument: 'Test unit',
      channelSpacingM: 10 * 0.3048,
      firstChannel: 5,
      firstDistanceM: 5 * 10 * 0.3048,
      gaugeLengthM: 10,
      sampleIntervalNs: 1_000_000,
      sampleRateHz: 1000,
      startTimeNs: startNs,
      endTimeNs: startNs + 20_000_000n,
      quantity: 'strain rate',
      unit: 'nm/m/s',
      warnings: []
    })
  })

  test('a unit that nobody knows is a warning, not a number in disguise', async () => {
    const { info } = await openProdml({ acquisition: { 'GaugeLength.uom': 'furlong' } })
    expect(info.warnings).toEqual([expect.stringMatching(/GaugeLength is in "furlong".*m was assumed/)])
  })

  test.each(['time-locus', 'locus-time'] as const)(
    '%s order reads time-major, in strides and parts too',
    async (order) => {
      const recording = await openProdml({ order, chunks: [4, 5] })
      expect(recording.info.storedOrder).toEqual(order === 'time-locus' ? ['time', 'channel'] : ['channel', 'time'])
      expect(recording.info.shape).toEqual({ time: 20, channel: 6 })
      expect([...(await recording.read(all))]).toEqual(expected)
      const part = await recording.read({
        time: { from: 3, to: 20, stride: 6 },
        channel: { from: 1, to: 6, stride: 2 }
      })
      expect([...part]).toEqual([3, 9, 15].flatMap((row) => [1, 3, 5].map((locus) => valueAt(row, locus))))
      expect(await recording.read({ time: { from: 4, to: 4 }, channel: { from: 0, to: 6 } })).toHaveLength(0)
    }
  )

  test('without Dimensions the lengths say which axis is time', async () => {
    const recording = await openProdml({ order: 'locus-time', dimensions: null })
    expect(recording.info.storedOrder).toEqual(['channel', 'time'])
    expect([...(await recording.read(all))]).toEqual(expected)
  })

  test('Dimensions that contradict the lengths are overruled, with a warning', async () => {
    const recording = await openProdml({ order: 'locus-time', dimensions: ['time', 'locus'] })
    expect(recording.info.shape).toEqual({ time: 20, channel: 6 })
    expect(recording.info.warnings).toEqual([expect.stringContaining('not the order that Dimensions says')])
  })

  test('an empty Raw[0] is skipped', async () => {
    const recording = await openProdml({ emptyFirst: true })
    expect([...(await recording.read(all))]).toEqual(expected)
    expect(recording.info.warnings).toEqual(['Acquisition/Raw[0] holds no samples and was left out.'])
  })

  test('NumberOfLoci that disagrees is a warning where the times fit, a refusal where nothing does', async () => {
    const { info } = await openProdml({ numberOfLoci: 7n })
    expect(info.shape).toEqual({ time: 20, channel: 6 })
    expect(info.warnings).toEqual([expect.stringMatching(/NumberOfLoci says 7, but .* is 20 × 6/)])
    await expect(openProdml({ numberOfLoci: 7n, times: evenTimes(9, 1000n) })).rejects.toThrow(
      /p\.h5: Acquisition\/Raw\[0\]\/RawData is 20 × 6, but NumberOfLoci says 7 and there are 9 row times/
    )
  })

  test('counts of a phase of 16 bits are radians', async () => {
    const { info } = await openProdml({ raw: { RawDataUnit: 'rad * 2PI/2^16', RawDescription: 'OCP1' } })
    expect(info).toMatchObject({ unit: 'rad', quantity: 'phase', scale: (2 * Math.PI) / 65_536 })
  })

  test('without OutputDataRate the rate is that of the pulses', async () => {
    const { info } = await openProdml({
      raw: { OutputDataRate: '' },
      acquisition: { PulseRate: 4000 },
      times: evenTimes(20, 250n)
    })
    expect(info).toMatchObject({ sampleRateHz: 4000, sampleIntervalNs: 250_000 })
    expect(info.warnings).toEqual([expect.stringMatching(/PulseRate was taken/)])
  })

  test('row times in another unit than µs are known by PartStartTime', async () => {
    const times = evenTimes(20, 1000n).map((time) => time * 1000n)
    const { info } = await openProdml({ times, data: { PartStartTime: '2023-11-14T22:13:20.000000Z' } })
    expect(info).toMatchObject({ startTimeNs: startNs, sampleIntervalNs: 1_000_000, gaps: [] })
    expect(info.warnings).toEqual([expect.stringMatching(/counts 1 ns instead of µs/)])
  })

  test('row times of zero stand for none', async () => {
    const { info } = await openProdml({ times: new Array<bigint>(20).fill(0n) })
    expect(info).toMatchObject({ startTimeNs: null, sampleRateHz: 1000 })
    const unfinished = evenTimes(20, 1000n).map((time, row) => (row < 15 ? time : 0n))
    const ended = await openProdml({ times: unfinished })
    expect(ended.info).toMatchObject({ shape: { time: 20 }, endTimeNs: startNs + 20_000_000n, gaps: [] })
    expect(ended.info.warnings).toEqual([expect.stringMatching(/is zero from row 15 on/)])
  })

  test('Count that disagrees is a warning', async () => {
    const { info } = await openProdml({ data: { Count: 7n } })
    expect(info.warnings).toEqual([expect.stringContaining('says 7, but it holds 120 values')])
  })
})

describe('times', () => {
  test('a wrong PartEndTime gives way to the last row time', async () => {
    const { info } = await openProdml({ data: { PartEndTime: '2031-01-01T00:00:00.000000Z' } })
    expect(info.endTimeNs).toBe(startNs + 20_000_000n)
    expect(info.warnings).toEqual(['PartEndTime is not the last RawDataTime, which was taken.'])
  })

  test('a hole between rows is a gap from the end of the last row to the next one', async () => {
    const times = evenTimes(20, 1000n).map((time, row) => (row < 12 ? time : time + 500_000n))
    const { info } = await openProdml({ times })
    expect(info.gaps).toEqual([{ startTimeNs: startNs + 12_000_000n, endTimeNs: startNs + 512_000_000n }])
    expect(info.endTimeNs).toBe(startNs + 520_000_000n)
    expect(info.sampleIntervalNs).toBe(1_000_000)
    expect(info.warnings).toEqual(['RawDataTime has 1 gaps.'])
    expect(info.segments).toEqual([
      { firstIndex: 0, startTimeNs: startNs },
      { firstIndex: 12, startTimeNs: startNs + 512_000_000n }
    ])
    expect([0, 11, 12, 19].map((row) => timeOfRow(info, row)! - startNs)).toEqual([
      0n,
      11_000_000n,
      512_000_000n,
      519_000_000n
    ])
  })

  test('times that disagree with OutputDataRate win', async () => {
    const { info } = await openProdml({ times: evenTimes(20, 4000n) })
    expect(info).toMatchObject({ sampleIntervalNs: 4_000_000, sampleRateHz: 250 })
    expect(info.warnings).toEqual([expect.stringMatching(/says 1000 Hz, RawDataTime 250 Hz/)])
  })

  test('a rate that microseconds cannot hold stays as the header says it', async () => {
    const times = Array.from({ length: 20 }, (_, row) => startUs + BigInt(Math.round((row * 1e6) / 1024)))
    const { info } = await openProdml({ times, rateHz: 1024 })
    expect(info).toMatchObject({ sampleRateHz: 1024, sampleIntervalNs: 976_562.5, warnings: [] })
  })

  test('without row times the start comes from attributes, or is not known', async () => {
    const known = await openProdml({ times: null, data: { PartStartTime: '2024-05-06T07:08:09.123456+02:00' } })
    expect(known.info.startTimeNs).toBe(BigInt(Date.UTC(2024, 4, 6, 5, 8, 9)) * 1_000_000n + 123_456_000n)
    expect(known.info.warnings).toEqual([expect.stringContaining('the start is PartStartTime')])
    const unknown = await openProdml({ times: null })
    expect(unknown.info).toMatchObject({ startTimeNs: null, endTimeNs: null, sampleRateHz: 1000 })
  })
})

describe('band energy', () => {
  test.each(['time-locus', 'locus-time'] as const)('%s: each band by its index', async (order) => {
    await writeBandEnergy(join(folder, 'p.h5'), 7, 3, order)
    const recording = await openFile()
    const { info } = recording
    expect(info.bands).toEqual([
      { lowHz: 0, highHz: 10 },
      { lowHz: 10, highHz: 20 }
    ])
    expect(info).toMatchObject({ shape: { time: 7, channel: 3 }, sampleIntervalNs: 5e8, quantity: 'band energy' })
    const range = { time: { from: 2, to: 4 }, channel: { from: 0, to: 3 } }
    expect([...(await recording.read({ ...range, band: 1 }))]).toEqual([1020, 1021, 1022, 1030, 1031, 1032])
    expect([...(await recording.read(range))]).toEqual([20, 21, 22, 30, 31, 32])
    await expect(recording.read({ ...range, band: 2 })).rejects.toThrow(/band 2 is not one of the 2/)
  })
})

test('ranges outside the shape, and reads after close, are refused with the name of the file', async () => {
  const recording = await openProdml()
  const channel = { from: 0, to: 6 }
  for (const time of [
    { from: 0, to: 21 },
    { from: -1, to: 3 },
    { from: 5, to: 4 },
    { from: 0, to: 5, stride: 0 }
  ])
    await expect(recording.read({ time, channel })).rejects.toThrow(/p\.h5: time indices .* do not lie in the 20/)
  await recording.close()
  await expect(recording.read(all)).rejects.toThrow(/closed/)
})
