import { useState } from 'react'
import { useStore } from 'zustand'
import type { SessionSummary } from '../../../src-preload/contract/sessions.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { displayBeforeSettings } from '../../stores/coreStore.ts'
import { bytesText, dateTimeOf, frequencyText, integerText, secondsText } from '../../widgets/format.ts'
import { StateMark, type Tone } from '../../widgets/StateMark.tsx'
import { SessionEditor } from './SessionEditor.tsx'
import { Thumbnail } from './Thumbnail.tsx'

const states: Record<SessionSummary['state'], { word: string; tone: Tone } | null> = {
  recording: { word: 'recording', tone: 'bad' },
  closed: null,
  recovered: { word: 'recovered', tone: 'warning' },
  interrupted: { word: 'interrupted', tone: 'warning' },
  damaged: { word: 'damaged', tone: 'bad' },
  missing: { word: 'missing', tone: 'bad' }
}

function whenText({ startNs, endNs }: SessionSummary): string {
  if (startNs === null) return 'time not known'
  const length = endNs === null ? '' : ` · ${secondsText(Number(BigInt(endNs) - BigInt(startNs)) / 1e9)}`
  return `${dateTimeOf(startNs)} UTC${length}`
}

function factsText(session: SessionSummary): string {
  const { kind, format, channelCount, sampleRateHz, bytes, gaps, gapS, place } = session
  return [
    kind === 'file' && format,
    `${integerText(channelCount)} ch`,
    sampleRateHz !== null && frequencyText(sampleRateHz),
    bytesText(bytes),
    gaps > 0 && `${gaps} ${gaps === 1 ? 'gap' : 'gaps'} (${secondsText(gapS)})`,
    place
  ]
    .filter(Boolean)
    .join(' · ')
}

/** The question before a deletion, in the core's own words. */
function Deletion({ session, onDone }: { session: SessionSummary; onDone: () => void }) {
  const { actions } = useWindow()
  const [asked, setAsked] = useState<{ message: string; confirmation: string } | null>(null)
  if (!asked)
    return (
      <button
        type="button"
        className="small-button"
        data-testid="session-delete"
        disabled={session.state === 'recording'}
        onClick={() => void actions.askToDelete(session.id).then(setAsked)}
      >
        Delete…
      </button>
    )
  return (
    <div className="session-deletion" role="alertdialog" aria-label={`Delete ${session.name}?`}>
      <p>{asked.message}</p>
      <div className="session-buttons">
        <button
          type="button"
          className="small-button tone-bad"
          data-testid="session-delete-confirm"
          onClick={() => void actions.deleteSession(session.id, asked.confirmation).then(onDone)}
        >
          Delete
        </button>
        <button type="button" className="small-button" onClick={() => setAsked(null)}>
          Keep
        </button>
      </div>
    </div>
  )
}

/** One session or opened file: what it is, its small picture, and what can be done with it. */
export function SessionEntry({ session }: { session: SessionSummary }) {
  const { stores, actions } = useWindow()
  const [isEdited, setEdited] = useState(false)
  const colourMap = useStore(stores.core, (core) => (core.settings?.display ?? displayBeforeSettings).colourMap)
  const verifying = useStore(stores.sessions, (model) => model.verifying.get(session.id) ?? null)
  const verified = useStore(stores.sessions, (model) => model.verified.get(session.id))
  const state = states[session.state]
  const isThere = session.state !== 'missing'
  return (
    <li className="entry session" data-testid={`session-${session.id}`} data-state={session.state}>
      <div className="session-head">
        {session.thumbnail && <Thumbnail thumbnail={session.thumbnail} colourMap={colourMap} />}
        <div className="session-words">
          <strong title={session.path}>{session.name}</strong>
          <span>{whenText(session)}</span>
          <span>{factsText(session)}</span>
          {state && (
            <span className={`tone-${state.tone}`}>
              <StateMark tone={state.tone} /> {state.word}
            </span>
          )}
        </div>
      </div>
      {session.tags.length > 0 && <p className="session-tags">{session.tags.map((tag) => `#${tag}`).join(' ')}</p>}
      {session.notes && !isEdited && <p className="session-notes">{session.notes}</p>}
      {session.problem && <p className="session-problem">{session.problem}</p>}
      {verifying !== null && (
        <progress className="progress" value={verifying} aria-label={`${session.name}: part that was verified`} />
      )}
      {verified && verifying === null && (
        <p className={`session-verified tone-${verified.whole ? 'good' : 'bad'}`} data-testid="session-verified">
          <StateMark tone={verified.whole ? 'good' : 'bad'} /> {verified.whole ? 'It is whole.' : 'It is not whole.'}{' '}
          {verified.text}
        </p>
      )}
      {isEdited ? (
        <SessionEditor session={session} onDone={() => setEdited(false)} />
      ) : (
        <div className="session-buttons">
          <button
            type="button"
            className="small-button"
            data-testid="session-open"
            disabled={!isThere}
            onClick={() => void actions.openSession(session.id)}
          >
            Open
          </button>
          <button
            type="button"
            className="small-button"
            data-testid="session-export"
            disabled={!isThere}
            onClick={() => stores.layout.setState({ exportOf: session.id })}
          >
            Export…
          </button>
          <button
            type="button"
            className="small-button"
            data-testid="session-edit"
            disabled={!isThere}
            onClick={() => setEdited(true)}
          >
            Describe
          </button>
          <button
            type="button"
            className="small-button"
            data-testid="session-verify"
            disabled={!isThere || verifying !== null}
            onClick={() => void actions.verifySession(session)}
          >
            Verify
          </button>
          <Deletion session={session} onDone={() => undefined} />
        </div>
      )}
    </li>
  )
}
