import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { StateBadge } from '../../layout/StateBadge.tsx'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { colourMapChoices } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { displayBeforeSettings } from '../../stores/coreStore.ts'
import { integerText, plainNumber } from '../../widgets/format.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { ColourMapPreview } from '../../widgets/ColourMapPreview.tsx'

function jobText({ id, request }: JobSnapshot): string {
  const { channels, band, recording } = request
  return [
    recording ? `${id} · ${recording}` : id,
    `channels ${integerText(channels.min)}–${integerText(channels.max)}`,
    band ? `${plainNumber(band.minHz)}–${plainNumber(band.maxHz)} Hz` : 'all frequencies'
  ].join(' · ')
}

const together = (count: number): number => Math.max(1, Math.ceil(count - 0.05))

/** What one pixel stands for, so that nobody takes a zoomed-out picture for single rows. */
function Aggregation() {
  const tile = useTile()
  const rows = useStore(tile.view, (view) => together(view.rowsPerPixel))
  const columns = useStore(tile.view, (view) => together(view.columnsPerPixel))
  if (rows * columns === 1) return null
  const words = [rows > 1 && `${rows} rows`, columns > 1 && `${columns} columns`].filter(Boolean).join(' × ')
  return (
    <span
      className="tile-fact"
      data-testid="aggregation"
      title={`Each pixel shows the greatest value of up to ${words}; zoom in to see each by itself`}
    >
      peak of {words}
    </span>
  )
}

function LevelsButton() {
  const stores = useTile()
  const { areLevelsAutomatic, lowDb, highDb } = useStore(stores.view)
  const tile = useStore(stores.actions, (actions) => actions.tile)
  const range = `${plainNumber(Math.round(lowDb))} … ${plainNumber(Math.round(highDb))} dB`
  return (
    <button
      type="button"
      className="small-button"
      data-testid="levels"
      aria-pressed={areLevelsAutomatic}
      title={
        areLevelsAutomatic ? 'Levels follow the data; drag on the colour bar to fix them' : 'Back to automatic levels'
      }
      disabled={!tile || areLevelsAutomatic}
      onClick={() => tile?.automaticLevels()}
    >
      {areLevelsAutomatic ? 'auto levels' : `fixed ${range}`}
    </button>
  )
}

function DisplayControls() {
  const { stores, actions } = useWindow()
  const display = useStore(stores.core, (core) => core.settings?.display ?? displayBeforeSettings)
  const other = display.newestAt === 'top' ? 'bottom' : 'top'
  return (
    <>
      <ColourMapPreview name={display.colourMap} />
      <select
        className="small-select"
        aria-label="Colour map"
        data-testid="colour-map"
        value={display.colourMap}
        onChange={(event) => void actions.setDisplay({ colourMap: event.target.value })}
      >
        {colourMapChoices.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="small-button"
        data-testid="newest-at"
        title={`Newest at the ${display.newestAt}; change to the ${other}`}
        onClick={() => void actions.setDisplay({ newestAt: other })}
      >
        newest <Icon name={display.newestAt === 'top' ? 'up' : 'down'} size={12} />
      </button>
    </>
  )
}

export const TileHeader = ({ job, controls }: { job: JobSnapshot; controls: ReactNode }) => (
  <header className="tile-header">
    <h1>Waterfall</h1>
    <span className="tile-job" title={jobText(job)}>
      {jobText(job)}
    </span>
    <StateBadge job={job} />
    <span className="spacer" />
    {controls}
    <Aggregation />
    <LevelsButton />
    <DisplayControls />
  </header>
)
