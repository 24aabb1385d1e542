import { useState } from 'react'
import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { isOpen, timeOf } from './alertLooks.ts'
import { AlertRow } from './AlertRow.tsx'
import './alerts.css'

const shownMost = 100

function Silences() {
  const { stores } = useWindow()
  const silences = useStore(stores.alerts, (model) => model.silences)
  if (silences.length === 0) return null
  return (
    <ul className="alert-silences" aria-label="Silences">
      {silences.map(({ id, ruleId, component, untilMs, by }) => (
        <li key={id}>
          <span>
            {ruleId ? `Rule "${ruleId}"` : component ? `Component "${component}"` : 'One alert'} is silent until{' '}
            {timeOf(untilMs)} UTC, by {by}.
          </span>
          <button type="button" className="small-button" onClick={() => void stores.alerts.endSilence(id)}>
            End the silence
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Open alerts, or all that are kept, with what can be done about each. */
export function AlertList() {
  const { stores } = useWindow()
  const { alerts, problem, counts } = useStore(stores.alerts)
  const [isAll, setAll] = useState(false)
  const shown = (isAll ? alerts : alerts.filter((alert) => alert.status !== 'resolved')).slice(0, shownMost)
  const active = alerts.filter((alert) => alert.status === 'active')
  return (
    <div className="alert-list" data-testid="alert-list">
      <div className="alert-tools">
        <label>
          <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.target.checked)} /> Show those that
          are over
        </label>
        {active.length > 1 && (
          <button
            type="button"
            className="small-button"
            onClick={() => void stores.alerts.acknowledge(active.map(({ id }) => id))}
          >
            Acknowledge all {active.length}
          </button>
        )}
      </div>
      {problem && (
        <p className="typed-message" role="alert">
          {problem}
        </p>
      )}
      {(counts?.dropped ?? 0) > 0 && <p>{counts!.dropped} more were counted and not kept.</p>}
      <Silences />
      {shown.length === 0 ? (
        <p className="empty">
          {isAll ? 'No alert is kept.' : 'No alert is open. What a rule finds is listed here until it is over.'}
        </p>
      ) : (
        <ul className="entries" aria-live="polite">
          {[...shown]
            .sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)))
            .map((alert) => (
              <AlertRow key={alert.id} alert={alert} />
            ))}
        </ul>
      )}
    </div>
  )
}

/** The list over the window, opened by the bell. */
export function AlertDrawer() {
  const { stores } = useWindow()
  const isOpen = useStore(stores.alerts, (model) => model.isListOpen)
  if (!isOpen) return null
  const close = (): void => stores.alerts.setState({ isListOpen: false })
  return (
    <section
      id="alert-drawer"
      className="notice-panel alert-drawer"
      aria-label="Alerts"
      data-testid="alert-drawer"
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <header>
        <h2>Alerts</h2>
        <span className="spacer" />
        <button
          type="button"
          className="small-button"
          onClick={() => stores.alerts.setState({ settingsPage: 'rules', isListOpen: false })}
        >
          Rules
        </button>
        <button
          type="button"
          className="small-button"
          onClick={() => stores.alerts.setState({ settingsPage: 'channels', isListOpen: false })}
        >
          Channels
        </button>
        <button type="button" className="icon-button" aria-label="Close alerts" onClick={close}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <AlertList />
    </section>
  )
}
