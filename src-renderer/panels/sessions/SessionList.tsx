import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import type { SessionSortKey } from '../../stores/sessionsStore.ts'
import { bytesText } from '../../widgets/format.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { SessionEntry } from './SessionEntry.tsx'
import './sessions.css'

const sortLabels: Record<SessionSortKey, string> = {
  changed: 'made or opened',
  time: 'time of the data',
  name: 'name',
  size: 'size',
  duration: 'duration',
  channels: 'channels',
  rate: 'sample rate',
  gaps: 'gaps'
}

/** The catalogue: captured sessions and opened files. */
export function SessionList() {
  const { stores, actions } = useWindow()
  const model = useStore(stores.sessions)
  const shell = useStore(stores.connection, (connection) => connection.hello?.shell ?? null)
  const { sessions, search, sort, isDescending, problem, isLoaded, totalBytes, freeBytes } = model
  return (
    <section className="inspector-section" aria-label="Sessions">
      <h2>Sessions and files</h2>
      <div className="session-search">
        <input
          type="text"
          value={search}
          placeholder="Search name, place, notes, tags"
          aria-label="Search sessions"
          data-testid="session-search"
          onChange={(event) => stores.sessions.show({ search: event.target.value })}
        />
        {shell === 'desktop' && (
          <button type="button" className="button" onClick={() => void actions.chooseFiles()}>
            Open files…
          </button>
        )}
      </div>
      <div className="session-sort">
        <select
          className="small-select"
          aria-label="Sort by"
          data-testid="session-sort"
          value={sort}
          onChange={(event) => stores.sessions.show({ sort: event.target.value as SessionSortKey })}
        >
          {Object.entries(sortLabels).map(([key, label]) => (
            <option key={key} value={key}>
              by {label}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="small-button"
          title={isDescending ? 'Greatest first; change to smallest first' : 'Smallest first; change to greatest first'}
          aria-label={isDescending ? 'Greatest first' : 'Smallest first'}
          onClick={() => stores.sessions.show({ isDescending: !isDescending })}
        >
          <Icon name={isDescending ? 'down' : 'up'} size={12} />
        </button>
        <span className="spacer" />
        <button
          type="button"
          className="small-button"
          title="Forget the list and read the folders of the sessions anew"
          onClick={() => void actions.reindexSessions()}
        >
          Read anew
        </button>
      </div>
      {problem && <p className="field-messages">The catalogue could not be read: {problem}</p>}
      {sessions.length === 0 && isLoaded && !problem && (
        <p className="empty">
          {search
            ? 'Nothing in the catalogue matches.'
            : 'Nothing was captured yet. Start a capture in the header of a live waterfall (R): every sample goes to the disk.'}
        </p>
      )}
      <ul className="entries" data-testid="session-list">
        {sessions.map((session) => (
          <SessionEntry key={session.id} session={session} />
        ))}
      </ul>
      <p className="session-total">
        {bytesText(totalBytes)} in sessions{freeBytes !== null && ` · ${bytesText(freeBytes)} free`}
      </p>
    </section>
  )
}
