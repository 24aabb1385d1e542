import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { AlertRule, ListedAlertRule } from '../../../src-preload/contract/alerts.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { newRule } from '../../stores/alertForms.ts'
import { plainNumber, secondsText } from '../../widgets/format.ts'
import { StateMark } from '../../widgets/StateMark.tsx'
import { severityLooks } from './alertLooks.ts'
import './alerts.css'
import { RuleForm } from './RuleForm.tsx'

/** `wavefall_error_ratio above 0.05 for 2 m 00 s`. */
function conditionText({ condition, forS }: AlertRule): string {
  const held = forS > 0 ? ` for ${secondsText(forS)}` : ''
  switch (condition.kind) {
    case 'finding':
      return `what the program finds: ${condition.finding}`
    case 'silence':
      return `${condition.reading} ${condition.mode === 'missing' ? 'is missing' : 'stays the same'}${held}`
    case 'expression':
      return `${condition.expression} ${condition.compare} ${plainNumber(condition.value)} ${condition.unit}${held}`
    case 'rate':
      return `${condition.reading} rises by ${condition.compare === 'above' ? 'more' : 'less'} than ${plainNumber(condition.value)} a second${held}`
    case 'threshold':
      return `${condition.averageS > 0 ? 'mean ' : ''}${condition.reading} ${condition.compare} ${plainNumber(condition.value)}${held}`
  }
}

function RuleRow({ listed, edit }: { listed: ListedAlertRule; edit: () => void }) {
  const { stores } = useWindow()
  const { rule, isShipped, isChanged, openAlerts, problem } = listed
  const { id, title, severity, isEnabled } = rule
  const look = severity ? severityLooks[severity] : { word: 'As found', tone: 'quiet' as const }
  return (
    <li className="entry rule-row" data-testid={`rule-${id}`}>
      <p className="alert-title">
        <input
          type="checkbox"
          checked={isEnabled}
          aria-label={`Follow the rule "${title}"`}
          onChange={(event) => void stores.alerts.saveRule({ ...rule, isEnabled: event.target.checked })}
        />
        <StateMark tone={look.tone} />
        <strong>{title}</strong>
        <span className="alert-status">
          {look.word}
          {!isEnabled && ' · off'}
          {openAlerts > 0 && ` · ${openAlerts} open`}
          {isChanged && ' · changed'}
        </span>
      </p>
      <p className="alert-when">{conditionText(rule)}</p>
      {problem && <p className="typed-message">{problem}</p>}
      <div className="alert-buttons">
        <button type="button" className="small-button" aria-label={`Edit the rule "${title}"`} onClick={edit}>
          Edit
        </button>
        {isChanged && (
          <button
            type="button"
            className="small-button"
            aria-label={`Restore the rule "${title}"`}
            onClick={() => void stores.alerts.restoreRule(id)}
          >
            Restore
          </button>
        )}
        {!isShipped && (
          <button
            type="button"
            className="small-button"
            aria-label={`Delete the rule "${title}"`}
            onClick={() => void stores.alerts.deleteRule(id)}
          >
            Delete
          </button>
        )}
      </div>
    </li>
  )
}

/** All rules; one at a time is edited in its place. */
export function RuleList() {
  const { stores } = useWindow()
  const { rules, problem } = useStore(stores.alerts)
  /** A rule that is edited, which may be new. */
  const [edited, setEdited] = useState<AlertRule | null>(null)
  useEffect(() => void stores.alerts.loadRules(), [stores])
  if (rules === null) return <p className="empty">{problem || 'The rules are being read.'}</p>
  const isNew = edited !== null && !rules.some(({ rule }) => rule.id === edited.id)
  const freeId = (): string => {
    const used = new Set(rules.map(({ rule }) => rule.id))
    let number = 1
    while (used.has(`own-${number}`)) number++
    return `own-${number}`
  }
  return (
    <div className="alert-list" data-testid="rule-list">
      <div className="alert-tools">
        <span>{rules.filter(({ rule }) => rule.isEnabled).length} rules are followed.</span>
        <button
          type="button"
          className="small-button"
          data-testid="rule-new"
          onClick={() => setEdited(newRule(freeId()))}
        >
          New rule
        </button>
      </div>
      {problem && !edited && (
        <p className="typed-message" role="alert">
          {problem}
        </p>
      )}
      {isNew && <RuleForm key={edited.id} rule={edited} done={() => setEdited(null)} />}
      <ul className="entries">
        {rules.map((listed) =>
          edited?.id === listed.rule.id ? (
            <li key={listed.rule.id} className="entry">
              <RuleForm rule={listed.rule} done={() => setEdited(null)} />
            </li>
          ) : (
            <RuleRow key={listed.rule.id} listed={listed} edit={() => setEdited(listed.rule)} />
          )
        )}
      </ul>
    </div>
  )
}
