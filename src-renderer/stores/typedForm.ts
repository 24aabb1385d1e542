import type { z } from 'zod'

/** One line of a form: where its value is, and how it is typed. */
export interface TypedField {
  /** Dotted: `condition.value`. */
  path: string
  label: string
  input: 'text' | 'long' | 'number' | 'yes or no' | 'choice' | 'labels' | 'lines'
  /** Value → what is shown; the first is the default. */
  choices?: readonly (readonly [string, string])[]
  /** Of the same value where nothing is typed. */
  isOptional?: boolean
  hint?: string
  unit?: string
}

/** What is typed, by path. */
export type Typed = Readonly<Record<string, string>>

type Tree = Record<string, unknown>

const valueAt = (tree: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Tree | null | undefined)?.[key], tree)

function setAt(tree: Tree, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop()!
  let place = tree
  for (const key of keys) place = (place[key] ??= {}) as Tree
  place[last] = value
}

function textOf(value: unknown, { input }: TypedField): string {
  if (value === null || value === undefined) return ''
  if (input === 'labels')
    return Object.entries(value as Record<string, string>)
      .map(([name, text]) => `${name}=${text}`)
      .join(', ')
  if (input === 'lines') return (value as string[]).join('\n')
  return String(value as string | number | boolean)
}

const parts = (text: string, separator: RegExp): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** What the schema is to judge; what is no number stays a text, so that the schema says so. */
function valueOf(text: string, { input, isOptional }: TypedField): unknown {
  const typed = text.trim()
  if (input === 'yes or no') return typed === 'true'
  if (typed === '' && isOptional) return null
  if (input === 'labels') return Object.fromEntries(parts(typed, /,/).map((part) => labelOf(part)))
  if (input === 'lines') return parts(typed, /[\n,;]/)
  if (input === 'number') return typed === '' || Number.isNaN(Number(typed)) ? typed : Number(typed)
  return typed
}

function labelOf(part: string): [string, string] {
  const at = part.indexOf('=')
  return at < 0
    ? [part, '']
    : [
        part.slice(0, at).trim(),
        part
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1')
      ]
}

export const typedOf = (value: unknown, fields: readonly TypedField[]): Typed =>
  Object.fromEntries(fields.map((field) => [field.path, textOf(valueAt(value, field.path), field)]))

export type Judged<Value> = { value: Value } | { messages: { path: string; message: string }[] }

const sentence = (text: string): string => {
  const plain = text.replace(/^Invalid input: expected number, received string$/, 'is no number')
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`.replace(/\.\.$/, '.')
}

/** What was typed, over what was there before, judged by the schema that the core uses too. */
export function judged<Schema extends z.ZodType>(
  schema: Schema,
  base: object,
  typed: Typed,
  fields: readonly TypedField[]
): Judged<z.output<Schema>> {
  const tree = structuredClone(base) as Tree
  for (const field of fields) setAt(tree, field.path, valueOf(typed[field.path] ?? '', field))
  const parsed = schema.safeParse(tree)
  if (parsed.success) return { value: parsed.data }
  return {
    messages: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: sentence(issue.message) }))
  }
}
