import { useStore } from 'zustand'
import type { HealthStatus } from '../../../src-preload/contract/health.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { ageText, gradeTones, gradeWords, severityMarks, severityTones, whenText } from './healthText.ts'

function Reasons({ status }: { status: HealthStatus }) {
  const { stores, clock } = useWindow()
  const nowMs = clock.nowMs()
  // The first one is the headline.
  const others = status.reasons.slice(1)
  if (others.length === 0) return null
  return (
    <ul className="health-reasons">
      {others.map(({ code, severity, text, sinceMs, jobId }) => (
        <li key={`${code} ${jobId ?? ''}`}>
          <span className={`tone-${severityTones[severity]}`} aria-label={severity} role="img">
            {severityMarks[severity]}
          </span>{' '}
          {text} For {ageText(sinceMs, nowMs)}.{' '}
          {jobId !== null && (
            <button type="button" className="link-button" onClick={() => stores.jobs.select(jobId)}>
              {jobId}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** The first thing that is read: what is lost, since when and why, and the action that helps. */
export function HealthBanner() {
  const { stores, clock } = useWindow()
  const { health } = stores
  const status = useStore(health, ({ live }) => live?.status ?? null)
  const whyOf = useStore(health, (model) => model.whyOf)
  if (!status) return <p className="empty">The first readings are awaited.</p>
  const { grade, headline, detail, action, reasons, letter, score, level } = status
  const tone = gradeTones[grade]
  const isCalm = tone === 'good' && !status.losses.isLosing
  const firstJob = reasons.find(({ jobId }) => jobId !== null)?.jobId ?? null
  return (
    <section
      className={`health-banner health-banner-${status.losses.isLosing ? 'bad' : tone}`}
      aria-label="State"
      data-testid="health-banner"
      data-grade={grade}
    >
      <div className="health-grade">
        <strong>{gradeWords[grade]}</strong>
        <span title={status.parts.map(({ part, formula }) => `${part}: ${formula}`).join('\n')}>
          {letter} · {Math.round(score)} of 100
        </span>
      </div>
      <div className="health-words">
        <h2 data-testid="health-headline">{headline}</h2>
        <p data-testid="health-detail">{detail}</p>
        <Reasons status={status} />
        {(!status.monitoring.active || status.monitoring.isWidened || level !== 'normal') && (
          <p>
            {!status.monitoring.active && 'The monitoring is silent; it is being started again. '}
            {status.monitoring.isWidened && `${status.monitoring.note} `}
            {level !== 'normal' && `Memory is at the level ${level}.`}
          </p>
        )}
        {isCalm && (
          <p className="health-calm">
            Since {whenText(status.gradeSinceMs, clock.nowMs())} UTC. Monitoring itself takes{' '}
            {status.monitoring.cpuPercent.toFixed(1)} % of a core.
          </p>
        )}
      </div>
      <div className="health-actions">
        <button
          type="button"
          className="button"
          data-testid="health-why"
          aria-expanded={whyOf !== undefined}
          onClick={() => (whyOf === undefined ? void health.explain(firstJob) : health.setState({ whyOf: undefined }))}
        >
          Why?
        </button>
        {action && (
          <button
            type="button"
            className="button button-primary"
            data-testid="health-action"
            onClick={() => void health.act(action.action, action.jobId)}
          >
            {action.label}
          </button>
        )}
      </div>
    </section>
  )
}
