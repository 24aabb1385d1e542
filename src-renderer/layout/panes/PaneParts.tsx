import { useStore } from 'zustand'
import { colourMapChoices } from '../../../src-preload/contract/drawing/colourMaps.ts'
import type { SpectraStatus } from '../../render/spectraOptions.ts'
import { displayBeforeSettings } from '../../stores/coreStore.ts'
import { ColourMapPreview } from '../../widgets/ColourMapPreview.tsx'
import { plainNumber } from '../../widgets/format.ts'
import { useTile } from '../tileContext.ts'
import { useWindow } from '../windowContext.ts'

/** Why a pane shows nothing. */
export const PaneNote = ({ text }: { text: string | null }) =>
  text ? (
    <p className="pane-note" role="status" data-testid="pane-note">
      {text}
    </p>
  ) : null

const together = (count: number): number => Math.max(1, Math.ceil(count - 0.05))

/** What one pixel stands for, so that nobody takes a zoomed-out picture for single cells. */
export function SpectraFacts({ status }: { status: SpectraStatus | null }) {
  if (!status) return null
  const rows = together(status.rowsPerPixel)
  const bins = together(status.binsPerPixel)
  const words = [rows > 1 && `${rows} rows`, bins > 1 && `${bins} bins`].filter(Boolean).join(' × ')
  return (
    <>
      {status.isLoading && <span className="tile-fact">loading older rows…</span>}
      {words && (
        <span
          className="tile-fact"
          data-testid="aggregation"
          title={`Each pixel shows the greatest value of up to ${words}; zoom in to see each by itself`}
        >
          peak of {words}
        </span>
      )}
    </>
  )
}

export function LevelsButton() {
  const tile = useTile()
  const areAutomatic = useStore(tile.view, (view) => view.areLevelsAutomatic)
  const lowDb = useStore(tile.view, (view) => Math.round(view.lowDb))
  const highDb = useStore(tile.view, (view) => Math.round(view.highDb))
  return (
    <button
      type="button"
      className="small-button"
      data-testid="levels"
      aria-pressed={areAutomatic}
      title={
        areAutomatic
          ? 'Levels follow the data; press to fix them, or drag on the colour bar'
          : 'Back to automatic levels'
      }
      onClick={() => tile.display.setState({ levels: areAutomatic ? { lowDb, highDb } : null })}
    >
      {areAutomatic ? 'auto levels' : `fixed ${plainNumber(lowDb)} … ${plainNumber(highDb)} dB`}
    </button>
  )
}

export function ColourMapSelect() {
  const { stores } = useWindow()
  const tile = useTile()
  const setting = useStore(stores.core, (core) => core.settings?.display ?? displayBeforeSettings).colourMap
  const name = useStore(tile.display, (display) => display.colourMap) ?? setting
  return (
    <>
      <ColourMapPreview name={name} />
      <select
        className="small-select"
        aria-label="Colour map"
        data-testid="colour-map"
        value={name}
        onChange={(event) => tile.display.setState({ colourMap: event.target.value })}
      >
        {colourMapChoices.map((choice) => (
          <option key={choice.name} value={choice.name}>
            {choice.label}
          </option>
        ))}
      </select>
    </>
  )
}
