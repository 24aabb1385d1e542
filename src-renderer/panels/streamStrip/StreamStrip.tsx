import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { jobStateLook } from '../../stores/jobStates.ts'
import type { RatePoint } from '../../stores/jobsStore.ts'
import { pageSections } from '../../stores/layoutStore.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { Sparkline } from '../../widgets/Sparkline.tsx'
import { StateMark } from '../../widgets/StateMark.tsx'
import { everyCounter, machineCounters, stripCounters, type Counter } from './counters.ts'
import './streamStrip.css'

const noPoints: readonly RatePoint[] = []

const CounterView = ({ counter }: { counter: Counter }) => (
  <span className={`counter counter-${counter.tone}`} data-testid={`counter-${counter.name}`} data-name={counter.name}>
    {counter.label && <span>{counter.label} </span>}
    <strong>{counter.value}</strong>
    {counter.unit && <span> {counter.unit}</span>}
  </span>
)

function AllCounters() {
  const { stores } = useWindow()
  const job = useStore(stores.jobs, (model) => model.jobs.find((one) => one.id === model.selectedId))
  const machine = useStore(stores.core, (core) => core.machine)
  return (
    <section className="counters-panel" id="counters-panel" aria-label="All counters" data-testid="counters-panel">
      {job && (
        <div>
          <h2>{job.id}</h2>
          <dl className="facts">
            {everyCounter(job.statistics).map((counter) => (
              <div key={counter.name} className={`counter-${counter.tone}`}>
                <dt>{counter.label}</dt>
                <dd>
                  {counter.value} {counter.unit}
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      <div>
        <h2>Processes</h2>
        <dl className="facts">
          {machine?.processes.map((process) => (
            <div key={`${process.process} ${process.label}`}>
              <dt>{process.label}</dt>
              <dd>
                {process.cpuPercent.toFixed(0)} % of a core
                {process.rssBytes !== null && ` · ${Math.round(process.rssBytes / 1e6)} MB`}
                {process.eventLoopDelayMs && ` · event loop p99 ${process.eventLoopDelayMs.p99.toFixed(1)} ms`}
              </dd>
            </div>
          ))}
        </dl>
        {!machine && <p className="empty">No reading of the machine yet.</p>}
      </div>
    </section>
  )
}

/** The selected job's stream and this machine, always in view. */
export function StreamStrip({ recording }: { recording: ReactNode }) {
  const { stores } = useWindow()
  const job = useStore(stores.jobs, (model) => model.jobs.find((one) => one.id === model.selectedId))
  const points = useStore(stores.jobs, (model) => (job ? model.rates.get(job.id) : undefined) ?? noPoints)
  const machine = useStore(stores.core, (core) => core.machine)
  const isOpen = useStore(stores.layout, (layout) => layout.areCountersOpen)
  const isOnline = useStore(stores.connection, (connection) => connection.state === 'open')
  // A page that covers the view says it in its own words, and must not be covered itself.
  const isPage = useStore(stores.layout, (layout) => pageSections.has(layout.section))
  const { word, tone } = job && isOnline ? jobStateLook[job.state] : { word: 'not connected', tone: 'bad' as const }
  return (
    <footer className={`stream-strip ${isOnline ? '' : 'stream-strip-stale'}`} data-testid="stream-strip">
      {isOpen && <AllCounters />}
      {!isOpen && !isPage && isOnline && job?.statistics.overload && (
        <p className="strip-overload" role="status" data-testid="strip-overload">
          <strong>{job.id}:</strong> {job.statistics.overload}
        </p>
      )}
      {job ? (
        stripCounters(job.statistics).map((counter) => (
          <span key={counter.name} className="counter-group" data-name={counter.name}>
            <CounterView counter={counter} />
            {counter.name === 'bytes-rate' && (
              <Sparkline values={points.map((point) => point.bytesPerS)} label="Rate of the last minute" />
            )}
            {counter.name === 'latency' && (
              <Sparkline values={points.map((point) => point.latencyP95Ms)} label="Latency of the last minute" />
            )}
          </span>
        ))
      ) : (
        <span className="counter">No stream: open a job.</span>
      )}
      {machineCounters(machine).map((counter) => (
        <CounterView key={counter.name} counter={counter} />
      ))}
      <span className="spacer" />
      {recording}
      {job && (
        <span className={`job-state tone-${tone}`} data-testid="strip-state">
          <StateMark tone={tone} /> {job.id} {word.toLowerCase()}
        </span>
      )}
      <button
        type="button"
        className="small-button"
        data-testid="all-counters"
        aria-expanded={isOpen}
        aria-controls="counters-panel"
        onClick={() => stores.layout.setState({ areCountersOpen: !isOpen, areNoticesOpen: false })}
      >
        All counters <Icon name={isOpen ? 'chevron' : 'up'} size={12} />
      </button>
    </footer>
  )
}
