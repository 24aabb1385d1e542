import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useTile } from '../../layout/tileContext.ts'
import { isEnded } from '../../stores/jobStates.ts'
import { secondsText } from '../../widgets/format.ts'
import { TileHeader } from './TileHeader.tsx'
import './waterfall.css'
import { WaterfallCanvas } from './WaterfallCanvas.tsx'

/** Shows how far the view is behind, and the way back. */
function GoLive({ job }: { job: JobSnapshot }) {
  const stores = useTile()
  const isFollowing = useStore(stores.view, (view) => view.isFollowing)
  const behindS = useStore(stores.view, (view) => Math.round(view.behindMs / 1000))
  const tile = useStore(stores.actions, (actions) => actions.tile)
  const isLive = job.request.timeRange === null && !isEnded(job.state)
  if (isFollowing || !isLive || !tile) return null
  return (
    <button type="button" className="go-live" data-testid="go-live" onClick={() => tile.goLive()}>
      {secondsText(behindS).replace('.0', '')} behind · go live (L)
    </button>
  )
}

/** What is awaited, or what to do, while there is no picture. */
function waitingText(job: JobSnapshot, problem: string | null): string {
  if (problem) return problem
  if (job.state === 'queued') return `${job.id} waits in the queue. ${job.reason}`
  if (job.state === 'starting') return `${job.id} is starting. ${job.reason}`
  if (isEnded(job.state)) return `${job.id} has ended without a row to show. ${job.reason}`
  return `Waiting for the first row of ${job.id}. ${job.reason}`
}

function Waiting({ job }: { job: JobSnapshot }) {
  const { view } = useTile()
  const hasPicture = useStore(view, (model) => model.hasPicture)
  const problem = useStore(view, (model) => model.problem)
  if (hasPicture) return null
  return (
    <p className="tile-waiting" role="status" data-testid="tile-waiting">
      {waitingText(job, problem)}
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
        <WaterfallCanvas job={job} />
        <Waiting job={job} />
        <GoLive job={job} />
      </div>
      {footer}
    </article>
  )
}
