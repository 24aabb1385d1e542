import { useStore } from 'zustand'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { isEnded } from '../stores/jobStates.ts'
import { useTile } from './tileContext.ts'

/** What is awaited, or what to do, while there is no picture. */
function waitingText(job: JobSnapshot, problem: string | null): string {
  if (problem) return problem
  if (job.state === 'queued') return `${job.id} waits in the queue. ${job.reason}`
  if (job.state === 'starting') return `${job.id} is starting. ${job.reason}`
  if (isEnded(job.state)) return `${job.id} has ended without a row to show. ${job.reason}`
  return `Waiting for the first row of ${job.id}. ${job.reason}`
}

export function Waiting({ job }: { job: JobSnapshot }) {
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
