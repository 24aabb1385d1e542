import { useStore } from 'zustand'
import type { HeadlineReading } from '../../../src-preload/contract/health.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { glanceText, severityMarks, severityTones } from './healthText.ts'
import { ReadingChart } from './ReadingChart.tsx'

function Card({ headline }: { headline: HeadlineReading }) {
  const { health } = useWindow().stores
  const { key, title, unit, value, severity, reading, factor, thresholds } = headline
  const isRed = severity !== 'good' && severity !== 'info'
  return (
    <button
      type="button"
      className="health-card health-reading"
      data-testid={`reading-${key}`}
      data-severity={severity}
      title={`Chart of ${title}`}
      onClick={() => health.chart(reading)}
    >
      <span className="health-reading-head">
        <span>{title}</span>
        <span className={`health-value tone-${severityTones[severity]}`}>
          {isRed && (
            <span role="img" aria-label={severity}>
              {severityMarks[severity]}{' '}
            </span>
          )}
          <strong>{value === null ? '–' : glanceText(value)}</strong> {unit}
        </span>
      </span>
      <ReadingChart reading={reading} factor={factor} thresholds={thresholds} isFull={false} />
    </button>
  )
}

/** The readings that matter most, each with its last minutes and thresholds. */
export function ReadingCards() {
  const { stores } = useWindow()
  const headlines = useStore(stores.health, ({ live }) => live?.headlines)
  return (
    <div className="health-readings">
      {(headlines ?? []).map((headline) => (
        <Card key={headline.key} headline={headline} />
      ))}
    </div>
  )
}
