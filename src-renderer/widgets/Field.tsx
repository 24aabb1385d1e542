import { useId, type ReactNode } from 'react'

export interface FieldMessage {
  path: string
  message: string
}

/** A label, its controls and what is wrong with them. The controls refer to the message by `messageId`. */
export function Field({
  label,
  name,
  messages,
  children
}: {
  label: string
  name: string
  messages: readonly FieldMessage[]
  children: (ids: { labelId: string; messageId: string | undefined }) => ReactNode
}) {
  const id = useId()
  const messageId = messages.length > 0 ? `${id}-message` : undefined
  return (
    <div className="field" role="group" aria-labelledby={`${id}-label`} data-testid={`field-${name}`}>
      <span className="field-label" id={`${id}-label`}>
        {label}
      </span>
      <div className="field-controls">{children({ labelId: `${id}-label`, messageId })}</div>
      {messageId && (
        <div className="field-messages" id={messageId} role="alert" data-testid={`error-${name}`}>
          {messages.map(({ path, message }) => (
            <p key={path}>{message}</p>
          ))}
        </div>
      )}
    </div>
  )
}
