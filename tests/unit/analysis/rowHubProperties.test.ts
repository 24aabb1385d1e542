import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowBytes } from '../../../src-main/analysis/rowStore.ts'
import { fakeWindow, jobDescription, makeHub, publishRows, valueOf } from './hubFakes.ts'

const columnCount = 4
const historyRows = 50

type Step = { kind: 'rows'; count: number; skip: number } | { kind: 'credit'; frames: number } | { kind: 'attach' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('rows' as const),
    count: fc.integer({ min: 1, max: 70 }),
    skip: fc.constantFrom(0, 0, 0, 3)
  }),
  fc.record({ kind: fc.constant('credit' as const), frames: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('attach' as const) })
)

describe('row hub under any order of rows, credits and windows', () => {
  it.each([true, false])(
    'accounts for every row: sent once, or shed and counted; what the log still has comes later (live: %s)',
    (live) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const hub = makeHub(historyRows * rowBytes(columnCount))
          hub.describe(jobDescription({ live, expectedRows: live ? null : 100_000 }))
          const windows: { window: ReturnType<typeof fakeWindow>; credit(frames: number): void; held: number[] }[] = []
          const published: number[] = []
          let nextRow = 0
          const attach = (): void => {
            const window = fakeWindow()
            const held = published.slice(-historyRows)
            const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
            windows.push({
              window,
              held,
              credit: (frames) => {
                subscription.credit(frames, [])
              }
            })
          }
          const publishedSince = new Map<number, number>()
          attach()
          publishedSince.set(0, 0)
          for (const action of steps) {
            if (action.kind === 'rows') {
              nextRow += action.skip
              publishRows(hub, nextRow, action.count)
              for (let row = 0; row < action.count; row++) published.push(nextRow + row)
              nextRow += action.count
            } else if (action.kind === 'credit') {
              for (const { credit } of windows) credit(action.frames)
            } else {
              publishedSince.set(windows.length, published.length)
              attach()
            }
          }
          // A frame of what was shed for each grant, until nothing is left.
          for (let turn = 0; turn < 100; turn++) for (const { credit } of windows) credit(1000)
          let shed = 0
          windows.forEach(({ window, held }, index) => {
            const offered = [...held, ...published.slice(publishedSince.get(index))]
            const indices = window.rowIndices()
            const told = window.rowFrames().reduce((sum, frame) => sum + frame.shedRows, 0)
            const leftOut = offered.length - indices.length
            shed += leftOut
            expect(told).toBeGreaterThanOrEqual(leftOut)
            expect(new Set(indices).size).toBe(indices.length)
            expect(offered).toEqual(expect.arrayContaining(indices))
            // Whatever the log still holds has come in the end, whichever way.
            expect(indices).toEqual(expect.arrayContaining(offered.slice(-historyRows)))
            for (const frame of window.rowFrames()) {
              frame.values.forEach((value, at) => {
                expect(value).toBe(valueOf(frame.firstRow + Math.floor(at / columnCount), at % columnCount))
              })
            }
          })
          expect(hub.statistics().shedRows).toBe(shed)
          hub.dispose()
        }),
        { numRuns: 300 }
      )
    }
  )
})
