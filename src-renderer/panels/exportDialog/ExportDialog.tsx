import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ExportFormatName } from '../../../src-preload/contract/tasks.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { ExportDraft } from '../../stores/exportStore.ts'
import { bytesText, integerText, secondsText } from '../../widgets/format.ts'
import './exportDialog.css'
import { ExportFindings } from './ExportFindings.tsx'

const formatLabels: Record<ExportFormatName, string> = {
  prodml: 'PRODML 2.1 (HDF5)',
  dasdae: 'DASDAE (HDF5)',
  zarr: 'Zarr v3',
  segy: 'SEG-Y rev 2',
  mseed: 'miniSEED 2',
  npy: 'NumPy array (NPY)',
  npz: 'NumPy arrays (NPZ)',
  csv: 'CSV',
  wav: 'WAV, one channel',
  png: 'Picture of the waterfall (PNG)',
  'das-metadata': 'DAS metadata alone (JSON)'
}

function Typed({ field, label, hint }: { field: keyof ExportDraft & string; label: string; hint: string }) {
  const { stores } = useWindow()
  const value = useStore(stores.exporting, (model) => model.draft[field] as string)
  const problem = useStore(stores.exporting, (model) => model.problems[field])
  return (
    <label className="export-typed">
      <input
        type="text"
        value={value}
        placeholder={hint}
        aria-label={label}
        aria-invalid={problem !== undefined}
        data-testid={`export-${field}`}
        onChange={(event) => stores.exporting.type({ [field]: event.target.value })}
      />
      {problem && <span className="field-messages">{problem}</span>}
    </label>
  )
}

/** The fields of an export, in rows of a label and its inputs. */
function Fields() {
  const { stores, connection } = useWindow()
  const { draft, check, source } = useStore(stores.exporting)
  const shell = useStore(stores.connection, (model) => model.hello?.shell ?? null)
  const lengthS = source?.startNs && source.endNs ? Number(BigInt(source.endNs) - BigInt(source.startNs)) / 1e9 : null
  const chooseTarget = async (): Promise<void> => {
    const answer = await connection.call('exports.chooseTarget', {
      suggestedName: draft.name || check?.suggestedName || 'export',
      format: draft.format
    })
    // The system's dialog has asked about a file that is there.
    if (answer.ok && answer.value.path) stores.exporting.type({ path: answer.value.path, overwrite: true })
  }
  return (
    <div className="export-fields">
      <span>Format</span>
      <select
        aria-label="Format"
        data-testid="export-format"
        value={draft.format}
        onChange={(event) =>
          stores.exporting.type({ format: event.target.value as ExportFormatName, path: null, name: '' })
        }
      >
        {Object.entries(formatLabels).map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <span>Time</span>
      <div className="pair">
        <Typed field="fromS" label="From, seconds from the start" hint="0" />
        <span aria-hidden="true">–</span>
        <Typed field="toS" label="To, seconds from the start" hint={lengthS === null ? 'end' : lengthS.toFixed(3)} />
        <span className="unit">s of {lengthS === null ? 'the recording' : secondsText(lengthS)}</span>
      </div>
      <span>Channels</span>
      <div className="pair">
        <Typed field="firstChannel" label="First channel" hint="first" />
        <span aria-hidden="true">–</span>
        <Typed field="lastChannel" label="Last channel" hint="last" />
        <span className="unit">of {integerText(source?.channelCount ?? 0)}</span>
      </div>
      <span>Decimate</span>
      <div className="pair">
        <Typed field="decimate" label="Keep every nth row, behind a low-pass filter" hint="1" />
        <span className="unit">× (low-pass filtered; 1 = every row)</span>
      </div>
      <span>File</span>
      <div className="export-target">
        {draft.path === null ? (
          <Typed field="name" label="Name of the file" hint={check?.suggestedName ?? ''} />
        ) : (
          <span className="export-path">{draft.path}</span>
        )}
        {shell === 'desktop' && (
          <button type="button" className="small-button" onClick={() => void chooseTarget()}>
            Choose…
          </button>
        )}
      </div>
      {draft.path === null && (
        <label className="export-overwrite">
          <input
            type="checkbox"
            checked={draft.overwrite}
            data-testid="export-overwrite"
            onChange={(event) => stores.exporting.type({ overwrite: event.target.checked })}
          />
          Replace a file of that name
        </label>
      )}
    </div>
  )
}

function Dialog() {
  const { stores, actions } = useWindow()
  const element = useRef<HTMLDialogElement>(null)
  const [isStarting, setStarting] = useState(false)
  const { source, check } = useStore(stores.exporting)
  const close = (): void => stores.layout.setState({ exportOf: null, exportPart: null })
  useEffect(() => element.current?.showModal(), [])
  const start = async (): Promise<void> => {
    const request = stores.exporting.request()
    if (!request) return
    setStarting(true)
    const isStarted = await actions.startExport({ request: { kind: 'export', arguments: request }, priority: 'normal' })
    setStarting(false)
    if (isStarted) stores.layout.setState({ exportOf: null, exportPart: null, section: 'tasks', isInspectorOpen: true })
  }
  const isReady = check !== null && check.refusal === null && !isStarting
  return (
    <dialog
      ref={element}
      className="dialog export-dialog"
      aria-labelledby="export-title"
      data-testid="export-dialog"
      onClose={close}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void start()
        }}
      >
        <h1 id="export-title">Export {source?.name}</h1>
        <Fields />
        <ExportFindings />
        <div className="export-buttons">
          {check && (
            <span className="export-size">
              {integerText(check.rows)} × {integerText(check.channels)} {check.element} · about {bytesText(check.bytes)}
              {check.freeBytes !== null && ` of ${bytesText(check.freeBytes)} free`}
            </span>
          )}
          <span className="spacer" />
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" data-testid="export-start" disabled={!isReady}>
            {isStarting ? 'Starting…' : 'Export'}
          </button>
        </div>
      </form>
    </dialog>
  )
}

/** Asks what to export, and where to; says beforehand what the format cannot hold. */
export function ExportDialog() {
  const { stores } = useWindow()
  const id = useStore(stores.layout, (layout) => layout.exportOf)
  const session = useStore(stores.sessions, (model) => model.sessions.find((one) => one.id === id) ?? null)
  const isBegun = useStore(stores.exporting, (model) => model.source?.id === id)
  useEffect(() => {
    if (session) stores.exporting.begin(session, stores.layout.getState().exportPart)
    // A change of the session's words must not empty the form.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [stores, id])
  return id !== null && isBegun ? <Dialog key={id} /> : null
}
