import { useId } from 'react'
import type { TileDisplay } from '../../stores/tileDisplay.ts'
import { timeText } from './displayText.ts'

interface Choice<Value> {
  label: string
  value: Value
}

/** A list of choices; what a layout of another version brought along is added as it is. */
function Choices<Value>({
  label,
  testId,
  choices,
  value,
  otherLabel,
  onChoose
}: {
  label: string
  testId: string
  choices: readonly Choice<Value>[]
  value: Value
  otherLabel: string
  onChoose: (value: Value) => void
}) {
  const id = useId()
  const same = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b)
  const index = choices.findIndex((choice) => same(choice.value, value))
  return (
    <div className="display-row">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="small-select"
        data-testid={testId}
        value={index}
        onChange={(event) => {
          const choice = choices[Number(event.target.value)]
          if (choice) onChoose(choice.value)
        }}
      >
        {index < 0 && <option value={-1}>{otherLabel}</option>}
        {choices.map((choice, at) => (
          <option key={choice.label} value={at}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  )
}

const means = [1, 2, 4, 8, 16, 32, 64].map((rows) => ({
  label: rows === 1 ? 'every row' : `mean of ${rows} rows`,
  value: rows
}))

const holds: Choice<TileDisplay['maxHold']>[] = [
  { label: 'off', value: null },
  ...[0, 0.1, 0.5, 1, 3, 10].map((decayDbPerS) => ({
    label: decayDbPerS === 0 ? 'held for good' : `falling by ${decayDbPerS} dB/s`,
    value: { decayDbPerS }
  }))
]

const backgrounds: Choice<TileDisplay['background']>[] = [
  { label: 'off', value: null },
  ...(['median', 'mean'] as const).flatMap((kind) =>
    [10, 30, 60, 300, 600].map((overS) => ({
      label: `${kind} of ${timeText(overS)} before`,
      value: { kind, overS }
    }))
  )
]

const scales: Choice<TileDisplay['scale']>[] = [
  { label: 'dB', value: 'dB' },
  { label: 'linear in power', value: 'linear' }
]

/** What is done to the rows before they are shown. */
export const ProcessingFields = ({
  display,
  onChange
}: {
  display: TileDisplay
  onChange: (change: Partial<TileDisplay>) => void
}) => (
  <>
    <Choices
      label="Rows"
      testId="display-mean"
      choices={means}
      value={display.meanRows}
      otherLabel={`mean of ${display.meanRows} rows`}
      onChoose={(meanRows) => onChange({ meanRows })}
    />
    <Choices
      label="Max-hold"
      testId="display-hold"
      choices={holds}
      value={display.maxHold}
      otherLabel={`falling by ${display.maxHold?.decayDbPerS ?? 0} dB/s`}
      onChoose={(maxHold) => onChange({ maxHold })}
    />
    <Choices
      label="Background"
      testId="display-background"
      choices={backgrounds}
      value={display.background}
      otherLabel={`${display.background?.kind ?? ''} of ${timeText(display.background?.overS ?? 0)} before`}
      onChoose={(background) => onChange({ background, levels: null })}
    />
    <Choices
      label="Colours"
      testId="display-scale"
      choices={scales}
      value={display.scale}
      otherLabel={display.scale}
      onChoose={(scale) => onChange({ scale })}
    />
  </>
)
