import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tileIdsOf, tileNode, windowLayout } from '../../../src-preload/contract/workbench.ts'
import { createTilesStore, type TilesStore } from '../../../src-renderer/stores/tilesStore.ts'
import { evenTree, moveLine, neighbourOf, placeTiles, splitTile } from '../../../src-renderer/stores/tileTree.ts'
import { jobSnapshot } from '../../support/fakeJobs.ts'

const sides = ['left', 'right', 'above', 'below'] as const

/** What an operator may do, in any order. */
const step = fc.oneof(
  fc.record({ what: fc.constant('split' as const), tile: fc.nat(5), side: fc.constantFrom(...sides) }),
  fc.record({ what: fc.constant('close' as const), tile: fc.nat(5) }),
  fc.record({ what: fc.constant('swap' as const), tile: fc.nat(5), side: fc.constantFrom(...sides) }),
  fc.record({ what: fc.constant('move' as const), tile: fc.nat(5), to: fc.nat(5), side: fc.constantFrom(...sides) }),
  fc.record({ what: fc.constant('line' as const), line: fc.nat(4), at: fc.double({ min: -1, max: 2, noNaN: true }) }),
  fc.record({ what: fc.constant('maximise' as const), tile: fc.nat(5) }),
  fc.record({ what: fc.constant('arrange' as const), count: fc.integer({ min: 1, max: 6 }) })
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function take(tiles: TilesStore, done: Step): void {
  const ids = tileIdsOf(tiles.getState().tree)
  const of = (index: number): string => ids[index % ids.length]!
  if (done.what === 'split') tiles.split(of(done.tile), done.side)
  else if (done.what === 'close') tiles.close(of(done.tile))
  else if (done.what === 'swap') tiles.swapTowards(of(done.tile), done.side)
  else if (done.what === 'move') tiles.move(of(done.tile), of(done.to), done.side)
  else if (done.what === 'maximise') tiles.toggleMaximised(of(done.tile))
  else if (done.what === 'arrange') tiles.arrange(done.count)
  else {
    const { lines } = placeTiles(tiles.getState().tree)
    const line = lines[done.line % Math.max(1, lines.length)]
    if (line) tiles.moveLine(line.path, line.index, done.at)
  }
}

test('whatever is done, the tiles fill the window without lying over each other, and can be kept', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const tiles = createTilesStore()
      for (const one of steps) take(tiles, one)
      const { tree, tiles: shown, activeTile, maximisedTile } = tiles.getState()
      expect(tileNode.safeParse(tree).success).toBe(true)
      expect(windowLayout.safeParse(tiles.layout('main', null, () => ({}))).success).toBe(true)
      expect(shown.has(activeTile)).toBe(true)
      if (maximisedTile !== null) expect(maximisedTile).toBe(activeTile)
      const areas = placeTiles(tree).tiles.map(({ area }) => area)
      const covered = areas.reduce((sum, { width, height }) => sum + width * height, 0)
      expect(covered).toBeCloseTo(1, 6)
      for (const { left, top, width, height } of areas) {
        expect(Math.min(left, top, width, height)).toBeGreaterThanOrEqual(-1e-9)
        expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(1 + 1e-9)
      }
    }),
    { numRuns: 300 }
  )
})

describe('the tree of splits', () => {
  test('a split in the same direction joins the line of its neighbours', () => {
    const tree = splitTile(splitTile({ kind: 'tile', id: '1' }, '1', 'right', '2'), '2', 'right', '3')
    expect(tree).toMatchObject({ kind: 'split', direction: 'row', sizes: [1, 0.5, 0.5] })
    expect(tileIdsOf(splitTile(tree, '1', 'above', '4'))).toEqual(['4', '1', '2', '3'])
  })

  test('lines stop before a tile is gone', () => {
    const tree = moveLine(evenTree(['1', '2']), [], 0, 5)
    expect(placeTiles(tree).tiles.map(({ area }) => Number(area.width.toFixed(3)))).toEqual([0.9, 0.1])
  })

  test('neighbours are those beside it', () => {
    const tree = evenTree(['1', '2', '3', '4'])
    expect(neighbourOf(tree, '1', 'right')).toBe('2')
    expect(neighbourOf(tree, '1', 'below')).toBe('3')
    expect(neighbourOf(tree, '4', 'above')).toBe('2')
    expect(neighbourOf(tree, '1', 'left')).toBeNull()
  })
})

describe('jobs in tiles', () => {
  test('a job goes where it is shown, into an empty tile, else into the active one', () => {
    const tiles = createTilesStore()
    const shown = (id: string): string | null => tiles.getState().tiles.get(id)?.content?.jobId ?? null
    tiles.showJob('live-1')
    expect(shown('1')).toBe('live-1')
    tiles.split('1', 'right')
    tiles.activate('1')
    tiles.showJob('live-2')
    expect(shown('2')).toBe('live-2')
    tiles.showJob('live-1')
    expect(tiles.getState().activeTile).toBe('1')
    tiles.showJob('live-3')
    expect([shown('1'), shown('2')]).toEqual(['live-3', 'live-2'])
    tiles.showJob('live-4', 'live-2')
    expect([shown('1'), shown('2')]).toEqual(['live-3', 'live-4'])
  })

  test('a layout comes back as it was; what was closed by hand stays closed', () => {
    const tiles = createTilesStore()
    tiles.showJob('live-1')
    tiles.jobsKnown([jobSnapshot({ id: 'live-1' })])
    tiles.split('1', 'below')
    tiles.link('1', 'cursor', 'B')
    tiles.jobClosed('live-1')
    const layout = tiles.layout('main', null, (id) => ({ meanRows: Number(id) }))
    const again = createTilesStore()
    again.load(layout)
    expect(again.layout('main', null, (id) => ({ meanRows: Number(id) }))).toEqual(layout)
    expect(layout.tiles[0]).toMatchObject({ content: { jobId: 'live-1', isClosed: true }, links: { cursor: 'B' } })
  })

  test('the last tile that is closed stays, empty', () => {
    const tiles = createTilesStore()
    tiles.showJob('live-1')
    tiles.close('1')
    expect(tiles.getState()).toMatchObject({ activeTile: '1', isEmptiedByHand: true })
    expect(tiles.getState().tiles.get('1')?.content).toBeNull()
  })
})
