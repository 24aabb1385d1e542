import { useState } from 'react'
import { useStore } from 'zustand'
import { useTile } from '../../layout/tileContext.ts'

/** Narrowest range that can be typed, dB. */
const narrowestDb = 1

const numberFrom = (text: string): number => Number.parseFloat(text.replace('−', '-').replace(',', '.'))

/** One level, typed: kept when the field is left or Enter is pressed, put back where it is no level. */
function LevelInput({
  label,
  testId,
  value,
  onChange
}: {
  label: string
  testId: string
  value: number
  /** False where it cannot be. */
  onChange: (value: number) => boolean
}) {
  const [typed, setTyped] = useState<string | null>(null)
  const shown = typed ?? value.toFixed(1)
  const keep = (): void => {
    if (typed !== null) onChange(numberFrom(typed))
    setTyped(null)
  }
  return (
    <label className="level-input">
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        data-testid={testId}
        value={shown}
        aria-invalid={typed !== null && !Number.isFinite(numberFrom(typed))}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === 'Enter') keep()
        }}
      />
      <span>dB</span>
    </label>
  )
}

/** Automatic levels, or two numbers; dragging on the colour bar changes the same. */
export function LevelsField() {
  const tile = useTile()
  const levels = useStore(tile.display, (display) => display.levels)
  const lowDb = useStore(tile.view, (view) => view.lowDb)
  const highDb = useStore(tile.view, (view) => view.highDb)
  const low = levels?.lowDb ?? lowDb
  const high = levels?.highDb ?? highDb
  const set = (next: { lowDb: number; highDb: number }): boolean => {
    if (!(next.highDb - next.lowDb >= narrowestDb)) return false
    tile.display.setState({ levels: next })
    return true
  }
  return (
    <fieldset className="display-field">
      <legend>Levels</legend>
      <div className="segments">
        <button
          type="button"
          className="segment"
          aria-pressed={levels === null}
          data-testid="levels-auto"
          title="The 2nd to the 99.7th percentile of what is in view"
          onClick={() => tile.display.setState({ levels: null })}
        >
          automatic
        </button>
        <button
          type="button"
          className="segment"
          aria-pressed={levels !== null}
          data-testid="levels-fixed"
          onClick={() => set({ lowDb: low, highDb: high })}
        >
          fixed
        </button>
      </div>
      <div className="level-inputs">
        <LevelInput
          label="from"
          testId="level-low"
          value={low}
          onChange={(value) => set({ lowDb: value, highDb: high })}
        />
        <LevelInput
          label="to"
          testId="level-high"
          value={high}
          onChange={(value) => set({ lowDb: low, highDb: value })}
        />
      </div>
    </fieldset>
  )
}
