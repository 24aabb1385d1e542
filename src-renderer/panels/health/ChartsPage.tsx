import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { CallResult } from '../../../src-preload/contract/calls.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { ReadingChart } from './ReadingChart.tsx'

type Kinds = CallResult<'health.readings'>['kinds']

/** Every reading has a chart: the headline ones, and any other by its name. */
export function ChartsPage() {
  const { stores, connection } = useWindow()
  const { health } = stores
  const charted = useStore(health, (model) => model.charted)
  const headlines = useStore(health, ({ live }) => live?.headlines)
  const [kinds, setKinds] = useState<Kinds>([])
  useEffect(() => {
    void connection.call('health.readings', {}).then((answer) => {
      if (answer.ok) setKinds(answer.value.kinds.filter(({ type }) => type !== 'histogram'))
    })
  }, [connection])
  const help = kinds.find(({ name }) => name === charted?.name)
  return (
    <div className="health-charts">
      <div className="health-card-head">
        <label>
          Reading{' '}
          <select
            data-testid="chart-reading"
            value={charted?.name ?? ''}
            onChange={(event) =>
              health.setState({ charted: event.target.value === '' ? null : { name: event.target.value, labels: {} } })
            }
          >
            <option value="">the headline ones</option>
            {kinds.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {help && (
          <span className="health-quiet">
            {help.help} ({help.unit})
          </span>
        )}
      </div>
      {charted ? (
        <section className="health-card">
          <h2>
            {charted.name} {Object.values(charted.labels).join(' ')}
          </h2>
          <ReadingChart key={JSON.stringify(charted)} reading={charted} isFull />
        </section>
      ) : (
        (headlines ?? []).map(({ key, title, unit, reading, factor, thresholds }) => (
          <section key={key} className="health-card">
            <h2>
              {title}, {unit}
            </h2>
            <ReadingChart reading={reading} factor={factor} thresholds={thresholds} isFull />
          </section>
        ))
      )}
    </div>
  )
}
