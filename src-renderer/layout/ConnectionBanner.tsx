import { useStore } from 'zustand'
import { StateMark } from '../widgets/StateMark.tsx'
import { useWindow } from './windowContext.ts'

/** Says that the window hears nothing from the core, why, and what happens next. */
export function ConnectionBanner() {
  const { stores } = useWindow()
  const { state, reason, wasOpen } = useStore(stores.connection)
  if (state === 'open' || (state === 'connecting' && !wasOpen)) return null
  const isRefused = state === 'refused'
  return (
    <div className="connection-banner" role="alert" data-testid="connection-banner" data-state={state}>
      <StateMark tone="bad" />
      <strong>{isRefused ? 'The core refused this window' : 'Connection to the core lost'}</strong>
      <span>
        {[
          reason,
          isRefused
            ? 'Open the address that the program printed, with its token.'
            : 'Trying again; what you see stands still.'
        ]
          .filter(Boolean)
          .join(' ')}
      </span>
    </div>
  )
}
