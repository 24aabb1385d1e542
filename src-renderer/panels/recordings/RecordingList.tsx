import { useStore } from 'zustand'
import type { BackendRecording } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { dateTimeOf, frequencyText, integerText, secondsText } from '../../widgets/format.ts'
import './recordings.css'

function recordingFacts(recording: BackendRecording): string {
  const { channels, sampleRateHz, bands, unit, format } = recording
  return [
    recording.local && 'opened here',
    format,
    channels && `channels ${integerText(channels.min)}–${integerText(channels.max)}`,
    sampleRateHz && (bands.length > 0 ? `${frequencyText(sampleRateHz)} rows` : frequencyText(sampleRateHz)),
    bands.length > 0 && `${bands.length} ${bands.length === 1 ? 'band' : 'bands'}`,
    unit
  ]
    .filter(Boolean)
    .join(' · ')
}

const lengthText = ({ startNs, endNs }: BackendRecording): string =>
  endNs === null ? 'still recording' : secondsText(Number(BigInt(endNs) - BigInt(startNs)) / 1e9)

/** What the backend can play; choosing one fills in the form. */
export function RecordingList() {
  const { stores, actions } = useWindow()
  const recordings = useStore(stores.core, (core) => core.recordings)
  const problem = useStore(stores.core, (core) => core.recordingsProblem)
  const shell = useStore(stores.connection, (connection) => connection.hello?.shell ?? null)
  const choose = (index: number): void => {
    stores.form.chooseSource(`recording:${index}`)
    actions.newJob()
  }
  return (
    <section className="inspector-section" aria-label="Recordings">
      <h2>Recordings of the backend</h2>
      {shell === 'desktop' && (
        <button type="button" className="button" onClick={() => void actions.chooseFiles()}>
          Open files…
        </button>
      )}
      {problem && <p className="field-messages">The list could not be read: {problem}</p>}
      {recordings.length === 0 && !problem && (
        <p className="empty">
          The backend lists no recordings. Start it with a folder of recordings, or open a live job.
        </p>
      )}
      <ul className="recordings" data-testid="recording-list">
        {recordings.map((recording, index) => (
          <li key={`${recording.name ?? ''} ${recording.startNs} ${recording.local ?? false}`}>
            <button
              type="button"
              className="recording"
              onClick={() => choose(index)}
              title="Fill in the form with this"
            >
              <strong>{recording.name ?? `${dateTimeOf(recording.startNs)} UTC`}</strong>
              <span>
                {dateTimeOf(recording.startNs)} UTC · {lengthText(recording)}
              </span>
              <span>{recordingFacts(recording)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
