import { useStore } from 'zustand'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { isEnded, jobStateLook } from '../../stores/jobStates.ts'
import { clockOf, integerText, plainNumber } from '../../widgets/format.ts'
import { StateMark } from '../../widgets/StateMark.tsx'
import './jobList.css'

function requestText({ request }: JobSnapshot): string {
  const { channels, band, nfft } = request
  return [
    `channels ${integerText(channels.min)}–${integerText(channels.max)}`,
    band ? `${plainNumber(band.minHz)}–${plainNumber(band.maxHz)} Hz` : 'all frequencies',
    `NFFT ${integerText(nfft)}`
  ].join(' · ')
}

/** The life cycle so far, step by step. */
const Steps = ({ job }: { job: JobSnapshot }) => (
  <ol className="job-steps" data-testid="job-steps">
    {job.steps.map((step, index) => (
      <li key={`${step.name} ${index}`}>
        <span className="job-step-time">{clockOf(step.atNs)}</span>
        <span className="job-step-name">{step.name}</span>
        {step.detail && <span className="job-step-detail">{step.detail}</span>}
      </li>
    ))}
  </ol>
)

function JobEntry({ job, isSelected }: { job: JobSnapshot; isSelected: boolean }) {
  const { stores, actions } = useWindow()
  const { word, tone } = jobStateLook[job.state]
  return (
    <li
      className={`entry job ${isSelected ? 'job-selected' : ''}`}
      data-testid={`job-${job.id}`}
      data-state={job.state}
    >
      <div className="job-head">
        <button
          type="button"
          className="job-name"
          aria-pressed={isSelected}
          title="Show this job"
          onClick={() => stores.jobs.select(job.id)}
        >
          {job.id}
        </button>
        <span className={`job-state tone-${tone}`}>
          <StateMark tone={tone} /> {word}
          {job.state === 'queued' && job.queuePosition !== null && `, place ${job.queuePosition}`}
        </span>
        {isEnded(job.state) ? (
          <button type="button" className="small-button" onClick={() => void actions.forgetJob(job.id)}>
            Remove
          </button>
        ) : (
          <button type="button" className="small-button" onClick={() => void actions.closeJob(job.id)}>
            Close
          </button>
        )}
      </div>
      <p className="job-request">{requestText(job)}</p>
      {job.reason && <p className="job-reason">{job.reason}</p>}
      {job.progress !== null && !isEnded(job.state) && (
        <progress className="progress" value={job.progress} aria-label={`${job.id}: part that has arrived`} />
      )}
      {isSelected && <Steps job={job} />}
    </li>
  )
}

export function JobList() {
  const { stores } = useWindow()
  const jobs = useStore(stores.jobs, (model) => model.jobs)
  const selectedId = useStore(stores.jobs, (model) => model.selectedId)
  return (
    <section className="inspector-section" aria-label="Jobs">
      <h2>Jobs</h2>
      {jobs.length === 0 ? (
        <p className="empty">No jobs yet. Fill in the form above and choose Open.</p>
      ) : (
        <ul className="entries" data-testid="job-list">
          {jobs.map((job) => (
            <JobEntry key={job.id} job={job} isSelected={job.id === selectedId} />
          ))}
        </ul>
      )}
    </section>
  )
}
