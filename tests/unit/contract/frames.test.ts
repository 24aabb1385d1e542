import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame, encodeFrame, frameHeaderBytes, type Frame } from '../../../src-preload/contract/frames.ts'

const rows: Frame = {
  kind: 'rows',
  subscription: 7,
  epoch: 3,
  firstRow: 2 ** 40 + 1,
  rowCount: 2,
  columnCount: 3,
  dataEndMs: 1_700_000_000_123.5,
  sentAtMs: 1_700_000_000_130.25,
  shedRows: 4,
  values: Float32Array.from([1, -2.5, Number.NaN, -300, 0, 12])
}

describe('row frame', () => {
  it('keeps every field and value of rows', () => {
    expect(decodeFrame(encodeFrame(rows))).toEqual(rows)
  })

  it('keeps a gap with its reason in any language', () => {
    const gap: Frame = {
      kind: 'gap',
      subscription: 1,
      epoch: 2,
      firstRow: 10,
      rowCount: 36,
      sentAtMs: 5,
      missingMs: 1800.5,
      reason: 'Verbindung verloren · 再接続'
    }
    expect(decodeFrame(encodeFrame(gap))).toEqual(gap)
  })

  it.each([1, 3] as const)('keeps rows of a level with %i plane(s)', (planes) => {
    const planeOf = (first: number): Float32Array => Float32Array.from({ length: 6 }, (_, k) => first + k)
    const mean = planeOf(1)
    mean[2] = Number.NaN
    mean[3] = -Infinity
    const reduced: Frame = {
      kind: 'reduced',
      subscription: 9,
      epoch: 4,
      level: 5,
      request: 2 ** 33 + 1,
      firstRow: 2 ** 35,
      rowCount: 2,
      columnCount: 3,
      sentAtMs: 12.5,
      planes,
      mean,
      minimum: planes === 1 ? mean : planeOf(10),
      maximum: planes === 1 ? mean : planeOf(20)
    }
    const buffer = encodeFrame(reduced)
    expect(buffer.byteLength).toBe(frameHeaderBytes + planes * 24)
    expect(decodeFrame(buffer)).toEqual(reduced)
    const view = new DataView(buffer)
    expect(view.getUint16(6, true)).toBe(3)
    expect(view.getUint32(52, true)).toBe(5 | (planes << 16))
    expect(view.getFloat64(56, true)).toBe(2 ** 33 + 1)
    expect(decodeFrame(buffer.slice(0, -4))).toBeNull()
    view.setUint32(52, 5 | (2 << 16), true)
    expect(decodeFrame(buffer)).toBeNull()
  })

  it('has its header where the layout says, little-endian', () => {
    const view = new DataView(encodeFrame(rows))
    expect(String.fromCharCode(...new Uint8Array(view.buffer, 0, 4))).toBe('WFRW')
    expect(view.getUint32(8, true)).toBe(7)
    expect(view.getUint32(12, true)).toBe(3)
    expect(view.getFloat64(16, true)).toBe(2 ** 40 + 1)
    expect(view.getUint32(28, true)).toBe(3)
    expect(view.getFloat32(frameHeaderBytes, true)).toBe(1)
  })

  it('refuses cut, stretched and foreign bytes', () => {
    const whole = encodeFrame(rows)
    for (let length = 0; length < whole.byteLength; length++) expect(decodeFrame(whole.slice(0, length))).toBeNull()
    const stretched = new ArrayBuffer(whole.byteLength + 4)
    new Uint8Array(stretched).set(new Uint8Array(whole))
    expect(decodeFrame(stretched)).toBeNull()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const buffer = bytes.slice().buffer
        if (new TextDecoder('latin1').decode(bytes.subarray(0, 4)) !== 'WFRW') expect(decodeFrame(buffer)).toBeNull()
      })
    )
  })

  it('never throws on flipped header bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: frameHeaderBytes - 1 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const buffer = encodeFrame(rows)
        new Uint8Array(buffer)[at] = value
        const frame = decodeFrame(buffer)
        if (frame?.kind === 'rows') expect(frame.values.length).toBe(frame.rowCount * frame.columnCount)
      })
    )
  })
})
