import type { Ref } from 'react'
import type { FieldMessage } from '../../widgets/Field.tsx'

interface End {
  label: string
  value: string
  /** As messages name it; a message for the whole pair marks both. */
  path: string
  placeholder?: string
}

/** `11 – 2 222 Hz`: the two ends of a range. */
export function PairInputs({
  name,
  labelId,
  messageId,
  messages,
  unit,
  low,
  high,
  onLow,
  onHigh,
  firstInput
}: {
  name: string
  labelId: string
  messageId: string | undefined
  messages: readonly FieldMessage[]
  unit: string
  low: End
  high: End
  onLow: (text: string) => void
  onHigh: (text: string) => void
  firstInput?: Ref<HTMLInputElement>
}) {
  const isInvalid = (path: string): boolean =>
    messages.some((message) => message.path === path || path.startsWith(`${message.path}.`))
  const input = (end: End, kind: 'min' | 'max', onChange: (text: string) => void, ref?: Ref<HTMLInputElement>) => (
    <input
      type="text"
      inputMode="decimal"
      ref={ref}
      value={end.value}
      placeholder={end.placeholder}
      aria-label={end.label}
      aria-describedby={messageId}
      aria-invalid={isInvalid(end.path)}
      data-testid={`form-${name}-${kind}`}
      onChange={(event) => onChange(event.target.value)}
    />
  )
  return (
    <div className="pair" role="group" aria-labelledby={labelId}>
      {input(low, 'min', onLow, firstInput)}
      <span aria-hidden="true">–</span>
      {input(high, 'max', onHigh)}
      {unit && <span className="unit">{unit}</span>}
    </div>
  )
}
