import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AlertChannel, ListedChannel } from '../../src-preload/contract/alertChannels.ts'
import type {
  Alert,
  AlertCounts,
  AlertRule,
  AlertSilence,
  ListedAlertRule,
  RuleTrial
} from '../../src-preload/contract/alerts.ts'
import type { CallResult } from '../../src-preload/contract/calls.ts'
import type { Result } from '../../src-preload/contract/errors.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

export interface AlertsModel {
  /** The newest first; as many as a window shows. */
  alerts: readonly Alert[]
  counts: AlertCounts | null
  silences: readonly AlertSilence[]
  /** Null before they were asked for. */
  rules: readonly ListedAlertRule[] | null
  channels: readonly ListedChannel[] | null
  /** Names of readings with their units, for the form of a rule. */
  readings: readonly { name: string; unit: string; help: string; labels: readonly string[] }[]
  isListOpen: boolean
  /** What the dialog of rules and channels shows; null: it is closed. */
  settingsPage: 'rules' | 'channels' | null
  /** Why the last wish was not done; empty where it was. */
  problem: string
}

export interface AlertsStore extends StoreApi<AlertsModel> {
  load(): Promise<void>
  loadRules(): Promise<void>
  loadChannels(): Promise<void>
  changed(alerts: readonly Alert[], counts: AlertCounts): void
  acknowledge(ids: string[]): Promise<void>
  resolve(ids: string[]): Promise<void>
  silence(wish: { alertId?: string; ruleId?: string; component?: string }, forS: number): Promise<void>
  endSilence(id: string): Promise<void>
  saveRule(rule: AlertRule): Promise<Result<unknown>>
  deleteRule(ruleId: string): Promise<void>
  restoreRule(ruleId: string): Promise<void>
  tryRule(rule: AlertRule, hours: number, nowMs: number): Promise<Result<RuleTrial>>
  saveChannel(channel: AlertChannel): Promise<Result<unknown>>
  deleteChannel(channelId: string): Promise<void>
  setSecret(channelId: string, name: string, value: string | null): Promise<Result<unknown>>
  testChannel(channelId: string): Promise<Result<CallResult<'alerts.testChannel'>>>
}

const alertsMost = 500

const newestFirst = (a: Alert, b: Alert): number => b.createdAtMs - a.createdAtMs

/** Alerts, their rules and their channels, as a window shows them. */
export function createAlertsStore(connection: CoreConnection): AlertsStore {
  const store = createStore<AlertsModel>(() => ({
    alerts: [],
    counts: null,
    silences: [],
    rules: null,
    channels: null,
    readings: [],
    isListOpen: false,
    settingsPage: null,
    problem: ''
  }))

  /** Says why it was not done. */
  const tell = <T>(result: Result<T>): Result<T> => {
    store.setState({ problem: result.ok ? '' : result.error.message })
    return result
  }
  const withRules = (result: Result<ListedAlertRule[]>): Result<ListedAlertRule[]> => {
    if (result.ok) store.setState({ rules: result.value })
    return tell(result)
  }
  const withChannels = (result: Result<ListedChannel[]>): Result<ListedChannel[]> => {
    if (result.ok) store.setState({ channels: result.value })
    return tell(result)
  }
  function merge(changed: readonly Alert[]): void {
    const ids = new Set(changed.map(({ id }) => id))
    const kept = store.getState().alerts.filter(({ id }) => !ids.has(id))
    store.setState({ alerts: [...changed, ...kept].sort(newestFirst).slice(0, alertsMost) })
  }
  async function loadSilences(): Promise<void> {
    const silences = await connection.call('alerts.silences', {})
    if (silences.ok) store.setState({ silences: silences.value })
  }

  return {
    ...store,
    async load() {
      const [listed] = await Promise.all([connection.call('alerts.list', { limit: alertsMost }), loadSilences()])
      if (listed.ok) store.setState({ alerts: listed.value.alerts, counts: listed.value.counts })
    },
    async loadRules() {
      const [rules, readings] = await Promise.all([
        connection.call('alerts.rules', {}),
        connection.call('health.readings', {}),
        loadSilences()
      ])
      withRules(rules)
      if (readings.ok) store.setState({ readings: readings.value.kinds })
    },
    async loadChannels() {
      withChannels(await connection.call('alerts.channels', {}))
    },
    changed(alerts, counts) {
      merge(alerts)
      store.setState({ counts })
    },
    async acknowledge(ids) {
      const answer = tell(await connection.call('alerts.acknowledge', { ids }))
      if (answer.ok) merge(answer.value)
    },
    async resolve(ids) {
      const answer = tell(await connection.call('alerts.resolve', { ids }))
      if (answer.ok) merge(answer.value)
    },
    async silence(wish, forS) {
      tell(await connection.call('alerts.silence', { ...wish, forS }))
      await loadSilences()
    },
    async endSilence(id) {
      tell(await connection.call('alerts.endSilence', { id }))
      await loadSilences()
    },
    saveRule: async (rule) => withRules(await connection.call('alerts.saveRule', { rule })),
    async deleteRule(ruleId) {
      withRules(await connection.call('alerts.deleteRule', { ruleId }))
    },
    async restoreRule(ruleId) {
      withRules(await connection.call('alerts.restoreRule', { ruleId }))
    },
    tryRule: (rule, hours, nowMs) =>
      connection.call('alerts.tryRule', { rule, fromMs: nowMs - hours * 3_600_000, toMs: nowMs }),
    saveChannel: async (channel) => withChannels(await connection.call('alerts.saveChannel', { channel })),
    async deleteChannel(channelId) {
      withChannels(await connection.call('alerts.deleteChannel', { channelId }))
    },
    setSecret: async (channelId, name, value) =>
      withChannels(await connection.call('alerts.setSecret', { channelId, name, value })),
    testChannel: (channelId) => connection.call('alerts.testChannel', { channelId })
  }
}
