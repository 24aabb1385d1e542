import { useStore } from 'zustand'
import { useWindow } from './windowContext.ts'

/** Waiting, or nothing opened: what happens, or what to do next. */
export function EmptyView() {
  const { stores, actions } = useWindow()
  const state = useStore(stores.connection, (connection) => connection.state)
  const hasAnswered = useStore(stores.connection, (connection) => connection.hello !== null)
  const backend = useStore(stores.core, (core) => core.backend)
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
      {backend && backend.state !== 'up' && (
        <p role="status">
          {backend.name} is not there yet: {backend.reason}
        </p>
      )}
      <p>A job shows the fibre live, or plays a recording of the backend, as a waterfall.</p>
      <div className="empty-actions">
        <button type="button" className="button button-primary" onClick={() => actions.newJob()}>
          New job (N)
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
