import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { StateBadge } from '../../layout/StateBadge.tsx'
import { useTile } from '../../layout/tileContext.ts'
import { integerText, plainNumber } from '../../widgets/format.ts'
import { DisplayMenu } from './DisplayMenu.tsx'

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
  const rowsPerPixel = useStore(tile.view, (view) => view.rowsPerPixel)
  const columns = useStore(tile.view, (view) => together(view.columnsPerPixel))
  const channels = useStore(tile.view, (view) => view.channelsPerColumn)
  const rowsTogether = useStore(tile.progress, (progress) => progress.rowsTogether)
  const meanRows = useStore(tile.display, (display) => display.meanRows)
  const isMean = meanRows > 1
  const rows = together(rowsPerPixel / (isMean ? Math.max(meanRows, rowsTogether) : 1))
  const words = [
    rows > 1 && `${integerText(rows)} ${isMean ? 'means' : 'rows'}`,
    columns > 1 && `${integerText(columns)} columns`
  ].filter(Boolean)
  if (words.length === 0 && channels === 1) return null
  const peak = words.length > 0 ? `peak of ${words.join(' × ')}` : ''
  const mean = channels > 1 ? `mean of ${integerText(channels)} channels` : ''
  return (
    <span
      className="tile-fact"
      data-testid="aggregation"
      title={[
        peak && `Each pixel shows the greatest value of up to ${words.join(' × ')}; zoom in to see each by itself.`,
        mean && `The job has more channels than a window takes: each column is the ${mean}.`
      ]
        .filter(Boolean)
        .join(' ')}
    >
      {[peak, mean].filter(Boolean).join(' · ')}
    </span>
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
    <Aggregation />
    <DisplayMenu />
    {controls}
  </header>
)
