import { join } from 'node:path'
import type { Clock } from './clock.ts'
import type { CoreAlertPictures } from './coreAlertPictures.ts'
import type { CoreWindows } from './coreWindows.ts'
import { collectAlerts } from './health/alerts/alertReadings.ts'
import { type Alerts, createAlerts } from './health/alerts/alerts.ts'
import type { NotifyDesktop } from './health/alerts/channels/localSenders.ts'
import type { KeyStore } from './health/alerts/secrets.ts'
import type { Health } from './health/health.ts'
import type { Log } from './storage/log.ts'

/** What a shell offers to alerts; a shell without a desktop has none of it. */
export interface AlertOutlets {
  keyStore?: KeyStore
  notifyDesktop?: NotifyDesktop
  /** A line on the console of whoever started the program. */
  writeConsole?: (line: string) => void
}

export interface CoreAlertsOptions {
  dataFolder: string
  clock: Clock
  random(): number
  log: Log
  windows: CoreWindows
  health: Pick<Health, 'readings' | 'store' | 'addSource' | 'changed'>
  outlets: AlertOutlets
  pictures: CoreAlertPictures | null
  onError(what: string): (error: unknown) => void
}

/** The alerts of a core, tied to its readings, its windows and its list of what changed. */
export async function createCoreAlerts(options: CoreAlertsOptions): Promise<Alerts> {
  const { dataFolder, clock, random, log, windows, health, outlets, pictures, onError } = options
  const alerts = await createAlerts({
    folder: join(dataFolder, 'alerts'),
    handlersFolder: join(dataFolder, 'alert-handlers'),
    clock,
    random,
    log,
    readings: health.readings,
    keyStore: outlets.keyStore ?? null,
    environment: process.env,
    notifyDesktop: outlets.notifyDesktop ?? null,
    writeConsole: outlets.writeConsole ?? null,
    pictureOf: pictures?.pictureOf ?? null,
    broadcast: (name, payload) => windows.broadcast(name, payload),
    told(kind, { severity, component, title, jobId }) {
      if (kind === 'raised' && component === 'memory') health.store.add('memory_alerts_sent_total', { severity })
      health.changed('alert', severity, kind === 'raised' ? title : `Over: ${title}`, jobId)
    },
    onError
  })
  const removeSource = health.addSource((store) => collectAlerts(store, alerts))
  return {
    ...alerts,
    async dispose() {
      removeSource()
      await pictures?.dispose()
      return alerts.dispose()
    }
  }
}
