import { useRef, useState, type FormEvent } from 'react'
import { useStore } from 'zustand'
import { layoutTextMost, type LayoutSummary } from '../../../src-preload/contract/workbench.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { Dialog } from '../../widgets/Dialog.tsx'
import { dateTimeOf } from '../../widgets/format.ts'
import { Menu, MenuItem } from '../../widgets/Menu.tsx'
import { Icon } from '../../widgets/Icon.tsx'
import './layouts.css'

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** Keeps what is open under a name. */
function SaveLayout() {
  const { stores, workbench } = useWindow()
  const last = useStore(workbench, (model) => model.layoutName)
  const layouts = useStore(workbench, (model) => model.layouts)
  const [name, setName] = useState(last ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const isTaken = layouts.some((layout) => layout.name === name.trim())
  const close = (): void => stores.layout.setState({ dialog: null })
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const failed = await workbench.saveLayout(name.trim(), isTaken)
    if (failed === null) close()
    else setProblem(failed)
  }
  return (
    <Dialog
      title="Save the layout"
      description="Tiles, what they show and how, and the windows with their places."
      testId="save-layout"
      onClose={close}
    >
      <form className="layout-form" onSubmit={(event) => void save(event)}>
        <label>
          <span>Name</span>
          <input
            type="text"
            value={name}
            maxLength={100}
            data-testid="layout-name"
            autoFocus
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {isTaken && <p className="layout-hint">There is a layout of this name; it will be replaced.</p>}
        {problem && (
          <p className="field-messages" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-primary" disabled={name.trim() === ''} data-testid="layout-save">
          {isTaken ? 'Replace' : 'Save'}
        </button>
      </form>
    </Dialog>
  )
}

function LayoutEntry({ layout, tell }: { layout: LayoutSummary; tell: (problem: string | null) => void }) {
  const { stores, workbench, connection } = useWindow()
  const [newName, setNewName] = useState<string | null>(null)
  const { name } = layout
  const open = async (): Promise<void> => {
    const problem = await workbench.openLayout(name)
    if (problem === null) stores.layout.setState({ dialog: null })
    else tell(problem)
  }
  const rename = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const answer = await connection.call('layouts.rename', { name, newName: newName ?? '' })
    tell(answer.ok ? null : answer.error.message)
    if (answer.ok) setNewName(null)
  }
  const remove = async (): Promise<void> => {
    const answer = await connection.call('layouts.delete', { name })
    tell(answer.ok ? null : answer.error.message)
  }
  const exportText = async (): Promise<void> => {
    const answer = await connection.call('layouts.export', { name })
    if (!answer.ok) return tell(answer.error.message)
    const isWritten = await navigator.clipboard?.writeText(answer.value.text).then(
      () => true,
      () => false
    )
    if (!isWritten) stores.layout.setState({ shownText: { title: `Layout “${name}”`, text: answer.value.text } })
    else tell(`The text of “${name}” is in the clipboard.`)
  }
  return (
    <li className="entry layout-entry" data-testid="layout-entry">
      {newName === null ? (
        <>
          <button
            type="button"
            className="layout-open"
            disabled={layout.problem !== null}
            onClick={() => void open()}
            data-testid={`layout-open-${name}`}
          >
            <strong>{name}</strong>
            <span>
              {layout.problem === null
                ? [
                    plural(layout.tiles, 'tile'),
                    layout.popOuts > 0 ? plural(layout.popOuts, 'window') : '',
                    layout.savedAtNs ? `${dateTimeOf(layout.savedAtNs)} UTC` : ''
                  ]
                    .filter(Boolean)
                    .join(' · ')
                : layout.problem}
            </span>
          </button>
          <Menu label={`Layout ${name}`} trigger={<Icon name="more" />}>
            <MenuItem label="Rename…" isDisabled={layout.problem !== null} onSelect={() => setNewName(name)} />
            <MenuItem label="Export as text" isDisabled={layout.problem !== null} onSelect={() => void exportText()} />
            <MenuItem label="Delete" onSelect={() => void remove()} />
          </Menu>
        </>
      ) : (
        <form className="layout-rename" onSubmit={(event) => void rename(event)}>
          <input
            type="text"
            aria-label={`New name of ${name}`}
            value={newName}
            maxLength={100}
            autoFocus
            onChange={(event) => setNewName(event.target.value)}
          />
          <button type="submit" className="small-button" disabled={newName.trim() === ''}>
            Rename
          </button>
          <button type="button" className="small-button" onClick={() => setNewName(null)}>
            Leave it
          </button>
        </form>
      )}
    </li>
  )
}

/** Named layouts: open, rename, delete, export and import. */
function Layouts() {
  const { stores, workbench, connection } = useWindow()
  const layouts = useStore(workbench, (model) => model.layouts)
  const shownText = useStore(stores.layout, (layout) => layout.shownText)
  const [message, setMessage] = useState<string | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const importFile = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return
    if (chosen.size > layoutTextMost) return setMessage(`${chosen.name} is too large for a layout.`)
    const answer = await connection.call('layouts.import', { text: await chosen.text() })
    setMessage(answer.ok ? `“${answer.value.name}” was imported.` : answer.error.message)
  }
  return (
    <Dialog
      title="Layouts"
      description="A layout opens its tiles, jobs and windows as they were saved."
      testId="layouts"
      onClose={() => stores.layout.setState({ dialog: null, shownText: null })}
    >
      {message && (
        <p role="status" className="layout-hint" data-testid="layout-message">
          {message}
        </p>
      )}
      {layouts.length === 0 ? (
        <p className="empty">No layout is saved yet. Ctrl+Shift+S saves what is open under a name.</p>
      ) : (
        <ul className="entries">
          {layouts.map((layout) => (
            <LayoutEntry key={layout.name} layout={layout} tell={setMessage} />
          ))}
        </ul>
      )}
      {shownText && (
        <textarea className="layout-text" aria-label={shownText.title} readOnly value={shownText.text} rows={8} />
      )}
      <div className="layout-actions">
        <button type="button" className="button" onClick={() => stores.layout.setState({ dialog: 'saveLayout' })}>
          Save what is open…
        </button>
        <button type="button" className="button" onClick={() => file.current?.click()}>
          Import…
        </button>
        <input
          ref={file}
          type="file"
          accept=".json,application/json"
          hidden
          data-testid="layout-file"
          onChange={(event) => {
            void importFile(event.target.files?.[0])
            event.target.value = ''
          }}
        />
      </div>
    </Dialog>
  )
}

export function LayoutDialogs() {
  const { stores } = useWindow()
  const dialog = useStore(stores.layout, (layout) => layout.dialog)
  if (dialog === 'saveLayout') return <SaveLayout />
  return dialog === 'layouts' ? <Layouts /> : null
}
