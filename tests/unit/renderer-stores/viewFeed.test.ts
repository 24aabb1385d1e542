import { afterEach, describe, expect, it } from 'vitest'
import { failure, ok } from '../../../src-preload/contract/errors.ts'
import { encodeFrame, type Frame, type GapFrame, type RowsFrame } from '../../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../../src-preload/contract/schemas.ts'
import { FrameRouter } from '../../../src-renderer/stream/frameRouter.ts'
import { ViewFeed } from '../../../src-renderer/stream/viewFeed.ts'
import { FakeConnection, type FakeAnswers } from '../../support/fakeConnection.ts'
import { viewDescription } from '../../support/fakeJobs.ts'

const nowMs = 1_700_000_010_000

const rowsFrame = (change: Partial<RowsFrame> = {}): Frame => ({
  kind: 'rows',
  subscription: 1,
  epoch: 1,
  firstRow: 0,
  rowCount: 1,
  columnCount: 16,
  dataEndMs: nowMs - 40,
  sentAtMs: nowMs - 20,
  shedRows: 0,
  values: new Float32Array(16),
  ...change
})

class Sink {
  described: ViewDescription[] = []
  rowFrames: RowsFrame[] = []
  gapFrames: GapFrame[] = []
  describe(description: ViewDescription): void {
    this.described.push(description)
  }
  rows(frame: RowsFrame): void {
    this.rowFrames.push(frame)
  }
  gap(frame: GapFrame): void {
    this.gapFrames.push(frame)
  }
}

const open: { dispose(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.dispose()
})

function begin(answers: FakeAnswers = {}) {
  let subscriptions = 0
  const connection = new FakeConnection({
    'views.attach': () => ok({ subscription: ++subscriptions, description: null }),
    'views.detach': () => ok({}),
    'views.credit': () => ok({}),
    ...answers
  })
  const router = new FrameRouter(connection)
  const sink = new Sink()
  const problems: (string | null)[] = []
  const feed = new ViewFeed({
    connection,
    router,
    jobId: 'live-1',
    columnsMax: 4096,
    sink,
    coreNowMs: () => nowMs,
    onProblem: (problem) => problems.push(problem)
  })
  open.push(feed, router)
  const granted = (count: number) =>
    FakeConnection.until(() => connection.callsOf('views.credit').length >= count, `${count} grants`)
  return { connection, router, sink, feed, problems, granted }
}

describe('a view’s feed', () => {
  it('attaches, grants four frames and hands over what is described', async () => {
    const { connection, sink, granted, problems } = begin()
    await granted(1)
    expect(connection.callsOf('views.attach')).toMatchObject([
      { jobId: 'live-1', columnsMax: 4096, layer: 'picture', since: null }
    ])
    expect(connection.callsOf('views.credit')[0]).toEqual({ subscription: 1, frames: 4, drawnLatencyMs: [] })
    connection.emit('view.described', viewDescription())
    connection.sendFrame(rowsFrame())
    expect(sink.described.length).toBe(1)
    expect(sink.rowFrames[0]?.values.length).toBe(16)
    expect(problems).toEqual([null])
  })

  it('takes a description that came before the answer of the call', async () => {
    const { connection, sink, granted } = begin()
    connection.emit('view.described', viewDescription({ epoch: 7 }))
    await granted(1)
    expect(sink.described.map((one) => one.epoch)).toEqual([7])
  })

  it('grants one frame for each that was drawn and tells how old the live ones were', async () => {
    const { connection, feed, granted } = begin()
    await granted(1)
    connection.emit('view.described', viewDescription())
    connection.sendFrame(rowsFrame({ dataEndMs: 0 }))
    connection.sendFrame(rowsFrame({ firstRow: 1 }))
    expect(connection.callsOf('views.credit').length).toBe(1)
    feed.drawn()
    await granted(2)
    expect(connection.callsOf('views.credit')[1]).toEqual({ subscription: 1, frames: 2, drawnLatencyMs: [40] })
    feed.drawn()
    expect(connection.callsOf('views.credit').length).toBe(2)
  })

  it('gives nothing back for gaps, which cost nothing, and drops rows of another epoch', async () => {
    const { connection, sink, feed, granted } = begin()
    await granted(1)
    connection.emit('view.described', viewDescription({ epoch: 2 }))
    const gap = { firstRow: 1, rowCount: 2, sentAtMs: 0, missingMs: 200, reason: 'restart' }
    connection.sendFrame({ kind: 'gap', subscription: 1, epoch: 2, ...gap })
    feed.drawn()
    expect(connection.callsOf('views.credit').length).toBe(1)
    expect(sink.gapFrames[0]?.reason).toBe('restart')
    connection.sendFrame(rowsFrame({ epoch: 1 }))
    await granted(2)
    expect(sink.rowFrames.length).toBe(0)
    expect(feed.staleFrames).toBe(1)
    expect(connection.callsOf('views.credit')[1]?.frames).toBe(1)
  })

  it('takes no rows while hidden and subscribes anew afterwards', async () => {
    const { connection, router, sink, feed, granted } = begin()
    await granted(1)
    connection.emit('view.described', viewDescription())
    feed.pause()
    connection.sendFrame(rowsFrame())
    expect(connection.callsOf('views.detach')).toEqual([{ subscription: 1 }])
    expect(sink.rowFrames.length).toBe(0)
    expect(router.strayFrames).toBe(1)
    feed.resume()
    await granted(2)
    expect(connection.callsOf('views.credit')[1]).toEqual({ subscription: 2, frames: 4, drawnLatencyMs: [] })
  })

  it('resumes from the first row that has not come, and from the start of another picture', async () => {
    const { connection, feed, granted } = begin()
    const resumedFrom = async (count: number) => {
      feed.pause()
      feed.resume()
      await granted(count)
      return connection.callsOf('views.attach').at(-1)!.since
    }
    await granted(1)
    connection.emit('view.described', viewDescription())
    connection.sendFrame(rowsFrame({ firstRow: 10 }))
    connection.sendFrame(rowsFrame({ firstRow: 11 }))
    expect(await resumedFrom(2)).toEqual({ epoch: 1, row: 12 })
    // Rows 12 and 13 were left out and may still come; then they do.
    connection.sendFrame(rowsFrame({ subscription: 2, firstRow: 14 }))
    expect(await resumedFrom(3)).toEqual({ epoch: 1, row: 12 })
    connection.sendFrame(rowsFrame({ subscription: 3, firstRow: 12 }))
    connection.sendFrame({
      ...{ kind: 'gap', subscription: 3, epoch: 1, firstRow: 13, rowCount: 1 },
      ...{ sentAtMs: 0, missingMs: 100, reason: 'lost' }
    })
    expect(await resumedFrom(4)).toEqual({ epoch: 1, row: 15 })
    connection.emit('view.described', viewDescription({ subscription: 4, epoch: 2 }))
    expect(await resumedFrom(5)).toBeNull()
  })

  it('does not trust an epoch of a core that was away: it may be another one', async () => {
    const { connection, granted } = begin()
    await granted(1)
    connection.emit('view.described', viewDescription())
    connection.sendFrame(rowsFrame())
    connection.setState('lost', 'the cable')
    connection.setState('open', '')
    await granted(2)
    expect(connection.callsOf('views.attach').at(-1)!.since).toBeNull()
  })

  it('asks for kept rows part by part, two requests at a time, and puts the parts together', async () => {
    let running = 0
    let most = 0
    const { connection, feed, granted } = begin({
      'views.history': async ({ subscription, level, firstRow, rowCount, request }) => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setTimeout(resolve, 1))
        // What lies before row 100 is kept no more; 300 rows are sent at a time, in two frames.
        const from = Math.max(100, firstRow)
        const end = Math.min(firstRow + rowCount, from + 300)
        const sent = end > from ? [from, Math.ceil((from + end) / 2)].map((first) => ({ first })) : []
        const frames = sent.map(({ first }, index) => ({
          firstRow: first,
          rowCount: (index === 0 ? sent[1]!.first : end) - first
        }))
        for (const frame of frames) {
          const values = new Float32Array(frame.rowCount * 16)
          const planes = { mean: values, minimum: values, maximum: values }
          connection.sendFrame({
            ...{ kind: 'reduced', subscription, epoch: 1, level, request, columnCount: 16, sentAtMs: 0, planes: 3 },
            ...frame,
            ...planes
          })
        }
        running--
        return ok({ epoch: 1, sent: frames })
      }
    })
    expect(await feed.history(2, 0, 10)).toBeNull()
    await granted(1)
    connection.emit('view.described', viewDescription())
    const [long, ...others] = await Promise.all([
      feed.history(2, 0, 1000),
      feed.history(3, 100, 5),
      feed.history(3, 0, 50),
      feed.history(4, 200, 300)
    ])
    expect(most).toBe(2)
    const ranges = (frames: typeof long) => frames!.flatMap(({ firstRow, rowCount }) => [firstRow, firstRow + rowCount])
    expect([ranges(long)[0], ranges(long).at(-1)]).toEqual([100, 1000])
    expect(
      ranges(long)
        .slice(1, -1)
        .every((row, at, all) => row === all[at % 2 === 0 ? at + 1 : at - 1])
    ).toBe(true)
    expect(others.map((frames) => ranges(frames))).toEqual([[100, 103, 103, 105], [], [200, 350, 350, 500]])
    expect(connection.callsOf('views.credit')).toHaveLength(1)
    connection.emit('view.described', viewDescription({ epoch: 2 }))
    expect(await feed.history(2, 0, 10)).toBeNull()
  })

  it('tells what is kept, and nothing where it is attached to nothing', async () => {
    const extent = { epoch: 1, levels: [], gaps: [] }
    const { feed, granted } = begin({ 'views.extent': () => ok(extent) })
    expect(await feed.extent()).toBeNull()
    await granted(1)
    expect(await feed.extent()).toEqual(extent)
  })

  it('subscribes anew when the connection comes back, without a detach that nobody would hear', async () => {
    const { connection, granted } = begin()
    await granted(1)
    connection.setState('lost', 'the cable')
    connection.setState('open', '')
    await granted(2)
    expect(connection.callsOf('views.detach')).toEqual([])
    expect(connection.callsOf('views.attach').length).toBe(2)
  })

  it('gives back a subscription whose answer came too late', async () => {
    let answer: (value: unknown) => void = () => undefined
    const { connection, feed } = begin({
      'views.attach': async () => {
        await new Promise((resolve) => (answer = resolve))
        return ok({ subscription: 9, description: null })
      }
    })
    feed.dispose()
    answer(null)
    await FakeConnection.until(() => connection.callsOf('views.detach').length === 1, 'detach')
    expect(connection.callsOf('views.detach')).toEqual([{ subscription: 9 }])
  })

  it('tries again while the core cannot, and not for a job that is gone', async () => {
    let tries = 0
    const { connection, problems, granted } = begin({
      'views.attach': () =>
        ++tries === 1
          ? failure('unavailable', 'The core is starting.')
          : ok({ subscription: 3, description: viewDescription({ subscription: 3 }) })
    })
    await granted(1)
    expect(problems).toEqual(['The core is starting.', null])
    expect(connection.callsOf('views.credit')[0]?.subscription).toBe(3)
  })

  it('counts bytes that are no frame and leaves no listener behind', async () => {
    const { connection, router, feed, granted } = begin()
    await granted(1)
    connection.sendBytes(new ArrayBuffer(10))
    connection.sendBytes(encodeFrame(rowsFrame()).slice(0, 70))
    expect(router.badFrames).toBe(2)
    feed.dispose()
    router.dispose()
    expect(connection.listenerCount).toBe(0)
  })
})
