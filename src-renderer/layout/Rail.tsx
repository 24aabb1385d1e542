import { useStore } from 'zustand'
import { pageSections, type Section } from '../stores/layoutStore.ts'
import { Icon } from '../widgets/Icon.tsx'
import { useWindow } from './windowContext.ts'

const sections: { name: Section; label: string }[] = [
  { name: 'jobs', label: 'Jobs' },
  { name: 'history', label: 'History' },
  { name: 'sessions', label: 'Sessions' },
  { name: 'recordings', label: 'Recordings' },
  { name: 'tasks', label: 'Tasks' },
  { name: 'health', label: 'Health' },
  { name: 'settings', label: 'Settings' }
]

/** What the inspector shows. */
export function Rail() {
  const { stores } = useWindow()
  const section = useStore(stores.layout, (layout) => layout.section)
  const isOpen = useStore(stores.layout, (layout) => layout.isInspectorOpen)
  return (
    <nav className="rail" aria-label="Sections">
      {sections.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          className="rail-button"
          data-testid={`rail-${name}`}
          aria-pressed={section === name && (isOpen || pageSections.has(name))}
          onClick={() => stores.layout.setState({ section: name, isInspectorOpen: true })}
        >
          <Icon name={name} />
          <span>{label}</span>
        </button>
      ))}
    </nav>
  )
}
