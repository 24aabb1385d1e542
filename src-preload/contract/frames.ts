/**
 * Binary row frame: one header, then rows · columns values, float32 little-endian, row-major. The same bytes travel on a
 * message port and on a web socket. All header fields are little-endian:
 *
 *  0 u32 magic 'WFRW'     4 u16 version     6 u16 kind (1 rows, 2 gap, 3 reduced)
 *  8 u32 subscription    12 u32 epoch
 * 16 f64 first row index (integer; rows of a live job exceed 2^32 after years, a double holds them)
 * 24 u32 row count       28 u32 column count
 * 32 f64 end of the newest data in the frame, milliseconds since the epoch (0 for history that was kept)
 * 40 f64 when the core sent it, milliseconds since the epoch
 * 48 u32 rows that were shed before this frame for want of credit
 * 52 u32 length of the UTF-8 text after the header (gap: why), 0 for rows; reduced: level | planes << 16
 * 56 f64 gap: milliseconds missing; reduced: the number of the request that it answers
 * 64 …  text padded to 4 bytes, or values
 *
 * Values: dB, or a trace's unit; NaN = the row was there but the value is invalid.
 * A gap frame covers the row indices [first, first + row count); its rows were never there.
 * A reduced frame holds kept rows, counted in rows of its level. Planes, one after the other: 1 = the rows; 3 = all means, all
 * minima, all maxima. −Infinity = no row was ever there, or it is kept no more.
 */
export const frameHeaderBytes = 64
const magic = 0x57524657
const version = 1

export interface RowsFrame {
  kind: 'rows'
  subscription: number
  epoch: number
  firstRow: number
  rowCount: number
  columnCount: number
  dataEndMs: number
  sentAtMs: number
  shedRows: number
  values: Float32Array
}

export interface GapFrame {
  kind: 'gap'
  subscription: number
  epoch: number
  firstRow: number
  rowCount: number
  sentAtMs: number
  missingMs: number
  reason: string
}

export interface ReducedFrame {
  kind: 'reduced'
  subscription: number
  epoch: number
  level: number
  request: number
  /** In rows of the level. */
  firstRow: number
  rowCount: number
  columnCount: number
  sentAtMs: number
  planes: 1 | 3
  /** With one plane all three are the same values. */
  mean: Float32Array
  minimum: Float32Array
  maximum: Float32Array
}

export type Frame = RowsFrame | GapFrame | ReducedFrame

type CommonField = 'kind' | 'subscription' | 'epoch' | 'firstRow' | 'rowCount' | 'sentAtMs'

const kindNumbers = { rows: 1, gap: 2, reduced: 3 } as const

function writeHeader(view: DataView, frame: Pick<Frame, CommonField>): void {
  view.setUint32(0, magic, true)
  view.setUint16(4, version, true)
  view.setUint16(6, kindNumbers[frame.kind], true)
  view.setUint32(8, frame.subscription, true)
  view.setUint32(12, frame.epoch, true)
  view.setFloat64(16, frame.firstRow, true)
  view.setUint32(24, frame.rowCount, true)
  view.setFloat64(40, frame.sentAtMs, true)
}

/** A reduced frame whose values are still to be written: planes · rows · columns of them, plane after plane. */
export function startReducedFrame(frame: Omit<ReducedFrame, 'mean' | 'minimum' | 'maximum'>): {
  buffer: ArrayBuffer
  values: Float32Array
} {
  const valueCount = frame.planes * frame.rowCount * frame.columnCount
  const buffer = new ArrayBuffer(frameHeaderBytes + valueCount * 4)
  const view = new DataView(buffer)
  writeHeader(view, frame)
  view.setUint32(28, frame.columnCount, true)
  view.setUint32(52, frame.level | (frame.planes << 16), true)
  view.setFloat64(56, frame.request, true)
  return { buffer, values: new Float32Array(buffer, frameHeaderBytes, valueCount) }
}

/** Encodes into a fresh buffer that the transport may transfer. */
export function encodeFrame(frame: Frame): ArrayBuffer {
  if (frame.kind === 'gap') {
    const text = new TextEncoder().encode(frame.reason)
    const buffer = new ArrayBuffer(frameHeaderBytes + Math.ceil(text.length / 4) * 4)
    const view = new DataView(buffer)
    writeHeader(view, frame)
    view.setUint32(52, text.length, true)
    view.setFloat64(56, frame.missingMs, true)
    new Uint8Array(buffer, frameHeaderBytes).set(text)
    return buffer
  }
  const valueCount = frame.rowCount * frame.columnCount
  if (frame.kind === 'reduced') {
    const { buffer, values } = startReducedFrame(frame)
    const planes = [frame.mean, frame.minimum, frame.maximum].slice(0, frame.planes)
    planes.forEach((plane, index) => values.set(plane.subarray(0, valueCount), index * valueCount))
    return buffer
  }
  const buffer = new ArrayBuffer(frameHeaderBytes + valueCount * 4)
  const view = new DataView(buffer)
  writeHeader(view, frame)
  view.setUint32(28, frame.columnCount, true)
  view.setFloat64(32, frame.dataEndMs, true)
  view.setUint32(48, frame.shedRows, true)
  new Float32Array(buffer, frameHeaderBytes).set(frame.values.subarray(0, valueCount))
  return buffer
}

/** Reads a frame; `values` is a view on the buffer. Null where the bytes are no frame of this version or are cut. */
export function decodeFrame(buffer: ArrayBuffer): Frame | null {
  if (buffer.byteLength < frameHeaderBytes) return null
  const view = new DataView(buffer)
  if (view.getUint32(0, true) !== magic || view.getUint16(4, true) !== version) return null
  const common = {
    subscription: view.getUint32(8, true),
    epoch: view.getUint32(12, true),
    firstRow: view.getFloat64(16, true),
    rowCount: view.getUint32(24, true),
    sentAtMs: view.getFloat64(40, true)
  }
  const kind = view.getUint16(6, true)
  if (kind === 2) {
    const textBytes = view.getUint32(52, true)
    if (frameHeaderBytes + textBytes > buffer.byteLength) return null
    const reason = new TextDecoder().decode(new Uint8Array(buffer, frameHeaderBytes, textBytes))
    return { kind: 'gap', ...common, missingMs: view.getFloat64(56, true), reason }
  }
  const columnCount = view.getUint32(28, true)
  if (kind === 3) {
    const words = view.getUint32(52, true)
    const planes = words >>> 16
    if (planes !== 1 && planes !== 3) return null
    const planeValues = common.rowCount * columnCount
    if (frameHeaderBytes + planes * planeValues * 4 !== buffer.byteLength) return null
    const planeAt = (index: number): Float32Array =>
      new Float32Array(buffer, frameHeaderBytes + (planes === 1 ? 0 : index) * planeValues * 4, planeValues)
    const request = view.getFloat64(56, true)
    const [mean, minimum, maximum] = [planeAt(0), planeAt(1), planeAt(2)]
    return { kind: 'reduced', ...common, level: words & 0xffff, request, columnCount, planes, mean, minimum, maximum }
  }
  if (kind !== 1) return null
  const valueCount = common.rowCount * columnCount
  if (frameHeaderBytes + valueCount * 4 !== buffer.byteLength) return null
  return {
    kind: 'rows',
    ...common,
    columnCount,
    dataEndMs: view.getFloat64(32, true),
    shedRows: view.getUint32(48, true),
    values: new Float32Array(buffer, frameHeaderBytes, valueCount)
  }
}
