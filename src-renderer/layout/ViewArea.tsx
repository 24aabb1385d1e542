import { useEffect, useMemo, useRef, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { pageSections } from '../stores/layoutStore.ts'
import { placeTiles, type TileArea } from '../stores/tileTree.ts'
import { EmptyTile } from './EmptyTile.tsx'
import { EmptyView } from './EmptyView.tsx'
import { SplitLineHandle } from './SplitLineHandle.tsx'
import { TileContext, TileShownContext } from './tileContext.ts'
import './tiles.css'
import { useWindow } from './windowContext.ts'

/** Draws the view of a job in a tile, so that the layout knows no panel. */
export type DrawTile = (job: JobSnapshot, tileId: string) => ReactNode

const percent = (part: number): string => `${part * 100}%`
const styleOf = ({ left, top, width, height }: TileArea) => ({
  left: percent(left),
  top: percent(top),
  width: percent(width),
  height: percent(height)
})
const whole: TileArea = { left: 0, top: 0, width: 1, height: 1 }

function TileSlot({
  id,
  number,
  area,
  isShown,
  drawTile
}: {
  id: string
  number: number
  area: TileArea
  isShown: boolean
  drawTile: DrawTile
}) {
  const { stores } = useWindow()
  const { views, tiles } = stores
  const jobId = useStore(tiles, (model) => model.tiles.get(id)?.content?.jobId ?? null)
  const isActive = useStore(tiles, (model) => model.activeTile === id)
  const isAlone = useStore(tiles, (model) => model.tiles.size === 1)
  const job = useStore(stores.jobs, (model) => model.jobs.find((one) => one.id === jobId))
  useEffect(() => () => views.release(id), [views, id])
  return (
    <div
      className={`tile-slot ${isShown ? '' : 'tile-slot-hidden'}`}
      style={styleOf(area)}
      role="group"
      aria-label={`Tile ${number}`}
      tabIndex={-1}
      data-slot={id}
      data-active={isActive && !isAlone}
      data-testid={`slot-${id}`}
      onPointerDownCapture={() => tiles.activate(id)}
      onFocusCapture={() => tiles.activate(id)}
    >
      <TileContext.Provider value={views.of(id)}>
        <TileShownContext.Provider value={isShown}>
          {job ? drawTile(job, id) : <EmptyTile tileId={id} />}
        </TileShownContext.Provider>
      </TileContext.Provider>
    </div>
  )
}

/**
 * The tiles of the window. They lie beside each other in one layer, each with its own key, wherever the tree of splits puts
 * them: splitting, moving and maximising keep their pictures as they are.
 */
export function ViewArea({ drawTile }: { drawTile: DrawTile }) {
  const { stores, desk } = useWindow()
  const element = useRef<HTMLElement>(null)
  const tree = useStore(stores.tiles, (model) => model.tree)
  const maximised = useStore(stores.tiles, (model) => model.maximisedTile)
  const isBlank = useStore(
    stores.tiles,
    (model) => model.tiles.size === 1 && [...model.tiles.values()].every(({ content }) => content === null)
  )
  const isCovered = useStore(stores.layout, (layout) => pageSections.has(layout.section))
  const isReady = useStore(desk, (model) => model.isReady)
  const { tiles, lines } = useMemo(() => placeTiles(tree), [tree])
  return (
    <main
      className="view-area"
      ref={element}
      data-testid="view-area"
      data-tiles={tiles.length}
      data-ready={isReady}
      aria-hidden={isCovered}
    >
      {isBlank ? (
        <EmptyView />
      ) : (
        <>
          {tiles.map(({ id, area }, index) => (
            <TileSlot
              key={id}
              id={id}
              number={index + 1}
              area={maximised === id ? whole : area}
              isShown={!isCovered && (maximised === null || maximised === id)}
              drawTile={drawTile}
            />
          ))}
          {maximised === null &&
            lines.map((line) => (
              <SplitLineHandle
                key={`${line.path.join('-')}/${line.index}/${line.direction}`}
                line={line}
                within={element}
              />
            ))}
        </>
      )}
    </main>
  )
}
