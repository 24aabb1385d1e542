import type { z } from 'zod'
import type { Alert, AlertCounts, alertCalls, AlertStatistics } from '../../../src-preload/contract/alerts.ts'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Readings } from '../readings.ts'
import type { AlertBook } from './alertBook.ts'
import type { AlertFilter } from './alerts.ts'
import type { ChannelBook } from './channels/channelBook.ts'
import type { AlertPictures } from './pictures.ts'
import type { RuleBook } from './ruleBook.ts'
import { tryRule } from './ruleTrial.ts'

/** Who asks, as far as alerts want to know it: absent, it is someone at the machine itself. */
export interface AlertClient {
  readonly identity?: { readonly name: string }
}

type Calls = typeof alertCalls

export type AlertHandlers = {
  [Name in keyof Calls]: (
    args: z.output<Calls[Name]['arguments']>,
    client: AlertClient
  ) => Promise<Result<z.infer<Calls[Name]['result']>>>
}

export interface AlertHandlerParts {
  clock: Clock
  book: AlertBook
  rules: RuleBook
  channels: ChannelBook
  pictures: AlertPictures | null
  readings: Readings
  list(filter: AlertFilter): Alert[]
  counts(): AlertCounts
  statistics(hours: number): AlertStatistics
  newId(): string
  rulesChanged(): void
  channelsChanged(): void
}

const whoAsks = (client: AlertClient): string => client.identity?.name ?? 'operator'

/** What windows and scripts may do with alerts, rules and channels. No answer holds a secret. */
export function createAlertHandlers(parts: AlertHandlerParts): AlertHandlers {
  const { clock, book, rules, channels, readings } = parts

  const listedRules = () => ok(rules.listed(readings.kinds(), book.openByRule()))
  const listedChannels = () => {
    parts.channelsChanged()
    return ok(channels.list())
  }

  return {
    async 'alerts.list'({ limit, ...filter }) {
      const alerts = parts.list(filter)
      return ok({ alerts: alerts.slice(0, limit), counts: parts.counts(), matching: alerts.length })
    },
    'alerts.acknowledge': async ({ ids }, port) => ok(book.acknowledge(ids, whoAsks(port))),
    'alerts.resolve': async ({ ids }, port) => ok(book.resolve(ids, whoAsks(port))),
    async 'alerts.silence'({ forS, ...wish }, port) {
      const fromMs = clock.nowMs()
      const silence = { id: parts.newId(), ...wish, fromMs, untilMs: fromMs + forS * 1000, by: whoAsks(port) }
      if (wish.alertId !== null && !book.find(wish.alertId))
        return failure('not-found', `There is no alert "${wish.alertId}".`)
      await rules.addSilence(silence)
      parts.rulesChanged()
      return ok(silence)
    },
    'alerts.silences': async () => ok(rules.silences().filter(({ untilMs }) => untilMs > clock.nowMs())),
    async 'alerts.endSilence'({ id }) {
      if (!(await rules.removeSilence(id))) return failure('not-found', `There is no silence "${id}".`)
      parts.rulesChanged()
      return ok({})
    },
    'alerts.statistics': async ({ hours }) => ok(parts.statistics(hours)),
    async 'alerts.picture'({ id }) {
      const picture = (await parts.pictures?.read(id)) ?? null
      return ok({ pngBase64: picture === null ? null : Buffer.from(picture).toString('base64') })
    },
    'alerts.rules': async () => listedRules(),
    async 'alerts.saveRule'({ rule }) {
      const before = rules.rule(rule.id)
      const saved = await rules.save(rule)
      if (!saved.ok) return saved
      const isOther =
        before !== null &&
        (!rule.isEnabled ||
          before.component !== rule.component ||
          JSON.stringify(before.condition) !== JSON.stringify(rule.condition))
      if (isOther) book.endRule(rule.id, rule.isEnabled ? 'a change of the rule' : 'the rule: it was switched off')
      parts.rulesChanged()
      return listedRules()
    },
    async 'alerts.deleteRule'({ ruleId }) {
      const removed = await rules.remove(ruleId)
      if (!removed.ok) return removed
      book.endRule(ruleId, 'the rule: it was deleted')
      parts.rulesChanged()
      return listedRules()
    },
    async 'alerts.restoreRule'({ ruleId }) {
      const restored = await rules.restore(ruleId)
      if (!restored.ok) return restored
      book.endRule(ruleId, 'a change of the rule')
      parts.rulesChanged()
      return listedRules()
    },
    async 'alerts.tryRule'({ rule, fromMs, toMs }) {
      if (toMs <= fromMs) return failure('invalid', 'The time ends before it begins.')
      return ok(tryRule(rule, readings, fromMs, toMs))
    },
    'alerts.channels': async () => ok(channels.list()),
    async 'alerts.saveChannel'({ channel }) {
      const saved = await channels.save(channel)
      return saved.ok ? listedChannels() : saved
    },
    async 'alerts.deleteChannel'({ channelId }) {
      const removed = await channels.remove(channelId)
      return removed.ok ? listedChannels() : removed
    },
    async 'alerts.setSecret'({ channelId, name, value }) {
      const set = await channels.setSecret(channelId, name, value)
      return set.ok ? listedChannels() : set
    },
    'alerts.testChannel': ({ channelId }) => channels.test(channelId)
  }
}
