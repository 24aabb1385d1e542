import { open } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { describe, expect, test } from 'vitest'
import { fromIbm } from '../../../src-main/recordings/binary/sampleDecoding.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { fixtureFolder, readAll } from './fixtureFolder.ts'
import { grid, segyBytes, writing } from './seismicFixtures.ts'

const folder = fixtureFolder()

describe('SEG-Y', () => {
  test.each([
    [2, 'int32'],
    [3, 'int16'],
    [5, 'float32'],
    [6, 'float64'],
    [8, 'int8'],
    [10, 'float64'],
    [11, 'int32'],
    [16, 'int16']
  ])('samples of format %i are %s, in both byte orders', async (format, dtype) => {
    const values = grid(5, 3).map((row, i) => row.map((_, c) => i * 3 + c))
    for (const littleEndian of [false, true]) {
      const recording = await folder.open(writing(segyBytes({ values, format, littleEndian, revision: [2, 0] })))
      expect(recording.info).toMatchObject({ dtype, shape: { time: 5, channel: 3 }, formatVersion: '2.0' })
      expect(await readAll(recording)).toEqual(values.flat())
    }
  })

  test('time, delay and spacing of the headers', async () => {
    const { info } = await folder.open(
      writing(
        segyBytes({
          values: grid(10, 4),
          intervalUs: 500,
          delayMs: 250,
          scalar: -1000,
          groupX: (trace) => 5000 + trace * 1021
        })
      )
    )
    expect(info).toMatchObject({
      formatVersion: '1.0',
      sampleRateHz: 2000,
      sampleIntervalNs: 500_000,
      // 29 February 2024, 12:30:15, and a quarter of a second.
      startTimeNs: BigInt(Date.UTC(2024, 1, 29, 12, 30, 15, 250)) * 1_000_000n,
      channelSpacingM: 1.021,
      firstDistanceM: 5,
      warnings: []
    })
    expect(info.metadata.text).toEqual(['A test of SEG-Y'])
  })

  test('uneven receivers have their own distances; angles are none', async () => {
    const groupX = (trace: number): number => trace * trace
    const uneven = await folder.open(writing(segyBytes({ values: grid(4, 4), groupX })))
    expect(uneven.info).toMatchObject({ channelSpacingM: null, distancesM: [0, 1, 4, 9] })
    const angles = await folder.open(writing(segyBytes({ values: grid(4, 4), groupX, coordinateUnits: 3 })))
    expect(angles.info).toMatchObject({ channelSpacingM: null, distancesM: null, firstDistanceM: null })
  })

  test('revision 2: samples and interval beyond 16 bits, further text headers', async () => {
    const values = grid(70_000, 2)
    const recording = await folder.open(
      writing(segyBytes({ values, isExtended: true, intervalUs: 100_000 / 3, revision: [2, 1], textHeaders: 2 }))
    )
    expect(recording.info).toMatchObject({ shape: { time: 70_000, channel: 2 }, formatVersion: '2.1', warnings: [] })
    expect(recording.info.sampleRateHz).toBeCloseTo(30, 9)
    const part = await recording.read({ time: { from: 69_990, to: 70_000, stride: 3 }, channel: { from: 1, to: 2 } })
    expect([...part]).toEqual([69_990, 69_993, 69_996, 69_999].map((row) => row * 100 + 1))
  })

  test('what had to be assumed is said', async () => {
    const { info } = await folder.open(writing(segyBytes({ values: grid(4, 2), timeBasis: 1, year: 0 })))
    expect(info.startTimeNs).toBeNull()
    expect(info.warnings).toEqual([expect.stringContaining('The first trace has no time')])
    const local = await folder.open(writing(segyBytes({ values: grid(4, 2), timeBasis: 1 })))
    expect(local.info.warnings).toEqual(['The times are local: they were taken as UTC.'])
  })

  test('a cut-off file is read up to the last whole trace', async () => {
    const bytes = segyBytes({ values: grid(10, 4) })
    const recording = await folder.open(writing(bytes.subarray(0, bytes.length - 50)))
    expect(recording.info.shape).toEqual({ time: 10, channel: 3 })
    expect(recording.info.warnings).toEqual([expect.stringMatching(/last 230 bytes make no whole trace of 10 samples/)])
    expect(await readAll(recording)).toEqual(grid(10, 3).flat())
  })

  test('traces of different lengths and unread formats are refused', async () => {
    const uneven = segyBytes({ values: grid(10, 4), samplesOf: (trace) => (trace === 2 ? 9 : 10) })
    await expect(folder.open(writing(uneven))).rejects.toThrow(/trace 3, at byte 4160, says 9 samples, the file 10/)
    await expect(folder.open(writing(segyBytes({ values: grid(4, 2), format: 4 })))).rejects.toThrow(
      /samples of format 4 \(fixed point with gain\), which is not read/
    )
  })

  test('a text file is no SEG-Y', async () => {
    await expect(folder.open(writing(Buffer.from('Dear reader, '.repeat(1000))))).rejects.toThrow(/not a recording/)
  })

  test('200 GB of traces open at once, and one is read', async () => {
    const path = folder.place('long.sgy')
    const samples = 50_000
    const [first] = [segyBytes({ values: grid(samples, 1), revision: [1, 0], groupX: () => 0 })]
    const traceBytes = 240 + samples * 4
    const file = await open(path, 'w')
    await file.write(first!)
    await file.truncate(3600 + 1_000_000 * traceBytes)
    await file.close()
    const before = performance.now()
    const recording = await openRecording(path)
    const range = { time: { from: 49_990, to: 50_000 }, channel: { from: 999_990, to: 1_000_000 } }
    expect([...(await recording.read(range))]).toEqual(Array.from({ length: 100 }, () => 0))
    expect((await recording.read({ time: { from: 7, to: 8 }, channel: { from: 0, to: 1 } }))[0]).toBe(700)
    expect(performance.now() - before).toBeLessThan(10_000)
    expect(recording.info.shape).toEqual({ time: samples, channel: 1_000_000 })
    await recording.close()
  })
})

describe('IBM floats', () => {
  test.each([
    [0x00000000, 0],
    [0xc276a000, -118.625],
    [0x41100000, 1],
    [0x46000001, 1],
    [0x7fffffff, 7.2370051459731155e75],
    [0x00100000, 5.397605346934028e-79]
  ])('%i is %f', (word, value) => {
    expect(fromIbm(word)).toBe(value)
  })
})
