import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { GoLive } from '../../layout/GoLive.tsx'
import { useTile } from '../../layout/tileContext.ts'
import { Waiting } from '../../layout/Waiting.tsx'
import { PictureMenu } from './PictureMenu.tsx'
import { TileHeader } from './TileHeader.tsx'
import './waterfall.css'
import { WaterfallCanvas } from './WaterfallCanvas.tsx'

/** What of the history is awaited. */
function Loading() {
  const tile = useTile()
  const loading = useStore(tile.progress, (progress) => progress.loading)
  return (
    <p className="tile-loading" role="status" data-testid="tile-loading" hidden={loading === null}>
      {loading}
    </p>
  )
}

/** One tile of the view area: a view of a job. */
export function WaterfallTile({
  job,
  tileId,
  controls,
  footer
}: {
  job: JobSnapshot
  tileId: string
  /** What other panels offer for this job. */
  controls: ReactNode
  /** Below the picture. */
  footer: ReactNode
}) {
  return (
    <article className="tile" aria-label={`Waterfall of ${job.id}`} data-testid={`tile-${tileId}`}>
      <TileHeader job={job} controls={controls} />
      <div className="tile-body">
        <PictureMenu job={job}>
          <WaterfallCanvas job={job} />
        </PictureMenu>
        <Loading />
        <Waiting job={job} />
        <GoLive job={job} />
      </div>
      {footer}
    </article>
  )
}
