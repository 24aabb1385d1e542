import { z } from 'zod'
import { settings } from './settings.ts'

/** One setting as a page can show it, made from the schema alone: a new key appears by itself. */
export interface SettingDescription {
  /** `site.channelLowest` */
  path: string
  section: string
  /** `Channel lowest`, without the unit. */
  label: string
  unit: string | null
  kind: 'text' | 'number' | 'integer' | 'switch' | 'choice' | 'list' | 'json'
  choices: string[]
  isNullable: boolean
  minimum: number | null
  maximum: number | null
  default: unknown
  help: string
  appliesAtOnce: boolean
}

interface JsonSchema {
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  anyOf?: JsonSchema[]
  items?: JsonSchema
  enum?: unknown[]
  const?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  default?: unknown
  description?: string
  appliesAtOnce?: boolean
}

const units: readonly (readonly [ending: string, unit: string])[] = [
  ['FramesPerS', 'frames/s'],
  ['BytesPerS', 'B/s'],
  ['PerMinute', 'a minute'],
  ['Percent', '%'],
  ['Bytes', 'B'],
  ['Minutes', 'min'],
  ['Hours', 'h'],
  ['Days', 'd'],
  ['Hz', 'Hz'],
  ['Db', 'dB'],
  ['Ms', 'ms'],
  ['Mb', 'MB'],
  ['M', 'm'],
  ['S', 's']
]

function labelOf(name: string): { label: string; unit: string | null } {
  const found = units.find(([ending]) => name.endsWith(ending) && name.length > ending.length)
  const stem = found ? name.slice(0, -found[0].length) || name : name
  const words = stem
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(nfft|cpu|tls|url|ca|api|id|http|smtp)\b/g, (word) => word.toUpperCase())
  const counted = found?.[0] === 'FramesPerS' ? `${words} frames` : words
  return { label: counted.charAt(0).toUpperCase() + counted.slice(1), unit: found?.[1] ?? null }
}

/** The part of a schema that is not "or null". */
function withoutNull(schema: JsonSchema): { schema: JsonSchema; isNullable: boolean } {
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== 'null')
    const rest = types.length === 1 ? { ...schema, type: types[0]! } : schema
    return { schema: rest, isNullable: types.length < schema.type.length }
  }
  if (!schema.anyOf) return { schema, isNullable: schema.type === 'null' }
  const others = schema.anyOf.filter((one) => one.type !== 'null')
  const [only] = others
  return others.length === 1 && only
    ? { schema: { ...schema, ...only }, isNullable: others.length < schema.anyOf.length }
    : { schema, isNullable: others.length < schema.anyOf.length }
}

function kindOf(schema: JsonSchema): SettingDescription['kind'] {
  if (schema.enum) return 'choice'
  if (schema.type === 'boolean') return 'switch'
  if (schema.type === 'integer' || schema.type === 'number') return schema.type
  if (schema.type === 'string') return 'text'
  if (schema.type === 'array' && schema.items?.type === 'string') return 'list'
  return 'json'
}

const bound = (value: number | undefined): number | null =>
  value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value

function describe(schema: JsonSchema, path: string[], appliesAtOnce: boolean): SettingDescription[] {
  const atOnce = schema.appliesAtOnce ?? appliesAtOnce
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([key, below]) => describe(below, [...path, key], atOnce))
  if (schema.const !== undefined) return []
  const { schema: plain, isNullable } = withoutNull(schema)
  return [
    {
      path: path.join('.'),
      section: path[0] ?? '',
      ...labelOf(path.slice(1).join(' ')),
      kind: kindOf(plain),
      choices: (plain.enum ?? []).map(String),
      isNullable,
      minimum: bound(plain.minimum ?? plain.exclusiveMinimum),
      maximum: bound(plain.maximum ?? plain.exclusiveMaximum),
      default: schema.default ?? null,
      help: schema.description ?? '',
      appliesAtOnce: atOnce
    }
  ]
}

/** All settings in the order of the schema. */
export function describeSettings(): SettingDescription[] {
  const schema = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return describe(schema, [], false).filter(({ path }) => path.includes('.'))
}

/** Whether a change of this setting counts without a restart. */
export const appliesAtOnce = (path: string): boolean =>
  describeSettings().some((setting) => setting.path === path && setting.appliesAtOnce)

export const valueAt = (tree: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (below, key) =>
        typeof below === 'object' && below !== null && Object.hasOwn(below, key)
          ? (below as Record<string, unknown>)[key]
          : undefined,
      tree
    )

/** A copy of the tree with one value changed; undefined removes it. */
export function withValueAt(tree: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const [key, ...rest] = path.split('.')
  if (key === undefined) return tree
  const copy = { ...tree }
  const below = copy[key]
  if (rest.length > 0)
    copy[key] = withValueAt(
      typeof below === 'object' && below !== null ? (below as Record<string, unknown>) : {},
      rest.join('.'),
      value
    )
  else if (value === undefined) Reflect.deleteProperty(copy, key)
  else copy[key] = value
  return copy
}
