import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { severityMarks, severityTones, timeText, whenText } from './healthText.ts'

const changesMost = 40

/** What changed lately: the question that is asked first when something got worse. */
export function Changes() {
  const { stores } = useWindow()
  const changes = useStore(stores.health, (model) => model.changes)
  return (
    <section className="health-card" aria-label="What changed" data-testid="health-changes">
      <h2>What changed</h2>
      {changes.length === 0 && <p className="empty">Nothing in this time.</p>}
      <ul className="health-list">
        {changes.slice(0, changesMost).map(({ id, atMs, severity, text, jobId }) => (
          <li key={id}>
            <time>{timeText(atMs)}</time>
            <span>
              {severity !== 'good' && severity !== 'info' && (
                <span className={`tone-${severityTones[severity]}`}>
                  {severityMarks[severity]} {severity}{' '}
                </span>
              )}
              {text}{' '}
              {jobId !== null && !text.includes(jobId) && (
                <button type="button" className="link-button" onClick={() => stores.jobs.select(jobId)}>
                  {jobId}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Limits that come near, by a robust trend; marked as forecasts. */
export function Coming() {
  const { stores, clock } = useWindow()
  const forecasts = useStore(stores.health, (model) => model.forecasts)
  return (
    <section className="health-card" aria-label="Coming" data-testid="health-forecasts">
      <h2>Coming</h2>
      {forecasts.length === 0 && <p className="empty">No limit comes near at the present rates.</p>}
      <ul className="health-list">
        {forecasts.map(({ subject, severity, text, reachedAtMs, reading, jobId, windowS }) => (
          <li key={`${subject} ${jobId ?? ''}`}>
            <time>{reachedAtMs === null ? '' : whenText(reachedAtMs, clock.nowMs())}</time>
            <span>
              <span className={`tone-${severityTones[severity]}`}>{severityMarks[severity]} forecast</span> {text}{' '}
              <span className="health-quiet">from the last {Math.round(windowS / 60)} min</span>{' '}
              <button type="button" className="link-button" onClick={() => stores.health.chart(reading)}>
                chart
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What the program or a person did, and what it freed. */
export function Done() {
  const { stores } = useWindow()
  const actions = useStore(stores.health, (model) => model.actions)
  return (
    <section className="health-card" aria-label="What was done" data-testid="health-done">
      <div className="health-card-head">
        <h2>What was done</h2>
        <span className="spacer" />
        <button
          type="button"
          className="small-button"
          data-testid="free-memory"
          onClick={() => void stores.health.act('free memory', null)}
        >
          Free memory
        </button>
        <button
          type="button"
          className="small-button"
          title="Empties the caches too; nothing that is measured or stored loses precision"
          onClick={() => void stores.health.act('free memory thoroughly', null)}
        >
          Thoroughly
        </button>
      </div>
      {actions.length === 0 && <p className="empty">Nothing had to be done.</p>}
      {actions.length > 0 && (
        <div className="health-scroll">
          <table className="health-table" data-testid="health-action-list">
            <thead>
              <tr>
                {['time', 'what', 'why', 'freed', 'before', 'after', ''].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {actions.map(({ id, atMs, what, cause, detail, freedMb, beforeMb, afterMb, succeeded }) => (
                <tr key={id}>
                  <th scope="row">{timeText(atMs)}</th>
                  <td>{what}</td>
                  <td>{cause}</td>
                  <td>{freedMb.toFixed(1)} MB</td>
                  <td>{beforeMb.toFixed(0)} MB</td>
                  <td>{afterMb.toFixed(0)} MB</td>
                  <td className={succeeded ? '' : 'tone-bad'}>{succeeded ? detail : `■ failed: ${detail}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
