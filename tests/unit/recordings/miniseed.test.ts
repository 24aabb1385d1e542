import { describe, expect, test } from 'vitest'
import { createCrc32c } from '../../../src-main/recordings/miniseed/crc32c.ts'
import { nameOfIdentifier } from '../../../src-main/recordings/miniseed/channelNames.ts'
import { openMiniseed } from '../../../src-main/recordings/miniseed/miniseed.ts'
import { fixtureFolder, readAll } from './fixtureFolder.ts'
import { record2, record3, slowCrc32c } from './miniseedFixtures.ts'
import { writing } from './seismicFixtures.ts'

const folder = fixtureFolder()
const start = BigInt(Date.UTC(2024, 1, 29, 12, 30, 15)) * 1_000_000n
const second = 1_000_000_000n
const ramp = (from: number, count: number, step = 1): number[] =>
  Array.from({ length: count }, (_, i) => from + i * step)
const file = (...records: Buffer[]): ((path: string) => Promise<void>) => writing(Buffer.concat(records))
const numbers = (values: number[]): (number | null)[] => values.map((value) => (Number.isNaN(value) ? null : value))

describe('miniSEED 2', () => {
  test.each([
    [1, 'int16', true],
    [3, 'int32', false],
    [4, 'float32', true],
    [5, 'float64', false]
  ] as const)('encoding %i is %s', async (encoding, dtype, littleEndian) => {
    const values = ramp(-20, 40)
    const recording = await folder.open(file(record2({ values, encoding, littleEndian, startNs: start })))
    expect(recording.info).toMatchObject({ dtype, shape: { time: 40, channel: 1 }, channelNames: ['XX.00001..HSF'] })
    expect(await readAll(recording)).toEqual(values)
  })

  test('microseconds and exact rates of blockettes 1001 and 100', async () => {
    const { info } = await folder.open(
      file(record2({ values: ramp(0, 10), startNs: start + 123_456_000n, rateHz: 1999.98 }))
    )
    expect(info.startTimeNs).toBe(start + 123_456_000n)
    expect(info.sampleRateHz).toBeCloseTo(1999.98, 3)
    expect(info.warnings).toEqual([])
  })

  test('records of two channels, mixed and out of order, become two columns in order of time', async () => {
    const at = (k: number, channel: string, offset: number): Buffer =>
      record2({ values: ramp(offset + k * 100, 100), startNs: start + BigInt(k) * second, channel })
    const recording = await folder.open(
      file(
        at(1, 'HS2', 5000),
        at(0, 'HS1', 0),
        at(0, 'HS2', 5000),
        at(2, 'HS1', 0),
        at(1, 'HS1', 0),
        at(2, 'HS2', 5000)
      )
    )
    expect(recording.info).toMatchObject({
      shape: { time: 300, channel: 2 },
      dtype: 'int32',
      channelNames: ['XX.00001..HS1', 'XX.00001..HS2'],
      startTimeNs: start,
      endTimeNs: start + 3n * second,
      gaps: [],
      segments: null,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(ramp(0, 300).flatMap((value) => [value, value + 5000]))
  })

  test('what one channel lacks is NaN, what all lack is a gap', async () => {
    const at = (k: number, channel: string): Buffer =>
      record2({ values: ramp(k * 10, 10), startNs: start + BigInt(k) * (second / 10n), channel })
    const recording = await folder.open(file(at(0, 'HS1'), at(1, 'HS1'), at(4, 'HS1'), at(0, 'HS2'), at(4, 'HS2')))
    expect(recording.info).toMatchObject({
      shape: { time: 30, channel: 2 },
      dtype: 'float64',
      gaps: [{ startTimeNs: start + second / 5n, endTimeNs: start + (second * 4n) / 10n }],
      segments: [
        { firstIndex: 0, startTimeNs: start },
        { firstIndex: 20, startTimeNs: start + (second * 4n) / 10n }
      ]
    })
    expect(recording.info.warnings).toEqual([
      'There is 1 gap.',
      expect.stringMatching(/Short: XX\.00001\.\.HS2 by 10 of 30 samples/)
    ])
    const read = await recording.read({ time: { from: 4, to: 30, stride: 8 }, channel: { from: 0, to: 2 } })
    expect(numbers([...read])).toEqual([4, 4, 12, null, 40, 40, 48, 48])
  })

  test('overlapping records give their first samples, and are counted', async () => {
    const recording = await folder.open(
      file(
        record2({ values: ramp(0, 100), startNs: start }),
        record2({ values: ramp(950, 100), startNs: start + second / 2n }),
        record2({ values: ramp(10, 20), startNs: start + second / 10n })
      )
    )
    expect(recording.info.shape.time).toBe(150)
    expect(recording.info.warnings).toEqual(['2 blocks overlap the one before in time: the earlier samples were kept.'])
    expect(await readAll(recording)).toEqual([...ramp(0, 100), ...ramp(1000, 50)])
  })

  test('steps of less than half a sample are no gaps', async () => {
    const { info } = await folder.open(
      file(
        record2({ values: ramp(0, 100), startNs: start }),
        record2({ values: ramp(100, 100), startNs: start + second + 4_000_000n }),
        record2({ values: ramp(200, 100), startNs: start + 2n * second + 8_000_000n })
      )
    )
    expect(info).toMatchObject({ shape: { time: 300 }, gaps: [], segments: null })
  })

  test('channels of another rate, text and foreign bytes are left out and named', async () => {
    const text = record2({ values: ramp(0, 4), encoding: 1, startNs: start, channel: 'LOG' })
    text[52] = 0
    const recording = await folder.open(
      file(
        record2({ values: ramp(0, 100), startNs: start }),
        record2({ values: ramp(0, 5), startNs: start, channel: 'LSF', rateHz: 1 }),
        text,
        Buffer.alloc(512, 7),
        record2({ values: ramp(100, 100), startNs: start + second })
      )
    )
    expect(recording.info.shape).toEqual({ time: 200, channel: 1 })
    expect(recording.info.warnings).toEqual([
      '512 bytes from byte 1536 on are no records and were skipped.',
      '1 records of text were left out.',
      'Only channels of 100 Hz were taken; left out: XX.00001..LSF (1 Hz).'
    ])
    await expect(folder.open(file(text))).rejects.toThrow(/without samples that are read. 1 records of text were left/)
  })

  const withDamage = (): Buffer => {
    const damaged = record2({ values: ramp(100, 100), startNs: start + second })
    damaged[128 + 11]! ^= 1
    return Buffer.concat([
      record2({ values: ramp(0, 100), startNs: start }),
      damaged,
      record2({ values: ramp(200, 100), startNs: start + 2n * second })
    ])
  }

  test('a record whose frames do not end as they say is a gap in a small file', async () => {
    const recording = await folder.open(writing(withDamage()))
    expect(recording.info.warnings).toEqual([
      'Left out: the record of XX.00001..HSF at byte 512 ends in 199 where its header says 198.',
      'There is 1 gap.'
    ])
    expect(recording.info.gaps).toEqual([{ startTimeNs: start + second, endTimeNs: start + 2n * second }])
    expect(await readAll(recording)).toEqual([...ramp(0, 100), ...ramp(200, 100)])
  })

  test('in a large one it is an error with its place, and others are read', async () => {
    const path = folder.place('large.mseed')
    await writing(withDamage())(path)
    const recording = openMiniseed(path, [{ path, sizeBytes: 1536 }], 1000)
    const read = (from: number, to: number): Promise<ArrayLike<number>> =>
      recording.read({ time: { from, to }, channel: { from: 0, to: 1 } })
    expect(Array.from(await read(0, 100))).toEqual(ramp(0, 100))
    expect(Array.from(await read(200, 300))).toEqual(ramp(200, 100))
    await expect(read(99, 101)).rejects.toThrow(
      /the record of XX\.00001\.\.HSF at byte 512 ends in 199 where its header says 198/
    )
    await recording.close()
  })

  test('a cut-off last record is left out', async () => {
    const bytes = Buffer.concat([
      record2({ values: ramp(0, 100), startNs: start }),
      record2({ values: ramp(100, 100), startNs: start + second })
    ])
    const { info } = await folder.open(writing(bytes.subarray(0, 900)))
    expect(info.shape.time).toBe(100)
    expect(info.warnings).toEqual(['the record at byte 512 is cut off: 388 of its 512 bytes are there.'])
  })
})

describe('miniSEED 3', () => {
  test('records with identifiers, extra headers and nanoseconds', async () => {
    const recording = await folder.open(
      file(
        record3({ values: ramp(-5, 700), startNs: start + 123_456_789n, extra: '{"FDSN":{}}' }),
        record3({ values: ramp(695, 30), startNs: start + 7n * second + 123_456_789n, encoding: 3 })
      )
    )
    expect(recording.info).toMatchObject({
      format: 'mseed',
      formatVersion: '3',
      dtype: 'int32',
      shape: { time: 730, channel: 1 },
      channelNames: ['XX.00001..HSF'],
      startTimeNs: start + 123_456_789n,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(ramp(-5, 730))
  })

  test('floats, and a period instead of a rate', async () => {
    const values = ramp(0.25, 10)
    const recording = await folder.open(file(record3({ values, encoding: 5, rateHz: -4, startNs: start })))
    expect(recording.info).toMatchObject({ dtype: 'float64', sampleRateHz: 0.25, sampleIntervalNs: 4e9 })
    expect(await readAll(recording)).toEqual(values)
  })

  test('a sum that is wrong is an error with its place', async () => {
    const record = record3({ values: ramp(0, 10), encoding: 4, startNs: start })
    record[record.length - 1]! ^= 0x40
    await expect(folder.open(file(record))).rejects.toThrow(
      /XX\.00001\.\.HSF at byte 0 is damaged: its CRC-32C is [0-9a-f]+, not/
    )
  })

  test('the sum of the standard', () => {
    const crc32c = createCrc32c()
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(slowCrc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  })

  test.each([
    ['FDSN:9N_00066__H_S_F', '9N.00066..HSF'],
    ['FDSN:XX_STA_00_B_H_Z', 'XX.STA.00.BHZ'],
    ['FDSN:XX_STA___RAIN_', 'XX.STA.._RAIN_'],
    ['other', 'other']
  ])('%s is called %s', (identifier, name) => {
    expect(nameOfIdentifier(identifier)).toBe(name)
  })
})
