import { useState } from 'react'
import { alertChannel, type ListedChannel } from '../../../src-preload/contract/alertChannels.ts'
import { alertSeverities } from '../../../src-preload/contract/alerts.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { channelFields, secretLabels } from '../../stores/alertForms.ts'
import { judged, typedOf } from '../../stores/typedForm.ts'
import { severityLooks } from './alertLooks.ts'
import { TypedFields } from './TypedFields.tsx'

const stateSentences: Record<ListedChannel['secrets'][number]['state'], string> = {
  'not set': 'not set',
  environment: 'set by the environment',
  'key store': 'set, kept by the key store of the system',
  'this run': 'set until the program ends: this machine has no key store',
  unreadable: 'set, but the key store does not give it out: set it anew'
}

/** A secret can be set and taken away; what it is, is never shown again. */
function Secret({ channelId, secret }: { channelId: string; secret: ListedChannel['secrets'][number] }) {
  const { stores } = useWindow()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState('')
  const id = `secret-${channelId}-${secret.name}`
  const label = secretLabels[secret.name] ?? secret.name
  const set = async (value: string | null): Promise<void> => {
    const answer = await stores.alerts.setSecret(channelId, secret.name, value)
    setProblem(answer.ok ? '' : answer.error.message)
    if (answer.ok) setText('')
  }
  return (
    <div className="typed-field">
      <label htmlFor={id}>{label}</label>
      <div className="typed-control">
        <input
          id={id}
          type="password"
          autoComplete="off"
          value={text}
          aria-describedby={`${id}-state`}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="button" className="small-button" disabled={text === ''} onClick={() => void set(text)}>
          Set
        </button>
        {secret.state !== 'not set' && secret.state !== 'environment' && (
          <button type="button" className="small-button" onClick={() => void set(null)}>
            Remove
          </button>
        )}
      </div>
      <p id={`${id}-state`} className="alert-when" data-testid={`${id}-state`}>
        It is {stateSentences[secret.state]}. From the environment: {secret.variable}
      </p>
      {problem && (
        <p className="typed-message" role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}

/** One channel: its settings, its secrets, and which severities it takes. */
export function ChannelForm({ listed, done }: { listed: ListedChannel; done: () => void }) {
  const { stores } = useWindow()
  const { channel, secrets } = listed
  const fields = channelFields(channel)
  const [typed, setTyped] = useState(() => typedOf(channel, fields))
  const [severities, setSeverities] = useState(channel.severities)
  const [messages, setMessages] = useState<{ path: string; message: string }[]>([])
  const [problem, setProblem] = useState('')

  async function save(): Promise<void> {
    const result = judged(alertChannel, { ...channel, severities }, typed, fields)
    setMessages('messages' in result ? result.messages : [])
    if (!('value' in result)) return
    const answer = await stores.alerts.saveChannel(result.value)
    if (answer.ok) return done()
    setProblem(answer.error.message)
  }

  return (
    <form
      className="alert-form"
      aria-label={`Channel ${channel.name}`}
      data-testid="channel-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <TypedFields
        fields={fields}
        typed={typed}
        messages={messages}
        change={(path, text) => setTyped({ ...typed, [path]: text })}
      />
      <fieldset className="alert-severities">
        <legend>Takes</legend>
        {alertSeverities.map((severity) => (
          <label key={severity}>
            <input
              type="checkbox"
              checked={severities.includes(severity)}
              onChange={(event) =>
                setSeverities(
                  alertSeverities.filter((one) => (one === severity ? event.target.checked : severities.includes(one)))
                )
              }
            />{' '}
            {severityLooks[severity].word}
          </label>
        ))}
      </fieldset>
      {secrets.map((secret) => (
        <Secret key={secret.name} channelId={channel.id} secret={secret} />
      ))}
      {problem && (
        <p className="typed-message" role="alert">
          {problem}
        </p>
      )}
      <div className="alert-form-buttons">
        <span className="spacer" />
        <button type="button" className="button" onClick={done}>
          Cancel
        </button>
        <button type="submit" className="button button-primary">
          Save
        </button>
      </div>
    </form>
  )
}
