import { useState } from 'react'
import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { isEnded } from '../../stores/jobStates.ts'
import { playbackRange } from '../../stores/playbackActions.ts'
import { dateTimeOf, secondsText } from '../../widgets/format.ts'
import { Icon } from '../../widgets/Icon.tsx'
import './transport.css'

const paces = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100]
/** Steps of the slider: finer than a pixel of the widest screen. */
const sliderSteps = 10_000

/** Play, stand still, pace and place of a historic job. */
export function TransportBar({ job }: { job: JobSnapshot }) {
  const { stores, actions } = useWindow()
  const recordings = useStore(stores.core, (core) => core.recordings)
  const [dragged, setDragged] = useState<number | null>(null)
  /** What "play" goes back to. */
  const [playPace, setPlayPace] = useState<number | null>(job.playback?.pace === 0 ? 1 : (job.playback?.pace ?? null))
  const range = playbackRange(job, recordings)
  if (!range || !job.playback) return null
  const { pace, positionNs } = job.playback
  const lengthNs = Number(range.endNs - range.startNs)
  const ended = isEnded(job.state)
  const atNs =
    ended && job.state === 'completed' ? range.endNs : positionNs === null ? range.startNs : BigInt(positionNs)
  const step = dragged ?? Math.round((Number(atNs - range.startNs) / lengthNs) * sliderSteps)
  const shownNs = dragged === null ? atNs : range.startNs + BigInt(Math.round((dragged / sliderSteps) * lengthNs))
  const isPlaying = !ended && pace !== 0
  const choose = (next: number | null): void => {
    setPlayPace(next)
    if (isPlaying || ended) void actions.setPace(job, next)
  }
  const drop = (): void => {
    if (dragged === null) return
    setDragged(null)
    void actions.seek(job, shownNs)
  }
  return (
    <div className="transport" role="group" aria-label={`Playback of ${job.id}`} data-testid="transport">
      <button
        type="button"
        className="small-button"
        data-testid="transport-play"
        title={isPlaying ? 'Stand still (Space)' : 'Play (Space)'}
        onClick={() => void actions.setPace(job, isPlaying ? 0 : playPace)}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} size={12} /> {isPlaying ? 'Pause' : ended ? 'Play again' : 'Play'}
      </button>
      <select
        className="small-select"
        aria-label="Pace"
        data-testid="transport-pace"
        value={playPace ?? 'all'}
        onChange={(event) => choose(event.target.value === 'all' ? null : Number(event.target.value))}
      >
        {paces.map((times) => (
          <option key={times} value={times}>
            {times}×
          </option>
        ))}
        <option value="all">all at once</option>
      </select>
      <input
        type="range"
        className="transport-slider"
        min={0}
        max={sliderSteps}
        value={Math.min(sliderSteps, Math.max(0, step))}
        aria-label="Time in the recording"
        aria-valuetext={`${dateTimeOf(String(shownNs))} UTC`}
        data-testid="transport-slider"
        onChange={(event) => setDragged(Number(event.target.value))}
        onPointerUp={drop}
        onKeyUp={drop}
        onBlur={drop}
      />
      <span className="transport-time" data-testid="transport-time">
        {dateTimeOf(String(shownNs))} UTC · {secondsText(Number(shownNs - range.startNs) / 1e9)} of{' '}
        {secondsText(lengthNs / 1e9)}
      </span>
    </div>
  )
}
