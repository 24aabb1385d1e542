import { useState } from 'react'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { isEnded } from '../../stores/jobStates.ts'
import { paceText, paces, playbackPosition, playbackRange } from '../../stores/playbackActions.ts'
import { dateTimeOf, secondsText } from '../../widgets/format.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { LoopMenu } from './LoopMenu.tsx'
import { OverviewBar } from './OverviewBar.tsx'
import './transport.css'

/** Play, stand still, step, pace, loop and place of a historic job. */
export function TransportBar({ job }: { job: JobSnapshot }) {
  const { actions, commands } = useWindow()
  /** What "play" goes back to. */
  const [playPace, setPlayPace] = useState<number | null>(job.playback?.pace === 0 ? 1 : (job.playback?.pace ?? null))
  /** Where the hand is, until playback is there. */
  const [wish, setWish] = useState<{ toNs: bigint; atPositionNs: string | null } | null>(null)
  const range = playbackRange(job)
  if (!range || !job.playback) return null
  const { pace, positionNs } = job.playback
  if (pace !== 0 && pace !== playPace) setPlayPace(pace)
  if (wish && wish.atPositionNs !== positionNs) setWish(null)
  const ended = isEnded(job.state)
  const atNs = wish?.toNs ?? playbackPosition(job, range)
  const isPlaying = !ended && pace !== 0
  const choose = (next: number | null): void => {
    setPlayPace(next)
    if (isPlaying || ended) void actions.setPace(job, next)
  }
  const seek = (toNs: bigint): void => {
    const within = toNs < range.startNs ? range.startNs : toNs > range.endNs ? range.endNs : toNs
    setWish({ toNs: within, atPositionNs: positionNs })
    void actions.seek(job, within)
  }
  const key = (id: Parameters<typeof commands.keyText>[0]): string => {
    const text = commands.keyText(id)
    return text && ` (${text})`
  }
  const playWord = isPlaying ? 'Pause' : job.state === 'completed' ? 'Play again' : 'Play'
  return (
    <div className="transport" role="group" aria-label={`Playback of ${job.id}`} data-testid="transport">
      <div className="transport-buttons">
        <button
          type="button"
          className="small-button"
          data-testid="transport-back"
          title={`One row back${key('step-back')}; a second${key('step-back-second')}`}
          aria-label="One row back"
          onClick={() => void actions.step(job, -1)}
        >
          <Icon name="stepBack" size={12} />
        </button>
        <button
          type="button"
          className="small-button transport-play"
          data-testid="transport-play"
          title={`${playWord}${key('play-pause')}`}
          onClick={() => void actions.setPace(job, isPlaying ? 0 : playPace)}
        >
          <Icon name={isPlaying ? 'pause' : 'play'} size={12} /> {playWord}
        </button>
        <button
          type="button"
          className="small-button"
          data-testid="transport-step"
          title={`One row on${key('step-on')}; a second${key('step-on-second')}`}
          aria-label="One row on"
          onClick={() => void actions.step(job, 1)}
        >
          <Icon name="stepOn" size={12} />
        </button>
        <select
          className="small-select transport-pace"
          aria-label="Pace"
          title={`Times real time${key('slower')}${key('faster')}`}
          data-testid="transport-pace"
          value={playPace ?? 'all'}
          onChange={(event) => choose(event.target.value === 'all' ? null : Number(event.target.value))}
        >
          {playPace !== null && !paces.includes(playPace) && <option value={playPace}>{paceText(playPace)}</option>}
          {paces.map((one) => (
            <option key={one ?? 'all'} value={one ?? 'all'}>
              {paceText(one)}
            </option>
          ))}
        </select>
        <LoopMenu job={job} range={range} />
      </div>
      <OverviewBar
        job={job}
        range={range}
        atNs={atNs}
        onSeek={seek}
        onLoop={({ startNs, endNs }) => void actions.setLoop(job, { startNs: String(startNs), endNs: String(endNs) })}
      />
      <span className="transport-time" data-testid="transport-time">
        <span className="transport-date">{dateTimeOf(String(atNs)).slice(0, 11)}</span>
        {dateTimeOf(String(atNs)).slice(11)} UTC
        <br />
        {secondsText(Number(atNs - range.startNs) / 1e9)} of {secondsText(Number(range.endNs - range.startNs) / 1e9)}
      </span>
    </div>
  )
}
