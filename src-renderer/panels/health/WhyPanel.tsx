import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'

/** What proves the cause, and what to do; by the same table that the performance test uses. */
export function WhyPanel() {
  const { stores } = useWindow()
  const { health } = stores
  const whyOf = useStore(health, (model) => model.whyOf)
  const why = useStore(health, (model) => model.why)
  if (whyOf === undefined) return null
  return (
    <section className="health-card" aria-label="Why" data-testid="health-explanations">
      <div className="health-card-head">
        <h2>Why? {whyOf === null ? 'The whole program' : whyOf}</h2>
        <button type="button" className="small-button" onClick={() => health.setState({ whyOf: undefined })}>
          Close
        </button>
      </div>
      {why.length === 0 && <p>No reading points to a bottleneck now.</p>}
      <ol className="health-why">
        {why.map(({ bottleneck, cause, evidence, advice, strength, action }) => (
          <li key={`${bottleneck} ${cause}`}>
            <p>
              <strong>{cause}</strong> <span className="health-quiet">bound by: {bottleneck}</span>
            </p>
            <ul>
              {evidence.map(({ text, reading }) => (
                <li key={text}>
                  {text}{' '}
                  {reading && (
                    <button type="button" className="link-button" onClick={() => health.chart(reading)}>
                      chart
                    </button>
                  )}
                </li>
              ))}
            </ul>
            <p>
              {advice} <span className="health-quiet">{strength.toFixed(1)} × its threshold</span>{' '}
              {action && (
                <button
                  type="button"
                  className="small-button"
                  onClick={() => void health.act(action.action, action.jobId)}
                >
                  {action.label}
                </button>
              )}
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}
