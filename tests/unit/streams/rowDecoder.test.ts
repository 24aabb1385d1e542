import { expect, test } from 'vitest'
import { createFloat32Decoder } from '../../../src-main/streams/rowDecoder.ts'
import { createRowMerger } from '../../../src-main/streams/rowMerger.ts'
import type { DataStreamMessage } from '../../../src-main/streams/grpcServices.ts'

const bytesOf = (...values: number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer)
const message = (more: Partial<DataStreamMessage>): DataStreamMessage => ({
  startChannel: 1,
  endChannel: 2,
  timestampInMilis: [],
  rowIndex: [],
  dataShapeX: 2,
  dataShapeY: 2,
  mainData: [bytesOf(1, 2), bytesOf(3, 4)],
  ...more
})

test('one part a row, all in one part, and parts at odd offsets give the same rows', () => {
  const decode = createFloat32Decoder('as sent')
  const odd = new Uint8Array(17)
  odd.set(bytesOf(1, 2, 3, 4), 1)
  for (const mainData of [[bytesOf(1, 2), bytesOf(3, 4)], [bytesOf(1, 2, 3, 4)], [odd.subarray(1, 6), odd.subarray(6)]])
    expect(decode(message({ mainData }))).toEqual({
      rowCount: 2,
      valuesPerRow: 2,
      values: new Float32Array([1, 2, 3, 4])
    })
})

test('bytes are checked against x · y · z before they are taken for anything', () => {
  const decode = createFloat32Decoder('as sent')
  expect(decode(message({ dataShapeZ: 1 }))).toMatchObject({ rowCount: 2 })
  expect(decode(message({ dataShapeZ: 0 }))).toMatchObject({ rowCount: 2 })
  expect(decode(message({ dataShapeZ: 2 }))).toBe('rows of 16 bytes that should have 32 (2 × 2 × 2 float32)')
  expect(decode(message({ dataShapeX: 2_000_000_000, dataShapeY: 2_000_000_000 }))).toContain('should have')
  expect(decode(message({ dataShapeX: -2, dataShapeY: -2 }))).toContain('shape')
  expect(decode(message({ dataShapeX: 0 }))).toContain('shape')
  expect(decode(message({ mainData: [] }))).toContain('0 bytes')
})

test('a site whose values are linear or natural logarithms is shown in dB', () => {
  const values = (scale: 'linear' | 'natural logarithm', ...sent: number[]): number[] => {
    const decoded = createFloat32Decoder(scale)(
      message({ dataShapeX: sent.length, dataShapeY: 1, mainData: [bytesOf(...sent)] })
    )
    return typeof decoded === 'string' ? [] : [...decoded.values]
  }
  const [a, b, c, d] = values('linear', 0.001, 0, -1, NaN)
  expect([a, b]).toEqual([expect.closeTo(-30, 4), -300])
  expect([c, d]).toEqual([NaN, NaN])
  expect(values('natural logarithm', -6.9077553, NaN)).toEqual([expect.closeTo(-30, 4), NaN])
})

test('rows of several streams are merged by row index, in order; what never comes is NaN', () => {
  const rows: [number, number[]][] = []
  const merger = createRowMerger(2, 3, (row, values) => rows.push([row, [...values]]))
  merger.add(0, 0, 0, new Float32Array([1, 2]))
  merger.add(0, 1, 0, new Float32Array([4, 5]))
  expect(rows).toEqual([])
  merger.add(1, 1, 2, new Float32Array([6]))
  merger.add(1, 0, 2, new Float32Array([3]))
  expect(rows).toEqual([
    [0, [1, 2, NaN]],
    [1, [4, 5, 6]]
  ])
  merger.add(1, 2, 2, new Float32Array([9]))
  merger.flush()
  expect(rows.at(-1)).toEqual([2, [NaN, NaN, 9]])
})

test('a stream that stays away does not make the other wait for ever', () => {
  const rows: number[] = []
  const merger = createRowMerger(2, 2, (row) => rows.push(row))
  for (let row = 0; row < 500; row++) merger.add(0, row, 0, new Float32Array([row]))
  expect(rows).toEqual(Array.from({ length: 372 }, (_, row) => row))
})
