import { useId, useState } from 'react'
import { useStore } from 'zustand'
import type { Result } from '../../../src-preload/contract/errors.ts'
import type { SettingOrigin } from '../../../src-preload/contract/settings.ts'
import { valueAt, type SettingDescription } from '../../../src-preload/contract/settingsForm.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { rangeText, textOf, valueFrom } from './settingText.ts'

type Note = { kind: 'problem' | 'done'; text: string } | null

/** Sends changes of one setting and says what became of them. */
function useSetting(setting: SettingDescription) {
  const { connection } = useWindow()
  const [note, setNote] = useState<Note>(null)
  const { path } = setting
  const settle = (answer: Result<{ isAfterRestart: boolean }>): boolean => {
    if (answer.ok) {
      setNote({ kind: 'done', text: answer.value.isAfterRestart ? 'Kept; it counts after a restart.' : 'Changed.' })
      return true
    }
    const own = answer.error.fields?.filter((field) => field.path === path || field.path.startsWith(`${path}.`))
    const [first] = own ?? []
    setNote({
      kind: 'problem',
      text: first ? `${first.message}. The value before stays.` : `${answer.error.message} The value before stays.`
    })
    return false
  }
  return {
    note,
    setNote,
    change: async (value: unknown) => settle(await connection.call('settings.set', { path, value: value as never })),
    reset: async () => settle(await connection.call('settings.reset', { path }))
  }
}

/** One setting: its name, unit, value, range and default, and what it is for. */
export function SettingRow({ setting, origin }: { setting: SettingDescription; origin: SettingOrigin }) {
  const { stores } = useWindow()
  const current = useStore(stores.core, (core) => valueAt(core.settings, setting.path))
  /** Null: as it is kept. */
  const [typed, setTyped] = useState<string | null>(null)
  const { note, setNote, change, reset } = useSetting(setting)
  const id = useId()
  const { path, label, unit, kind, choices, help } = setting
  const currentText = textOf(current)
  const text = typed ?? currentText
  const isChanged = JSON.stringify(current ?? null) !== JSON.stringify(setting.default)
  const commit = (): void => {
    if (text === currentText) return setTyped(null)
    const read = valueFrom(text, setting)
    if ('problem' in read) setNote({ kind: 'problem', text: `${read.problem} The value before stays.` })
    else void change(read.value).then((isTaken) => isTaken && setTyped(null))
  }
  const described = `${id}-help${note ? ` ${id}-note` : ''}`
  const shared = {
    id,
    'aria-describedby': described,
    'aria-invalid': note?.kind === 'problem',
    'data-testid': `setting-${path}`
  }
  return (
    <div className="setting" data-changed={isChanged}>
      <label className="setting-label" htmlFor={id}>
        {label}
        {unit && <span className="unit"> {unit}</span>}
      </label>
      <div className="setting-value">
        {kind === 'switch' ? (
          <input
            {...shared}
            type="checkbox"
            role="switch"
            checked={current === true}
            onChange={(event) => void change(event.target.checked)}
          />
        ) : kind === 'choice' ? (
          <select {...shared} value={currentText} onChange={(event) => void change(event.target.value || null)}>
            {setting.isNullable && <option value="">none</option>}
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...shared}
            type="text"
            inputMode={kind === 'number' || kind === 'integer' ? 'decimal' : 'text'}
            value={text}
            spellCheck={false}
            onChange={(event) => {
              setTyped(event.target.value)
              setNote(null)
            }}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === 'Enter') commit()
            }}
          />
        )}
        <button
          type="button"
          className="small-button"
          disabled={!isChanged}
          aria-label={`${label}: back to the default`}
          onClick={() => void reset().then((isTaken) => isTaken && setTyped(null))}
        >
          Default
        </button>
      </div>
      <p className="setting-help" id={`${id}-help`}>
        {help} <span>{rangeText(setting)}</span>{' '}
        {(origin === 'environment' || origin === 'command line') && (
          <span className="setting-origin" data-testid={`origin-${path}`}>
            · Set by the {origin} for this run.
          </span>
        )}
      </p>
      {note && (
        <p
          className={note.kind === 'problem' ? 'field-messages' : 'setting-done'}
          id={`${id}-note`}
          role={note.kind === 'problem' ? 'alert' : 'status'}
          data-testid={`note-${path}`}
        >
          {note.text}
        </p>
      )}
    </div>
  )
}
