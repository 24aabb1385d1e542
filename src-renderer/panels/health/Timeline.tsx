import { useEffect, useRef, type WheelEvent as ReactWheelEvent } from 'react'
import { useStore } from 'zustand'
import type { TimelineLane } from '../../../src-preload/contract/health.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { healthSpans } from '../../stores/healthStore.ts'
import { severityMarks, severityTones, spanText, timeText } from './healthText.ts'

const againMs = 2000
const zoomStep = 1.3
const shortestMs = 10_000

const percentOf = (atMs: number, range: { fromMs: number; toMs: number }): number =>
  Math.min(100, Math.max(0, (100 * (atMs - range.fromMs)) / (range.toMs - range.fromMs)))

function Lane({ lane, range }: { lane: TimelineLane; range: { fromMs: number; toMs: number } }) {
  const { stores } = useWindow()
  const { jobId } = lane
  const isJob = jobId !== null
  return (
    <>
      {isJob ? (
        <button type="button" className="lane-label link-button" onClick={() => stores.jobs.select(jobId)}>
          {lane.label}
        </button>
      ) : (
        <span className="lane-label">{lane.label}</span>
      )}
      <div className="lane" data-testid={`lane-${lane.id}`}>
        {lane.spans.map(({ fromMs, toMs, severity, text }) => {
          const left = percentOf(fromMs, range)
          const right = percentOf(toMs ?? range.toMs, range)
          return (
            <span
              key={`${fromMs} ${text}`}
              className={`lane-span lane-${lane.kind === 'capture' ? 'info' : severityTones[severity]}`}
              style={{ left: `${left}%`, width: `${Math.max(0.2, right - left)}%` }}
              title={`${timeText(fromMs)} – ${toMs === null ? 'now' : timeText(toMs)} UTC: ${text}`}
            />
          )
        })}
        {lane.marks.map(({ atMs, severity, text }) => (
          <span
            key={`${atMs} ${text}`}
            className={`lane-mark tone-${severityTones[severity]}`}
            style={{ left: `${percentOf(atMs, range)}%` }}
            title={`${timeText(atMs)} UTC: ${text}`}
            role="img"
            aria-label={`${timeText(atMs)} ${severity}: ${text}`}
          >
            {severityMarks[severity]}
          </span>
        ))}
      </div>
    </>
  )
}

/** Streams, jobs, captures, alerts and actions on one clock. */
export function Timeline() {
  const { stores } = useWindow()
  const { health } = stores
  const lanes = useStore(health, (model) => model.lanes)
  const range = useStore(health, (model) => model.range)
  const span = useStore(health, (model) => model.spanMinutes)
  const zoom = useStore(health, (model) => model.zoom)
  const body = useRef<HTMLDivElement>(null)

  useEffect(() => {
    void health.refresh()
    const timer = setInterval(() => void (document.hidden ? undefined : health.refresh()), againMs)
    return () => clearInterval(timer)
  }, [health])

  function wheel(event: ReactWheelEvent): void {
    const lane = body.current?.querySelector('.lane')?.getBoundingClientRect()
    if (!lane || event.deltaY === 0) return
    const at = Math.min(1, Math.max(0, (event.clientX - lane.left) / lane.width))
    const factor = event.deltaY > 0 ? zoomStep : 1 / zoomStep
    const length = Math.max(shortestMs, (range.toMs - range.fromMs) * factor)
    const centre = range.fromMs + at * (range.toMs - range.fromMs)
    health.zoomTo({ fromMs: centre - at * length, toMs: centre + (1 - at) * length })
  }

  return (
    <section className="health-card" aria-label="Timeline" data-testid="health-timeline">
      <div className="health-card-head">
        <h2>{zoom ? 'Zoomed' : `Last ${spanText(span)}`}</h2>
        <span className="health-quiet">
          {timeText(range.fromMs)} … {timeText(range.toMs)} UTC · scroll to zoom
        </span>
        <span className="spacer" />
        <div className="segments" role="group" aria-label="Time shown">
          {healthSpans.map((minutes) => (
            <button
              key={minutes}
              type="button"
              className="segment"
              aria-pressed={zoom === null && span === minutes}
              onClick={() => health.showSpan(minutes)}
            >
              {spanText(minutes)}
            </button>
          ))}
        </div>
      </div>
      <div className="lanes" ref={body} onWheel={wheel}>
        {lanes.map((lane) => (
          <Lane key={lane.id} lane={lane} range={range} />
        ))}
      </div>
      {lanes.length === 0 && <p className="empty">Nothing happened yet.</p>}
    </section>
  )
}
