import { createStore, type StoreApi } from 'zustand/vanilla'
import type { JobRequest, JobSnapshot } from '../../src-preload/contract/schemas.ts'
import {
  tileIdsOf,
  tilesMost,
  type LinkGroup,
  type SplitSide,
  type TileNode,
  type TileState,
  type WindowLayout,
  type WindowPlace
} from '../../src-preload/contract/workbench.ts'
import { evenTree, freeTileId, moveLine, moveTile, neighbourOf, removeTile, splitTile, swapTiles } from './tileTree.ts'

/** What a tile shows. The request is not known until the job's first news came. */
export interface ShownContent {
  jobId: string | null
  request: JobRequest | null
  pace: number | null | undefined
  isClosed: boolean
}

export interface ShownTile {
  id: string
  content: ShownContent | null
  links: { cursor: LinkGroup; time: LinkGroup }
}

export interface TilesModel {
  tree: TileNode
  tiles: ReadonlyMap<string, ShownTile>
  activeTile: string
  maximisedTile: string | null
  /** The operator closed what the last tile showed: nothing is put there unasked. */
  isEmptiedByHand: boolean
}

export interface TilesStore extends StoreApi<TilesModel> {
  activate(id: string): void
  /** Shows a job: where it is shown already, in the active tile if that is empty, in an empty one, else in the active one. */
  showJob(jobId: string, inPlaceOf?: string | null): void
  showIn(id: string, jobId: string): void
  /** What the job list says: fills in requests. */
  jobsKnown(jobs: readonly JobSnapshot[]): void
  /** Ended by hand, or taken off the list: it is not opened again by itself. */
  jobClosed(jobId: string): void
  /** A new, empty tile beside this one; its id, or null where there is no room. */
  split(id: string, side: SplitSide): string | null
  close(id: string): void
  swap(first: string, second: string): void
  /** Changes places with the neighbour on that side. */
  swapTowards(id: string, side: SplitSide): void
  move(id: string, target: string, side: SplitSide): void
  toggleMaximised(id: string): void
  moveLine(path: readonly number[], index: number, at: number): void
  arrange(count: number): void
  link(id: string, what: 'cursor' | 'time', group: LinkGroup): void
  setContent(id: string, content: ShownContent | null): void
  load(layout: WindowLayout): void
  /** What is kept of this window. `viewOf`: what each view keeps of itself. */
  layout(windowId: string, place: WindowPlace | null, viewOf: (tileId: string) => TileState['view']): WindowLayout
}

const emptyTile = (id: string): ShownTile => ({ id, content: null, links: { cursor: null, time: null } })

const freshModel = (): TilesModel => ({
  tree: { kind: 'tile', id: '1' },
  tiles: new Map([['1', emptyTile('1')]]),
  activeTile: '1',
  maximisedTile: null,
  isEmptiedByHand: false
})

/** The tiles of one window: where they are and what they show. */
export function createTilesStore(): TilesStore {
  const store = createStore<TilesModel>(freshModel)
  const { getState, setState } = store

  const changeTile = (id: string, change: Partial<ShownTile>): void =>
    setState(({ tiles }) => {
      const before = tiles.get(id)
      return before ? { tiles: new Map(tiles).set(id, { ...before, ...change }) } : {}
    })

  const tileOf = (jobId: string | null): string | null =>
    [...getState().tiles.values()].find(({ content }) => jobId !== null && content?.jobId === jobId)?.id ?? null

  function activate(id: string): void {
    const { tiles, activeTile, maximisedTile } = getState()
    if (!tiles.has(id) || (activeTile === id && (maximisedTile === null || maximisedTile === id))) return
    setState({ activeTile: id, ...(maximisedTile !== null ? { maximisedTile: id } : {}) })
  }

  function showIn(id: string, jobId: string): void {
    changeTile(id, { content: { jobId, request: null, pace: undefined, isClosed: false } })
    activate(id)
  }

  return {
    ...store,
    activate,
    showIn,
    showJob(jobId, inPlaceOf = null) {
      const shown = tileOf(jobId)
      if (shown !== null) return activate(shown)
      const { tiles, activeTile, tree } = getState()
      const isEmpty = (id: string): boolean => tiles.get(id)?.content === null
      const empty = isEmpty(activeTile) ? activeTile : tileIdsOf(tree).find(isEmpty)
      showIn(tileOf(inPlaceOf) ?? empty ?? activeTile, jobId)
    },
    jobsKnown(jobs) {
      const { tiles } = getState()
      for (const tile of tiles.values()) {
        const { content } = tile
        const job = content && jobs.find(({ id }) => id === content.jobId)
        if (!job) continue
        const pace = job.playback?.pace
        // A seek changes the time that a job is asked for.
        const isSought = content.request?.timeRange?.startNs !== job.request.timeRange?.startNs
        if (content.request === null || content.pace !== pace || isSought)
          changeTile(tile.id, { content: { ...content, request: job.request, pace } })
      }
    },
    jobClosed(jobId) {
      for (const { id, content } of getState().tiles.values())
        if (content?.jobId === jobId) changeTile(id, { content: { ...content, isClosed: true } })
    },
    split(id, side) {
      const { tree, tiles } = getState()
      const newId = freeTileId(tree)
      if (newId === null || !tiles.has(id)) return null
      setState({
        tree: splitTile(tree, id, side, newId),
        tiles: new Map(tiles).set(newId, emptyTile(newId)),
        activeTile: newId,
        maximisedTile: null
      })
      return newId
    },
    close(id) {
      const { tree, tiles, activeTile, maximisedTile } = getState()
      const next = new Map(tiles)
      const without = removeTile(tree, id)
      // The last tile stays, empty.
      if (without === null) {
        setState({ tiles: next.set(id, emptyTile(id)), maximisedTile: null, isEmptiedByHand: true })
        return
      }
      next.delete(id)
      const neighbour = (['left', 'above', 'right', 'below'] as const)
        .map((side) => neighbourOf(tree, id, side))
        .find((one) => one !== null)
      setState({
        tree: without,
        tiles: next,
        activeTile: activeTile === id ? (neighbour ?? tileIdsOf(without)[0]!) : activeTile,
        maximisedTile: maximisedTile === id ? null : maximisedTile
      })
    },
    swap(first, second) {
      setState(({ tree }) => ({ tree: swapTiles(tree, first, second) }))
    },
    swapTowards(id, side) {
      const other = neighbourOf(getState().tree, id, side)
      if (other !== null) setState(({ tree }) => ({ tree: swapTiles(tree, id, other), maximisedTile: null }))
    },
    move(id, target, side) {
      setState(({ tree }) => ({ tree: moveTile(tree, id, target, side), maximisedTile: null }))
    },
    toggleMaximised(id) {
      setState(({ maximisedTile, tiles }) => ({
        maximisedTile: maximisedTile === id || tiles.size === 1 ? null : id,
        activeTile: id
      }))
    },
    moveLine(path, index, at) {
      setState(({ tree }) => ({ tree: moveLine(tree, path, index, at) }))
    },
    arrange(count) {
      const { tree, tiles, activeTile } = getState()
      const wanted = Math.max(1, Math.min(tilesMost, count))
      // What shows something stays before what is empty; what does not fit any more goes.
      const order = tileIdsOf(tree).map((id) => tiles.get(id)!)
      const full = [...order.filter(({ content }) => content), ...order.filter(({ content }) => !content)]
      const next = new Map(full.slice(0, wanted).map((tile) => [tile.id, tile]))
      for (let id = 1; next.size < wanted; id++) if (!next.has(String(id))) next.set(String(id), emptyTile(String(id)))
      const ids = [...next.keys()]
      setState({
        tree: evenTree(ids),
        tiles: next,
        activeTile: next.has(activeTile) ? activeTile : ids[0]!,
        maximisedTile: null
      })
    },
    link(id, what, group) {
      const before = getState().tiles.get(id)
      if (before) changeTile(id, { links: { ...before.links, [what]: group } })
    },
    setContent: (id, content) => changeTile(id, { content }),
    load({ tree, tiles, activeTile, maximisedTile }) {
      setState({
        tree,
        tiles: new Map(
          tiles.map(({ id, content, links }) => [
            id,
            {
              id,
              content: content && { pace: undefined, ...content },
              links
            }
          ])
        ),
        activeTile: tiles.some(({ id }) => id === activeTile) ? activeTile : tiles[0]!.id,
        maximisedTile
      })
    },
    layout(windowId, place, viewOf) {
      const { tree, tiles, activeTile, maximisedTile } = getState()
      return {
        id: windowId,
        tree,
        tiles: [...tiles.values()].map(({ id, content, links }) => ({
          id,
          content: content?.request
            ? {
                request: content.request,
                jobId: content.jobId,
                isClosed: content.isClosed,
                ...(content.pace === undefined ? {} : { pace: content.pace })
              }
            : null,
          links,
          view: viewOf(id)
        })),
        activeTile,
        maximisedTile,
        place
      }
    }
  }
}
