import { useState, type FormEvent } from 'react'
import { useStore } from 'zustand'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { requestFromDraft } from '../../stores/formDraft.ts'
import { Dialog } from '../../widgets/Dialog.tsx'
import { Icon } from '../../widgets/Icon.tsx'
import { Menu, MenuItem, MenuLine } from '../../widgets/Menu.tsx'

function SavePreset({ request, onClose }: { request: JobRequest; onClose: () => void }) {
  const { workbench } = useWindow()
  const presets = useStore(workbench, (model) => model.presets)
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const isTaken = presets.some((preset) => preset.name === name.trim())
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const failed = await workbench.savePreset(name.trim(), request, isTaken)
    if (failed === null) onClose()
    else setProblem(failed)
  }
  return (
    <Dialog
      title="Save the form as a preset"
      description="Source, channels, band and analysis, to be opened again by name."
      testId="save-preset"
      onClose={onClose}
    >
      <form className="preset-form" onSubmit={(event) => void save(event)}>
        <label>
          <span>Name</span>
          <input
            type="text"
            value={name}
            maxLength={100}
            autoFocus
            data-testid="preset-name"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {isTaken && <p>There is a preset of this name; it will be replaced.</p>}
        {problem && (
          <p className="field-messages" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-primary" disabled={name.trim() === ''} data-testid="preset-save">
          {isTaken ? 'Replace' : 'Save'}
        </button>
      </form>
    </Dialog>
  )
}

/** Forms that were kept by name: fill the form with one, open it, or keep what is typed. */
export function PresetMenu() {
  const { stores, workbench, connection, actions } = useWindow()
  const presets = useStore(workbench, (model) => model.presets)
  const draft = useStore(stores.form, (form) => form.draft)
  const recordings = useStore(stores.core, (core) => core.recordings)
  const [saved, setSaved] = useState<JobRequest | null>(null)
  const parsed = draft ? requestFromDraft(draft, recordings) : null
  const remove = async (name: string): Promise<void> => {
    const answer = await connection.call('presets.delete', { name })
    if (!answer.ok) actions.notify('error', 'preset', 'The preset was not deleted', answer.error.message)
  }
  return (
    <>
      <Menu
        label="Presets"
        className="button"
        testId="presets"
        trigger={
          <>
            Preset <Icon name="chevron" size={14} />
          </>
        }
      >
        <MenuItem
          label="Save the form as a preset…"
          isDisabled={!parsed?.ok}
          onSelect={() => parsed?.ok && setSaved(parsed.request)}
        />
        {presets.length > 0 && <MenuLine />}
        {presets.map(({ name, request }) => (
          <MenuItem key={`fill ${name}`} label={`Fill in: ${name}`} onSelect={() => stores.form.fill(request)} />
        ))}
        {presets.length > 1 && (
          <MenuItem label={`Open all ${presets.length}`} onSelect={() => void workbench.openRequests(presets)} />
        )}
        {presets.length > 0 && <MenuLine />}
        {presets.map(({ name }) => (
          <MenuItem key={`delete ${name}`} label={`Delete: ${name}`} onSelect={() => void remove(name)} />
        ))}
      </Menu>
      {saved && <SavePreset request={saved} onClose={() => setSaved(null)} />}
    </>
  )
}
