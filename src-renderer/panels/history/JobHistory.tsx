import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { HistoryEntry } from '../../../src-preload/contract/workbench.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { jobStateLook } from '../../stores/jobStates.ts'
import { dateTimeOf, integerText, plainNumber, secondsText } from '../../widgets/format.ts'
import { StateMark, type Tone } from '../../widgets/StateMark.tsx'
import './history.css'

const shownAtFirst = 50

const viewWord = { waterfall: 'Waterfall', multi: 'MultiChannel', single: 'SingleChannel' } as const

function outcomeOf({ outcome }: HistoryEntry): { word: string; tone: Tone } {
  if (outcome === 'running') return { word: 'Open', tone: 'good' }
  if (outcome === 'interrupted') return { word: 'Interrupted', tone: 'warning' }
  return jobStateLook[outcome]
}

function requestText({ request }: HistoryEntry): string {
  const { view, channels, band, recording, timeRange } = request
  return [
    viewWord[view],
    recording ?? (timeRange ? `${dateTimeOf(timeRange.startNs)} UTC` : 'live'),
    `channels ${integerText(channels.min)}–${integerText(channels.max)}`,
    band ? `${plainNumber(band.minHz)}–${plainNumber(band.maxHz)} Hz` : 'all frequencies'
  ].join(' · ')
}

function countsText({ rows, gaps, lostBlocks, seeks, openedAtNs, endedAtNs }: HistoryEntry): string {
  const lasted = endedAtNs === null ? null : Number(BigInt(endedAtNs) - BigInt(openedAtNs)) / 1e9
  return [
    lasted === null ? '' : secondsText(Math.max(0, lasted)),
    rows > 0 ? `${integerText(rows)} rows` : '',
    gaps > 0 ? `${integerText(gaps)} gaps` : '',
    lostBlocks > 0 ? `${integerText(lostBlocks)} blocks lost` : '',
    seeks > 0 ? `${integerText(seeks)} seeks` : ''
  ]
    .filter(Boolean)
    .join(' · ')
}

function Entry({
  entry,
  isChosen,
  choose
}: {
  entry: HistoryEntry
  isChosen: boolean
  choose: (isChosen: boolean) => void
}) {
  const { workbench } = useWindow()
  const { word, tone } = outcomeOf(entry)
  const counts = countsText(entry)
  return (
    <li className="entry history-entry" data-testid="history-entry" data-outcome={entry.outcome}>
      <div className="history-head">
        <input
          type="checkbox"
          checked={isChosen}
          aria-label={`Choose ${entry.jobId} of ${dateTimeOf(entry.openedAtNs)} UTC`}
          onChange={(event) => choose(event.target.checked)}
        />
        <strong>{entry.jobId}</strong>
        <span className={`tone-${tone} history-outcome`}>
          <StateMark tone={tone} /> {word}
        </span>
        <button
          type="button"
          className="small-button"
          onClick={() => void workbench.openRequests([{ name: entry.jobId, request: entry.request }])}
        >
          Open again
        </button>
      </div>
      <p>{dateTimeOf(entry.openedAtNs)} UTC</p>
      <p className="history-request">{requestText(entry)}</p>
      {counts && <p className="history-request">{counts}</p>}
      {entry.reason && entry.outcome !== 'running' && <p className="history-request">{entry.reason}</p>}
    </li>
  )
}

/** What was opened when, with what, and how it ended; one or many of them opened again. */
export function JobHistory() {
  const { workbench, connection } = useWindow()
  const history = useStore(workbench, (model) => model.history)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [shown, setShown] = useState(shownAtFirst)
  useEffect(() => void workbench.load(), [workbench])
  const openChosen = (): void => {
    const members = history
      .filter(({ id }) => chosen.has(id))
      .map(({ jobId, request, openedAtNs }) => ({ name: `${jobId} · ${dateTimeOf(openedAtNs)}`, request }))
    setChosen(new Set())
    void workbench.openRequests(members)
  }
  return (
    <section className="inspector-section" aria-label="History of jobs" data-testid="history">
      <div className="history-title">
        <h2>History of jobs</h2>
        <button
          type="button"
          className="small-button"
          disabled={history.every(({ outcome }) => outcome === 'running')}
          onClick={() => void connection.call('history.clear', {})}
        >
          Clear
        </button>
      </div>
      {chosen.size > 0 && (
        <button type="button" className="button button-primary" data-testid="history-open-set" onClick={openChosen}>
          Open {chosen.size} together
        </button>
      )}
      {history.length === 0 ? (
        <p className="empty">Nothing was opened yet. What you open is listed here, with how it ended.</p>
      ) : (
        <ul className="entries">
          {history.slice(0, shown).map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              isChosen={chosen.has(entry.id)}
              choose={(isChosen) =>
                setChosen((before) => {
                  const next = new Set(before)
                  if (isChosen) next.add(entry.id)
                  else next.delete(entry.id)
                  return next
                })
              }
            />
          ))}
        </ul>
      )}
      {history.length > shown && (
        <button type="button" className="small-button" onClick={() => setShown(shown + shownAtFirst)}>
          Show older ones
        </button>
      )}
    </section>
  )
}
