import type { ViewExtent } from '../../src-preload/contract/schemas.ts'
import { createFoldScratch, createRowFold, type RowFold } from './rowFold.ts'
import type { RowLog } from './rowLog.ts'
import { createRowStore, rowBytes, type RowStore } from './rowStore.ts'

/** Rows of a level that make one of the next. */
export const levelFactor = 4
/** Level 1 would need nearly as much memory as the rows themselves: it is folded from them when it is asked for. */
const firstStoredLevel = 2
/**
 * Bytes of the levels from 2 on, as shares of what level 0 may have: each reaches further back than the one before it (2 is
 * 12 % longer than the rows, then 2.5, 6.4, 15 and 41 times).
 */
const sharesFromLevel2 = [0.21, 0.12, 0.075, 0.045, 0.03]
export const levelCount = firstStoredLevel + sharesFromLevel2.length
/** A row can be megabytes wide. */
const fewestRows = 2

const factorOf = (level: number): number => levelFactor ** level

interface StoredLevel {
  level: number
  factor: number
  store: RowStore
  /** The group that still grows, by its row in this level; null before the first. */
  group: number | null
  fold: RowFold
}

/** Planes of a row of a level, each of `valuesPerRow`: mean, minimum, maximum. Null: there is nothing (any more). */
export type LevelRow = { mean: Float32Array; minimum: Float32Array; maximum: Float32Array } | null

/** The kept rows of a layer at coarser and coarser resolution, each level bounded by itself. */
export interface RowPyramid {
  /** Rows that have just been logged. */
  add(firstRow: number, rowCount: number, values: Float32Array, offset: number): void
  /** Bound of level 0; the others follow. */
  resize(historyBytes: number): void
  levels(): ViewExtent['levels']
  /** Of a level, in its own rows; views, valid until the next call. */
  rowAt(level: number, row: number): LevelRow
}

export function createRowPyramid(options: {
  log: RowLog
  /** dB: means are those of the powers. */
  areLevels: boolean
  historyBytes: number
  /** Rows of level 0 that will ever come; null where nobody knows. */
  expectedRows: number | null
}): RowPyramid {
  const { log, areLevels, expectedRows } = options
  const { valuesPerRow } = log
  const written = new Float32Array(3 * valuesPerRow)
  const scratch = createFoldScratch(valuesPerRow)
  /** Of level 1, which is never kept. */
  const derived = createRowFold(valuesPerRow, areLevels, scratch)

  function capacityOf(level: number, historyBytes: number): number {
    const share = sharesFromLevel2[level - firstStoredLevel]!
    const wanted = Math.floor((share * historyBytes) / rowBytes(3 * valuesPerRow))
    const expected = expectedRows === null ? wanted : Math.ceil(expectedRows / factorOf(level)) + fewestRows
    return Math.max(fewestRows, Math.min(wanted, expected))
  }

  const stored: StoredLevel[] = sharesFromLevel2.map((_, index) => {
    const level = firstStoredLevel + index
    return {
      level,
      factor: factorOf(level),
      store: createRowStore(3 * valuesPerRow, capacityOf(level, options.historyBytes)),
      group: null,
      fold: createRowFold(valuesPerRow, areLevels, scratch)
    }
  })

  /** The group of a level is whole: it is kept, and a part of the next level's. */
  function finishGroup(index: number): void {
    const current = stored[index]!
    const { group, fold, store } = current
    if (group === null) return
    fold.write(written, 0, valuesPerRow, 2 * valuesPerRow)
    store.add(group, 1, 0, written)
    const next = stored[index + 1]
    if (next) {
      enterGroup(index + 1, Math.floor(group / levelFactor))
      next.fold.addFold(fold)
    }
    fold.clear()
    current.group = null
  }

  function enterGroup(index: number, group: number): void {
    const current = stored[index]!
    if (current.group === group) return
    finishGroup(index)
    current.group = group
    // Nothing more comes for the groups above that this one is no part of.
    let parent = group
    for (let above = index + 1; above < stored.length; above++) {
      parent = Math.floor(parent / levelFactor)
      if (stored[above]!.group !== parent) finishGroup(above)
    }
  }

  const growingRow = (index: number): number | null => {
    const { group, factor } = stored[0]!
    return group === null ? null : Math.floor((group * factor) / stored[index]!.factor)
  }

  /** What a level's growing group holds, with those that still grow below it. */
  function growing(index: number): RowFold {
    const joined = createRowFold(valuesPerRow, areLevels, scratch)
    const row = growingRow(index)
    for (let below = 0; below <= index; below++) {
      const { group, fold, factor } = stored[below]!
      if (group !== null && Math.floor((group * factor) / stored[index]!.factor) === row) joined.addFold(fold)
    }
    return joined
  }

  function planesOf(values: Float32Array): NonNullable<LevelRow> {
    return {
      mean: values.subarray(0, valuesPerRow),
      minimum: values.subarray(valuesPerRow, 2 * valuesPerRow),
      maximum: values.subarray(2 * valuesPerRow, 3 * valuesPerRow)
    }
  }

  function derivedRow(row: number): LevelRow {
    derived.clear()
    const end = (row + 1) * levelFactor
    for (let at = log.rows.positionFrom(row * levelFactor); at < log.end && log.rows.indexAt(at) < end; at++)
      derived.addRow(log.rows.valuesAt(at, 1), 0)
    if (derived.rowCount === 0) return null
    derived.write(written, 0, valuesPerRow, 2 * valuesPerRow)
    return planesOf(written)
  }

  function extentOfLog(factor: number): { firstRow: number; endRow: number } {
    if (log.end === log.start) return { firstRow: 0, endRow: 0 }
    const first = log.rows.indexAt(log.start)
    return {
      firstRow: Math.floor(first / factor),
      endRow: Math.floor(log.rows.indexAt(log.end - 1) / factor) + 1
    }
  }

  return {
    add(firstRow, rowCount, values, offset) {
      const { factor, fold } = stored[0]!
      for (let row = 0; row < rowCount; row++) {
        enterGroup(0, Math.floor((firstRow + row) / factor))
        fold.addRow(values, offset + row * valuesPerRow)
      }
    },
    resize(historyBytes) {
      for (const { level, store } of stored) store.resize(capacityOf(level, historyBytes))
    },
    levels() {
      const { bytes, bytesMost } = log.rows
      return [
        { level: 0, factor: 1, ...extentOfLog(1), bytes, bytesMost },
        { level: 1, factor: levelFactor, ...extentOfLog(levelFactor), bytes: 0, bytesMost: 0 },
        ...stored.map(({ level, factor, store, fold }, index) => {
          const last = growingRow(index)
          const isEmpty = store.end === store.start
          const firstRow = isEmpty ? (last ?? 0) : store.indexAt(store.start)
          const endRow = last !== null ? last + 1 : isEmpty ? 0 : store.indexAt(store.end - 1) + 1
          return {
            level,
            factor,
            firstRow,
            endRow,
            bytes: store.bytes + fold.bytes,
            bytesMost: store.bytesMost + fold.bytes
          }
        })
      ]
    },
    rowAt(level, row) {
      if (level === 0) {
        const position = log.rows.positionFrom(row)
        if (position === log.end || log.rows.indexAt(position) !== row) return null
        const values = log.rows.valuesAt(position, 1)
        return { mean: values, minimum: values, maximum: values }
      }
      if (level < firstStoredLevel) return derivedRow(row)
      const { store } = stored[level - firstStoredLevel]!
      const position = store.positionFrom(row)
      if (position < store.end && store.indexAt(position) === row) return planesOf(store.valuesAt(position, 1))
      if (growingRow(level - firstStoredLevel) !== row) return null
      growing(level - firstStoredLevel).write(written, 0, valuesPerRow, 2 * valuesPerRow)
      return planesOf(written)
    }
  }
}
