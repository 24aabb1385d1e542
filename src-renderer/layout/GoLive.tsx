import { useStore } from 'zustand'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { isEnded } from '../stores/jobStates.ts'
import { secondsText } from '../widgets/format.ts'
import { useTile } from './tileContext.ts'

/** Shows how far the view is behind, and the way back. */
export function GoLive({ job }: { job: JobSnapshot }) {
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
