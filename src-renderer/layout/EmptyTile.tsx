import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import { keyOf } from '../stores/deskJobs.ts'
import { isEnded } from '../stores/jobStates.ts'
import { integerText } from '../widgets/format.ts'
import { TileControls } from './TileControls.tsx'
import { useWindow } from './windowContext.ts'

const viewWord = { waterfall: 'Waterfall', multi: 'MultiChannel', single: 'SingleChannel' } as const

const requestText = ({ view, channels, recording, timeRange }: JobRequest): string =>
  [
    viewWord[view],
    `channels ${integerText(channels.min)}–${integerText(channels.max)}`,
    recording ?? (timeRange ? 'a time range' : 'live')
  ].join(' · ')

/** What was shown here, and the way back to it. */
function Gone({ tileId }: { tileId: string }) {
  const { stores, desk } = useWindow()
  const content = useStore(stores.tiles, (model) => model.tiles.get(tileId)?.content ?? null)
  const windowId = useStore(desk, (model) => model.windowId)
  const opening = useStore(desk, (model) => model.opening.get(keyOf(windowId, tileId)))
  const isBackendUp = useStore(stores.core, (core) => core.backend?.state === 'up')
  const reason = useStore(stores.core, (core) => core.backend?.reason ?? '')
  if (!content) return null
  if (!content.request) return <p role="status">Waiting for {content.jobId ?? 'the job'}.</p>
  const isWaiting = opening === 'opening' || (!content.isClosed && !opening)
  return (
    <div className="tile-gone" data-testid="tile-gone">
      <p>{requestText(content.request)}</p>
      {isWaiting ? (
        <p role="status">
          {isBackendUp ? 'Opening it again…' : `It is opened again as soon as the backend is there. ${reason}`}
        </p>
      ) : (
        <>
          <p role={typeof opening === 'object' ? 'alert' : undefined}>
            {typeof opening === 'object'
              ? `It could not be opened again: ${opening.problem}`
              : `${content.jobId ?? 'The job'} was closed and taken off the list.`}
          </p>
          <button type="button" className="button button-primary" onClick={() => void desk.openAgain(tileId)}>
            Open again
          </button>
        </>
      )}
    </div>
  )
}

/** A tile without a picture: the jobs that it could show, or what was there. */
export function EmptyTile({ tileId }: { tileId: string }) {
  const { stores, actions } = useWindow()
  const hasContent = useStore(stores.tiles, (model) => Boolean(model.tiles.get(tileId)?.content))
  const jobs = useStore(
    stores.jobs,
    useShallow((model) =>
      model.jobs
        .filter((job) => !isEnded(job.state))
        .slice(0, 8)
        .map(({ id }) => id)
    )
  )
  return (
    <article className="tile" aria-label="Empty tile" data-testid={`tile-${tileId}`} data-empty="true">
      <header className="tile-header">
        <h1>{hasContent ? 'No picture' : 'Empty tile'}</h1>
        <span className="spacer" />
        <TileControls tileId={tileId} />
      </header>
      <div className="tile-body tile-empty">
        <Gone tileId={tileId} />
        {!hasContent && <p>Choose what to show here.</p>}
        <div className="empty-actions">
          {jobs.map((id) => (
            <button key={id} type="button" className="button" onClick={() => stores.tiles.showIn(tileId, id)}>
              {id}
            </button>
          ))}
          <button
            type="button"
            className="button"
            onClick={() => {
              stores.tiles.activate(tileId)
              actions.newJob()
            }}
          >
            New job (N)
          </button>
        </div>
      </div>
    </article>
  )
}
