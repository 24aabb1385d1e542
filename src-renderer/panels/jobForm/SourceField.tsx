import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import type { DraftSource, FormDraft } from '../../stores/formDraft.ts'
import { Field, type FieldMessage } from '../../widgets/Field.tsx'
import { dateTimeOf } from '../../widgets/format.ts'

/** Live, a recording of the backend, or a time range typed as UTC. */
export function SourceField({ draft, messages }: { draft: FormDraft; messages: FieldMessage[] }) {
  const { stores } = useWindow()
  const recordings = useStore(stores.core, (core) => core.recordings)
  const site = useStore(stores.core, (core) => core.backend?.name ?? 'the backend')
  const range = (edge: 'rangeStart' | 'rangeEnd', label: string) => (
    <label className="stacked">
      <span>{label}</span>
      <input
        type="text"
        value={draft[edge]}
        placeholder="2026-01-31 16:30:00"
        spellCheck={false}
        data-testid={`form-${edge === 'rangeStart' ? 'range-start' : 'range-end'}`}
        aria-invalid={messages.some(({ path }) => path.endsWith(edge === 'rangeStart' ? 'startNs' : 'endNs'))}
        onChange={(event) => stores.form.edit({ [edge]: event.target.value })}
      />
    </label>
  )
  return (
    <Field label="Source" name="source" messages={messages}>
      {({ labelId, messageId }) => (
        <>
          <select
            value={draft.source}
            aria-labelledby={labelId}
            aria-describedby={messageId}
            data-testid="form-source"
            onChange={(event) => stores.form.chooseSource(event.target.value as DraftSource)}
          >
            <option value="live">{site} · live</option>
            {recordings.length > 0 && (
              <optgroup label="Recordings">
                {recordings.map((recording, index) => (
                  <option
                    key={`${recording.name ?? ''} ${recording.startNs} ${recording.local ?? false}`}
                    value={`recording:${index}`}
                    disabled={recording.endNs === null}
                  >
                    {recording.name ?? dateTimeOf(recording.startNs)}
                  </option>
                ))}
              </optgroup>
            )}
            <option value="range">Time range (UTC)</option>
          </select>
          {draft.source === 'range' && (
            <div className="field-range">
              {range('rangeStart', 'From, UTC')}
              {range('rangeEnd', 'To, UTC')}
            </div>
          )}
        </>
      )}
    </Field>
  )
}
