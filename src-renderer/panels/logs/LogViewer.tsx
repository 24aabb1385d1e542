import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { logLevels, type LogLevel, type LogLine } from '../../../src-preload/contract/logs.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { bytesText, integerText } from '../../widgets/format.ts'
import './logs.css'

const refreshMs = 2000

const valuesText = (values: LogLine['values']): string =>
  Object.entries(values)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)}`
    )
    .join(' · ')

function Line({ line }: { line: LogLine }) {
  return (
    <tr className={`log-${line.level}`}>
      <td>
        <time dateTime={line.time} title={line.time}>
          {line.time.slice(11, 23)}
        </time>
      </td>
      <td>{line.level}</td>
      <td>{[line.component, line.job].filter(Boolean).join(' · ')}</td>
      <td>
        {line.event}
        {line.repeated === null ? '' : ` × ${line.repeated + 1}`}
      </td>
      <td className="log-values">{valuesText(line.values)}</td>
    </tr>
  )
}

function LevelChoice({
  label,
  testId,
  level,
  onChoose
}: {
  label: string
  testId: string
  level: LogLevel
  onChoose(level: LogLevel): void
}) {
  return (
    <label>
      {label}{' '}
      <select
        data-testid={testId}
        value={level}
        onChange={(event) => onChoose(logLevels.find((one) => one === event.target.value) ?? 'info')}
      >
        {logLevels.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  )
}

/** One file with all that somebody needs who is asked for help. */
function SaveDiagnostics() {
  const { connection, actions } = useWindow()
  const [isSaving, setSaving] = useState(false)
  const [saved, setSaved] = useState<string | null>(null)
  async function save(): Promise<void> {
    setSaving(true)
    const answer = await connection.call('diagnostics.save', {})
    setSaving(false)
    if (answer.ok) setSaved(`${answer.value.file} (${bytesText(answer.value.bytes)})`)
    else actions.notify('error', 'diagnostics', 'The diagnostics were not saved', answer.error.message)
  }
  return (
    <>
      <button
        type="button"
        className="small-button"
        data-testid="save-diagnostics"
        disabled={isSaving}
        onClick={() => void save()}
      >
        {isSaving ? 'Saving diagnostics…' : 'Save diagnostics'}
      </button>
      {saved !== null && (
        <span role="status" className="log-saved" data-testid="diagnostics-saved">
          Saved, without secrets: {saved}
        </span>
      )}
    </>
  )
}

/** The log of the core, newest first, while it is written. */
export function LogViewer() {
  const { logs } = useWindow().stores
  const { filter, lines, reachedEnd, isLoading, problem, state } = useStore(logs)
  useEffect(() => {
    void logs.refresh()
    const timer = setInterval(() => void (document.hidden ? undefined : logs.refresh()), refreshMs)
    return () => clearInterval(timer)
  }, [logs])
  return (
    <section className="log-viewer" aria-label="Log" data-testid="log-viewer">
      <div className="log-filter">
        <LevelChoice
          label="From level"
          testId="log-level"
          level={filter.level}
          onChoose={(level) => logs.filter({ level })}
        />
        {(['job', 'component', 'text'] as const).map((name) => (
          <input
            key={name}
            type="search"
            aria-label={name === 'text' ? 'Text in the line' : `Log of one ${name}`}
            placeholder={name === 'text' ? 'Text' : name === 'job' ? 'Job, live-1' : 'Component, jobs'}
            data-testid={`log-${name}`}
            value={filter[name]}
            onChange={(event) => logs.filter({ [name]: event.target.value })}
          />
        ))}
        <span className="spacer" />
        {state && (
          <LevelChoice
            label="Written from"
            testId="log-written-level"
            level={state.level}
            onChoose={(level) => void logs.setLevel(level)}
          />
        )}
        <SaveDiagnostics />
      </div>
      {problem !== null && (
        <p className="field-messages" role="alert">
          {problem}
        </p>
      )}
      {state && state.dropped + state.failedWrites > 0 && (
        <p className="log-loss">
          {integerText(state.dropped)} lines were dropped because the disk was slower, {integerText(state.failedWrites)}{' '}
          writes failed.
        </p>
      )}
      <div className="log-lines" tabIndex={0} aria-label="Lines of the log">
        <table>
          <thead>
            <tr>
              <th>Time, UTC</th>
              <th>Level</th>
              <th>From</th>
              <th>Event</th>
              <th>Values</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <Line key={`${line.time} ${line.event} ${lines.length - index}`} line={line} />
            ))}
          </tbody>
        </table>
        {lines.length === 0 && <p className="empty">{isLoading ? 'Reading the log…' : 'No line is like that.'}</p>}
        {!reachedEnd && lines.length > 0 && (
          <button type="button" className="small-button" data-testid="log-older" onClick={() => void logs.older()}>
            Older lines
          </button>
        )}
      </div>
    </section>
  )
}
