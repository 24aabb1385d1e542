import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type {
  Alert,
  AlertCounts,
  alertEvents,
  AlertSeverity,
  AlertStatistics,
  AlertStatus
} from '../../../src-preload/contract/alerts.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../storage/log.ts'
import type { FindingSink, Readings } from '../readings.ts'
import { AlertBook, type ToldKind } from './alertBook.ts'
import { type AlertHandlers, createAlertHandlers } from './alertHandlers.ts'
import { openAlertHistory } from './alertHistory.ts'
import { type AlertMessage, summaryHeadline } from './alertMessage.ts'
import { alertStatistics } from './alertStatistics.ts'
import { channelLabel, type ChannelReading, openChannelBook } from './channels/channelBook.ts'
import type { ChannelQueueOptions } from './channels/channelQueue.ts'
import type { NotifyDesktop } from './channels/localSenders.ts'
import { createFindings, type LabelledFinding } from './findings.ts'
import { type AlertPictures, createAlertPictures, type PictureOf } from './pictures.ts'
import { createRaiseQueue } from './raiseQueue.ts'
import { openRuleBook } from './ruleBook.ts'
import { createRuleFollower, raisedBy } from './ruleFollower.ts'
import { type KeyStore, openSecrets } from './secrets.ts'

type AlertEvents = typeof alertEvents

export interface AlertsOptions {
  /** `alerts` of the data folder. */
  folder: string
  /** Where own handlers lie. */
  handlersFolder: string
  clock: Clock
  random(): number
  log: Log
  readings: Readings
  /** The key store of the system; null where there is no desktop. */
  keyStore: KeyStore | null
  environment: Readonly<Record<string, string | undefined>>
  notifyDesktop: NotifyDesktop | null
  writeConsole: ((line: string) => void) | null
  pictureOf: PictureOf | null
  broadcast<Name extends keyof AlertEvents>(name: Name, payload: z.infer<AlertEvents[Name]>): void
  /** The channels were told of an alert. */
  told?(kind: ToldKind, alert: Alert): void
  onError(what: string): (error: unknown) => void
  /** For tests: shorter times of the channels. */
  queue?: Partial<ChannelQueueOptions>
}

export interface AlertFilter {
  statuses?: readonly AlertStatus[] | undefined
  severities?: readonly AlertSeverity[] | undefined
  component?: string | undefined
  sinceMs?: number | undefined
}

export interface Alerts extends FindingSink {
  readonly handlers: AlertHandlers
  raise(finding: LabelledFinding): void
  resolve(ruleId: string, component: string, labels?: Record<string, string>): void
  /** The newest first. */
  list(filter?: AlertFilter): Alert[]
  counts(): AlertCounts
  statistics(hours: number): AlertStatistics
  /** Called with each alert whose state is not what it was. Returns what ends it. */
  onChange(listener: (alert: Alert) => void): () => void
  /** What its queues hold and its channels did. */
  readings(): AlertsReading
  /** Alerts and history are on the disk and what waited was tried once more when it resolves. */
  dispose(): Promise<void>
}

export interface AlertsReading {
  raising: { length: number; capacity: number; dropped: number }
  channels: ChannelReading[]
  picturesSkipped: number
  seriesNotWatched: number
}

const openMost = 1000
const endedMost = 5000
const raisingMost = 10_000
const sayEveryMs = 250
const saidMost = 200
const pictureWithinMs = 3000

/** Rules over readings, findings of other parts, alerts with their states, and the ways out: one for a core. */
export async function createAlerts(options: AlertsOptions): Promise<Alerts> {
  const { folder, clock, log, readings, broadcast, onError } = options
  await mkdir(options.handlersFolder, { recursive: true }).catch(onError('the folder of own handlers'))
  const [rules, history, secrets] = await Promise.all([
    openRuleBook(folder, clock, onError('rules of alerts')),
    openAlertHistory({ folder, clock, alertsMax: endedMost, onError: onError('history of alerts') }),
    openSecrets(folder, options.keyStore, options.environment, clock, onError('secrets'))
  ])
  const pictures: AlertPictures | null = options.pictureOf
    ? createAlertPictures(join(folder, 'pictures'), options.pictureOf, clock, onError('picture of an alert'))
    : null
  const listeners = new Set<(alert: Alert) => void>()
  const changed = new Map<string, Alert>()
  const raising = createRaiseQueue(raisingMost)
  const follower = createRuleFollower()
  let cancelSaying: (() => void) | null = null
  let overflowSaid = 0

  const counts = (): AlertCounts => {
    const { refused, ...open } = book.counts()
    return { ...open, dropped: refused + raising.dropped }
  }
  function say(): void {
    cancelSaying = null
    broadcast('alerts.changed', { alerts: [...changed.values()].slice(-saidMost), counts: counts() })
    changed.clear()
  }

  function messageOf(kind: ToldKind, alert: Alert): AlertMessage {
    const taken = kind === 'raised' && pictures && alert.jobId ? pictures.take(alert.id, alert.jobId) : null
    void taken?.then((picture) => picture && book.pictured(alert.id))
    return {
      kind,
      alert,
      async picture() {
        if (!taken) return null
        let cancel: () => void = () => undefined
        const late = new Promise<null>((resolve) => (cancel = clock.after(pictureWithinMs, () => resolve(null))))
        return Promise.race([taken, late]).finally(() => cancel())
      }
    }
  }

  const book: AlertBook = new AlertBook({
    clock,
    alerts: history.alerts,
    openMax: openMost,
    endedMax: endedMost,
    silences: () => rules.silences(),
    changed(alert, isState) {
      if (isState) history.keep(alert)
      changed.delete(alert.id)
      changed.set(alert.id, alert)
      cancelSaying ??= clock.after(sayEveryMs, say)
      if (isState) for (const listener of listeners) listener(alert)
    },
    tell(kind, alert, named) {
      options.told?.(kind, alert)
      channels.tell(messageOf(kind, alert), named)
    }
  })
  const findings = createFindings({ clock, book, rules: () => rules.rules() })

  const channels = await openChannelBook({
    folder,
    clock,
    random: options.random,
    secrets,
    outlets: {
      clock,
      log,
      notifyDesktop: options.notifyDesktop,
      writeConsole: options.writeConsole,
      show(messages) {
        const kinds = messages.map(({ kind }) => kind)
        broadcast('alerts.shown', {
          kind: kinds.includes('raised') ? 'raised' : (kinds[0] ?? 'raised'),
          alerts: messages.slice(0, saidMost).map(({ alert }) => alert),
          summary: messages.length > 1 ? summaryHeadline(messages) : ''
        })
      },
      broadcast: (payload) => broadcast('alerts.told', payload),
      memoryUsageMb: () => Math.round(process.memoryUsage.rss() / 1e5) / 10,
      handlersFolder: options.handlersFolder
    },
    failing(channel, reason) {
      const labels = { [channelLabel]: channel.id }
      broadcast('alerts.channelsChanged', {})
      if (reason === null) return findings.resolve('channel-failed', 'alerts', labels)
      log.warning('alert_channel_failed', { channel: channel.id, reason })
      findings.raise({
        ruleId: 'channel-failed',
        component: 'alerts',
        severity: 'warning',
        title: `The channel "${channel.name}" fails`,
        description: `${reason} What waits is tried again; other channels are told of this.`,
        value: null,
        threshold: null,
        labels
      })
    },
    onWriteError: onError('channels of alerts'),
    ...(options.queue ? { queue: options.queue } : {})
  })

  const unitOf = (name: string): string => readings.kinds().find((kind) => kind.name === name)?.unit ?? ''

  function step(): void {
    const nowMs = clock.monotonicMs()
    for (const change of follower.step(readings, nowMs)) {
      const { rule, kind, labels, value } = change
      const isOpen = book.isOpen(rule.id, rule.component, labels)
      if (kind === 'ended') book.end(rule.id, rule.component, labels)
      else if (kind === 'goes on' && isOpen) book.update(rule.id, rule.component, labels, value)
      // It was ended by hand, or found no room, and its cause goes on.
      else book.raise(raisedBy(rule, change, 'reading' in rule.condition ? unitOf(rule.condition.reading) : ''))
    }
  }
  function tick(): void {
    findings.tick()
    book.tick()
    const { dropped } = counts()
    if (dropped <= overflowSaid) return
    const count = dropped - overflowSaid
    overflowSaid = dropped
    findings.raise({
      ruleId: 'alerts-overflow',
      component: 'alerts',
      severity: 'critical',
      title: 'More alerts than can be followed',
      description: `${count} were counted and not kept. The list shows the first ${openMost}.`,
      value: dropped,
      threshold: openMost
    })
  }

  follower.follow(rules.rules())
  const stopRecords = readings.onRecord(step)
  const stopTicks = clock.every(1000, tick)
  for (const problem of [rules.problem, history.problem, secrets.problem, channels.problem]) {
    if (!problem) continue
    log.warning('alerts_damaged', { problem })
    findings.raise({
      ruleId: 'alerts-damaged',
      component: 'alerts',
      severity: 'warning',
      title: 'A file of the alerts was damaged',
      description: problem,
      value: null,
      threshold: null
    })
  }

  const list = (filter: AlertFilter = {}): Alert[] =>
    book
      .list()
      .filter(
        ({ status, severity, component, createdAtMs, resolvedAtMs }) =>
          (filter.statuses?.includes(status) ?? true) &&
          (filter.severities?.includes(severity) ?? true) &&
          (filter.component === undefined || filter.component === component) &&
          (filter.sinceMs === undefined ||
            (resolvedAtMs ?? Infinity) >= filter.sinceMs ||
            createdAtMs >= filter.sinceMs)
      )
  const statistics = (hours: number): AlertStatistics => {
    const nowMs = clock.nowMs()
    return alertStatistics(book.list(), nowMs - hours * 3_600_000, nowMs)
  }

  return {
    handlers: createAlertHandlers({
      clock,
      book,
      rules,
      channels,
      pictures,
      readings,
      list,
      counts,
      statistics,
      newId: () => randomUUID(),
      rulesChanged() {
        follower.follow(rules.rules())
        book.tick()
        broadcast('alerts.rulesChanged', {})
      },
      channelsChanged: () => broadcast('alerts.channelsChanged', {})
    }),
    raise: (finding) => raising.push(() => findings.raise(finding)),
    resolve: (ruleId, component, labels) => raising.push(() => findings.resolve(ruleId, component, labels)),
    list,
    counts,
    statistics,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    readings: () => ({
      raising: { length: raising.length, capacity: raisingMost, dropped: raising.dropped },
      channels: channels.readings(),
      picturesSkipped: pictures?.skipped ?? 0,
      seriesNotWatched: follower.overflow()
    }),
    async dispose() {
      stopRecords()
      stopTicks()
      raising.drain()
      await channels.dispose()
      cancelSaying?.()
      await Promise.all([history.settled(), rules.settled()])
    }
  }
}
