import { useStore } from 'zustand'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { jobStateLook } from '../stores/jobStates.ts'
import { dateTimeOf } from '../widgets/format.ts'
import { StateMark } from '../widgets/StateMark.tsx'
import { useWindow } from './windowContext.ts'

/** LIVE, the start of a recording, or the state that hinders either. */
export function StateBadge({ job }: { job: JobSnapshot }) {
  const { stores } = useWindow()
  const isOnline = useStore(stores.connection, (connection) => connection.state === 'open')
  const { word, tone } = jobStateLook[job.state]
  if (!isOnline) {
    return (
      <span className="badge badge-bad" data-testid="tile-badge">
        <StateMark tone="bad" /> Not connected
      </span>
    )
  }
  if (job.state === 'streaming' || job.state === 'completed') {
    const { timeRange } = job.request
    return (
      <span className="badge" data-testid="tile-badge">
        {timeRange ? `${dateTimeOf(timeRange.startNs)} UTC` : job.state === 'streaming' ? 'LIVE' : 'ENDED'}
      </span>
    )
  }
  return (
    <span className={`badge badge-${tone}`} data-testid="tile-badge" title={job.reason}>
      <StateMark tone={tone} /> {word}
    </span>
  )
}
