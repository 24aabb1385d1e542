import { describe, expect, test } from 'vitest'
import { createRecordingSource } from '../../../src-main/focus-server/sources/recordingSource.ts'
import type { AcquisitionSource } from '../../../src-main/focus-server/sources/source.ts'
import { RecordingError } from '../../../src-main/recordings/recording.ts'
import { createMemoryRecording } from './memoryRecording.ts'

const startNs = 1_700_000_000_000_000_000n
const millisecond = 1_000_000n

async function rows(
  source: AcquisitionSource,
  firstSample: number,
  sampleCount: number,
  band?: number
): Promise<number[]> {
  const target =
    source.description.elementType === 'int16' ? new Int16Array(sampleCount) : new Float32Array(sampleCount)
  const range = { firstSample, sampleCount, firstChannel: 0, channelCount: 1 }
  await source.read(band === undefined ? range : { ...range, band }, target)
  return [...target]
}

describe('a recording as a historic source', () => {
  test('keeps its own time, numbers, distances, unit and scale', () => {
    const source = createRecordingSource(createMemoryRecording({ time: 100, channel: 4 }), { loopLive: false })
    expect(source.live).toBe(false)
    expect(source.description).toMatchObject({
      name: 'memory.h5',
      kind: 'recording',
      content: 'samples',
      elementType: 'int16',
      scale: 0.5,
      unit: 'nm/m/s',
      channelCount: 4,
      firstOwnChannel: -260,
      firstDistanceM: -520,
      channelSpacingM: 2,
      sampleIntervalNs: 1_000_000,
      sampleRateHz: 1000
    })
    expect(source.historicRange(0n)).toEqual({ startNs, endNs: startNs + 100n * millisecond })
    expect(source.sampleIndexAt(startNs + 7n * millisecond)).toBe(7)
    expect(source.sampleIndexAt(startNs + 7n * millisecond + 1n)).toBe(8)
    expect(source.timeOfSample(7)).toBe(startNs + 7n * millisecond)
  })

  test('gives the range that is asked for, time-major, at the front of the target', async () => {
    const source = createRecordingSource(createMemoryRecording({ time: 100, channel: 4 }), { loopLive: false })
    const target = new Int16Array(8).fill(-1)
    await source.read({ firstSample: 10, sampleCount: 3, firstChannel: 1, channelCount: 2 }, target)
    expect([...target]).toEqual([101, 102, 111, 112, 121, 122, -1, -1])
  })

  test('int8 is widened to int16, wider types become float32, NaN and infinities stay', async () => {
    const int8 = createRecordingSource(
      createMemoryRecording({ time: 3, channel: 1 }, { dtype: 'int8', valueAt: (row) => row - 128 }),
      { loopLive: false }
    )
    expect(int8.description.elementType).toBe('int16')
    expect(await rows(int8, 0, 3)).toEqual([-128, -127, -126])
    const special = [Number.NaN, Infinity, -1.5]
    for (const dtype of ['float32', 'float64'] as const) {
      const source = createRecordingSource(
        createMemoryRecording({ time: 3, channel: 1 }, { dtype, valueAt: (row) => special[row]! }),
        { loopLive: false }
      )
      expect(source.description.elementType).toBe('float32')
      expect(await rows(source, 0, 3)).toEqual(special)
    }
    const int32 = createRecordingSource(
      createMemoryRecording({ time: 1, channel: 1 }, { dtype: 'int32', valueAt: () => 1 << 30 }),
      { loopLive: false }
    )
    expect(await rows(int32, 0, 1)).toEqual([2 ** 30])
  })

  test('band energy: the bands in the file’s order, each read by its index', async () => {
    const bands = [
      { lowHz: 0, highHz: 9 },
      { lowHz: 9, highHz: 50 }
    ]
    const source = createRecordingSource(
      createMemoryRecording({ time: 5, channel: 1 }, { dtype: 'float32', bands, sampleIntervalNs: 5.12e9 }),
      { loopLive: false }
    )
    expect(source.description).toMatchObject({ content: 'bandEnergy', bands })
    expect(await rows(source, 2, 2, 1)).toEqual([1020, 1030])
    expect(source.historicRange(0n)!.endNs).toBe(startNs + 25_600_000_000n)
  })

  test('a fractional interval does not drift', () => {
    const source = createRecordingSource(
      createMemoryRecording({ time: 10_000_000, channel: 1 }, { sampleIntervalNs: 500_005.00005 }),
      { loopLive: false }
    )
    expect(source.timeOfSample(9_999_999) - startNs).toBe(5_000_049_500_494n)
    expect(source.sampleIndexAt(source.timeOfSample(9_999_999))).toBe(9_999_999)
  })

  test('what does not know its time or rate is not offered', () => {
    for (const missing of [{ startTimeNs: null }, { sampleIntervalNs: null, sampleRateHz: null }]) {
      const source = createRecordingSource(createMemoryRecording({ time: 5, channel: 1 }, missing), { loopLive: false })
      expect(source.historicRange(0n)).toBeNull()
    }
  })

  test('ranges outside, short targets and a reader that gives too little are refused', async () => {
    const recording = createMemoryRecording({ time: 10, channel: 2 })
    const source = createRecordingSource(recording, { loopLive: false })
    const range = { firstSample: 5, sampleCount: 6, firstChannel: 0, channelCount: 1 }
    await expect(source.read(range, new Int16Array(6))).rejects.toThrow('samples 5 to 10 of 10')
    await expect(source.read({ ...range, firstChannel: 1, channelCount: 2 }, new Int16Array(20))).rejects.toThrow(
      'of 2'
    )
    await expect(source.read({ ...range, sampleCount: 5 }, new Int16Array(4))).rejects.toThrow('do not fit')
    recording.read = () => Promise.resolve(new Int16Array(1))
    await expect(source.read({ ...range, sampleCount: 5 }, new Int16Array(5))).rejects.toThrow(RecordingError)
    await source.dispose()
    expect(recording.isClosed).toBe(true)
  })
})

describe('holes', () => {
  const gaps = [
    { startTimeNs: startNs + 4n * millisecond, endTimeNs: startNs + 7n * millisecond + 300_000n },
    { startTimeNs: startNs + 9n * millisecond + 300_000n, endTimeNs: startNs + 10n * millisecond + 300_000n }
  ]
  const shape = { time: 10, channel: 1 }

  test('an index is a time: rows behind a hole keep theirs, the hole is filled and named', async () => {
    const source = createRecordingSource(
      createMemoryRecording(shape, { dtype: 'float32', gaps, valueAt: (row) => row }),
      { loopLive: false }
    )
    expect(source.historicRange(0n)!.endNs).toBe(startNs + 14n * millisecond)
    expect(await rows(source, 0, 14)).toEqual([0, 1, 2, 3, NaN, NaN, NaN, 4, 5, NaN, 6, 7, 8, 9])
    expect(await rows(source, 5, 3)).toEqual([NaN, NaN, 4])
    expect(source.gaps({ startNs, endNs: startNs + 14n * millisecond })).toEqual([
      { startNs: startNs + 4n * millisecond, endNs: startNs + 7n * millisecond },
      { startNs: startNs + 9n * millisecond, endNs: startNs + 10n * millisecond }
    ])
    expect(source.gaps({ startNs: startNs + 5n * millisecond, endNs: startNs + 6n * millisecond })).toEqual([
      { startNs: startNs + 5n * millisecond, endNs: startNs + 6n * millisecond }
    ])
    expect(source.gaps({ startNs, endNs: startNs + 4n * millisecond })).toEqual([])
  })

  test('int16 has no NaN: the hole is zeros', async () => {
    const source = createRecordingSource(createMemoryRecording(shape, { gaps, valueAt: (row) => row + 1 }), {
      loopLive: false
    })
    expect(await rows(source, 3, 5)).toEqual([4, 0, 0, 0, 5])
  })

  test('gaps outside the rows and gaps of no length change nothing', async () => {
    const odd = [
      { startTimeNs: startNs - millisecond, endTimeNs: startNs },
      { startTimeNs: startNs + 5n * millisecond, endTimeNs: startNs + 5n * millisecond },
      { startTimeNs: startNs + 10n * millisecond, endTimeNs: startNs + 90n * millisecond }
    ]
    const source = createRecordingSource(createMemoryRecording(shape, { gaps: odd, valueAt: (row) => row }), {
      loopLive: false
    })
    expect(await rows(source, 0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(source.historicRange(0n)!.endNs).toBe(startNs + 10n * millisecond)
  })
})

describe('a recording played in a loop', () => {
  test('is a function of time: index from 1970, one pass after the other without a seam', async () => {
    const recording = createMemoryRecording({ time: 7, channel: 1 }, { valueAt: (row) => row })
    const source = createRecordingSource(recording, { loopLive: true })
    expect(source.live).toBe(true)
    expect(source.historicRange(startNs)).toBeNull()
    const now = source.sampleIndexAt(1_790_000_000_123_000_000n)
    expect(now).toBe(1_790_000_000_123)
    expect(source.timeOfSample(now)).toBe(1_790_000_000_123_000_000n)
    const values = await rows(source, now, 20)
    expect(values).toEqual(Array.from({ length: 20 }, (_, i) => (now + i) % 7))
    // In blocks as at once.
    const blocks = [...(await rows(source, now, 3)), ...(await rows(source, now + 3, 17))]
    expect(blocks).toEqual(values)
  })

  test('its holes come again with every pass', async () => {
    const gaps = [{ startTimeNs: startNs + 2n * millisecond, endTimeNs: startNs + 3n * millisecond }]
    const source = createRecordingSource(
      createMemoryRecording({ time: 4, channel: 1 }, { gaps, dtype: 'float32', valueAt: (row) => row }),
      { loopLive: true }
    )
    expect(await rows(source, 0, 11)).toEqual([0, 1, NaN, 2, 3, 0, 1, NaN, 2, 3, 0])
    expect(source.gaps({ startNs: 0n, endNs: 10n * millisecond })).toEqual([
      { startNs: 2n * millisecond, endNs: 3n * millisecond },
      { startNs: 7n * millisecond, endNs: 8n * millisecond }
    ])
    expect(source.gaps({ startNs: 5n * millisecond, endNs: null })).toHaveLength(1)
  })

  test('needs no start time, but a rate and samples', () => {
    const play = (shape: { time: number; channel: number }, options = {}) =>
      createRecordingSource(createMemoryRecording(shape, options), { loopLive: true })
    expect(play({ time: 3, channel: 1 }, { startTimeNs: null }).live).toBe(true)
    expect(() => play({ time: 3, channel: 1 }, { sampleIntervalNs: null })).toThrow('does not say its sample rate')
    expect(() => play({ time: 0, channel: 1 })).toThrow('/recordings/memory.h5: cannot be played as live: it holds no')
  })
})
