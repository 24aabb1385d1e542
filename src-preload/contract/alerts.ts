import { z } from 'zod'
import { alertChannelCalls } from './alertChannels.ts'

const nothing = z.object({})
const milliseconds = z.number()
const labels = z.record(z.string().max(100), z.string().max(500))
const seconds = (least: number, most: number) => z.number().min(least).max(most)

/** The least first. */
export const alertSeverities = ['info', 'warning', 'critical', 'emergency'] as const
export const alertSeverity = z.enum(alertSeverities)
export type AlertSeverity = z.infer<typeof alertSeverity>

export const alertStatuses = ['active', 'acknowledged', 'resolved', 'silenced'] as const
export const alertStatus = z.enum(alertStatuses)
export type AlertStatus = z.infer<typeof alertStatus>

/** `each`: every series is watched by itself; else what the matching series give together. */
export const seriesCombinations = ['each', 'sum', 'mean', 'least', 'greatest'] as const
const combination = z.enum(seriesCombinations).default('each')

export const comparisons = ['above', 'below'] as const
const comparison = z.enum(comparisons).default('above')

/** What is compared, and with what; `clearValue` is where it counts as over (hysteresis), null: the value itself. */
const limit = { compare: comparison, value: z.number(), clearValue: z.number().nullable().default(null) }
const reading = {
  reading: z.string().min(1, 'names no reading').max(200),
  /** Only series with these labels. */
  labels: labels.default({}),
  over: combination
}

export const alertCondition = z.discriminatedUnion('kind', [
  /** A reading beyond a value; with `averageS` its mean over that time. */
  z.object({ kind: z.literal('threshold'), ...reading, ...limit, averageS: seconds(0, 86_400).default(0) }),
  /** What a reading rises (or falls, negative) by each second, over a window. A counter that began anew counts from 0. */
  z.object({ kind: z.literal('rate'), ...reading, ...limit, windowS: seconds(2, 86_400).default(60) }),
  /** `missing`: the reading, or a series that was there, is gone. `unchanged`: its value stays the same. */
  z.object({
    kind: z.literal('silence'),
    reading: reading.reading,
    labels: reading.labels,
    mode: z.enum(['missing', 'unchanged']).default('missing')
  }),
  /**
   * Arithmetic over readings: numbers, `+ - * /`, brackets, `name{label="value"}` (the sum of its series) and
   * `rate(name{…}, 60)` (rise a second over 60 s). Where a reading is missing or a division is by zero, nothing is known.
   */
  z.object({
    kind: z.literal('expression'),
    expression: z.string().min(1, 'says nothing').max(1000),
    ...limit,
    unit: z.string().max(30).default('')
  }),
  /** What another part of the program found: it tells the alerts when it begins and ends. */
  z.object({
    kind: z.literal('finding'),
    finding: z.string().min(1).max(200),
    /** Only findings of this severity; null: of all, each with its own. */
    only: alertSeverity.nullable().default(null),
    /** What happens and is over at once: how long it is shown as open. Null: until it is told that it ended. */
    endsAfterS: seconds(1, 604_800).nullable().default(null)
  })
])
export type AlertCondition = z.infer<typeof alertCondition>
export type AlertConditionKind = AlertCondition['kind']

export const alertRule = z.object({
  id: z
    .string()
    .max(100)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'is made of small letters, digits and hyphens'),
  title: z.string().trim().min(1, 'says nothing').max(200),
  /** What it means and what to do. */
  description: z.string().max(1000).default(''),
  component: z.string().trim().min(1, 'names no component').max(100),
  /** Of a finding: the finding's own where this is null. */
  severity: alertSeverity.nullable(),
  isEnabled: z.boolean().default(true),
  condition: alertCondition,
  /** How long it must hold before the alert. */
  forS: seconds(0, 604_800).default(0),
  /** How long it must be over before the alert resolves by itself. */
  clearForS: seconds(0, 604_800).default(10),
  /** Equal alerts go out at most once in this time. */
  repeatS: seconds(1, 604_800).default(300),
  /** How many times it must begin, at most `repeatS` apart, before the alert. */
  inARow: z.number().int().min(1).max(100).default(1),
  /** Which channels; null: those that take its severity. */
  channels: z.array(z.string()).max(50).nullable().default(null)
})
export type AlertRule = z.infer<typeof alertRule>

export const listedAlertRule = z.object({
  rule: alertRule,
  /** Came with the program; can be restored. */
  isShipped: z.boolean(),
  isChanged: z.boolean(),
  /** Open alerts of it. */
  openAlerts: z.number(),
  /** Why it cannot be followed (no such reading); empty where it is. */
  problem: z.string()
})
export type ListedAlertRule = z.infer<typeof listedAlertRule>

export const alert = z.object({
  id: z.string(),
  ruleId: z.string(),
  component: z.string(),
  severity: alertSeverity,
  status: alertStatus,
  title: z.string(),
  description: z.string(),
  /** Of the series it is about. */
  labels,
  jobId: z.string().nullable(),
  isForecast: z.boolean(),
  createdAtMs: milliseconds,
  changedAtMs: milliseconds,
  acknowledgedAtMs: milliseconds.nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAtMs: milliseconds.nullable(),
  /** Who or what ended it: `itself` or a person; null while it is open. */
  resolvedBy: z.string().nullable(),
  silencedUntilMs: milliseconds.nullable(),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  unit: z.string(),
  /** How many times it began. */
  count: z.number().int(),
  /** A picture of its stream can be asked for. */
  hasPicture: z.boolean()
})
export type Alert = z.infer<typeof alert>

export const alertCounts = z.object({
  /** Neither resolved nor silenced. */
  open: z.number(),
  active: z.number(),
  acknowledged: z.number(),
  silenced: z.number(),
  /** Of the open ones. */
  worst: alertSeverity.nullable(),
  /** Raised beyond what the queue holds, never told one by one. */
  dropped: z.number()
})
export type AlertCounts = z.infer<typeof alertCounts>

export const alertSilence = z.object({
  id: z.string(),
  /** Null: of any. One of the three is set. */
  ruleId: z.string().nullable(),
  component: z.string().nullable(),
  alertId: z.string().nullable(),
  fromMs: milliseconds,
  untilMs: milliseconds,
  reason: z.string(),
  by: z.string()
})
export type AlertSilence = z.infer<typeof alertSilence>

const bySeverity = z.object({
  info: z.number(),
  warning: z.number(),
  critical: z.number(),
  emergency: z.number()
})

export const alertStatistics = z.object({
  fromMs: milliseconds,
  toMs: milliseconds,
  total: z.number(),
  active: z.number(),
  acknowledged: z.number(),
  silenced: z.number(),
  resolved: z.number(),
  bySeverity,
  byComponent: z.record(z.string(), z.number()),
  /** From beginning to acknowledgement; null where none was acknowledged. */
  timeToAcknowledgeS: z.object({ mean: z.number(), median: z.number(), longest: z.number() }).nullable(),
  timeToResolveS: z.object({ mean: z.number(), median: z.number(), longest: z.number() }).nullable()
})
export type AlertStatistics = z.infer<typeof alertStatistics>

/** What a rule would have done. */
export const ruleTrial = z.object({
  fromMs: milliseconds,
  toMs: milliseconds,
  /** Times at which something was recorded. */
  records: z.number(),
  firings: z
    .array(
      z.object({
        fromMs: milliseconds,
        /** Null: it would be open still. */
        toMs: milliseconds.nullable(),
        labels,
        /** The furthest beyond. */
        value: z.number()
      })
    )
    .max(1000),
  /** How many, where there are more than are listed. */
  count: z.number(),
  /** "Would have fired 3 × since 21:00." */
  sentence: z.string()
})
export type RuleTrial = z.infer<typeof ruleTrial>

const alertIds = z.array(z.string().max(100)).min(1).max(1000)
const ruleId = z.object({ ruleId: z.string().max(100) })

export const alertCalls = {
  /** The newest first. Filters that are left out let all pass. */
  'alerts.list': {
    arguments: z.object({
      statuses: z.array(alertStatus).optional(),
      severities: z.array(alertSeverity).optional(),
      component: z.string().max(100).optional(),
      sinceMs: milliseconds.optional(),
      limit: z.number().int().min(1).max(5000).default(500)
    }),
    result: z.object({ alerts: z.array(alert), counts: alertCounts, matching: z.number() })
  },
  'alerts.acknowledge': { arguments: z.object({ ids: alertIds }), result: z.array(alert) },
  /** By hand. Where its cause goes on, it comes back after the rule's `repeatS`. */
  'alerts.resolve': { arguments: z.object({ ids: alertIds }), result: z.array(alert) },
  'alerts.silence': {
    arguments: z
      .object({
        ruleId: z.string().max(100).nullable().default(null),
        component: z.string().max(100).nullable().default(null),
        alertId: z.string().max(100).nullable().default(null),
        forS: seconds(1, 2_592_000),
        reason: z.string().max(500).default('')
      })
      .refine(
        (wish) => [wish.ruleId, wish.component, wish.alertId].filter((one) => one !== null).length === 1,
        'names one of ruleId, component, alertId'
      ),
    result: alertSilence
  },
  'alerts.silences': { arguments: nothing, result: z.array(alertSilence) },
  'alerts.endSilence': { arguments: z.object({ id: z.string().max(100) }), result: nothing },
  'alerts.statistics': {
    arguments: z.object({ hours: z.number().positive().max(87_600).default(24) }),
    result: alertStatistics
  },
  /** PNG, base64: the waterfall of the alert's stream as it was when the alert began. */
  'alerts.picture': {
    arguments: z.object({ id: z.string().max(100) }),
    result: z.object({ pngBase64: z.string().nullable() })
  },
  'alerts.rules': { arguments: nothing, result: z.array(listedAlertRule) },
  /** Adds it, or replaces the one with its id. */
  'alerts.saveRule': { arguments: z.object({ rule: alertRule }), result: z.array(listedAlertRule) },
  /** A shipped one cannot be deleted, only switched off. */
  'alerts.deleteRule': { arguments: ruleId, result: z.array(listedAlertRule) },
  'alerts.restoreRule': { arguments: ruleId, result: z.array(listedAlertRule) },
  /** Runs a rule, saved or not, over the recorded history. */
  'alerts.tryRule': {
    arguments: z.object({ rule: alertRule, fromMs: milliseconds, toMs: milliseconds }),
    result: ruleTrial
  },
  ...alertChannelCalls
} as const

export const alertEvents = {
  /** At most four times a second: what changed since the last one, the newest last; beyond 200 the oldest are left out. */
  'alerts.changed': z.object({ alerts: z.array(alert), counts: alertCounts }),
  /** The channel `in-app`: to be shown until it is read. `summary` stands for many. */
  'alerts.shown': z.object({
    kind: z.enum(['raised', 'resolved', 'test']),
    alerts: z.array(alert),
    summary: z.string()
  }),
  /** The channel `websocket`: what other channels are told, in the same payload. */
  'alerts.told': z.object({
    timestamp: z.string(),
    severity: alertSeverity,
    component: z.string(),
    memory_usage: z.number().nullable(),
    threshold: z.number().nullable(),
    message: z.string(),
    metadata: z.record(z.string(), z.unknown())
  }),
  /** Rules, silences or channels are not what they were. */
  'alerts.rulesChanged': nothing,
  'alerts.channelsChanged': nothing
} as const
export type AlertPayload = z.infer<(typeof alertEvents)['alerts.told']>
