import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { armedCapture, runningCapture } from '../../stores/capturesStore.ts'
import { isEnded } from '../../stores/jobStates.ts'
import './captures.css'

const preTriggerChoices = [0, 10, 30, 60, 300]

/** Starts and ends the capture of a tile's job, and says how many of its newest seconds are kept for one. */
export function CaptureControl({ job }: { job: JobSnapshot }) {
  const { stores, actions } = useWindow()
  const running = useStore(stores.captures, (model) => runningCapture(model, job.id))
  const armed = useStore(stores.captures, (model) => armedCapture(model, job.id))
  if (isEnded(job.state) && !running) return null
  const keptS = armed?.preTriggerS ?? 0
  const choices = preTriggerChoices.includes(keptS) ? preTriggerChoices : [...preTriggerChoices, keptS]
  return (
    <>
      {!running && (
        <select
          className="small-select"
          aria-label="Kept in memory before a capture"
          data-testid="pre-trigger"
          title="How many of the newest seconds are kept in memory, to be written first when a capture starts"
          value={keptS}
          onChange={(event) => void actions.arm(job.id, Number(event.target.value))}
        >
          {choices.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? 'pre-trigger off' : `pre-trigger ${seconds} s`}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        className={`small-button capture-button ${running ? 'capture-running' : ''}`}
        data-testid="capture"
        aria-pressed={running !== null}
        title={running ? running.reason : 'Write every sample of this job to the disk (R)'}
        disabled={running?.state === 'closing'}
        onClick={() => void actions.toggleCapture(job.id)}
      >
        <span className="capture-dot" aria-hidden="true" />
        {running === null ? 'Capture' : running.state === 'closing' ? 'Closing…' : 'Stop capture'}
      </button>
    </>
  )
}
