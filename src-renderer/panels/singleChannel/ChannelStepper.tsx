import { useEffect, useRef, useState } from 'react'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { numberFrom } from '../../stores/formDraft.ts'

const nffts = [128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536]
/** Keys are pressed several times in a row: the job is opened again once, for the last channel. */
const reopenAfterMs = 400

/** Channel and NFFT of the job; another one opens the job again in this tile. */
export function useReopen(job: JobSnapshot): {
  channel: number
  setChannel: (channel: number) => void
  step: (by: number) => void
  setNfft: (nfft: number) => void
} {
  const { actions, stores } = useWindow()
  const [wanted, setWanted] = useState<{ jobId: string; channel: number } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const channel = wanted?.jobId === job.id ? wanted.channel : job.request.channels.min
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
    },
    [job.id]
  )
  const limits = (): { lowest: number; highest: number } => {
    const { recordings, backend } = stores.core.getState()
    const recording = recordings.find(({ name }) => name !== null && name === job.request.recording)
    const known = recording?.channels
    // A recording's own numbers begin where they like; jobs count from one.
    if (known) return { lowest: 1, highest: known.max - known.min + 1 }
    return { lowest: backend?.channels?.lowest ?? 1, highest: backend?.channels?.highest ?? Number.MAX_SAFE_INTEGER }
  }
  const setChannel = (next: number): void => {
    const { lowest, highest } = limits()
    const channelNow = Math.min(Math.max(Math.round(next), lowest), highest)
    setWanted({ jobId: job.id, channel: channelNow })
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      timer.current = null
      if (channelNow === job.request.channels.min && job.request.channels.max === channelNow) return
      void actions.reopen(job, { channels: { min: channelNow, max: channelNow } })
    }, reopenAfterMs)
  }
  return {
    channel,
    setChannel,
    step: (by) => setChannel(channel + by),
    setNfft: (nfft) => void actions.reopen(job, { nfft })
  }
}

/** The channel's number, one down and one up. */
export function ChannelStepper({
  channel,
  label,
  onStep,
  onChannel
}: {
  channel: number
  /** As the source calls it. */
  label: string
  onStep: (by: number) => void
  onChannel: (channel: number) => void
}) {
  const [typed, setTyped] = useState<string | null>(null)
  const submit = (): void => {
    const value = typed === null ? null : numberFrom(typed)
    if (value !== null && Number.isFinite(value)) onChannel(value)
    setTyped(null)
  }
  return (
    <span className="pane-choice" role="group" aria-label="Channel">
      <button
        type="button"
        className="small-button"
        aria-label="Channel before"
        title="Channel before (,)"
        data-testid="channel-before"
        onClick={() => onStep(-1)}
      >
        −
      </button>
      <input
        type="text"
        inputMode="numeric"
        className="channel-number"
        aria-label="Channel of the job"
        title={label}
        data-testid="channel-number"
        value={typed ?? String(channel)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={submit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') submit()
          if (event.key === 'Escape') setTyped(null)
        }}
      />
      <button
        type="button"
        className="small-button"
        aria-label="Channel after"
        title="Channel after (.)"
        data-testid="channel-after"
        onClick={() => onStep(1)}
      >
        +
      </button>
    </span>
  )
}

export const NfftSelect = ({
  nfft,
  rateHz,
  onChange
}: {
  nfft: number
  /** Sample rate; null while it is not known. */
  rateHz: number | null
  onChange: (nfft: number) => void
}) => (
  <label>
    NFFT
    <select
      className="small-select"
      value={nfft}
      data-testid="single-nfft"
      title={rateHz ? `${(nfft / rateHz).toPrecision(3)} s of samples for each spectrum` : undefined}
      onChange={(event) => onChange(Number(event.target.value))}
    >
      {(nffts.includes(nfft) ? nffts : [...nffts, nfft].sort((a, b) => a - b)).map((one) => (
        <option key={one} value={one}>
          {one}
          {rateHz ? ` · ${Number((rateHz / one).toPrecision(3))} Hz` : ''}
        </option>
      ))}
    </select>
  </label>
)
