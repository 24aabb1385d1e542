import { Tabs } from 'radix-ui'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useWindow } from '../../layout/windowContext.ts'
import { healthTabs, type HealthTab } from '../../stores/healthStore.ts'
import { ChartsPage } from './ChartsPage.tsx'
import './health.css'
import { HealthBanner } from './HealthBanner.tsx'
import { Changes, Coming, Done } from './HealthLists.tsx'
import { ProcessesTable, StreamsTable } from './HealthTables.tsx'
import { ReadingCards } from './ReadingCards.tsx'
import { Timeline } from './Timeline.tsx'
import { WhyPanel } from './WhyPanel.tsx'

const titles: Record<HealthTab, string> = {
  overview: 'Overview',
  charts: 'Charts',
  alerts: 'Alerts',
  actions: 'Actions',
  log: 'Log'
}

/** Am I losing data, since when, why, and what do I do. `alerts` and `log` are other panels. */
export function HealthPage({ alerts, log }: { alerts: ReactNode; log: ReactNode }) {
  const { stores } = useWindow()
  const { health } = stores
  const tab = useStore(health, (model) => model.tab)
  const problem = useStore(health, (model) => model.problem)
  return (
    <section className="page" aria-label="Health" data-testid="health-page">
      <Tabs.Root
        className="health-tabs"
        value={tab}
        onValueChange={(value) => health.setState({ tab: healthTabs.find((one) => one === value) ?? 'overview' })}
      >
        <header className="page-head">
          <h1>Health</h1>
          <Tabs.List className="segments" aria-label="Pages of health">
            {healthTabs.map((name) => (
              <Tabs.Trigger key={name} value={name} className="segment" data-testid={`health-${name}-tab`}>
                {titles[name]}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          {problem !== null && (
            <span className="field-messages" role="alert">
              {problem}
            </span>
          )}
        </header>
        <Tabs.Content value="overview" className="page-body health-body">
          <HealthBanner />
          <WhyPanel />
          <ReadingCards />
          <Timeline />
          <div className="health-columns">
            <div className="health-column">
              <StreamsTable />
              <ProcessesTable />
            </div>
            <div className="health-column">
              <Changes />
              <Coming />
            </div>
          </div>
        </Tabs.Content>
        <Tabs.Content value="charts" className="page-body health-body">
          <Timeline />
          <ChartsPage />
        </Tabs.Content>
        <Tabs.Content value="alerts" className="page-body health-body">
          {alerts}
        </Tabs.Content>
        <Tabs.Content value="actions" className="page-body health-body">
          <Done />
        </Tabs.Content>
        <Tabs.Content value="log" className="page-body health-body">
          {log}
        </Tabs.Content>
      </Tabs.Root>
    </section>
  )
}
