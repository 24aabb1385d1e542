import { useMemo, useRef, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { GoLive } from '../../layout/GoLive.tsx'
import { ColourMapSelect, LevelsButton, PaneNote, SpectraFacts } from '../../layout/panes/PaneParts.tsx'
import { SpectraPane } from '../../layout/panes/SpectraPane.tsx'
import { useLayer, useSpectraModel } from '../../layout/panes/useSpectraTile.ts'
import { StateBadge } from '../../layout/StateBadge.tsx'
import { useTile } from '../../layout/tileContext.ts'
import { Waiting } from '../../layout/Waiting.tsx'
import { columnsOfChannels, channelsText, hiddenChannels, pickedChannels } from '../../render/spectraChannelChoice.ts'
import type { SpectraStatus } from '../../render/spectraOptions.ts'
import { multiAtFirst, type MultiDisplay } from '../../stores/tileDisplay.ts'
import { integerText } from '../../widgets/format.ts'
import { ChannelPicker, type ChannelChoice } from './ChannelPicker.tsx'
import { Pages, PanesChoice, StackControls } from './MultiControls.tsx'
import './multiChannel.css'
import { TracesPane } from './TracesPane.tsx'

const noChannels: readonly number[] = []

/** One tile of the view area: spectrograms and traces of several channels of a job. */
export function MultiChannelTile({
  job,
  tileId,
  controls,
  footer
}: {
  job: JobSnapshot
  tileId: string
  /** What other panels offer for this job. */
  controls: ReactNode
  /** Below the pictures. */
  footer: ReactNode
}) {
  const tile = useTile()
  const model = useSpectraModel(job.id, () => tile.display.setState({ levels: null }))
  const display = useStore(tile.display, (one) => one.multi ?? multiAtFirst)
  const change = (part: Partial<MultiDisplay>): void =>
    tile.display.setState(({ multi }) => ({ multi: { ...(multi ?? multiAtFirst), ...part } }))
  const [isPicking, setIsPicking] = useState(false)
  const [page, setPage] = useState(0)
  const [status, setStatus] = useState<SpectraStatus | null>(null)
  const [traceFits, setTraceFits] = useState(1)
  const pickButton = useRef<HTMLButtonElement>(null)

  const showsSpectra = display.panes !== 'traces'
  const showsTraces = display.panes !== 'spectrograms'
  const spectra = useLayer(job, 'picture', model, showsSpectra)
  const traces = useLayer(job, 'trace', model, showsTraces)
  const columns = spectra.description?.columns ?? traces.description?.columns ?? null

  const choice: ChannelChoice | null = useMemo(
    () => columns && { picked: pickedChannels(display.channels, columns), hidden: hiddenChannels(display.hidden) },
    [columns, display.channels, display.hidden]
  )
  const shown = useMemo(() => choice?.picked.filter((channel) => !choice.hidden.has(channel)) ?? [], [choice])
  const fits = Math.max(
    1,
    Math.min(showsSpectra ? (status?.fits ?? 1) : Infinity, showsTraces ? traceFits : Infinity, shown.length)
  )
  const pages = Math.max(1, Math.ceil(shown.length / fits))
  const thisPage = Math.min(page, pages - 1)
  const onPage = useMemo(() => shown.slice(thisPage * fits, (thisPage + 1) * fits), [shown, thisPage, fits])
  const spectraColumns = spectra.description?.columns
  const traceColumns = traces.description?.columns
  const pictures = useMemo(
    () => (spectraColumns ? columnsOfChannels(spectraColumns, onPage) : noChannels),
    [spectraColumns, onPage]
  )
  const lines = useMemo(
    () => (traceColumns ? columnsOfChannels(traceColumns, onPage) : noChannels),
    [traceColumns, onPage]
  )
  const total = columns ? columns.count * columns.channelsPerColumn : 0

  return (
    <article className="tile" aria-label={`MultiChannel view of ${job.id}`} data-testid={`tile-${tileId}`}>
      <header className="tile-header">
        <h1>MultiChannel</h1>
        <button
          ref={pickButton}
          type="button"
          className="small-button"
          aria-expanded={isPicking}
          disabled={!columns}
          data-testid="pick-channels"
          onClick={() => setIsPicking(!isPicking)}
        >
          {columns ? `${integerText(shown.length)} of ${integerText(total)} channels` : 'channels'}
        </button>
        <span className="tile-job" title={job.id}>
          {job.request.recording ? `${job.id} · ${job.request.recording}` : job.id}
        </span>
        <StateBadge job={job} />
        <span className="spacer" />
        {controls}
      </header>
      <div className="pane-bar">
        <PanesChoice value={display.panes} onChange={(panes) => change({ panes })} />
        <Pages page={thisPage} pages={pages} onPage={setPage} />
        {showsTraces && <StackControls display={display} onChange={change} />}
        <span className="spacer" />
        {showsSpectra && (
          <>
            <SpectraFacts status={status} />
            <LevelsButton />
            <ColourMapSelect />
          </>
        )}
      </div>
      <div className="tile-body">
        <div className="panes">
          {showsSpectra && spectra.source && (
            <div className="pane">
              <SpectraPane
                source={spectra.source}
                model={model}
                channels={pictures}
                hasLabels
                jobState={job.state}
                onStatus={setStatus}
              />
              <PaneNote text={spectra.problem} />
            </div>
          )}
          {showsTraces && traces.source && (
            <div className="pane">
              <TracesPane
                source={traces.source}
                model={model}
                channels={lines}
                display={display}
                onFits={setTraceFits}
              />
              <PaneNote text={traces.problem} />
            </div>
          )}
        </div>
        {!spectra.problem && !traces.problem && <Waiting job={job} />}
        <GoLive job={job} />
        {isPicking && columns && choice && (
          <ChannelPicker
            columns={columns}
            choice={choice}
            onChange={({ picked, hidden }) =>
              change({ channels: channelsText(picked), hidden: channelsText([...hidden]) })
            }
            onClose={() => {
              setIsPicking(false)
              pickButton.current?.focus()
            }}
          />
        )}
      </div>
      {footer}
    </article>
  )
}
