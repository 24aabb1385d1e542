import { stat } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { Hdf5Reader, openHdf5File } from '../../../src-main/recordings/hdf5/hdf5File.ts'
import { rowTimeAxis } from '../../../src-main/recordings/hdf5/rowTimes.ts'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import { fixtureFolder } from './fixtureFolder.ts'
import { setAttributes, writeHdf5 } from './hdf5Fixtures.ts'
import { addNumbers, epochNs, epochS, ramp } from './interrogatorFixtures.ts'

const { open, place } = fixtureFolder()
const rows = 1_100_000
const interval = 0.0005

/** Reads the axis of such times (s), and counts how many of them were looked at. */
async function axisOf(times: Float64Array, nominalIntervalNs: number | null = null) {
  const path = place('times.h5')
  await writeHdf5(path, (file) => addNumbers(file, 'times', times))
  const file = openHdf5File(path, (await stat(path)).size)
  let looked = 0
  const axis = await file.use((reader) => {
    const counting = Object.assign(Object.create(reader) as Hdf5Reader, {
      dataset: (name: string) => reader.dataset(name),
      slab: (...args: Parameters<Hdf5Reader['slab']>) => {
        looked += args[3].reduce((product, count) => product * count, 1)
        return reader.slab(...args)
      }
    })
    return rowTimeAxis(counting, { path: '/times', name: 'times', unitNs: 1e9, rows: times.length, nominalIntervalNs })!
  })
  await file.close()
  return { axis, looked }
}

const even = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => epochS + i * interval)

describe('times of many rows', () => {
  test('gaps are found without reading every time', async () => {
    const times = even(rows)
    for (let i = 400_000; i < rows; i++) times[i] = times[i]! + 12.5
    for (let i = 1_000_345; i < rows; i++) times[i] = times[i]! + 2 * interval
    times[900_000] = times[900_000]! + interval * 0.8
    const { axis, looked } = await axisOf(times)
    expect(axis.segments?.map(({ firstIndex }) => firstIndex)).toEqual([0, 400_000, 1_000_345])
    expect(axis.startTimeNs).toBe(epochNs)
    expect(axis.sampleIntervalNs).toBeCloseTo(500_000, 2)
    const seconds = (row: number): number => Number(timeOfRow(axis, row)! - epochNs) / 1e9
    expect(seconds(399_999)).toBeCloseTo(399_999 * interval, 5)
    expect(seconds(400_000)).toBeCloseTo(400_000 * interval + 12.5, 5)
    expect(seconds(rows - 1)).toBeCloseTo(rows * interval + 12.5 + interval, 5)
    expect(looked).toBeLessThan(rows / 20)
  })

  test('a clock that drifts evenly has no gaps', async () => {
    const drifting = Float64Array.from({ length: rows }, (_, i) => epochS + i * interval * 1.00004)
    const { axis, looked } = await axisOf(drifting)
    expect(axis.gaps).toEqual([])
    expect(axis.sampleIntervalNs).toBeCloseTo(500_020, 1)
    expect(looked).toBeLessThan(rows / 20)
  })

  test('zeros after the last row of an unfinished file are found by halves', async () => {
    const { axis, looked } = await axisOf(even(rows).fill(0, 1_060_000))
    expect(axis.timedRows).toBe(1_060_000)
    expect(Number(axis.endTimeNs! - epochNs) / 1e9).toBeCloseTo(1_060_000 * interval, 4)
    expect(looked).toBeLessThan(rows / 20)
  })

  test.each([
    ['all zero', new Float64Array(50), /no valid time/],
    ['not numbers', new Float64Array(50).fill(Number.NaN), /no valid time/],
    ['standing still', new Float64Array(50).fill(epochS), /does not rise|^$/],
    ['falling', Float64Array.from({ length: 50 }, (_, i) => epochS - i), /^$|does not rise/]
  ])('%s is no axis, and no fault either', async (_, times, warning) => {
    const { axis } = await axisOf(times, 1_000_000)
    expect(axis.gaps).toEqual([])
    expect(axis.warnings.join(' ')).toMatch(warning)
    expect(axis.sampleIntervalNs).toBe(1_000_000)
  })

  test('a time beyond all calendars is refused', async () => {
    await expect(axisOf(new Float64Array(50).fill(1e300))).rejects.toThrow(/holds 1e\+300 at row 0, which is no time/)
  })
})

test('a file that claims 50 GB and holds little opens with a warning and reads what is there', async () => {
  const channels = 2000
  const longRows = 6_500_000
  const recording = await open((path) =>
    writeHdf5(path, (file) => {
      setAttributes(file, { file_version: '6', data_product: 'strain_rate', nx: channels, dx: 1 })
      const group = file.create_group('data_product')
      const data = group.create_dataset({
        name: 'data',
        data: ramp(Float32Array, 2, channels),
        shape: [2, channels],
        maxshape: [null, channels],
        chunks: [100, channels]
      })
      data.resize([longRows, channels])
    })
  )
  expect(recording.info.shape).toEqual({ time: longRows, channel: channels })
  expect(recording.info.warnings).toContainEqual(expect.stringMatching(/too small for all of data_product\/data/))
  const columns = { from: 5, to: 8 }
  expect([...(await recording.read({ time: { from: 0, to: 3 }, channel: columns }))]).toEqual([
    5, 6, 7, 105, 106, 107, 0, 0, 0
  ])
  expect([...(await recording.read({ time: { from: longRows - 1, to: longRows }, channel: columns }))]).toEqual([
    0, 0, 0
  ])
})

test('one channel of a long file stored channel × time is read in slabs', async () => {
  const long = 1_100_000
  const recording = await open((path) =>
    writeHdf5(path, (file) => {
      const data = new Float64Array(2 * long)
      for (let i = 0; i < data.length; i++) data[i] = i
      addNumbers(file, 'raw_data', data, [2, long])
      setAttributes(file, { 'sampling rate Hz': 1000, 'channel spacing m': 1, channel_start: 0n, channel_end: 2n })
    })
  )
  const values = await recording.read({ time: { from: 0, to: long }, channel: { from: 0, to: 2 } })
  expect([values[0], values[1], values[2], values[2 * long - 2], values[2 * long - 1]]).toEqual([
    0,
    long,
    1,
    long - 1,
    2 * long - 1
  ])
})
