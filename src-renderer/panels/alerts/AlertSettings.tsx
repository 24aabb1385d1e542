import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { Dialog } from '../../widgets/Dialog.tsx'
import './alerts.css'
import { ChannelList } from './ChannelList.tsx'
import { RuleList } from './RuleList.tsx'

const pages = [
  ['rules', 'Rules'],
  ['channels', 'Channels']
] as const

/** Rules and channels over the window. */
export function AlertSettings() {
  const { stores } = useWindow()
  const page = useStore(stores.alerts, (model) => model.settingsPage)
  if (page === null) return null
  return (
    <Dialog
      title="Rules and channels of alerts"
      className="alert-settings"
      testId="alert-settings"
      onClose={() => stores.alerts.setState({ settingsPage: null, problem: '' })}
    >
      <div className="alert-pages" role="group" aria-label="Page">
        {pages.map(([name, label]) => (
          <button
            key={name}
            type="button"
            className="small-button"
            aria-pressed={page === name}
            onClick={() => stores.alerts.setState({ settingsPage: name, problem: '' })}
          >
            {label}
          </button>
        ))}
      </div>
      {page === 'rules' ? <RuleList /> : <ChannelList />}
    </Dialog>
  )
}
