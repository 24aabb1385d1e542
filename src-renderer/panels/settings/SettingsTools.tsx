import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { SettingsVersion } from '../../../src-preload/contract/settings.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { dateTimeOf } from '../../widgets/format.ts'
import { downloadText, readText } from '../../widgets/textFiles.ts'

function History({ onRestored }: { onRestored: (words: string) => void }) {
  const { connection, stores } = useWindow()
  const settings = useStore(stores.core, (core) => core.settings)
  const [versions, setVersions] = useState<SettingsVersion[]>([])
  useEffect(() => {
    void connection.call('settings.history', {}).then((answer) => {
      if (answer.ok) setVersions(answer.value)
    })
  }, [connection, settings])
  if (versions.length === 0) return <p className="empty">No change is kept yet.</p>
  return (
    <ul className="settings-history" data-testid="settings-history">
      {versions.map(({ id, atNs, change }) => (
        <li key={id}>
          <time>{dateTimeOf(atNs)}</time>
          <span>{change}</span>
          <button
            type="button"
            className="small-button"
            onClick={() =>
              void connection
                .call('settings.restore', { id })
                .then((answer) => onRestored(answer.ok ? `As it was before “${change}”.` : answer.error.message))
            }
          >
            Back to before
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Settings in and out, and every change of them that can be taken back. */
export function SettingsTools() {
  const { connection } = useWindow()
  const input = useRef<HTMLInputElement>(null)
  const [isHistoryOpen, setHistoryOpen] = useState(false)
  const [note, setNote] = useState<string | null>(null)

  async function save(): Promise<void> {
    const answer = await connection.call('settings.export', {})
    if (answer.ok) downloadText('wavefall-settings.json', answer.value.text, 'application/json')
    else setNote(answer.error.message)
  }

  async function load(file: File): Promise<void> {
    const read = await readText(file)
    if ('problem' in read) return setNote(read.problem)
    const answer = await connection.call('settings.import', { text: read.text })
    if (!answer.ok) return setNote(answer.error.message)
    const { applied, problems } = answer.value
    const told = problems.map(({ path, message }) => `${path || file.name} ${message}.`)
    setNote([`${applied.length} settings taken from ${file.name}.`, ...told].join(' '))
  }

  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json"
        hidden
        data-testid="settings-file"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file) void load(file).finally(() => input.current && (input.current.value = ''))
        }}
      />
      <button
        type="button"
        className="small-button"
        data-testid="settings-import"
        onClick={() => input.current?.click()}
      >
        Import…
      </button>
      <button type="button" className="small-button" data-testid="settings-export" onClick={() => void save()}>
        Export
      </button>
      <button
        type="button"
        className="small-button"
        data-testid="settings-history-toggle"
        aria-expanded={isHistoryOpen}
        onClick={() => setHistoryOpen(!isHistoryOpen)}
      >
        Changes
      </button>
      {note !== null && (
        <p className="page-note" role="status" data-testid="settings-note">
          {note}
        </p>
      )}
      {isHistoryOpen && <History onRestored={setNote} />}
    </>
  )
}
