import { useEffect, useRef, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { FileQuestion } from '../../../src-preload/contract/files.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { FileDraft, FileField } from '../../stores/fileQuestionStore.ts'
import { Field } from '../../widgets/Field.tsx'
import { dateTimeOf, frequencyText, integerText } from '../../widgets/format.ts'
import './fileQuestion.css'

/** A field, or what the file itself says. */
function Asked({
  field,
  label,
  known,
  children
}: {
  field: FileField
  label: string
  known: string | null
  children: (described: { id: string | undefined; isWrong: boolean; labelId: string }) => ReactNode
}) {
  const { stores } = useWindow()
  const problem = useStore(stores.fileQuestion, (model) => model.problems[field])
  const messages = problem === undefined ? [] : [{ path: field, message: problem }]
  return (
    <Field label={label} name={`file-${field}`} messages={messages}>
      {({ labelId, messageId }) =>
        known === null ? children({ id: messageId, isWrong: problem !== undefined, labelId }) : <span>{known}</span>
      }
    </Field>
  )
}

function Typed({
  field,
  label,
  unit,
  hint,
  known
}: {
  field: Exclude<FileField, 'timeAxis'>
  label: string
  unit: string
  hint: string
  known: string | null
}) {
  const { stores } = useWindow()
  const value = useStore(stores.fileQuestion, (model) => model.draft[field])
  const isStartUnknown = useStore(stores.fileQuestion, (model) => model.draft.isStartUnknown)
  return (
    <Asked field={field} label={label} known={known}>
      {({ id, isWrong, labelId }) => (
        <div className="pair">
          <input
            type="text"
            value={value}
            placeholder={hint}
            spellCheck={false}
            disabled={field === 'startNs' && isStartUnknown}
            aria-labelledby={labelId}
            aria-invalid={isWrong}
            aria-describedby={id}
            data-testid={`file-${field}`}
            onChange={(event) => stores.fileQuestion.type({ [field]: event.target.value } as Partial<FileDraft>)}
          />
          <span className="unit">{unit}</span>
        </div>
      )}
    </Asked>
  )
}

function Fields({ question: { known, shapes } }: { question: FileQuestion }) {
  const { stores } = useWindow()
  const { timeAxis, isStartUnknown } = useStore(stores.fileQuestion, (model) => model.draft)
  return (
    <>
      <Typed
        field="sampleRateHz"
        label="Rate"
        unit="Hz"
        hint="500"
        known={known.sampleRateHz === null ? null : frequencyText(known.sampleRateHz)}
      />
      <Typed
        field="startNs"
        label="Start"
        unit="UTC"
        hint="2026-01-31 16:30:00"
        known={known.startNs === null ? null : `${dateTimeOf(known.startNs)} UTC`}
      />
      {known.startNs === null && (
        <label className="file-unknown">
          <input
            type="checkbox"
            checked={isStartUnknown}
            data-testid="file-start-unknown"
            onChange={(event) => stores.fileQuestion.type({ isStartUnknown: event.target.checked })}
          />
          Not known: shown from 1970-01-01 on
        </label>
      )}
      {!known.hasDistances && (
        <>
          <Typed
            field="channelSpacingM"
            label="Spacing"
            unit="m (optional)"
            hint="1.02"
            known={known.channelSpacingM === null ? null : `${known.channelSpacingM} m`}
          />
          <Typed
            field="firstDistanceM"
            label="First at"
            unit="m (optional)"
            hint="0"
            known={known.firstDistanceM === null ? null : `at ${known.firstDistanceM} m`}
          />
        </>
      )}
      {shapes.length > 1 && (
        <Asked field="timeAxis" label="Shape" known={null}>
          {({ labelId }) => (
            <select
              value={timeAxis}
              aria-labelledby={labelId}
              data-testid="file-timeAxis"
              onChange={(event) => stores.fileQuestion.type({ timeAxis: event.target.value === '1' ? 1 : 0 })}
            >
              {shapes.map((shape) => (
                <option key={shape.timeAxis} value={shape.timeAxis}>
                  {integerText(shape.rows)} samples of {integerText(shape.channels)}{' '}
                  {shape.channels === 1 ? 'channel' : 'channels'}
                </option>
              ))}
            </select>
          )}
        </Asked>
      )}
    </>
  )
}

function Dialog({ question, further }: { question: FileQuestion; further: number }) {
  const { stores, actions } = useWindow()
  const element = useRef<HTMLDialogElement>(null)
  const { isOpening, failure } = useStore(stores.fileQuestion)
  useEffect(() => element.current?.showModal(), [])
  return (
    <dialog
      ref={element}
      className="dialog file-question"
      aria-labelledby="file-question-title"
      data-testid="file-question"
      onCancel={(event) => {
        event.preventDefault()
        void stores.fileQuestion.skip()
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void actions.describeFile()
        }}
      >
        <h1 id="file-question-title">{question.name}</h1>
        <p data-testid="file-missing">
          This file ({question.format}) in {question.folder} does not say {question.missing}. What you say is remembered
          for this file.
        </p>
        <Fields question={question} />
        {failure !== null && (
          <p className="field-messages" role="alert" data-testid="file-failure">
            {failure}
          </p>
        )}
        <div className="file-question-buttons">
          {further > 0 && (
            <span className="file-further">
              {further} more {further === 1 ? 'file waits' : 'files wait'}
            </span>
          )}
          <span className="spacer" />
          <button
            type="button"
            className="button"
            data-testid="file-skip"
            onClick={() => void stores.fileQuestion.skip()}
          >
            Do not open
          </button>
          <button type="submit" className="button button-primary" data-testid="file-open" disabled={isOpening}>
            {isOpening ? 'Opening…' : 'Open'}
          </button>
        </div>
      </form>
    </dialog>
  )
}

/** Asks what a file does not say itself, before it can be shown. */
export function FileQuestionDialog() {
  const { stores } = useWindow()
  const questions = useStore(stores.fileQuestion, (model) => model.questions)
  const [question, ...further] = questions
  return question ? <Dialog key={question.token} question={question} further={further.length} /> : null
}
