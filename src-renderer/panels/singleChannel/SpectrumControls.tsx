import { useState } from 'react'
import type { SpectrumStatus } from '../../render/spectrumController.ts'
import { quantityText } from '../../render/spectraReading.ts'
import type { KeptSpectrum } from '../../stores/storedSpectra.ts'
import type { SingleDisplay } from '../../stores/tileDisplay.ts'

const means = [1, 2, 4, 8, 16, 32, 64]

/** Average, max-hold, scale and frequency axis of the spectrum. */
export function SpectrumControls({
  display,
  onChange,
  onResetMaxHold
}: {
  display: SingleDisplay
  onChange: (change: Partial<SingleDisplay>) => void
  onResetMaxHold: () => void
}) {
  const { meanRows, maxHold, scale, frequency } = display
  return (
    <span className="pane-choice" role="group" aria-label="Spectrum">
      <label>
        mean of
        <select
          className="small-select"
          value={meanRows}
          data-testid="spectrum-mean"
          onChange={(event) => onChange({ meanRows: Number(event.target.value) })}
        >
          {means.map((count) => (
            <option key={count} value={count}>
              {count === 1 ? '1 spectrum' : `${count} spectra`}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="small-button"
        aria-pressed={maxHold === 'on'}
        data-testid="spectrum-max-hold"
        onClick={() => onChange({ maxHold: maxHold === 'on' ? 'off' : 'on' })}
      >
        max-hold
      </button>
      {maxHold === 'on' && (
        <button type="button" className="small-button" data-testid="max-hold-reset" onClick={onResetMaxHold}>
          begin anew
        </button>
      )}
      <button
        type="button"
        className="small-button"
        aria-pressed={scale === 'linear'}
        data-testid="spectrum-scale"
        title="Linear power, or decibels"
        onClick={() => onChange({ scale: scale === 'dB' ? 'linear' : 'dB' })}
      >
        linear
      </button>
      <button
        type="button"
        className="small-button"
        aria-pressed={frequency === 'logarithmic'}
        data-testid="spectrum-log"
        title="Logarithmic frequency axis of the spectrum"
        onClick={() => onChange({ frequency: frequency === 'linear' ? 'logarithmic' : 'linear' })}
      >
        log f
      </button>
    </span>
  )
}

/** The spectrum to compare with: chosen, stored, removed. */
export function ReferenceControls({
  spectra,
  chosen,
  onChoose,
  onStore,
  onRemove
}: {
  spectra: readonly KeptSpectrum[]
  chosen: string | null
  onChoose: (name: string | null) => void
  onStore: (name: string) => void
  onRemove: (name: string) => void
}) {
  const [name, setName] = useState<string | null>(null)
  if (name !== null) {
    return (
      <form
        className="pane-choice"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) onStore(name.trim().slice(0, 100))
          setName(null)
        }}
      >
        <input
          type="text"
          autoFocus
          value={name}
          aria-label="Name of the stored spectrum"
          placeholder="name"
          data-testid="reference-name"
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.stopPropagation()
            setName(null)
          }}
        />
        <button type="submit" className="small-button" data-testid="reference-save">
          Store
        </button>
      </form>
    )
  }
  return (
    <span className="pane-choice" role="group" aria-label="Stored spectrum">
      <label>
        compare with
        <select
          className="small-select"
          value={chosen ?? ''}
          data-testid="reference"
          title={spectra.find((one) => one.name === chosen)?.of}
          onChange={(event) => onChoose(event.target.value || null)}
        >
          <option value="">nothing</option>
          {spectra.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="small-button"
        data-testid="reference-store"
        title="Keep the spectrum as it is now, to compare with"
        onClick={() => setName(`spectrum ${spectra.length + 1}`)}
      >
        store…
      </button>
      {chosen !== null && (
        <button type="button" className="small-button" data-testid="reference-remove" onClick={() => onRemove(chosen)}>
          remove
        </button>
      )}
    </span>
  )
}

/** Which spectrum is shown, and what it adds up to. */
export function SpectrumFacts({
  status,
  unit,
  isSelected,
  onNewest
}: {
  status: SpectrumStatus | null
  /** Of the samples. */
  unit: string
  isSelected: boolean
  onNewest: () => void
}) {
  if (!status) return null
  const words = [
    status.timeIso && `${status.timeIso.slice(11, 22)} UTC`,
    status.rows > 1 && `mean of ${status.rows}`,
    status.maxHoldRows > 0 && `max of ${status.maxHoldRows}`,
    status.rms !== null && `RMS ${quantityText(status.rms, 4)} ${unit}`,
    status.isComing && 'loading…'
  ].filter(Boolean)
  return (
    <span className="spectrum-facts" data-testid="spectrum-facts">
      {words.join(' · ')}
      {isSelected && (
        <button type="button" className="small-button" data-testid="spectrum-newest" onClick={onNewest}>
          back to the newest
        </button>
      )}
    </span>
  )
}
