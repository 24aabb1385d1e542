import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useActiveTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { TileStores } from '../../stores/viewStore.ts'
import { AnnotationEntry } from './AnnotationEntry.tsx'
import { AnnotationFileButtons } from './AnnotationFileButtons.tsx'
import './annotations.css'

/** As many as a list can show without the window getting slow; the rest is found by typing. */
const shownMost = 200

function ListOf({ job, tile }: { job: JobSnapshot; tile: TileStores }) {
  const { stores } = useWindow()
  const { annotations } = stores
  useEffect(() => annotations.follow(job.id), [annotations, job.id])
  const list = useStore(annotations, ({ lists }) => lists.get(job.id))
  const undoable = useStore(annotations, (model) => model.undoable)
  const redoable = useStore(annotations, (model) => model.redoable)
  const problem = useStore(annotations, (model) => model.problem)
  const [wanted, setWanted] = useState('')
  const marks = list?.annotations ?? []
  const text = wanted.trim().toLowerCase()
  const found = text === '' ? marks : marks.filter(({ label, note }) => `${label} ${note}`.toLowerCase().includes(text))
  const shown = found.slice(-shownMost).reverse()
  return (
    <section className="inspector-section" aria-label="Annotations" data-testid="annotations">
      <h2>Annotations</h2>
      <div className="annotation-tools">
        <button
          type="button"
          className="small-button"
          data-testid="annotation-undo"
          disabled={undoable === null}
          title={undoable === null ? 'Nothing to take back' : `Take back ${undoable} (Ctrl+Z)`}
          onClick={() => void annotations.undo()}
        >
          Undo
        </button>
        <button
          type="button"
          className="small-button"
          data-testid="annotation-redo"
          disabled={redoable === null}
          title={redoable === null ? 'Nothing to do again' : `Do again: ${redoable} (Ctrl+Shift+Z)`}
          onClick={() => void annotations.redo()}
        >
          Redo
        </button>
        <span className="spacer" />
        <AnnotationFileButtons job={job} isEmpty={marks.length === 0} />
      </div>
      {problem !== null && (
        <p className="field-messages" role="alert" data-testid="annotation-problem">
          {problem}
        </p>
      )}
      {marks.length > 8 && (
        <input
          type="search"
          aria-label="Find annotations"
          placeholder="Find by label or note"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      {marks.length === 0 && (
        <p className="empty">
          No marks yet. Choose Point, Box or Line above the picture, or press M, and click into it.
        </p>
      )}
      {marks.length > 0 && shown.length === 0 && <p className="empty">No mark is called so.</p>}
      <ul className="entries" data-testid="annotation-list">
        {shown.map((mark) => (
          <AnnotationEntry key={mark.id} job={job} tile={tile} mark={mark} />
        ))}
      </ul>
      {found.length > shown.length && (
        <p className="empty">
          The newest {shown.length} of {found.length} are listed; find the others by typing.
        </p>
      )}
    </section>
  )
}

/** The marks of what the active tile shows: a list to jump by, to change, to carry in and out. */
export function AnnotationList() {
  const { stores } = useWindow()
  const tile = useActiveTile()
  const job = useStore(stores.jobs, ({ jobs, selectedId }) => jobs.find(({ id }) => id === selectedId))
  return tile && job ? <ListOf job={job} tile={tile} /> : null
}
