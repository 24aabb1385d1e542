import { z } from 'zod'

const nothing = z.object({})
const severity = z.enum(['info', 'warning', 'critical', 'emergency'])

/** An address that a server may be told at; what is secret in it goes into the secret instead. */
const address = z
  .url({ protocol: /^https?$/, error: 'is not an http or https address' })
  .max(2000)
  .refine(
    (text) => !URL.canParse(text) || new URL(text).username === '',
    'has a user name in it: use the secret instead'
  )
const caFile = z.string().max(4096).nullable().default(null)

export const alertChannelSettings = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('in-app') }),
  z.object({ kind: z.literal('desktop') }),
  z.object({ kind: z.literal('log') }),
  /** A line on standard error of the process that serves. */
  z.object({ kind: z.literal('console') }),
  /** The event `alerts.told` to whoever is connected. */
  z.object({ kind: z.literal('websocket') }),
  /** POST of the payload as JSON. Secrets: `address` (instead of the open one), `authorization` (that header's value). */
  z.object({
    kind: z.literal('webhook'),
    address: address.nullable().default(null),
    withPicture: z.boolean().default(true),
    caFile
  }),
  /** Incoming webhook. Secret: `address`. `channel` where the webhook may choose it. */
  z.object({ kind: z.literal('slack'), channel: z.string().max(100).default(''), caFile }),
  /** SMTP. Secret: `password`. */
  z.object({
    kind: z.literal('email'),
    host: z.string().max(255).default(''),
    port: z.number().int().min(1).max(65_535).default(587),
    /** `required`: the connection begins plain and must turn to TLS; `from the start`: port 465. */
    tls: z.enum(['required', 'from the start', 'none']).default('required'),
    user: z.string().max(255).default(''),
    from: z.string().max(255).default(''),
    recipients: z.array(z.email('is not an e-mail address')).max(50).default([]),
    withPicture: z.boolean().default(true),
    caFile
  }),
  /** Events API v2. Secret: `key` (the integration's routing key). */
  z.object({
    kind: z.literal('pagerduty'),
    service: z.string().max(200).default('Wavefall'),
    address: address.default('https://events.pagerduty.com/v2/enqueue'),
    caFile
  }),
  /**
   * Own handler: an executable in the folder `alert-handlers` of the data folder, named without a path. It gets the
   * payload as JSON on standard input and must end with 0 in time. No shell, no arguments.
   */
  z.object({
    kind: z.literal('command'),
    file: z
      .string()
      .max(200)
      .regex(/^(?!\.)[\w.-]*$/, 'is a plain file name')
      .default(''),
    timeoutS: z.number().min(1).max(60).default(10)
  })
])
export type AlertChannelSettings = z.infer<typeof alertChannelSettings>
export type AlertChannelKind = AlertChannelSettings['kind']

/** Names of what each kind keeps secret. */
export const channelSecrets: Record<AlertChannelKind, readonly string[]> = {
  'in-app': [],
  desktop: [],
  log: [],
  console: [],
  websocket: [],
  webhook: ['address', 'authorization'],
  slack: ['address'],
  email: ['password'],
  pagerduty: ['key'],
  command: []
}

export const alertChannel = z.object({
  id: z
    .string()
    .max(60)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'is made of small letters, digits and hyphens'),
  name: z.string().trim().min(1, 'says nothing').max(100),
  isEnabled: z.boolean(),
  /** What it takes where a rule names no channels. */
  severities: z.array(severity).max(4),
  /** Tells also that an alert is over. */
  tellsResolved: z.boolean().default(true),
  settings: alertChannelSettings
})
export type AlertChannel = z.infer<typeof alertChannel>

/** Where a secret is; never what it is. `this run`: kept in memory, because this machine has no key store. */
export const secretState = z.enum(['not set', 'environment', 'key store', 'this run', 'unreadable'])
export type SecretState = z.infer<typeof secretState>

export const listedChannel = z.object({
  channel: alertChannel,
  /** Came with the program: it cannot be deleted. */
  isShipped: z.boolean(),
  secrets: z.array(
    z.object({
      name: z.string(),
      state: secretState,
      /** Of the environment: set it there, and it goes before what is kept. */
      variable: z.string()
    })
  ),
  /** `ready`, `off`, what it lacks, or why it fails, in words. */
  state: z.enum(['ready', 'off', 'incomplete', 'failing']),
  sentence: z.string(),
  sent: z.number(),
  failed: z.number(),
  retried: z.number(),
  dropped: z.number(),
  waiting: z.number(),
  lastSentAtMs: z.number().nullable()
})
export type ListedChannel = z.infer<typeof listedChannel>

export const channelTest = z.object({
  succeeded: z.boolean(),
  /** What it answered, or why it did not, in words. */
  answer: z.string(),
  tookMs: z.number()
})
export type ChannelTest = z.infer<typeof channelTest>

const channelId = z.string().max(60)

export const alertChannelCalls = {
  'alerts.channels': { arguments: nothing, result: z.array(listedChannel) },
  'alerts.saveChannel': { arguments: z.object({ channel: alertChannel }), result: z.array(listedChannel) },
  'alerts.deleteChannel': { arguments: z.object({ channelId }), result: z.array(listedChannel) },
  /** Null takes it away. It is never given back. */
  'alerts.setSecret': {
    arguments: z.object({ channelId, name: z.string().max(60), value: z.string().min(1).max(4000).nullable() }),
    result: z.array(listedChannel)
  },
  /** Sends one message now, past the queue, also where the channel is off. */
  'alerts.testChannel': { arguments: z.object({ channelId }), result: channelTest }
} as const
