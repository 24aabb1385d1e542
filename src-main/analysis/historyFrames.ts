import { startReducedFrame } from '../../src-preload/contract/frames.ts'
import type { ColumnReduction } from './columnReduction.ts'
import type { RowPyramid } from './rowPyramid.ts'

export interface HistoryRequest {
  level: number
  /** In rows of the level. */
  firstRow: number
  rowCount: number
  /** The caller's own number, given back in the frames. */
  request: number
}

/** Of one request; a window asks again for the rest. Half of what a web socket may have waiting. */
const requestBytesMax = 8 * 1024 * 1024
const frameBytesMax = 512 * 1024
/** Live rows wait no longer for a window that scrolls back. */
const turnMs = 3

/**
 * Kept rows as frames of the kind `reduced`, a few at a time, so that live rows come in between. Returns what was sent; it
 * ends early where `isCurrent` says that the picture has changed.
 */
export async function sendHistory(
  { level, firstRow, rowCount, request }: HistoryRequest,
  source: { pyramid: RowPyramid; epoch: number; subscription: number; reduction: ColumnReduction },
  isCurrent: () => boolean,
  send: (frame: ArrayBuffer) => void
): Promise<{ firstRow: number; rowCount: number }[]> {
  const { pyramid, epoch, subscription, reduction } = source
  const planes = level === 0 ? 1 : 3
  const columnCount = reduction.valuesPerRow
  const rowBytes = planes * columnCount * 4
  const held = pyramid.levels()[level]
  if (!held) return []
  const sent: { firstRow: number; rowCount: number }[] = []
  const from = Math.max(firstRow, held.firstRow)
  const mostRows = Math.max(1, Math.floor(requestBytesMax / rowBytes))
  const end = Math.min(firstRow + rowCount, held.endRow, from + mostRows)
  const frameRows = Math.max(1, Math.floor(frameBytesMax / rowBytes))
  let turnStart = performance.now()

  for (let first = from; first < end; first += frameRows) {
    if (performance.now() - turnStart > turnMs) {
      await new Promise((resolve) => setImmediate(resolve))
      turnStart = performance.now()
      if (!isCurrent()) break
    }
    const count = Math.min(frameRows, end - first)
    const planeValues = count * columnCount
    const { buffer, values } = startReducedFrame({
      ...{ kind: 'reduced', subscription, epoch, level, request, planes },
      ...{ firstRow: first, rowCount: count, columnCount, sentAtMs: Date.now() }
    })
    for (let row = 0; row < count; row++) {
      const at = row * columnCount
      const found = pyramid.rowAt(level, first + row)
      if (!found) {
        for (let plane = 0; plane < planes; plane++)
          values.fill(-Infinity, plane * planeValues + at, plane * planeValues + at + columnCount)
        continue
      }
      put(values, at, found.mean, 'mean')
      if (planes === 1) continue
      put(values, planeValues + at, found.minimum, 'minimum')
      put(values, 2 * planeValues + at, found.maximum, 'maximum')
    }
    send(buffer)
    sent.push({ firstRow: first, rowCount: count })
  }
  return sent

  function put(target: Float32Array, at: number, full: Float32Array, fold: 'mean' | 'minimum' | 'maximum'): void {
    const reduced = reduction.reduce(full, 1, fold)
    target.set(reduced.length === columnCount ? reduced : reduced.subarray(0, columnCount), at)
  }
}
