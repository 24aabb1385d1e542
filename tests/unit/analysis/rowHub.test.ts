import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rowBytes } from '../../../src-main/analysis/rowStore.ts'
import { fakeWindow, jobDescription, makeHub, publishRows, range, valueOf } from './hubFakes.ts'

const mebibyte = 1024 * 1024

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('live rows', () => {
  it('go out as they come while there is credit, with their values, ages and description', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    expect(window.described).toEqual([{ ...jobDescription(), subscription: subscription.id, epoch: 1 }])
    expect(subscription.description).toEqual(window.described[0])
    subscription.credit(3, [])
    publishRows(hub, 500, 2, 4, Date.now() - 30)
    publishRows(hub, 502, 1, 4, Date.now() - 50)
    expect(window.rowFrames()).toMatchObject([
      { firstRow: 500, rowCount: 2, columnCount: 4, epoch: 1, shedRows: 0, dataEndMs: Date.now() - 30 },
      { firstRow: 502, rowCount: 1, sentAtMs: Date.now(), subscription: subscription.id }
    ])
    expect([...window.rowFrames()[0]!.values]).toEqual([500, 501].flatMap((k) => range(0, 4).map((c) => valueOf(k, c))))
    expect(hub.statistics().latencyMs).toEqual({ p50: 30, p95: 50, p99: 50 })
    subscription.credit(0, [80, 90, 100])
    expect(hub.statistics().drawnLatencyMs!.p50).toBe(90)
    vi.advanceTimersByTime(31_000)
    expect(hub.statistics().latencyMs).toBeNull()
  })

  it('coalesce without credit: the newest 2 s wait, older ones are shed and counted', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    for (let row = 0; row < 100; row++) publishRows(hub, row, 1)
    expect(window.frames).toEqual([])
    subscription.credit(1, [])
    // 2 s of rows 50 ms apart.
    expect(window.rowFrames()).toMatchObject([{ firstRow: 60, rowCount: 40, shedRows: 60 }])
    expect(hub.statistics().shedRows).toBe(60)
    publishRows(hub, 100, 1)
    subscription.credit(1, [])
    expect(window.rowFrames()[1]).toMatchObject({ firstRow: 100, rowCount: 1, shedRows: 0 })
  })

  it('that were shed come later, newest first, as soon as nothing newer waits', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    for (let row = 0; row < 100; row++) publishRows(hub, row, 1)
    expect(hub.statistics().shedRows).toBe(60)
    subscription.credit(2, [])
    expect(window.rowFrames()).toMatchObject([
      { firstRow: 60, rowCount: 40, shedRows: 60 },
      { firstRow: 0, rowCount: 60, shedRows: 0, dataEndMs: 0 }
    ])
    expect([...window.rowFrames()[1]!.values.subarray(0, 4)]).toEqual(range(0, 4).map((c) => valueOf(0, c)))
    expect(hub.statistics().shedRows).toBe(0)
    subscription.credit(5, [])
    expect(window.rowFrames()).toHaveLength(2)
  })

  it('that were not computed for want of time are counted and told, and are no gap', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    hub.subscribe(window.sink, { columnsMax: 100 }).credit(10, [])
    publishRows(hub, 0, 1)
    hub.shed({ firstRow: 1, rowCount: 3 })
    publishRows(hub, 4, 1)
    expect(window.gapFrames()).toEqual([])
    expect(window.rowFrames()).toMatchObject([
      { firstRow: 0, shedRows: 0 },
      { firstRow: 4, shedRows: 3 }
    ])
    expect(hub.statistics()).toMatchObject({ shedRows: 3, rows: 2, gaps: 0 })
  })

  it('are bounded in bytes too', () => {
    const hub = makeHub(64 * mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription({ rowIntervalNs: 1e6 }, 1024))
    const subscription = hub.subscribe(window.sink, { columnsMax: 4096 })
    publishRows(hub, 0, 1000, 1024)
    publishRows(hub, 1000, 1, 1024)
    subscription.credit(100, [])
    // 1 MiB of rows of 4 KiB, in frames of 256 KiB; then one frame of what was shed.
    expect(window.rowIndices().slice(0, 256)).toEqual(range(745, 1001))
    expect(window.rowIndices()).toHaveLength(256 + window.rowFrames().at(-1)!.rowCount)
    expect(Math.max(...window.rowFrames().map(({ rowCount }) => rowCount))).toBe(64)
  })

  it('of one window do not wait for another', () => {
    const hub = makeHub(mebibyte)
    const [quick, slow] = [fakeWindow(), fakeWindow()]
    hub.describe(jobDescription())
    hub.subscribe(quick.sink, { columnsMax: 100 }).credit(1000, [])
    hub.subscribe(slow.sink, { columnsMax: 100 })
    for (let row = 0; row < 200; row++) publishRows(hub, row, 1)
    expect(quick.rowIndices()).toEqual(range(0, 200))
    expect(slow.frames).toEqual([])
    expect(hub.writable).toBe(true)
  })

  it('go nowhere after close', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    subscription.close()
    subscription.credit(10, [])
    publishRows(hub, 0, 5)
    expect(window.frames).toEqual([])
    expect(hub.statistics().subscriptions).toBe(0)
  })
})

describe('history', () => {
  it('comes first, oldest first, in bounded frames, by credit, with its gaps in place', () => {
    const hub = makeHub(64 * mebibyte)
    hub.describe(jobDescription({}, 1024))
    publishRows(hub, 0, 100, 1024)
    hub.gap({ firstRow: 100, rowCount: 20, missingMs: 1000, reason: 'backend restarted' })
    publishRows(hub, 120, 30, 1024)
    const window = fakeWindow()
    const subscription = hub.subscribe(window.sink, { columnsMax: 4096 })
    expect(window.frames).toEqual([])
    subscription.credit(2, [])
    expect(window.frames).toMatchObject([
      { kind: 'rows', firstRow: 0, rowCount: 64, dataEndMs: 0 },
      { kind: 'rows', firstRow: 64, rowCount: 36, dataEndMs: 0 },
      { kind: 'gap', firstRow: 100, rowCount: 20, missingMs: 1000, reason: 'backend restarted' }
    ])
    publishRows(hub, 150, 1, 1024)
    // Far behind, yet nothing of the history is shed.
    for (let row = 151; row < 300; row++) publishRows(hub, row, 1, 1024)
    subscription.credit(100, [])
    expect(window.rowIndices()).toEqual([...range(0, 100), ...range(120, 300)])
    expect(hub.statistics().shedRows).toBe(0)
  })

  it('is bounded: the oldest rows go and are counted, with the gaps between them', () => {
    const hub = makeHub(100 * rowBytes(4))
    hub.describe(jobDescription())
    publishRows(hub, 0, 60)
    hub.gap({ firstRow: 60, rowCount: 5, missingMs: 250, reason: 'early' })
    publishRows(hub, 65, 120)
    hub.gap({ firstRow: 185, rowCount: 5, missingMs: 250, reason: 'late' })
    publishRows(hub, 190, 10)
    expect(hub.statistics()).toMatchObject({ historyRows: 100, droppedHistoryRows: 90, rows: 190, gaps: 2, gapMs: 500 })
    const window = fakeWindow()
    hub.subscribe(window.sink, { columnsMax: 100 }).credit(100, [])
    expect(window.rowIndices()).toEqual([...range(95, 185), ...range(190, 200)])
    expect(window.gapFrames().map(({ reason }) => reason)).toEqual(['late'])
  })

  it('overtakes a view that never reads, which is told how many rows it missed', () => {
    const hub = makeHub(100 * rowBytes(4))
    hub.describe(jobDescription())
    publishRows(hub, 0, 50)
    const window = fakeWindow()
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    publishRows(hub, 50, 120)
    subscription.credit(100, [])
    expect(window.rowIndices()).toEqual(range(70, 170))
    expect(window.rowFrames()[0]!.shedRows).toBe(70)
  })
})

describe('gaps', () => {
  it('go out at once, without credit of their own, and not before the rows ahead of them', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    hub.gap({ firstRow: 0, rowCount: 7, missingMs: 350, reason: 'first' })
    expect(window.gapFrames()).toMatchObject([{ firstRow: 0, rowCount: 7, reason: 'first' }])
    publishRows(hub, 7, 3)
    hub.gap({ firstRow: 10, rowCount: 2, missingMs: 100, reason: 'second' })
    expect(window.frames).toHaveLength(1)
    subscription.credit(1, [])
    expect(window.frames).toMatchObject([{ kind: 'gap' }, { kind: 'rows', firstRow: 7 }, { kind: 'gap', firstRow: 10 }])
  })

  it('are made for rows that never came and that nobody spoke of', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    hub.subscribe(window.sink, { columnsMax: 100 }).credit(100, [])
    publishRows(hub, 1000, 10)
    // Told of 1015..1019 alone, before rows that were still on their way.
    hub.gap({ firstRow: 1015, rowCount: 5, missingMs: 250, reason: 'lost blocks' })
    publishRows(hub, 1010, 2)
    publishRows(hub, 1023, 1)
    expect(window.gapFrames()).toMatchObject([
      { firstRow: 1015, rowCount: 5, reason: 'lost blocks' },
      { firstRow: 1012, rowCount: 3, missingMs: 150 },
      { firstRow: 1020, rowCount: 3, missingMs: 150 }
    ])
    expect(window.rowIndices()).toEqual([...range(1000, 1012), 1023])
  })

  it('that cost no row are counted and not drawn', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    hub.subscribe(window.sink, { columnsMax: 100 })
    hub.gap({ firstRow: 3, rowCount: 0, missingMs: 4, reason: 'short' })
    expect(window.frames).toEqual([])
    expect(hub.statistics()).toMatchObject({ gaps: 1, gapMs: 4 })
  })

  it('start a historic picture that begins with missing rows', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription({ live: false, expectedRows: 100 }))
    hub.subscribe(window.sink, { columnsMax: 100 }).credit(100, [])
    publishRows(hub, 3, 2)
    expect(window.frames).toMatchObject([
      { kind: 'gap', firstRow: 0, rowCount: 3 },
      { kind: 'rows', firstRow: 3 }
    ])
  })
})

describe('rows that come twice', () => {
  it('are taken once and counted', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription())
    hub.subscribe(window.sink, { columnsMax: 100 }).credit(100, [])
    publishRows(hub, 0, 10)
    publishRows(hub, 8, 5)
    publishRows(hub, 2, 3)
    expect(window.rowIndices()).toEqual(range(0, 13))
    expect(hub.statistics().repeatedRows).toBe(5)
    expect(window.gapFrames()).toEqual([])
  })
})

describe('epochs', () => {
  it('start anew for every window, and nothing of the old picture follows', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    expect(subscription.description).toBeNull()
    expect(window.described).toEqual([])
    hub.describe(jobDescription())
    publishRows(hub, 0, 5)
    hub.describe(jobDescription({}, 2))
    publishRows(hub, 0, 1, 2)
    subscription.credit(10, [])
    expect(window.described.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(window.rowFrames()).toMatchObject([{ epoch: 2, columnCount: 2, rowCount: 1 }])
  })

  it('refuses rows of another width and rows without a description', () => {
    const hub = makeHub(mebibyte)
    expect(() => {
      publishRows(hub, 0, 1)
    }).toThrow(/before their description/)
    hub.describe(jobDescription())
    expect(() => {
      publishRows(hub, 0, 1, 5)
    }).toThrow(/5 columns/)
  })
})

describe('fewer columns for a narrow view', () => {
  it('are power means of neighbours, described as such', () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    const columns = { ...jobDescription().columns, count: 5, channelsPerColumn: 3 }
    hub.describe(jobDescription({ columns }))
    const subscription = hub.subscribe(window.sink, { columnsMax: 3 })
    expect(subscription.description!.columns).toMatchObject({ count: 3, channelsPerColumn: 6, firstChannel: 1 })
    subscription.credit(1, [])
    const values = Float32Array.of(10, 20, Number.NaN, 7, Number.NaN, -300, -300, 0, -300, 3)
    hub.publish({ firstRow: 0, rowCount: 2, columnCount: 5, dataEndNs: 0n, values, invalidValues: 2 })
    const frame = window.rowFrames()[0]!
    const expected = [10 * Math.log10((10 + 100) / 2), 7, Number.NaN, -300, 10 * Math.log10(0.5), 3]
    expected.forEach((level, index) => {
      if (Number.isNaN(level)) expect(frame.values[index]).toBeNaN()
      else expect(frame.values[index]).toBeCloseTo(level, 4)
    })
  })
})

describe('historic rows', () => {
  const columnCount = 1024
  const lagRows = 1024 // 4 MiB of rows of 4 KiB

  function historic() {
    const hub = makeHub(64 * mebibyte)
    hub.describe(jobDescription({ live: false, expectedRows: 20_000 }, columnCount))
    let writableAgain = 0
    hub.onWritable(() => writableAgain++)
    return { hub, again: () => writableAgain }
  }

  it('wait for the slowest window, lose nothing, and go on when it reads', () => {
    const { hub, again } = historic()
    const window = fakeWindow()
    const subscription = hub.subscribe(window.sink, { columnsMax: 4096 })
    publishRows(hub, 0, lagRows, columnCount)
    expect(hub.writable).toBe(true)
    publishRows(hub, lagRows, 1, columnCount)
    expect(hub.writable).toBe(false)
    vi.advanceTimersByTime(5000)
    expect([hub.writable, again()]).toEqual([false, 0])
    subscription.credit(1, [])
    expect([hub.writable, again()]).toEqual([true, 1])
    subscription.credit(1000, [])
    expect(window.rowIndices()).toEqual(range(0, lagRows + 1))
    expect(hub.statistics()).toMatchObject({ shedRows: 0, latencyMs: null })
  })

  it('no longer wait for a window that grants nothing for 10 s, or that went', () => {
    const { hub, again } = historic()
    const window = fakeWindow()
    const subscription = hub.subscribe(window.sink, { columnsMax: 4096 })
    publishRows(hub, 0, lagRows + 10, columnCount)
    vi.advanceTimersByTime(9990)
    expect(hub.writable).toBe(false)
    vi.advanceTimersByTime(20)
    expect([hub.writable, again()]).toEqual([true, 1])
    publishRows(hub, lagRows + 10, 100, columnCount)
    expect(hub.writable).toBe(true)
    // It comes back: it holds the job again, and nothing was lost while the history held it.
    subscription.credit(1, [])
    expect(hub.writable).toBe(false)
    subscription.credit(1000, [])
    expect(window.rowIndices()).toEqual(range(0, lagRows + 110))
    publishRows(hub, lagRows + 110, 2, columnCount)
    hub.subscribe(fakeWindow().sink, { columnsMax: 4096 }).close()
    expect(hub.writable).toBe(true)
  })

  it('count what an abandoned window missed', () => {
    const hub = makeHub(100 * rowBytes(4))
    hub.describe(jobDescription({ live: false, expectedRows: 1000 }))
    const window = fakeWindow()
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    publishRows(hub, 0, 60)
    expect(hub.writable).toBe(false)
    vi.advanceTimersByTime(10_001)
    expect(hub.writable).toBe(true)
    publishRows(hub, 60, 140)
    subscription.credit(1000, [])
    expect(window.rowIndices()).toEqual(range(100, 200))
    expect(hub.statistics().shedRows).toBe(100)
  })

  it('leave no timer behind', () => {
    const { hub } = historic()
    hub.subscribe(fakeWindow().sink, { columnsMax: 4096 })
    publishRows(hub, 0, lagRows + 10, columnCount)
    expect(vi.getTimerCount()).toBe(1)
    hub.dispose()
    expect(vi.getTimerCount()).toBe(0)
  })
})
