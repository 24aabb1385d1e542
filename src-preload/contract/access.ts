import { z } from 'zod'

/**
 * Who may do what over the network. Viewer, operator and admin stand on one another; beside them an auditor reads log,
 * alerts and audit and sees no samples, and a service (a scraper) reads metrics alone.
 */
export const roleNames = ['viewer', 'operator', 'admin', 'auditor', 'service'] as const
export const roleName = z.enum(roleNames)
export type RoleName = z.infer<typeof roleName>

/**
 * What a call, an event or a path needs.
 * `connect`: any role that may open a window; `metrics`: readings, grade, alerts as numbers; `records`: log and alerts in
 * words; `look`: jobs, pictures, sessions; `audit`: the audit log; `operate`: start, stop, change; `administer`: tokens,
 * settings of the program, what ends or deletes.
 */
export const rightNames = ['connect', 'metrics', 'records', 'look', 'audit', 'operate', 'administer'] as const
export type Right = (typeof rightNames)[number]

const viewer: readonly Right[] = ['connect', 'metrics', 'records', 'look']
export const rightsOfRole: Record<RoleName, readonly Right[]> = {
  viewer,
  operator: [...viewer, 'operate'],
  admin: rightNames,
  auditor: ['connect', 'metrics', 'records', 'audit'],
  service: ['metrics']
}

export const mayRole = (role: RoleName, right: Right): boolean => rightsOfRole[role].includes(right)

/** Roles that have a right, for the sentence of a refusal: the least one first. */
export const rolesWith = (right: Right): RoleName[] =>
  (['service', 'viewer', 'auditor', 'operator', 'admin'] as const).filter((role) => mayRole(role, right))

const timeMs = z.number()

/** One token as it is listed; the token itself is shown once, when it is made, and kept by nobody here. */
export const tokenRecord = z.object({
  id: z.string(),
  name: z.string(),
  role: roleName,
  /** `start`: of this start alone, made by the program or given in its environment; `kept`: in the list until removed. */
  kind: z.enum(['start', 'kept']),
  createdAtMs: timeMs,
  createdBy: z.string(),
  expiresAtMs: timeMs.nullable(),
  lastUsedAtMs: timeMs.nullable(),
  revokedAtMs: timeMs.nullable(),
  state: z.enum(['valid', 'expired', 'revoked'])
})
export type TokenRecord = z.infer<typeof tokenRecord>

export const auditOutcomes = ['done', 'failed', 'refused'] as const

/** One line of the audit log. `checksum` covers all other fields and the checksum of the line before. */
export const auditEntry = z.object({
  sequence: z.number().int(),
  /** UTC, ISO 8601. */
  time: z.string(),
  /** Name of the token, `window of this machine`, or `nobody` where no token was right. */
  actor: z.string(),
  tokenId: z.string().nullable(),
  role: roleName.nullable(),
  address: z.string().nullable(),
  /** The call or the path. */
  action: z.string(),
  /** What it concerned: a job's id, a token's name. */
  subject: z.string(),
  outcome: z.enum(auditOutcomes),
  /** One sentence where it was refused or failed; empty otherwise. */
  reason: z.string(),
  /** Equal ones that were not written singly, this one included. */
  count: z.number().int(),
  checksum: z.string()
})
export type AuditEntry = z.infer<typeof auditEntry>

export const auditVerification = z.object({
  /** Every line is there, in order, and as it was written. */
  intact: z.boolean(),
  entries: z.number().int(),
  files: z.number().int(),
  /** Where it is not intact: one sentence a place, at most twenty. */
  problems: z.array(z.string()),
  /** Checksum of the last line: noted elsewhere, it proves later that nothing before it was changed. */
  lastChecksum: z.string()
})
export type AuditVerification = z.infer<typeof auditVerification>

/** One port that this program listens on. */
export const listenerState = z.object({
  name: z.enum(['web', 'health', 'metrics']),
  url: z.string(),
  encrypted: z.boolean(),
  loopback: z.boolean(),
  /** Readings can be had without a token (loopback alone). */
  open: z.boolean(),
  connections: z.number()
})

export const accessCounters = z.object({
  admitted: z.number(),
  missing: z.number(),
  wrong: z.number(),
  expired: z.number(),
  revoked: z.number(),
  /** The token was right and its role too low. */
  forbidden: z.number(),
  /** Failures past the limit of an address: answered with 429, counted here and not written singly. */
  limited: z.number()
})
export type AccessCounters = z.infer<typeof accessCounters>

export const serverState = z.object({
  listeners: z.array(listenerState),
  access: accessCounters,
  audit: z.object({ written: z.number(), summed: z.number(), failures: z.number() })
})
export type ServerState = z.infer<typeof serverState>
export type ListenerState = z.infer<typeof listenerState>

const nothing = z.object({})

export const accessCalls = {
  /** Who asks, as this program knows it. */
  'access.whoAmI': {
    arguments: nothing,
    result: z.object({ name: z.string(), role: roleName, rights: z.array(z.enum(rightNames)) })
  },
  'access.tokens': { arguments: nothing, result: z.array(tokenRecord) },
  /** The only time that the token is shown. Without `validForS` it does not expire. */
  'access.createToken': {
    arguments: z.object({
      name: z.string().trim().min(1).max(100),
      role: roleName,
      validForS: z.number().int().min(1).max(315_360_000).nullable()
    }),
    result: z.object({ token: z.string(), record: tokenRecord })
  },
  /** Takes effect at once, on open connections too. By id or by name. */
  'access.revokeToken': { arguments: z.object({ token: z.string().min(1).max(200) }), result: tokenRecord },
  /** Newest first. `before`: only entries with a lower sequence number. */
  'access.audit': {
    arguments: z.object({ limit: z.number().int().min(1).max(1000), before: z.number().int().nullable() }),
    result: z.array(auditEntry)
  },
  'access.verifyAudit': { arguments: nothing, result: auditVerification },
  'access.server': { arguments: nothing, result: serverState }
} as const
