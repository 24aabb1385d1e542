import { useState } from 'react'
import type { Alert } from '../../../src-preload/contract/alerts.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { plainNumber, secondsText } from '../../widgets/format.ts'
import { StateMark } from '../../widgets/StateMark.tsx'
import { isOpen, severityLooks, statusWords, timeOf } from './alertLooks.ts'

const silences = [
  [3600, '1 h'],
  [8 * 3600, '8 h'],
  [24 * 3600, '24 h']
] as const

function valueText({ value, threshold, unit }: Alert): string {
  if (value === null) return ''
  const suffix = unit ? ` ${unit}` : ''
  return `${plainNumber(value)}${suffix}${threshold === null ? '' : `, threshold ${plainNumber(threshold)}${suffix}`}`
}

function whenText(alert: Alert): string {
  const { createdAtMs, resolvedAtMs, resolvedBy, acknowledgedBy, acknowledgedAtMs, silencedUntilMs, count } = alert
  return [
    `since ${timeOf(createdAtMs)} UTC`,
    resolvedAtMs !== null &&
      `over after ${secondsText(Math.max(0, resolvedAtMs - createdAtMs) / 1000)}${resolvedBy && resolvedBy !== 'itself' ? `, by ${resolvedBy}` : ''}`,
    acknowledgedAtMs !== null && `acknowledged by ${acknowledgedBy ?? 'someone'}`,
    silencedUntilMs !== null && `silent until ${timeOf(silencedUntilMs)} UTC`,
    count > 1 && `${count} times`
  ]
    .filter(Boolean)
    .join(' · ')
}

/** The waterfall of its stream as it was when the alert began, asked for when it is wanted. */
function AlertPicture({ alert }: { alert: Alert }) {
  const { connection } = useWindow()
  const [png, setPng] = useState<string | null>(null)
  const [problem, setProblem] = useState('')
  if (png)
    return (
      <img
        className="alert-picture"
        src={`data:image/png;base64,${png}`}
        alt={`Waterfall of ${alert.jobId ?? 'the stream'} when the alert began`}
      />
    )
  const show = async (): Promise<void> => {
    const answer = await connection.call('alerts.picture', { id: alert.id })
    if (answer.ok && answer.value.pngBase64) setPng(answer.value.pngBase64)
    else setProblem(answer.ok ? 'The picture is no longer kept.' : answer.error.message)
  }
  return (
    <>
      <button type="button" className="small-button" onClick={() => void show()}>
        Show the waterfall
      </button>
      {problem && <p role="alert">{problem}</p>}
    </>
  )
}

function Buttons({ alert }: { alert: Alert }) {
  const { stores } = useWindow()
  const { id, status, title } = alert
  const named = (word: string): { 'aria-label': string } => ({ 'aria-label': `${word}: ${title}` })
  return (
    <div className="alert-buttons">
      {status === 'active' && (
        <button
          type="button"
          className="small-button"
          {...named('Acknowledge')}
          onClick={() => void stores.alerts.acknowledge([id])}
        >
          Acknowledge
        </button>
      )}
      <select
        className="alert-silence"
        {...named('Silence for')}
        value=""
        onChange={(event) => void stores.alerts.silence({ alertId: id }, Number(event.target.value))}
      >
        <option value="" disabled>
          Silence for …
        </option>
        {silences.map(([forS, label]) => (
          <option key={forS} value={forS}>
            {label}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="small-button"
        {...named('Resolve')}
        onClick={() => void stores.alerts.resolve([id])}
      >
        Resolve
      </button>
    </div>
  )
}

/** One alert with its words, and what can be done about it. */
export function AlertRow({ alert }: { alert: Alert }) {
  const { word, tone } = severityLooks[alert.severity]
  const open = isOpen(alert)
  const value = valueText(alert)
  return (
    <li
      className={`entry alert-row ${open ? `alert-row-${tone}` : 'alert-row-quiet'}`}
      data-testid="alert-row"
      data-status={alert.status}
      data-severity={alert.severity}
    >
      <p className="alert-title">
        <StateMark tone={open ? tone : 'quiet'} />
        <strong>
          {word}: {alert.title}
        </strong>
        <span className="alert-status">{statusWords[alert.status]}</span>
      </p>
      {alert.isForecast && <p className="alert-forecast">This is a forecast.</p>}
      {alert.description && <p>{alert.description}</p>}
      {value && <p>{value}</p>}
      <p className="alert-when">
        {alert.component}
        {alert.jobId && ` · ${alert.jobId}`} · {whenText(alert)}
      </p>
      {alert.hasPicture && <AlertPicture alert={alert} />}
      {alert.status !== 'resolved' && <Buttons alert={alert} />}
    </li>
  )
}
