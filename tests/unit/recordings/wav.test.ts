import { describe, expect, test } from 'vitest'
import { fixtureFolder, readAll } from './fixtureFolder.ts'
import { Bytes, grid, wavBytes, writing } from './seismicFixtures.ts'

const folder = fixtureFolder()

describe('WAV', () => {
  test.each(['int16', 'int32', 'float32', 'float64'] as const)('samples of %s', async (stored) => {
    const values = grid(20, 3)
    const recording = await folder.open(writing(wavBytes({ values, stored, isExtensible: stored !== 'int16' })))
    expect(recording.info).toMatchObject({
      format: 'wav',
      dtype: stored,
      shape: { time: 20, channel: 3 },
      sampleRateHz: 1000,
      startTimeNs: null
    })
    expect(await readAll(recording)).toEqual(values.flat())
    const part = await recording.read({ time: { from: 3, to: 20, stride: 5 }, channel: { from: 0, to: 3, stride: 2 } })
    expect([...part]).toEqual([3, 8, 13, 18].flatMap((row) => [row * 100, row * 100 + 2]))
  })

  test('RF64 keeps its sizes in ds64', async () => {
    const values = grid(9, 2)
    const recording = await folder.open(writing(wavBytes({ values, isLong: true })))
    expect(recording.info).toMatchObject({ formatVersion: 'RF64', shape: { time: 9, channel: 2 } })
    expect(await readAll(recording)).toEqual(values.flat())
  })

  test('the broadcast extension says when it was, INFO what it is', async () => {
    const broadcast = new Bytes().zeros(320).text('2024-02-29').text('12:30:15').u64(45_015_250n).zeros(260).all()
    const info = new Bytes().text('INFO').text('ICMT').u32(5).text('fibre').u8(0).all()
    const recording = await folder.open(
      writing(
        wavBytes({
          values: grid(5, 1),
          chunks: [
            ['bext', broadcast],
            ['LIST', info]
          ]
        })
      )
    )
    expect(recording.info.startTimeNs).toBe(BigInt(Date.UTC(2024, 1, 29, 12, 30, 15, 250)) * 1_000_000n)
    expect(recording.info.metadata).toMatchObject({ ICMT: 'fibre', storedAs: 'int16' })
    expect(recording.info.warnings).toEqual([expect.stringContaining('UTC was assumed')])
  })

  test('a recording that was never finished is read as far as it goes', async () => {
    const bytes = wavBytes({ values: grid(10, 2), dataBytes: 0 })
    const recording = await folder.open(writing(bytes.subarray(0, bytes.length - 6)))
    expect(recording.info.shape.time).toBe(8)
    expect(recording.info.warnings.join(' ')).toMatch(/says 0 bytes, the file has 34.*last 2 bytes make no whole row/)
  })

  test('no samples, unread codes', async () => {
    const bytes = wavBytes({ values: grid(2, 1) })
    await expect(folder.open(writing(bytes.subarray(0, 36)))).rejects.toThrow(/without samples \(no data chunk\)/)
    bytes.writeUInt16LE(6, 20)
    await expect(folder.open(writing(bytes))).rejects.toThrow(/samples of code 6, 16 bits/)
  })
})
