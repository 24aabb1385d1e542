import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { StateMark } from '../../widgets/StateMark.tsx'
import { severityLooks } from './alertLooks.ts'
import './alerts.css'

/** How many alerts are open, and how bad the worst is; opens the list. */
export function AlertBell() {
  const { stores } = useWindow()
  const counts = useStore(stores.alerts, (model) => model.counts)
  const isOpen = useStore(stores.alerts, (model) => model.isListOpen)
  const open = counts?.open ?? 0
  const tone = counts?.worst ? severityLooks[counts.worst].tone : 'quiet'
  return (
    <button
      type="button"
      className={`pill pill-button alert-bell alert-${tone}`}
      data-testid="alert-bell"
      aria-expanded={isOpen}
      aria-controls="alert-drawer"
      onClick={() => {
        stores.alerts.setState({ isListOpen: !isOpen })
        stores.layout.setState({ areNoticesOpen: false, areCountersOpen: false })
      }}
    >
      <StateMark tone={tone} />
      <strong>{open}</strong>
      <span>{open === 1 ? 'alert' : 'alerts'}</span>
    </button>
  )
}
