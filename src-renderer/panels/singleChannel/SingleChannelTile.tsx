import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { GoLive } from '../../layout/GoLive.tsx'
import { ColourMapSelect, LevelsButton, PaneNote, SpectraFacts } from '../../layout/panes/PaneParts.tsx'
import { SpectraPane } from '../../layout/panes/SpectraPane.tsx'
import { useLayer, useSpectraModel } from '../../layout/panes/useSpectraTile.ts'
import { StateBadge } from '../../layout/StateBadge.tsx'
import { useTile } from '../../layout/tileContext.ts'
import { Waiting } from '../../layout/Waiting.tsx'
import { useWindow } from '../../layout/windowContext.ts'
import { channelLabel, channelName } from '../../render/spectraChannelNames.ts'
import type { SpectraStatus } from '../../render/spectraOptions.ts'
import { sampleUnit } from '../../render/spectrumState.ts'
import type { SpectrumController, SpectrumStatus } from '../../render/spectrumController.ts'
import { loadSpectra, saveSpectra, withSpectrum, type KeptSpectrum } from '../../stores/storedSpectra.ts'
import { singleAtFirst, type SingleDisplay } from '../../stores/tileDisplay.ts'
import { ChannelStepper, NfftSelect, useReopen } from './ChannelStepper.tsx'
import './singleChannel.css'
import { ReferenceControls, SpectrumControls, SpectrumFacts } from './SpectrumControls.tsx'
import { SpectrumPane } from './SpectrumPane.tsx'
import { TracePane } from './TracePane.tsx'

const onlyChannel: readonly number[] = [0]

const paneNames = ['trace', 'spectrogram', 'spectrum'] as const

/** One tile of the view area: trace, spectrogram and spectrum of one channel of a job. */
export function SingleChannelTile({
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
  const { actions } = useWindow()
  const model = useSpectraModel(job.id, () => tile.display.setState({ levels: null }))
  const display = useStore(tile.display, (one) => one.single ?? singleAtFirst)
  const change = (part: Partial<SingleDisplay>): void =>
    tile.display.setState(({ single }) => ({ single: { ...(single ?? singleAtFirst), ...part } }))
  const [status, setStatus] = useState<SpectraStatus | null>(null)
  const [spectrum, setSpectrum] = useState<SpectrumStatus | null>(null)
  const [spectra, setSpectra] = useState<KeptSpectrum[]>(() => loadSpectra(window.localStorage))
  const [reference, setReference] = useState<string | null>(null)
  const controller = useRef<SpectrumController | null>(null)
  const isSelected = useSyncExternalStore(
    (changed) => model.listen(changed),
    () => model.selectedMs !== null
  )
  const reopen = useReopen(job)
  const step = useRef(reopen.step)
  useEffect(() => {
    step.current = reopen.step
  })
  useEffect(() => {
    const { tile: made } = tile.actions.getState()
    if (made) tile.actions.setState({ tile: { ...made, stepChannel: (by) => step.current(by) } })
  }, [tile, model])

  const hasSpectra = display.spectrogram === 'shown' || display.spectrum === 'shown'
  const picture = useLayer(job, 'picture', model, hasSpectra)
  const samples = useLayer(job, 'trace', model, display.trace === 'shown')
  const columns = picture.description?.columns ?? samples.description?.columns
  const label = columns ? channelLabel(channelName(columns, 0)) : `channel ${job.request.channels.min}`
  const { analysis } = picture.description ?? {}
  const nfft = analysis?.nfft ?? job.request.nfft

  const keep = (next: KeptSpectrum[]): void => {
    const problem = saveSpectra(window.localStorage, next)
    if (problem) actions.notify('warning', 'stored spectra', 'The spectrum was not kept', problem)
    else setSpectra(next)
  }

  return (
    <article className="tile" aria-label={`SingleChannel view of ${job.id}`} data-testid={`tile-${tileId}`}>
      <header className="tile-header">
        <h1>SingleChannel</h1>
        <strong data-testid="single-channel">{label}</strong>
        <span className="tile-job" title={job.id}>
          {job.request.recording ? `${job.id} · ${job.request.recording}` : job.id}
        </span>
        <StateBadge job={job} />
        <span className="spacer" />
        {controls}
      </header>
      <div className="pane-bar">
        <ChannelStepper
          channel={reopen.channel}
          label={label}
          onStep={(by) => reopen.step(by)}
          onChannel={reopen.setChannel}
        />
        <NfftSelect
          nfft={nfft}
          rateHz={analysis ? analysis.binWidthHz * analysis.nfft : null}
          onChange={reopen.setNfft}
        />
        <span className="pane-choice" role="group" aria-label="Shown">
          {paneNames.map((name) => (
            <button
              key={name}
              type="button"
              className="small-button"
              aria-pressed={display[name] === 'shown'}
              data-testid={`show-${name}`}
              onClick={() => change({ [name]: display[name] === 'shown' ? 'hidden' : 'shown' })}
            >
              {name}
            </button>
          ))}
        </span>
        <span className="spacer" />
        {display.trace === 'shown' && (
          <button
            type="button"
            className="small-button"
            aria-pressed={display.range === 'robust'}
            title="Leave single outliers out of the scale of the trace; they run out of the picture"
            data-testid="trace-robust"
            onClick={() => change({ range: display.range === 'all' ? 'robust' : 'all' })}
          >
            robust scale
          </button>
        )}
        {display.spectrogram === 'shown' && (
          <>
            <SpectraFacts status={status} />
            <LevelsButton />
            <ColourMapSelect />
          </>
        )}
      </div>
      <div className="tile-body tile-column">
        <div className="single-panes">
          {display.trace === 'shown' && samples.source && (
            <div className="pane pane-trace">
              <TracePane source={samples.source} model={model} channel={0} range={display.range} />
              <PaneNote text={samples.problem} />
            </div>
          )}
          {display.spectrogram === 'shown' && picture.source && (
            <div className="pane pane-spectrogram">
              <SpectraPane
                source={picture.source}
                model={model}
                channels={onlyChannel}
                hasLabels={false}
                jobState={job.state}
                onStatus={setStatus}
              />
              <PaneNote text={picture.problem} />
            </div>
          )}
          {display.spectrum === 'shown' && picture.source && (
            <div className="pane pane-spectrum">
              <div className="pane-bar">
                <SpectrumControls
                  display={display}
                  onChange={change}
                  onResetMaxHold={() => controller.current?.resetMaxHold()}
                />
                <ReferenceControls
                  spectra={spectra}
                  chosen={reference}
                  onChoose={setReference}
                  onStore={(name) => {
                    const stored = controller.current?.toReference(name)
                    if (!stored) return
                    keep(withSpectrum(spectra, stored))
                    setReference(name)
                  }}
                  onRemove={(name) => {
                    keep(spectra.filter((one) => one.name !== name))
                    setReference(null)
                  }}
                />
                <span className="spacer" />
                <SpectrumFacts
                  status={spectrum}
                  unit={sampleUnit(picture.description?.value.unit ?? '')}
                  isSelected={isSelected}
                  onNewest={() => model.select(null)}
                />
              </div>
              <div className="pane-rest">
                <SpectrumPane
                  source={picture.source}
                  model={model}
                  channel={0}
                  display={display}
                  reference={spectra.find(({ name }) => name === reference) ?? null}
                  onController={(made) => {
                    controller.current = made
                  }}
                  onStatus={setSpectrum}
                />
              </div>
            </div>
          )}
        </div>
        {!picture.problem && !samples.problem && <Waiting job={job} />}
        <GoLive job={job} />
      </div>
      {footer}
    </article>
  )
}
