import { useState } from 'react'
import type { SessionSummary } from '../../../src-preload/contract/sessions.ts'
import { useWindow } from '../../layout/windowContext.ts'

/** Name, place, tags and notes of a session. */
export function SessionEditor({ session, onDone }: { session: SessionSummary; onDone: () => void }) {
  const { actions } = useWindow()
  const [draft, setDraft] = useState({
    name: session.name,
    place: session.place,
    tags: session.tags.join(', '),
    notes: session.notes,
    keep: session.keep
  })
  const save = async (): Promise<void> => {
    const tags = draft.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean)
    if (await actions.updateSession(session.id, { ...draft, name: draft.name.trim(), tags })) onDone()
  }
  const text = (key: 'name' | 'place' | 'tags', label: string, hint: string) => (
    <label className="session-field">
      <span>{label}</span>
      <input
        type="text"
        value={draft[key]}
        placeholder={hint}
        data-testid={`session-${key}`}
        onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
      />
    </label>
  )
  return (
    <form
      className="session-editor"
      aria-label={`Describe ${session.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {text('name', 'Name', 'what it is called')}
      {text('place', 'Place', 'where it was recorded')}
      {text('tags', 'Tags', 'separated by commas')}
      <label className="session-field">
        <span>Notes</span>
        <textarea
          rows={3}
          value={draft.notes}
          data-testid="session-notes"
          onChange={(event) => setDraft({ ...draft, notes: event.target.value })}
        />
      </label>
      <label className="session-keep">
        <input
          type="checkbox"
          checked={draft.keep}
          onChange={(event) => setDraft({ ...draft, keep: event.target.checked })}
        />
        Keep: no rule of age or size removes it
      </label>
      <div className="session-buttons">
        <button type="submit" className="small-button" data-testid="session-save" disabled={draft.name.trim() === ''}>
          Save
        </button>
        <button type="button" className="small-button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  )
}
