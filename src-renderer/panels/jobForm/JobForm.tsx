import { useEffect, useRef, type FormEvent } from 'react'
import { useStore } from 'zustand'
import type { FieldError } from '../../../src-preload/contract/errors.ts'
import type { ViewName } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { draftOfView, nfftChoices, recordingOf, type FormDraft } from '../../stores/formDraft.ts'
import { Field } from '../../widgets/Field.tsx'
import { integerText, plainNumber } from '../../widgets/format.ts'
import { BandField } from './BandField.tsx'
import './jobForm.css'
import { LoadEstimateView } from './LoadEstimateView.tsx'
import { PairInputs } from './PairInputs.tsx'
import { PresetMenu } from './PresetMenu.tsx'
import { SourceField } from './SourceField.tsx'

const shownFields = ['view', 'timeRange', 'recording', 'channels', 'band', 'nfft', 'rowIntervalS']

const viewWords: Record<ViewName, string> = {
  waterfall: 'waterfall',
  multi: 'MultiChannel',
  single: 'SingleChannel'
}

/** Messages of one field; of several for the same input only the first. */
function messagesFor(fields: readonly FieldError[], ...names: string[]): FieldError[] {
  const own = fields.filter(({ path }) => names.some((name) => path === name || path.startsWith(`${name}.`)))
  return own.filter((message, index) => own.findIndex(({ path }) => path === message.path) === index)
}

/** Sample rate that the job would have, where that is known: it gives NFFT its resolution. */
function useSampleRate(draft: FormDraft | null): number | null {
  const { stores } = useWindow()
  const recordings = useStore(stores.core, (core) => core.recordings)
  const prrHz = useStore(stores.core, (core) => core.backend?.fibre?.prrHz ?? null)
  const recording = draft ? recordingOf(draft, recordings) : null
  return recording ? recording.sampleRateHz : prrHz
}

function AnalysisFields({ draft, fields }: { draft: FormDraft; fields: readonly FieldError[] }) {
  const { stores } = useWindow()
  const recordings = useStore(stores.core, (core) => core.recordings)
  const sampleRateHz = useSampleRate(draft)
  const isBandEnergy = (recordingOf(draft, recordings)?.bands.length ?? 0) > 0
  const nfftMessages = messagesFor(fields, 'nfft')
  const intervalMessages = messagesFor(fields, 'rowIntervalS')
  const choices = nfftChoices(draft.view)
  const isListed = choices.some((choice) => String(choice) === draft.nfft)
  return (
    <>
      {!isBandEnergy && (
        <Field label="NFFT" name="nfft" messages={nfftMessages}>
          {({ labelId, messageId }) => (
            <select
              value={draft.nfft}
              aria-labelledby={labelId}
              aria-describedby={messageId}
              aria-invalid={nfftMessages.length > 0}
              data-testid="form-nfft"
              onChange={(event) => stores.form.edit({ nfft: event.target.value })}
            >
              {!isListed && <option value={draft.nfft}>{draft.nfft}</option>}
              {choices.map((choice) => (
                <option key={choice} value={choice}>
                  {integerText(choice)}
                  {sampleRateHz ? ` · ${plainNumber(sampleRateHz / choice)} Hz` : ''}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {!isBandEnergy && (
        <Field label="Row every" name="row-interval" messages={intervalMessages}>
          {({ labelId, messageId }) => (
            <div className="pair">
              <input
                type="text"
                inputMode="decimal"
                value={draft.rowInterval}
                aria-labelledby={labelId}
                aria-describedby={messageId}
                aria-invalid={intervalMessages.length > 0}
                data-testid="form-row-interval"
                onChange={(event) => stores.form.edit({ rowInterval: event.target.value })}
              />
              <span className="unit">s</span>
            </div>
          )}
        </Field>
      )}
    </>
  )
}

/** The job form: everything is checked while it is typed; Open works only when nothing is wrong. */
export function JobForm() {
  const { stores, actions } = useWindow()
  const { draft, fields, load, check, isOpening, problem } = useStore(stores.form)
  const isOnline = useStore(stores.connection, (connection) => connection.state === 'open')
  const focusWish = useStore(stores.layout, (layout) => layout.formFocusWish)
  const firstInput = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (focusWish === 0) return
    firstInput.current?.focus()
    firstInput.current?.select()
  }, [focusWish])
  if (!draft) {
    return (
      <section className="inspector-section" aria-label="New job">
        <h2>New job</h2>
        <p className="empty">{problem ?? 'Waiting for the core’s defaults.'}</p>
      </section>
    )
  }
  const channels = messagesFor(fields, 'channels')
  const elsewhere = fields.filter(({ path }) => !shownFields.some((name) => path.split('.')[0] === name))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (check === 'valid') void actions.openJob()
  }
  return (
    <section className="inspector-section" aria-label="New job">
      <h2>New job</h2>
      <form className="job-form" data-testid="job-form" data-check={check} onSubmit={submit} noValidate>
        <SourceField draft={draft} messages={messagesFor(fields, 'timeRange', 'recording')} />
        <Field label="View" name="view" messages={messagesFor(fields, 'view')}>
          {({ labelId }) => (
            <select
              value={draft.view}
              aria-labelledby={labelId}
              data-testid="form-view"
              onChange={(event) => stores.form.edit(draftOfView(draft, event.target.value as ViewName))}
            >
              <option value="waterfall">Waterfall</option>
              <option value="multi">MultiChannel</option>
              <option value="single">SingleChannel</option>
            </select>
          )}
        </Field>
        <Field label="Channels" name="channels" messages={channels}>
          {({ labelId, messageId }) => (
            <PairInputs
              name="channels"
              labelId={labelId}
              messageId={messageId}
              messages={channels}
              unit=""
              low={{ label: 'First channel', value: draft.channelMin, path: 'channels.min' }}
              high={{ label: 'Last channel', value: draft.channelMax, path: 'channels.max' }}
              onLow={(channelMin) => stores.form.edit({ channelMin })}
              onHigh={(channelMax) => stores.form.edit({ channelMax })}
              firstInput={firstInput}
            />
          )}
        </Field>
        <BandField draft={draft} messages={messagesFor(fields, 'band')} />
        <AnalysisFields draft={draft} fields={fields} />
        {load && <LoadEstimateView load={load} />}
        {elsewhere.map(({ path, message }) => (
          <p key={path} className="field-messages" role="alert">
            {path ? `${path}: ` : ''}
            {message}
          </p>
        ))}
        {problem && (
          <p className="field-messages" role="alert" data-testid="form-problem">
            {problem}
          </p>
        )}
        <div className="form-actions">
          <button
            type="submit"
            className="button button-primary"
            data-testid="form-open"
            disabled={check !== 'valid' || isOpening || !isOnline}
          >
            {isOpening ? 'Opening…' : `Open ${viewWords[draft.view]}`}
          </button>
          <PresetMenu />
        </div>
      </form>
    </section>
  )
}
