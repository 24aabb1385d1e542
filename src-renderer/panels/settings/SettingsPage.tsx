import { useMemo, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { describeSettings, type SettingDescription } from '../../../src-preload/contract/settingsForm.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { SettingRow } from './SettingRow.tsx'
import { SettingsTools } from './SettingsTools.tsx'
import { useOrigins } from './useOrigins.ts'
import './settings.css'

const sectionTitles: Record<string, string> = {
  site: 'Site',
  jobs: 'Jobs',
  streams: 'Streams',
  tasks: 'Background tasks',
  display: 'Display'
}

const titleOf = (section: string): string =>
  sectionTitles[section] ??
  section.charAt(0).toUpperCase() +
    section
      .slice(1)
      .replace(/([A-Z])/g, ' $1')
      .toLowerCase()

const matches = ({ path, label, help, section }: SettingDescription, text: string): boolean =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => `${path} ${label} ${help} ${titleOf(section)}`.toLowerCase().includes(word))

/** What every page of a section says first. */
function whenText(settings: readonly SettingDescription[]): string {
  const atOnce = settings.filter(({ appliesAtOnce }) => appliesAtOnce).length
  if (atOnce === settings.length) return 'Changes count at once.'
  return atOnce === 0
    ? 'Changes are kept at once and count after a restart of the program.'
    : 'Changes are kept at once; what needs a restart says so.'
}

/** All settings, made from their schema: what is added there appears here. `access`: who may use them over the network. */
export function SettingsPage({ access }: { access: ReactNode }) {
  const { stores } = useWindow()
  const isLoaded = useStore(stores.core, (core) => core.settings !== null)
  const dataFolder = useStore(stores.connection, (connection) => connection.hello?.dataFolder ?? '')
  const [text, setText] = useState('')
  const all = useMemo(() => describeSettings(), [])
  // What an operator changes most comes first.
  const sections = useMemo(() => [...new Set(['display', 'site', ...all.map(({ section }) => section)])], [all])
  const origins = useOrigins()
  const found = all.filter((setting) => matches(setting, text))
  return (
    <section className="page" aria-label="Settings" data-testid="settings-page">
      <header className="page-head">
        <h1>Settings</h1>
        <input
          type="search"
          className="page-search"
          value={text}
          placeholder="Find a setting"
          aria-label="Find a setting"
          data-testid="settings-search"
          onChange={(event) => setText(event.target.value)}
        />
        <SettingsTools />
        <p className="page-note">Kept in {dataFolder}/settings.json</p>
      </header>
      <div className="page-body" tabIndex={0} role="region" aria-label="All settings">
        {!isLoaded && <p role="status">Waiting for the settings of the core.</p>}
        {isLoaded && found.length === 0 && <p>No setting is called “{text}”.</p>}
        {isLoaded &&
          sections.map((section) => {
            const own = found.filter((setting) => setting.section === section)
            if (own.length === 0) return null
            return (
              <section key={section} className="setting-section" aria-labelledby={`settings-${section}`}>
                <h2 id={`settings-${section}`}>{titleOf(section)}</h2>
                <p className="page-note">{whenText(own)}</p>
                <div className="setting-list">
                  {own.map((setting) => (
                    <SettingRow key={setting.path} setting={setting} origin={origins[setting.path] ?? 'default'} />
                  ))}
                </div>
              </section>
            )
          })}
        {isLoaded && (text === '' || /access|token|audit|role/i.test(text)) && access}
      </div>
    </section>
  )
}
