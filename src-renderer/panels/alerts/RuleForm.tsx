import { useState } from 'react'
import { useStore } from 'zustand'
import {
  type AlertConditionKind,
  alertRule,
  type AlertRule,
  type RuleTrial
} from '../../../src-preload/contract/alerts.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { conditionNames, ruleFields, withConditionKind } from '../../stores/alertForms.ts'
import { judged, typedOf } from '../../stores/typedForm.ts'
import { timeOf } from './alertLooks.ts'
import { TypedFields } from './TypedFields.tsx'

const trialHours = [
  [1, 'the last hour'],
  [12, 'the last 12 h'],
  [24, 'the last 24 h'],
  [168, 'the last week']
] as const
const firingsShown = 20

function Trial({ trial }: { trial: RuleTrial }) {
  return (
    <div className="rule-trial" role="status" data-testid="rule-trial">
      <p>
        <strong>{trial.sentence}</strong>
      </p>
      {trial.firings.length > 0 && (
        <ul>
          {trial.firings.slice(0, firingsShown).map(({ fromMs, toMs, labels }, index) => (
            <li key={index}>
              {timeOf(fromMs)} UTC
              {toMs === null ? ', still' : ` to ${timeOf(toMs).slice(11)}`}
              {Object.values(labels).length > 0 && ` · ${Object.values(labels).join(' · ')}`}
            </li>
          ))}
          {trial.count > firingsShown && <li>and {trial.count - firingsShown} more</li>}
        </ul>
      )}
    </div>
  )
}

/** One rule: typed, tried against history, kept. What is wrong is said by the schema that the core uses. */
export function RuleForm({ rule, done }: { rule: AlertRule; done: () => void }) {
  const { stores, clock } = useWindow()
  const readings = useStore(stores.alerts, (model) => model.readings)
  const [base, setBase] = useState<object>(rule)
  const [kind, setKind] = useState<AlertConditionKind>(rule.condition.kind)
  const [typed, setTyped] = useState(() => typedOf(rule, ruleFields(rule.condition.kind)))
  const [messages, setMessages] = useState<{ path: string; message: string }[]>([])
  const [trial, setTrial] = useState<RuleTrial | null>(null)
  const [problem, setProblem] = useState('')
  const [hours, setHours] = useState(24)
  const fields = ruleFields(kind)

  function changeKind(next: AlertConditionKind): void {
    const changed = withConditionKind(base, next)
    const kept = Object.entries(typed).filter(([path]) => !path.startsWith('condition.'))
    setBase(changed)
    setKind(next)
    setTyped({ ...typedOf(changed, ruleFields(next)), ...Object.fromEntries(kept) })
    setMessages([])
  }
  function read(): AlertRule | null {
    const result = judged(alertRule, base, typed, fields)
    setMessages('messages' in result ? result.messages : [])
    return 'value' in result ? result.value : null
  }
  async function tryIt(): Promise<void> {
    const wanted = read()
    if (!wanted) return
    const answer = await stores.alerts.tryRule(wanted, hours, clock.nowMs())
    setTrial(answer.ok ? answer.value : null)
    setProblem(answer.ok ? '' : answer.error.message)
  }
  async function save(): Promise<void> {
    const wanted = read()
    if (!wanted) return
    const answer = await stores.alerts.saveRule(wanted)
    if (answer.ok) return done()
    setProblem(answer.error.message)
  }

  return (
    <form
      className="alert-form"
      aria-label={`Rule ${rule.title || rule.id}`}
      data-testid="rule-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div className="typed-field">
        <label htmlFor="rule-condition">Alert where</label>
        <select
          id="rule-condition"
          value={kind}
          onChange={(event) => changeKind(event.target.value as AlertConditionKind)}
        >
          {Object.entries(conditionNames).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <TypedFields
        fields={fields}
        typed={typed}
        messages={messages}
        suggestions={{ 'condition.reading': readings.map(({ name }) => name) }}
        change={(path, text) => setTyped({ ...typed, [path]: text })}
      />
      {problem && (
        <p className="typed-message" role="alert">
          {problem}
        </p>
      )}
      <div className="alert-form-buttons">
        <button type="button" className="button" data-testid="rule-try" onClick={() => void tryIt()}>
          Try against
        </button>
        <select
          aria-label="Time to try it against"
          value={hours}
          onChange={(event) => setHours(Number(event.target.value))}
        >
          {trialHours.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <span className="spacer" />
        <button type="button" className="button" onClick={done}>
          Cancel
        </button>
        <button type="submit" className="button button-primary">
          Save
        </button>
      </div>
      {trial && <Trial trial={trial} />}
    </form>
  )
}
