import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { displayBeforeSettings } from '../../stores/coreStore.ts'
import { countStates } from '../../stores/jobsStore.ts'
import { allNotices } from '../../stores/noticesStore.ts'
import { Icon } from '../../widgets/Icon.tsx'
import { BackendPill } from './BackendPill.tsx'
import './topBar.css'
import { UtcClock } from './UtcClock.tsx'

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

function JobsPill() {
  const { stores } = useWindow()
  const jobs = useStore(stores.jobs, (model) => model.jobs)
  const { running, queued } = countStates(jobs)
  return (
    <div className="pill" data-testid="jobs-pill">
      <span>{[plural(running, 'job'), queued > 0 ? `${queued} queued` : ''].filter(Boolean).join(' · ')}</span>
    </div>
  )
}

function NoticesButton() {
  const { stores } = useWindow()
  const notices = useStore(stores.notices)
  const isOpen = useStore(stores.layout, (layout) => layout.areNoticesOpen)
  const all = allNotices(notices)
  const worst = all.some((notice) => notice.severity === 'error')
    ? 'bad'
    : all.some((notice) => notice.severity === 'warning')
      ? 'warning'
      : 'quiet'
  return (
    <button
      type="button"
      className={`pill pill-button notices-${all.length > 0 ? worst : 'quiet'}`}
      data-testid="notices-bell"
      aria-expanded={isOpen}
      aria-controls="notices-panel"
      onClick={() => stores.layout.setState({ areNoticesOpen: !isOpen, areCountersOpen: false })}
    >
      <Icon name="bell" size={15} />
      <strong>{all.length}</strong>
      <span>{all.length === 1 ? 'notice' : 'notices'}</span>
    </button>
  )
}

function ThemeButton() {
  const { stores, actions } = useWindow()
  const theme = useStore(stores.core, (core) => (core.settings?.display ?? displayBeforeSettings).theme)
  const next = theme === 'dark' ? 'light' : 'dark'
  return (
    <button
      type="button"
      className="icon-button"
      data-testid="theme-toggle"
      aria-label={`Change to the ${next} theme`}
      title={`Change to the ${next} theme`}
      onClick={() => void actions.setDisplay({ theme: next })}
    >
      <Icon name={next === 'light' ? 'sun' : 'moon'} />
    </button>
  )
}

function InspectorButton() {
  const { stores } = useWindow()
  const isOpen = useStore(stores.layout, (layout) => layout.isInspectorOpen)
  const label = isOpen ? 'Hide the inspector' : 'Show the inspector'
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={isOpen}
      onClick={() => stores.layout.setState({ isInspectorOpen: !isOpen })}
    >
      <Icon name="panel" />
    </button>
  )
}

function PaletteButton() {
  const { commands } = useWindow()
  return (
    <button
      type="button"
      className="pill pill-button"
      data-testid="palette-open"
      title="Command palette: everything, by name"
      onClick={() => commands.run('palette')}
    >
      <span>{commands.keyText('palette')}</span>
    </button>
  )
}

export const TopBar = ({ grade, alerts }: { grade: ReactNode; alerts: ReactNode }) => (
  <header className="top-bar">
    <span className="brand">Wavefall</span>
    <BackendPill />
    <JobsPill />
    <span className="spacer" />
    <UtcClock />
    {grade}
    {alerts}
    <NoticesButton />
    <ThemeButton />
    <InspectorButton />
    <PaletteButton />
  </header>
)
