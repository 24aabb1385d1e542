import { useId } from 'react'
import type { Typed, TypedField } from '../../stores/typedForm.ts'

interface FieldsProps {
  fields: readonly TypedField[]
  typed: Typed
  messages: readonly { path: string; message: string }[]
  /** Suggestions for a text, by its path. */
  suggestions?: Readonly<Record<string, readonly string[]>>
  change: (path: string, text: string) => void
}

function Control({
  field,
  id,
  text,
  isWrong,
  messageId,
  suggestions,
  change
}: {
  field: TypedField
  id: string
  text: string
  isWrong: boolean
  messageId: string | undefined
  suggestions: readonly string[] | undefined
  change: (text: string) => void
}) {
  const shared = {
    id,
    'aria-invalid': isWrong,
    'aria-describedby': messageId,
    'data-testid': `alert-field-${field.path}`
  }
  if (field.input === 'yes or no')
    return (
      <input
        {...shared}
        type="checkbox"
        checked={text === 'true'}
        onChange={(event) => change(String(event.target.checked))}
      />
    )
  if (field.input === 'choice')
    return (
      <select {...shared} value={text} onChange={(event) => change(event.target.value)}>
        {field.choices?.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    )
  if (field.input === 'long' || field.input === 'lines')
    return (
      <textarea
        {...shared}
        rows={2}
        value={text}
        placeholder={field.hint}
        onChange={(event) => change(event.target.value)}
      />
    )
  return (
    <>
      <input
        {...shared}
        type="text"
        inputMode={field.input === 'number' ? 'decimal' : 'text'}
        value={text}
        placeholder={field.hint}
        list={suggestions ? `${id}-list` : undefined}
        onChange={(event) => change(event.target.value)}
      />
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
    </>
  )
}

/** The lines of a form: label, control, unit, and what is wrong with it. */
export function TypedFields({ fields, typed, messages, suggestions = {}, change }: FieldsProps) {
  const id = useId()
  return (
    <div className="typed-fields">
      {fields.map((field, index) => {
        const own = messages.filter(({ path }) => path === field.path || path.startsWith(`${field.path}.`))
        const controlId = `${id}-${index}`
        const messageId = own.length > 0 ? `${controlId}-message` : undefined
        return (
          <div key={field.path} className="typed-field">
            <label htmlFor={controlId}>{field.label}</label>
            <div className="typed-control">
              <Control
                field={field}
                id={controlId}
                text={typed[field.path] ?? ''}
                isWrong={own.length > 0}
                messageId={messageId}
                suggestions={suggestions[field.path]}
                change={(text) => change(field.path, text)}
              />
              {field.unit && <span className="typed-unit">{field.unit}</span>}
            </div>
            {messageId && (
              <p id={messageId} className="typed-message" role="alert">
                {own.map(({ message }) => message).join(' ')}
              </p>
            )}
          </div>
        )
      })}
    </div>
  )
}
