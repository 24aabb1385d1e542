import { open, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { fixtureFolder, readAll } from './fixtureFolder.ts'
import { grid, writing } from './seismicFixtures.ts'
import { sentekBytes, sintelaBand, sintelaBytes, sintelaMeta, sintelaSeries } from './sintelaFixtures.ts'

const folder = fixtureFolder()
const start = 1_709_209_815_123_456_789n
const ms = 1_000_000n

describe('Sintela binary', () => {
  const packets = (starts: bigint[]): Parameters<typeof sintelaBytes>[0]['packets'] =>
    starts.map((startNs, k) => ({ values: grid(20, 4, k * 20), startNs }))

  test('packets of one run', async () => {
    const recording = await folder.open(
      writing(sintelaBytes({ packets: packets([start, start + 20n * ms, start + 40n * ms]) }))
    )
    expect(recording.info).toMatchObject({
      format: 'sintela-binary',
      formatVersion: '3',
      shape: { time: 60, channel: 4 },
      quantity: 'strain rate',
      unit: 'µstrain/s',
      sampleRateHz: 1000,
      sampleIntervalNs: 1_000_000,
      startTimeNs: start,
      endTimeNs: start + 60n * ms,
      channelSpacingM: 3.2,
      firstChannel: 100,
      channelStep: 2,
      firstDistanceM: 160,
      gaugeLengthM: 8.2,
      gaps: [],
      segments: null,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(grid(60, 4).flat())
    const part = await recording.read({ time: { from: 15, to: 60, stride: 9 }, channel: { from: 1, to: 4, stride: 2 } })
    expect([...part]).toEqual([15, 24, 33, 42, 51].flatMap((row) => [row * 100 + 1, row * 100 + 3]))
  })

  test('holes between packets, found without reading them all', async () => {
    const starts = Array.from(
      { length: 40 },
      (_, k) => start + BigInt(k * 20 + (k >= 7 ? 5 : 0) + (k >= 33 ? 1000 : 0)) * ms
    )
    const { info } = await folder.open(writing(sintelaBytes({ packets: packets(starts) })))
    expect(info.gaps).toEqual([
      { startTimeNs: start + 140n * ms, endTimeNs: start + 145n * ms },
      { startTimeNs: start + 665n * ms, endTimeNs: start + 1665n * ms }
    ])
    expect(info.segments?.map(({ firstIndex }) => firstIndex)).toEqual([0, 140, 660])
  })

  test('a cut-off last packet, a damaged one', async () => {
    const bytes = sintelaBytes({ packets: packets([start, start + 20n * ms, start + 40n * ms]) })
    const cut = await folder.open(writing(bytes.subarray(0, bytes.length - 100)))
    expect(cut.info.shape.time).toBe(53)
    expect(await readAll(cut)).toEqual(grid(53, 4).flat())
    expect(cut.info.warnings).toEqual([expect.stringMatching(/at byte 832, is cut off: 13 of its 20 rows/)])
    bytes[416] = 0
    const damaged = await folder.open(writing(bytes))
    expect(damaged.info.shape.time).toBe(60)
    bytes[832] = 0
    const ended = await folder.open(writing(bytes))
    expect(ended.info.shape.time).toBe(20)
    expect(ended.info.warnings).toEqual([expect.stringMatching(/Packet 2, at byte 416, is damaged/)])
  })

  test('other versions are refused', async () => {
    await expect(folder.open(writing(sintelaBytes({ packets: packets([start]), version: 4 })))).rejects.toThrow(
      /of version 4; only version 3 is read/
    )
  })

  test('60 GB without a hole open with a few reads', async () => {
    const path = folder.place('long.raw')
    const packet = (startNs: bigint): Buffer => sintelaBytes({ packets: [{ values: grid(500, 30), startNs }] })
    const one = packet(start)
    const count = 1_000_000
    await writeFile(path, one)
    const file = await open(path, 'r+')
    const last = packet(start + BigInt(count - 1) * 500n * ms)
    await file.write(last, 0, last.length, (count - 1) * one.length)
    await file.close()
    const recording = await openRecording(path)
    expect(recording.info).toMatchObject({ shape: { time: 500 * count, channel: 30 }, gaps: [], warnings: [] })
    const end = await recording.read({
      time: { from: 500 * count - 1, to: 500 * count },
      channel: { from: 29, to: 30 }
    })
    expect([...end]).toEqual([499 * 100 + 29])
    await recording.close()
  })
})

describe('Sintela protobuf', () => {
  test('metadata and packets of samples, with a hole', async () => {
    const recording = await folder.open(
      writing(
        Buffer.concat([
          sintelaMeta(),
          sintelaSeries(grid(20, 4), start),
          sintelaSeries(grid(30, 4, 20), start + 20n * ms),
          sintelaSeries(grid(10, 4, 50), start + 500n * ms)
        ])
      )
    )
    expect(recording.info).toMatchObject({
      format: 'sintela-protobuf',
      formatVersion: 'TS05',
      instrument: 'Sintela Onyx',
      shape: { time: 60, channel: 4 },
      quantity: 'strain rate',
      unit: 'µstrain/s',
      sampleRateHz: 1000,
      startTimeNs: start,
      endTimeNs: start + 510n * ms,
      gaps: [{ startTimeNs: start + 50n * ms, endTimeNs: start + 500n * ms }],
      channelSpacingM: 3.2,
      firstChannel: 100,
      firstDistanceM: 160,
      gaugeLengthM: 8.2
    })
    expect(recording.info.metadata).toMatchObject({ recorder: 'recorder', packets: 3 })
    expect(await readAll(recording)).toEqual(grid(60, 4).flat())
  })

  test('bands: a row a packet', async () => {
    const bands = (k: number): number[][] => [
      [k, k + 0.5],
      [k + 10, k + 10.5],
      [k + 20, k + 20.5]
    ]
    const recording = await folder.open(
      writing(Buffer.concat([0, 1, 2].map((k) => sintelaBand(bands(k), start + BigInt(k) * 100n * ms))))
    )
    expect(recording.info).toMatchObject({
      shape: { time: 3, channel: 3 },
      quantity: 'band energy',
      bands: [
        { lowHz: 0, highHz: 10 },
        { lowHz: 10, highHz: 20 }
      ],
      sampleIntervalNs: 100_000_000
    })
    const second = await recording.read({ time: { from: 0, to: 3, stride: 2 }, channel: { from: 1, to: 3 }, band: 1 })
    expect([...second]).toEqual([10.5, 20.5, 12.5, 22.5])
  })

  test('a cut-off last packet is left out; spectra are refused', async () => {
    const bytes = Buffer.concat([sintelaSeries(grid(20, 4), start), sintelaSeries(grid(20, 4), start + 20n * ms)])
    const { info } = await folder.open(writing(bytes.subarray(0, bytes.length - 1)))
    expect(info.shape.time).toBe(20)
    expect(info.warnings).toEqual([
      expect.stringMatching(/^The record at byte \d+ says \d+ bytes, more than the file has/)
    ])
    const spectrum = Buffer.from('PBUFFFT\0\0\0\0\0', 'latin1')
    await expect(folder.open(writing(spectrum))).rejects.toThrow(/of spectra \(FFT\), which are not read/)
  })
})

describe('Sentek', () => {
  test('sensors, times and the start in the name', async () => {
    const path = folder.place('DASDMSShot00_20230328155653619.das')
    await writeFile(path, sentekBytes(grid(25, 10)))
    const recording = await openRecording(path)
    expect(recording.info).toMatchObject({
      format: 'sentek',
      shape: { time: 25, channel: 10 },
      quantity: 'strain rate',
      sampleRateHz: 1000,
      startTimeNs: BigInt(Date.UTC(2023, 2, 28, 15, 56, 53, 619)) * 1_000_000n,
      channelSpacingM: 2,
      firstDistanceM: 10
    })
    expect(await readAll(recording)).toEqual(grid(25, 10).flat())
    await recording.close()
  })

  test('a cut-off file keeps its whole rows', async () => {
    const bytes = sentekBytes(grid(25, 10), { isRate: false })
    const recording = await folder.open(writing(bytes.subarray(0, bytes.length - 3)))
    expect(recording.info).toMatchObject({ shape: { time: 24 }, quantity: 'strain', startTimeNs: null })
    expect(recording.info.warnings.join(' ')).toMatch(/says 25 rows, the file has 24.*holds no time/)
    expect(await readAll(recording)).toEqual(grid(24, 10).flat())
  })
})
