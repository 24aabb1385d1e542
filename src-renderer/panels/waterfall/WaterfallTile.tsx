import type { ReactNode } from 'react'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { GoLive } from '../../layout/GoLive.tsx'
import { Waiting } from '../../layout/Waiting.tsx'
import { TileHeader } from './TileHeader.tsx'
import './waterfall.css'
import { WaterfallCanvas } from './WaterfallCanvas.tsx'

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
        <WaterfallCanvas job={job} />
        <Waiting job={job} />
        <GoLive job={job} />
      </div>
      {footer}
    </article>
  )
}
