import { z } from 'zod'
import type { Right } from '../../../src-preload/contract/access.ts'

export const livePath = '/api/v1/live'
export const liveTypes = ['metrics', 'alerts', 'jobs', 'tasks'] as const
export type LiveType = (typeof liveTypes)[number]

export const rightOfLive: Record<LiveType, Right> = {
  metrics: 'metrics',
  alerts: 'records',
  jobs: 'look',
  tasks: 'look'
}

const filterValue = z.union([z.string().max(200), z.number(), z.boolean()])

/** What a client sends. `since`: the newest messages after that number are sent at once, as far as they are kept. */
export const liveRequest = z.discriminatedUnion('action', [
  z.object({
    action: z.enum(['subscribe', 'get']),
    type: z.enum(liveTypes),
    filter: z.record(z.string().max(100), z.union([filterValue, z.array(filterValue).max(200)])).optional(),
    since: z.number().int().min(0).optional()
  }),
  z.object({ action: z.literal('unsubscribe'), type: z.enum(liveTypes) }),
  z.object({ action: z.literal('ping') })
])
export type LiveRequest = z.infer<typeof liveRequest>
export type LiveFilter = NonNullable<Extract<LiveRequest, { action: 'subscribe' | 'get' }>['filter']>

export interface LiveMessage {
  type: LiveType
  /** Of this subject, one after the other; what a filter leaves out has a number too. */
  sequence: number
  timestamp: string
  data: unknown[]
}

const asList = (value: LiveFilter[string]): unknown[] => (Array.isArray(value) ? value : [value])

function matchesText(value: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'string' && wanted.endsWith('*')) return String(value).startsWith(wanted.slice(0, -1))
  return String(value) === String(wanted)
}

/**
 * Whether an item passes: each key of the filter must be one of its values, in the item or in its labels; a name may end in
 * `*`. `names` and `metric` are the reading's name.
 */
export function passes(item: unknown, filter: LiveFilter | null): boolean {
  if (!filter) return true
  const fields = item as Record<string, unknown>
  const labels = (fields.labels ?? {}) as Record<string, unknown>
  return Object.entries(filter).every(([key, wanted]) => {
    const name = key === 'names' || key === 'metric' ? 'name' : key
    const value = fields[name] ?? labels[name]
    return value !== undefined && asList(wanted).some((one) => matchesText(value, one))
  })
}
