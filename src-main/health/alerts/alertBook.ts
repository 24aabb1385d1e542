import { randomUUID } from 'node:crypto'
import {
  type Alert,
  alertSeverities,
  type AlertCounts,
  type AlertSeverity,
  type AlertSilence
} from '../../../src-preload/contract/alerts.ts'
import type { Clock } from '../../clock.ts'
import { seriesKey } from './seriesKey.ts'

/** What a rule or another part of the program says is the matter. */
export interface Raised {
  ruleId: string
  component: string
  severity: AlertSeverity
  title: string
  description: string
  labels: Record<string, string>
  jobId: string | null
  isForecast: boolean
  value: number | null
  threshold: number | null
  unit: string
  repeatS: number
  /** Which channels are told; null: those that take its severity. */
  channels: string[] | null
  /** It happened (again), rather than that it goes on. */
  isEvent: boolean
}

export type ToldKind = 'raised' | 'resolved'

export interface AlertBookOptions {
  clock: Clock
  /** As the last run left them, the oldest first. */
  alerts: Alert[]
  openMax: number
  endedMax: number
  silences(): readonly AlertSilence[]
  /** An alert is not what it was; its state too, or its figures alone. */
  changed(alert: Alert, isState: boolean): void
  /** The outside is to be told. */
  tell(kind: ToldKind, alert: Alert, channels: string[] | null): void
}

interface Entry {
  alert: Alert
  repeatMs: number
  channels: string[] | null
  /** Monotonic; when the outside was last told that it began. */
  toldAtMs: number
  toldRank: number
  /** The outside believes that it is open. */
  isTold: boolean
  /** Monotonic. Ended by hand while its cause goes on: until then it stays ended. */
  heldEndedUntilMs: number
  /** From the run before; ends by itself where it is not raised again. */
  inheritedUntilMs: number | null
}

const rankOf = (severity: AlertSeverity): number => alertSeverities.indexOf(severity)
const keyOf = (ruleId: string, component: string, labels: Record<string, string>): string =>
  `${ruleId}\u0004${component}\u0004${seriesKey(labels)}`
/** How long an open alert of the run before may wait to be raised again. */
const inheritedForMs = 300_000
const reservedMost = 100

/** Open and ended alerts, each rule and series once. What is told outside is limited here: equal ones once in `repeatS`. */
export class AlertBook {
  readonly #options: AlertBookOptions
  readonly #open = new Map<string, Entry>()
  /** The newest last. Ended ones that may come back are found by their key. */
  readonly #ended = new Map<string, Alert>()
  readonly #recentlyEnded = new Map<string, Entry>()
  #refused = 0

  constructor(options: AlertBookOptions) {
    this.#options = options
    const nowMs = options.clock.monotonicMs()
    for (const alert of options.alerts) {
      if (alert.status === 'resolved') this.#ended.set(alert.id, alert)
      else
        this.#open.set(keyOf(alert.ruleId, alert.component, alert.labels), {
          alert,
          repeatMs: 300_000,
          channels: null,
          toldAtMs: nowMs,
          toldRank: rankOf(alert.severity),
          isTold: alert.status !== 'silenced',
          heldEndedUntilMs: 0,
          inheritedUntilMs: nowMs + inheritedForMs
        })
    }
  }

  /** The newest first. */
  list(): Alert[] {
    const all = [...this.#ended.values(), ...[...this.#open.values()].map(({ alert }) => alert)]
    return all.sort((a, b) => b.createdAtMs - a.createdAtMs)
  }

  find(id: string): Alert | null {
    return this.#ended.get(id) ?? this.#entryOf(id)?.alert ?? null
  }

  counts(): Omit<AlertCounts, 'dropped'> & { refused: number } {
    const counts = { active: 0, acknowledged: 0, silenced: 0 }
    let worst = -1
    for (const { alert } of this.#open.values()) {
      if (alert.status === 'resolved') continue
      counts[alert.status]++
      if (alert.status !== 'silenced') worst = Math.max(worst, rankOf(alert.severity))
    }
    return {
      ...counts,
      open: counts.active + counts.acknowledged,
      worst: alertSeverities[worst] ?? null,
      refused: this.#refused
    }
  }

  /** How many are open for each rule. */
  openByRule(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { alert } of this.#open.values()) counts.set(alert.ruleId, (counts.get(alert.ruleId) ?? 0) + 1)
    return counts
  }

  isOpen(ruleId: string, component: string, labels: Record<string, string>): boolean {
    return this.#open.has(keyOf(ruleId, component, labels))
  }

  raise(raised: Raised): void {
    const key = keyOf(raised.ruleId, raised.component, raised.labels)
    const nowMs = this.#options.clock.monotonicMs()
    const open = this.#open.get(key)
    if (open) return this.#again(open, raised)
    const ended = this.#recentlyEnded.get(key)
    if (ended && nowMs < ended.heldEndedUntilMs) return
    // What is worst, and what is about the alerts themselves, has room of its own.
    const reserved = raised.severity === 'emergency' || raised.component === 'alerts' ? reservedMost : 0
    if (this.#open.size >= this.#options.openMax + reserved) {
      this.#refused++
      return
    }
    // One that ended a moment ago goes on: a flapping cause is one alert.
    const comesBack = ended && nowMs - ended.toldAtMs < raised.repeatS * 1000 ? ended : null
    const alert = comesBack ? this.#reopened(comesBack.alert, raised) : this.#created(raised)
    if (comesBack) this.#ended.delete(alert.id)
    const entry: Entry = {
      alert,
      repeatMs: raised.repeatS * 1000,
      channels: raised.channels,
      toldAtMs: comesBack?.toldAtMs ?? -Infinity,
      toldRank: comesBack?.toldRank ?? -1,
      isTold: false,
      heldEndedUntilMs: 0,
      inheritedUntilMs: null
    }
    this.#recentlyEnded.delete(key)
    this.#open.set(key, entry)
    this.#silenceWhereAsked(entry)
    this.#tellWhereDue(entry)
    this.#options.changed(entry.alert, true)
  }

  /** What an open alert reads now; nothing happens where it is not open. */
  update(ruleId: string, component: string, labels: Record<string, string>, value: number): void {
    const entry = this.#open.get(keyOf(ruleId, component, labels))
    if (!entry) return
    entry.inheritedUntilMs = null
    if (entry.alert.value === value) return
    entry.alert = { ...entry.alert, value }
    this.#options.changed(entry.alert, false)
  }

  /** It is over. */
  end(ruleId: string, component: string, labels: Record<string, string>): void {
    const entry = this.#open.get(keyOf(ruleId, component, labels))
    if (entry) this.#end(entry, 'itself')
  }

  /** All open alerts of a rule: it was switched off, changed or deleted. */
  endRule(ruleId: string, by: string): void {
    for (const entry of [...this.#open.values()]) if (entry.alert.ruleId === ruleId) this.#end(entry, by)
  }

  acknowledge(ids: readonly string[], by: string): Alert[] {
    return this.#changeEach(ids, (entry) => {
      if (entry.alert.status === 'acknowledged') return
      entry.alert = {
        ...entry.alert,
        status: 'acknowledged',
        acknowledgedAtMs: this.#options.clock.nowMs(),
        acknowledgedBy: by,
        silencedUntilMs: null,
        changedAtMs: this.#options.clock.nowMs()
      }
      this.#options.changed(entry.alert, true)
    })
  }

  resolve(ids: readonly string[], by: string): Alert[] {
    return this.#changeEach(ids, (entry) => {
      entry.heldEndedUntilMs = this.#options.clock.monotonicMs() + entry.repeatMs
      this.#end(entry, by)
    })
  }

  /** Silences that begin or end; alerts whose time to be told has come; alerts of the run before that nobody raised again. */
  tick(): void {
    const nowMs = this.#options.clock.monotonicMs()
    for (const entry of [...this.#open.values()]) {
      if (entry.inheritedUntilMs !== null && nowMs >= entry.inheritedUntilMs) {
        this.#end(entry, 'the start of the program: it did not come back')
        continue
      }
      this.#silenceWhereAsked(entry)
      this.#tellWhereDue(entry)
    }
    for (const [key, entry] of this.#recentlyEnded)
      if (nowMs - entry.toldAtMs >= entry.repeatMs && nowMs >= entry.heldEndedUntilMs) this.#recentlyEnded.delete(key)
  }

  /** Says that a picture of its stream is kept. */
  pictured(id: string): void {
    const entry = this.#entryOf(id)
    const ended = this.#ended.get(id)
    if (entry) entry.alert = { ...entry.alert, hasPicture: true }
    else if (ended) this.#ended.set(id, { ...ended, hasPicture: true })
    const alert = this.find(id)
    if (alert) this.#options.changed(alert, true)
  }

  #entryOf(id: string): Entry | null {
    for (const entry of this.#open.values()) if (entry.alert.id === id) return entry
    return null
  }

  #changeEach(ids: readonly string[], change: (entry: Entry) => void): Alert[] {
    return ids.flatMap((id) => {
      const entry = this.#entryOf(id)
      if (entry) change(entry)
      const alert = entry?.alert ?? this.#ended.get(id)
      return alert ? [alert] : []
    })
  }

  #created(raised: Raised): Alert {
    const nowMs = this.#options.clock.nowMs()
    const { ruleId, component, severity, title, description, labels, jobId, isForecast, value, threshold, unit } =
      raised
    return {
      id: `alert-${randomUUID()}`,
      ruleId,
      component,
      severity,
      status: 'active',
      title,
      description,
      labels,
      jobId,
      isForecast,
      createdAtMs: nowMs,
      changedAtMs: nowMs,
      acknowledgedAtMs: null,
      acknowledgedBy: null,
      resolvedAtMs: null,
      resolvedBy: null,
      silencedUntilMs: null,
      value,
      threshold,
      unit,
      count: 1,
      hasPicture: false
    }
  }

  #reopened(alert: Alert, { severity, title, description, value, threshold }: Raised): Alert {
    return {
      ...alert,
      severity,
      title,
      description,
      value,
      threshold,
      status: 'active',
      acknowledgedAtMs: null,
      acknowledgedBy: null,
      resolvedAtMs: null,
      resolvedBy: null,
      changedAtMs: this.#options.clock.nowMs(),
      count: alert.count + 1
    }
  }

  #again(entry: Entry, { severity, title, description, value, threshold, channels, isEvent }: Raised): void {
    const before = entry.alert
    const isWorse = rankOf(severity) > rankOf(before.severity)
    const isAnother = isEvent && entry.inheritedUntilMs === null
    const isState = severity !== before.severity || title !== before.title || isAnother
    entry.inheritedUntilMs = null
    entry.channels = channels
    entry.alert = {
      ...before,
      severity,
      title,
      description,
      value,
      threshold,
      count: before.count + (isAnother ? 1 : 0),
      changedAtMs: this.#options.clock.nowMs(),
      // What got worse wants to be looked at again.
      ...(isWorse && before.status === 'acknowledged' ? { status: 'active' as const } : {})
    }
    this.#tellWhereDue(entry)
    this.#options.changed(entry.alert, isState)
  }

  #silenceOf(alert: Alert): AlertSilence | null {
    const nowMs = this.#options.clock.nowMs()
    return (
      this.#options
        .silences()
        .find(
          ({ ruleId, component, alertId, untilMs }) =>
            untilMs > nowMs && (ruleId === alert.ruleId || component === alert.component || alertId === alert.id)
        ) ?? null
    )
  }

  #silenceWhereAsked(entry: Entry): void {
    const { alert } = entry
    const silence = alert.status === 'acknowledged' ? null : this.#silenceOf(alert)
    if (silence) {
      if (alert.status === 'silenced' && alert.silencedUntilMs === silence.untilMs) return
      entry.alert = { ...alert, status: 'silenced', silencedUntilMs: silence.untilMs }
    } else if (alert.status === 'silenced') entry.alert = { ...alert, status: 'active', silencedUntilMs: null }
    else return
    entry.alert.changedAtMs = this.#options.clock.nowMs()
    this.#options.changed(entry.alert, true)
  }

  #tellWhereDue(entry: Entry): void {
    if (entry.alert.status !== 'active') return
    const nowMs = this.#options.clock.monotonicMs()
    const rank = rankOf(entry.alert.severity)
    if (rank <= entry.toldRank && (entry.isTold || nowMs - entry.toldAtMs < entry.repeatMs)) return
    entry.toldAtMs = nowMs
    entry.toldRank = rank
    entry.isTold = true
    this.#options.tell('raised', entry.alert, entry.channels)
  }

  #end(entry: Entry, by: string): void {
    const nowMs = this.#options.clock.nowMs()
    const key = keyOf(entry.alert.ruleId, entry.alert.component, entry.alert.labels)
    entry.alert = {
      ...entry.alert,
      status: 'resolved',
      resolvedAtMs: nowMs,
      resolvedBy: by,
      silencedUntilMs: null,
      changedAtMs: nowMs
    }
    this.#open.delete(key)
    this.#recentlyEnded.set(key, entry)
    for (const oldest of this.#recentlyEnded.keys()) {
      if (this.#recentlyEnded.size <= this.#options.openMax) break
      this.#recentlyEnded.delete(oldest)
    }
    this.#ended.set(entry.alert.id, entry.alert)
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= this.#options.endedMax) break
      this.#ended.delete(oldest)
    }
    if (entry.isTold) this.#options.tell('resolved', entry.alert, entry.channels)
    entry.isTold = false
    this.#options.changed(entry.alert, true)
  }
}
