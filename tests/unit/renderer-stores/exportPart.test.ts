import { describe, expect, test } from 'vitest'
import type { SessionSummary } from '../../../src-preload/contract/sessions.ts'
import { partOf } from '../../../src-renderer/stores/exportPart.ts'
import type { TileSelection } from '../../../src-renderer/stores/viewStore.ts'

const startNs = 1_700_000_000_000_000_000n
const session = { startNs: String(startNs), endNs: String(startNs + 60_000_000_000n) } as SessionSummary
const selected = (fromNs: bigint, toNs: bigint, first = 5, last = 9): TileSelection => ({
  jobId: 'historic-1',
  epoch: 0,
  channels: { first, last },
  distancesM: null,
  firstRow: 0,
  rowCount: 1,
  firstColumn: 0,
  columnCount: 5,
  startNs: String(startNs + fromNs),
  endNs: String(startNs + toNs)
})

describe('the part of a session that a selection covers', () => {
  test('is exact to the nanosecond, as it is typed', () => {
    expect(partOf(selected(1_500_000_000n, 20_000_000_001n), session)).toEqual({
      fromS: '1.5',
      toS: '20.000000001',
      firstChannel: '5',
      lastChannel: '9'
    })
  })

  test('ends where the session does, and its channels rise', () => {
    expect(partOf(selected(-5_000_000_000n, 90_000_000_000n, 9, 5), session)).toEqual({
      fromS: '0',
      toS: '60',
      firstChannel: '5',
      lastChannel: '9'
    })
  })

  test('is nothing where they do not meet, or where nobody knows when the session began', () => {
    expect(partOf(selected(60_000_000_000n, 61_000_000_000n), session)).toBeNull()
    expect(partOf(selected(0n, 1n), { ...session, startNs: null })).toBeNull()
  })

  test('of a session that is still written has no end', () => {
    expect(partOf(selected(0n, 90_000_000_000n), { ...session, endNs: null })?.toS).toBe('90')
  })
})
