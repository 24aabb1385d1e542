import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import {
  alertChannel,
  type AlertChannelKind,
  type ChannelTest,
  channelSecrets,
  type ListedChannel
} from '../../../src-preload/contract/alertChannels.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { StateMark, type Tone } from '../../widgets/StateMark.tsx'
import { timeOf } from './alertLooks.ts'
import './alerts.css'
import { ChannelForm } from './ChannelForm.tsx'

const stateLooks: Record<ListedChannel['state'], { word: string; tone: Tone }> = {
  ready: { word: 'Ready', tone: 'good' },
  off: { word: 'Off', tone: 'quiet' },
  incomplete: { word: 'Incomplete', tone: 'warning' },
  failing: { word: 'Failing', tone: 'bad' }
}
/** Kinds of which a site may want several. */
const several: readonly AlertChannelKind[] = ['webhook', 'slack', 'email', 'pagerduty', 'command']

function countsText({ sent, failed, retried, dropped, waiting, lastSentAtMs }: ListedChannel): string {
  return [
    `${sent} sent`,
    failed > 0 && `${failed} failed`,
    retried > 0 && `${retried} tried again`,
    dropped > 0 && `${dropped} dropped`,
    waiting > 0 && `${waiting} waiting`,
    lastSentAtMs !== null && `last at ${timeOf(lastSentAtMs)} UTC`
  ]
    .filter(Boolean)
    .join(' · ')
}

/** Sends one message and shows what was answered. */
function TestButton({ channelId, name }: { channelId: string; name: string }) {
  const { stores } = useWindow()
  const [test, setTest] = useState<ChannelTest | 'running' | null>(null)
  const run = async (): Promise<void> => {
    setTest('running')
    const answer = await stores.alerts.testChannel(channelId)
    setTest(answer.ok ? answer.value : { succeeded: false, answer: answer.error.message, tookMs: 0 })
    await stores.alerts.loadChannels()
  }
  return (
    <>
      <button
        type="button"
        className="small-button"
        disabled={test === 'running'}
        aria-label={test === 'running' ? undefined : `Send test: ${name}`}
        onClick={() => void run()}
      >
        {test === 'running' ? 'Waiting for the answer …' : 'Send test'}
      </button>
      {test !== null && test !== 'running' && (
        <p
          className={test.succeeded ? 'channel-answer' : 'typed-message'}
          role="status"
          data-testid={`test-${channelId}`}
        >
          {test.succeeded ? 'Sent' : 'Not sent'} after {test.tookMs} ms: {test.answer}
        </p>
      )}
    </>
  )
}

function ChannelRow({ listed, edit }: { listed: ListedChannel; edit: () => void }) {
  const { stores } = useWindow()
  const { channel, isShipped, state, sentence } = listed
  const { id, name, isEnabled, severities } = channel
  const { word, tone } = stateLooks[state]
  return (
    <li className="entry" data-testid={`channel-${id}`} data-state={state}>
      <p className="alert-title">
        <input
          type="checkbox"
          checked={isEnabled}
          aria-label={`Use the channel "${name}"`}
          onChange={(event) => void stores.alerts.saveChannel({ ...channel, isEnabled: event.target.checked })}
        />
        <StateMark tone={tone} />
        <strong>{name}</strong>
        <span className="alert-status">{word}</span>
      </p>
      {sentence && <p>{sentence}</p>}
      <p className="alert-when">
        takes {severities.join(', ') || 'nothing by itself'} · {countsText(listed)}
      </p>
      <div className="alert-buttons">
        <TestButton channelId={id} name={name} />
        <button type="button" className="small-button" aria-label={`Edit the channel "${name}"`} onClick={edit}>
          Edit
        </button>
        {!isShipped && (
          <button
            type="button"
            className="small-button"
            aria-label={`Delete the channel "${name}"`}
            onClick={() => void stores.alerts.deleteChannel(id)}
          >
            Delete
          </button>
        )}
      </div>
    </li>
  )
}

/** A channel that is not there yet, of a kind. */
function newChannel(kind: AlertChannelKind, ids: ReadonlySet<string>): ListedChannel {
  let number = 2
  while (ids.has(`${kind}-${number}`)) number++
  const id = `${kind}-${number}`
  const channel = alertChannel.parse({
    id,
    name: `${kind} ${number}`,
    isEnabled: true,
    severities: ['critical', 'emergency'],
    settings: { kind }
  })
  const nothing = { sent: 0, failed: 0, retried: 0, dropped: 0, waiting: 0, lastSentAtMs: null }
  return { channel, isShipped: false, secrets: [], state: 'incomplete', sentence: '', ...nothing }
}

/** All ways out; one at a time is edited in its place. */
export function ChannelList() {
  const { stores } = useWindow()
  const { channels, problem } = useStore(stores.alerts)
  const [editedId, setEditedId] = useState<string | null>(null)
  const [added, setAdded] = useState<ListedChannel | null>(null)
  useEffect(() => void stores.alerts.loadChannels(), [stores])
  if (channels === null) return <p className="empty">{problem || 'The channels are being read.'}</p>
  const ids = new Set(channels.map(({ channel }) => channel.id))
  return (
    <div className="alert-list" data-testid="channel-list">
      <div className="alert-tools">
        <span>Alerts go to every channel that takes their severity.</span>
        <select
          aria-label="Add a channel"
          value=""
          onChange={(event) => setAdded(newChannel(event.target.value as AlertChannelKind, ids))}
        >
          <option value="" disabled>
            Add a channel …
          </option>
          {several.map((kind) => (
            <option key={kind} value={kind}>
              {kind}
              {channelSecrets[kind].length > 0 ? '' : ' (own handler)'}
            </option>
          ))}
        </select>
      </div>
      {problem && editedId === null && (
        <p className="typed-message" role="alert">
          {problem}
        </p>
      )}
      {added && (
        <ChannelForm
          key={added.channel.id}
          listed={added}
          done={() => {
            setEditedId(added.channel.id)
            setAdded(null)
          }}
        />
      )}
      <ul className="entries">
        {channels.map((listed) =>
          editedId === listed.channel.id ? (
            <li key={listed.channel.id} className="entry">
              <ChannelForm listed={listed} done={() => setEditedId(null)} />
            </li>
          ) : (
            <ChannelRow key={listed.channel.id} listed={listed} edit={() => setEditedId(listed.channel.id)} />
          )
        )}
      </ul>
    </div>
  )
}
