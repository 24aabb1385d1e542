import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { nanosecondsFromMilliseconds } from '../../../src-preload/contract/units.ts'
import { useActiveTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { RegionFigures } from '../../render/measure/regionFigures.ts'
import { nothingMeasured, type MeasureStore } from '../../stores/measureStore.ts'
import { sessionOfJob } from '../../stores/exportPart.ts'
import type { TileSelection, TileStores } from '../../stores/viewStore.ts'
import { clockOf, integerText, plainNumber } from '../../widgets/format.ts'
import { Cursors } from './Cursors.tsx'
import { keepLine } from './keepLine.ts'
import { fitOfPicks, markOf } from './marks.ts'
import { decibelText, velocityText } from './measureText.ts'
import { selectionFigures } from './selectionFigures.ts'
import './measuring.css'

const againMs = 1000

function Line({ job, tileId, measure }: { job: JobSnapshot; tileId: string; measure: MeasureStore }) {
  const { stores, clock } = useWindow()
  const picks = useStore(measure, (model) => model.picks)
  if (picks.length === 0) return null
  const fit = fitOfPicks(picks)
  return (
    <>
      <h2>Line through picks</h2>
      <dl className="facts">
        <dt>points</dt>
        <dd>{picks.length}</dd>
        <dt>velocity</dt>
        <dd data-testid="line-velocity">
          {fit ? velocityText(fit.velocityMps) : picks.length < 2 ? 'pick one more' : 'no distances'}
        </dd>
        {fit && (
          <>
            <dt>R²</dt>
            <dd data-testid="line-r2">{fit.rSquared === null ? 'three points or more' : fit.rSquared.toFixed(4)}</dd>
            <dt>misfit</dt>
            <dd>{plainNumber(fit.residualS * 1000)} ms rms</dd>
          </>
        )}
      </dl>
      <div className="measure-buttons">
        <button
          type="button"
          className="small-button"
          data-testid="line-keep"
          disabled={picks.length < 2}
          title="Keep the line, with its velocity, as an annotation (Enter)"
          onClick={() => void keepLine(stores, tileId, job.id, clock.nowMs())}
        >
          Annotate
        </button>
        <button type="button" className="small-button" onClick={() => measure.setState({ picks: picks.slice(0, -1) })}>
          Without the last
        </button>
        <button type="button" className="small-button" onClick={() => measure.setState({ picks: [] })}>
          Clear
        </button>
      </div>
    </>
  )
}

function useFigures(tile: TileStores): RegionFigures | null {
  const selection = useStore(tile.selection, (model) => model.selection)
  const picture = useStore(tile.picture, (model) => model.picture)
  const [seen, setSeen] = useState<{ of: TileSelection; figures: RegionFigures | null } | null>(null)
  useEffect(() => {
    if (!selection || !picture) return
    let timer: ReturnType<typeof setTimeout> | null = null
    const look = (): void => {
      const figures = selectionFigures(picture, selection)
      setSeen({ of: selection, figures })
      // Rows that are not there yet, or that come from the history.
      if (!figures || figures.empty > 0) timer = setTimeout(look, againMs)
    }
    timer = setTimeout(look, 0)
    return () => {
      if (timer) clearTimeout(timer)
    }
  }, [selection, picture])
  return seen && seen.of === selection ? seen.figures : null
}

function Selection({ job, tile }: { job: JobSnapshot; tile: TileStores }) {
  const { stores, clock, commands } = useWindow()
  const selection = useStore(tile.selection, (model) => model.selection)
  const figures = useFigures(tile)
  if (!selection) return <p className="empty">Hold Shift and drag over the picture to select a region.</p>
  const isOnDisk = sessionOfJob(stores, job) !== null
  const { channels, startNs, endNs, rowCount, firstRow } = selection
  const rowNs = (BigInt(endNs) - BigInt(startNs)) / BigInt(rowCount)
  const peakNs = figures && (BigInt(startNs) + rowNs * BigInt(figures.peakRow - firstRow) + rowNs / 2n).toString()
  const cells = figures ? figures.cells + figures.empty : 0
  async function annotate(): Promise<void> {
    const points = [
      { timeNs: startNs, channel: channels.first },
      { timeNs: endNs, channel: channels.last }
    ]
    const mark = markOf('box', points, nanosecondsFromMilliseconds(clock.nowMs()))
    if (await stores.annotations.put(job.id, [mark])) stores.annotations.setState({ selectedId: mark.id })
  }
  return (
    <>
      <dl className="facts" data-testid="selection-facts">
        <dt>channels</dt>
        <dd>
          {integerText(channels.first)} – {integerText(channels.last)}
        </dd>
        <dt>time</dt>
        <dd>
          {clockOf(startNs)} – {clockOf(endNs)}
        </dd>
        {figures ? (
          <>
            <dt>band energy</dt>
            <dd data-testid="region-energy">{decibelText(figures.meanDb)}</dd>
            <dt>peak</dt>
            <dd data-testid="region-peak">
              {decibelText(figures.peakDb)}
              {peakNs && ` at ${clockOf(peakNs)}`}
            </dd>
            <dt>SNR</dt>
            <dd data-testid="region-snr" title="Mean power above the median of the same channels before and after">
              {figures.snrDb === null ? 'no rows beside it' : decibelText(figures.snrDb, true)}
            </dd>
            <dt>RMS</dt>
            <dd data-testid="region-rms">{plainExponent(figures.rms)}</dd>
            {figures.empty > 0 && (
              <>
                <dt>without value</dt>
                <dd>
                  {integerText(figures.empty)} of {integerText(cells)} cells
                </dd>
              </>
            )}
          </>
        ) : (
          <>
            <dt>values</dt>
            <dd>not in memory at full resolution</dd>
          </>
        )}
      </dl>
      <div className="measure-buttons">
        <button type="button" className="small-button" data-testid="selection-annotate" onClick={() => void annotate()}>
          Annotate
        </button>
        <button
          type="button"
          className="small-button"
          data-testid="selection-export"
          disabled={!commands.isAvailable('export-selection')}
          title={isOnDisk ? 'Export this part' : 'Capture the job first: only what is on the disk can be exported'}
          onClick={() => commands.run('export-selection')}
        >
          Export (E)
        </button>
        <button type="button" className="small-button" onClick={() => tile.selection.setState({ selection: null })}>
          Clear
        </button>
      </div>
    </>
  )
}

const plainExponent = (value: number): string =>
  value !== 0 && (value < 1e-3 || value >= 1e5) ? value.toExponential(3).replace('-', '−') : plainNumber(value)

function Of({ job, tile }: { job: JobSnapshot; tile: TileStores }) {
  const { stores } = useWindow()
  const measure = stores.measures.of(tile.tileId)
  // Regions are of waterfalls; what is still to come may be one.
  const hasPicture = useStore(tile.picture, ({ picture }) => picture !== null)
  const hasPanes = useStore(tile.panes, ({ panes }) => panes.length > 0)
  const hasSome = useStore(measure, ({ first, picks }) => first !== null || picks.length > 0)
  return (
    <>
      <section className="inspector-section" aria-label="Measuring" data-testid="measuring">
        <div className="measure-head">
          <h2>Cursors</h2>
          {hasSome && (
            <button type="button" className="small-button" onClick={() => measure.setState(nothingMeasured)}>
              Clear
            </button>
          )}
        </div>
        <Cursors measure={measure} />
        <Line job={job} tileId={tile.tileId} measure={measure} />
      </section>
      {(hasPicture || !hasPanes) && (
        <section className="inspector-section" aria-label="Selection" data-testid="selection">
          <h2>Selection</h2>
          <Selection job={job} tile={tile} />
        </section>
      )}
    </>
  )
}

/** What is measured on the active tile: two cursors, a line through picks, a region. */
export function Measurements() {
  const { stores } = useWindow()
  const tile = useActiveTile()
  const job = useStore(stores.jobs, ({ jobs, selectedId }) => jobs.find(({ id }) => id === selectedId))
  return tile && job ? <Of job={job} tile={tile} /> : null
}
