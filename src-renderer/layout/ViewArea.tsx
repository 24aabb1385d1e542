import { useEffect, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { TileContext } from './tileContext.ts'
import { useWindow } from './windowContext.ts'

/** Waiting, or nothing opened: what happens, or what to do next. */
function EmptyView() {
  const { stores, actions } = useWindow()
  const state = useStore(stores.connection, (connection) => connection.state)
  const hasAnswered = useStore(stores.connection, (connection) => connection.hello !== null)
  if (state !== 'open' || !hasAnswered) {
    return (
      <div className="empty-view" role="status">
        <p>
          {state === 'connecting' || state === 'open'
            ? 'Connecting to the core…'
            : 'There is no connection to the core.'}
        </p>
      </div>
    )
  }
  return (
    <div className="empty-view" data-testid="empty-view">
      <h1>No job is open</h1>
      <p>A job shows the fibre live, or plays a recording of the backend, as a waterfall.</p>
      <div className="empty-actions">
        <button type="button" className="button button-primary" onClick={() => actions.newJob()}>
          New job (Ctrl+N)
        </button>
        <button
          type="button"
          className="button"
          onClick={() => stores.layout.setState({ section: 'recordings', isInspectorOpen: true })}
        >
          Choose a recording
        </button>
      </div>
    </div>
  )
}

const onlyTile = '1'

/** The tiles of the window: one for the selected job today. `tile` draws one, so that the layout knows no panel. */
export function ViewArea({ tile }: { tile: (job: JobSnapshot, tileId: string) => ReactNode }) {
  const { stores } = useWindow()
  const job = useStore(stores.jobs, (model) => model.jobs.find((one) => one.id === model.selectedId))
  const { views } = stores
  useEffect(() => {
    views.activeTileId.setState(onlyTile)
    return () => views.release(onlyTile)
  }, [views])
  return (
    <main className="view-area">
      {job ? (
        <TileContext.Provider value={views.of(onlyTile)}>{tile(job, onlyTile)}</TileContext.Provider>
      ) : (
        <EmptyView />
      )}
    </main>
  )
}
