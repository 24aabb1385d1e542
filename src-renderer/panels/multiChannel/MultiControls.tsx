import type { MultiDisplay } from '../../stores/tileDisplay.ts'

const gains = [0.25, 0.5, 1, 2, 4, 8, 16, 32]
const spacings = [24, 40, 64, 96]

const panes = [
  { value: 'spectrograms', label: 'Spectrograms' },
  { value: 'traces', label: 'Traces' },
  { value: 'both', label: 'Both' }
] as const

/** How traces are stacked. */
export function StackControls({
  display,
  onChange
}: {
  display: MultiDisplay
  onChange: (change: Partial<MultiDisplay>) => void
}) {
  const toggle = (label: string, isOn: boolean, title: string, change: Partial<MultiDisplay>, testId: string) => (
    <button
      type="button"
      className="small-button"
      aria-pressed={isOn}
      title={title}
      data-testid={testId}
      onClick={() => onChange(change)}
    >
      {label}
    </button>
  )
  const { clip, scale, polarity } = display
  return (
    <span className="pane-choice" role="group" aria-label="Traces">
      <label>
        gain
        <select
          className="small-select"
          value={display.gain}
          data-testid="stack-gain"
          onChange={(event) => onChange({ gain: Number(event.target.value) })}
        >
          {gains.map((gain) => (
            <option key={gain} value={gain}>
              {gain}×
            </option>
          ))}
        </select>
      </label>
      <label>
        spacing
        <select
          className="small-select"
          value={display.spacing}
          data-testid="stack-spacing"
          onChange={(event) => onChange({ spacing: Number(event.target.value) })}
        >
          {spacings.map((spacing) => (
            <option key={spacing} value={spacing}>
              {spacing} px
            </option>
          ))}
        </select>
      </label>
      {toggle(
        'clip',
        clip === 'clip',
        'Cut a trace off half way to its neighbours',
        { clip: clip === 'clip' ? 'overlap' : 'clip' },
        'stack-clip'
      )}
      {toggle(
        'common scale',
        scale === 'common',
        'One scale for all traces, so that channels can be compared; off: each its own',
        { scale: scale === 'common' ? 'individual' : 'common' },
        'stack-scale'
      )}
      {toggle(
        'reversed',
        polarity === 'reversed',
        'Positive values downwards',
        { polarity: polarity === 'reversed' ? 'normal' : 'reversed' },
        'stack-polarity'
      )}
    </span>
  )
}

/** Spectrograms, traces or both. */
export const PanesChoice = ({
  value,
  onChange
}: {
  value: MultiDisplay['panes']
  onChange: (value: MultiDisplay['panes']) => void
}) => (
  <span className="pane-choice" role="group" aria-label="Shown">
    {panes.map((one) => (
      <button
        key={one.value}
        type="button"
        className="small-button"
        aria-pressed={value === one.value}
        data-testid={`panes-${one.value}`}
        onClick={() => onChange(one.value)}
      >
        {one.label}
      </button>
    ))}
  </span>
)

/** Leafs through more channels than fit. */
export function Pages({ page, pages, onPage }: { page: number; pages: number; onPage: (page: number) => void }) {
  if (pages <= 1) return null
  return (
    <span className="pane-choice" role="group" aria-label="Pages">
      <button
        type="button"
        className="small-button"
        disabled={page === 0}
        data-testid="page-back"
        aria-label="Channels before"
        onClick={() => onPage(page - 1)}
      >
        ‹
      </button>
      <span data-testid="page">
        page {page + 1} of {pages}
      </span>
      <button
        type="button"
        className="small-button"
        disabled={page >= pages - 1}
        data-testid="page-on"
        aria-label="Channels after"
        onClick={() => onPage(page + 1)}
      >
        ›
      </button>
    </span>
  )
}
